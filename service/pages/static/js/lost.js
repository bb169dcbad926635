/* A part that asks again and again (progress, details, the estimate) says so when no answer comes:
 * a page that stands still would be taken for a search that goes on. */
"use strict";
(() => {
  const sign = document.getElementById("lost");
  const BROKEN = 500;
  const show = (isLost) => { sign.hidden = !isLost; };
  document.addEventListener("htmx:sendError", () => show(true));
  document.addEventListener("htmx:afterRequest", (event) => {
    const { status } = event.detail.xhr;
    if (status) show(status >= BROKEN);
  });
})();
