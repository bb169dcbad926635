/* Who is led to another page asks nothing more on the way: each further answer of a part that
 * renews itself would begin the way anew, and a plan that takes long to draw would never come. */
"use strict";
(() => {
  let led = false;
  document.addEventListener("htmx:afterRequest", (event) => {
    led ||= Boolean(event.detail.xhr.getResponseHeader("HX-Redirect"));
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (led) event.preventDefault();
  });
  /* Who comes back by the browser's button finds the page as it was. */
  window.addEventListener("pageshow", () => { led = false; });
})();
