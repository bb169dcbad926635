/* The button of a print view; without JavaScript the browser's own menu prints as well. */
"use strict";

document.getElementById("print-now")?.addEventListener("click", () => window.print());
