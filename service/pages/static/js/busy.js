/* A form that takes its time says so: nobody presses twice, nobody thinks that nothing happens. */
"use strict";
(() => {
  const sign = document.createElement("p");
  sign.className = "busy";
  sign.setAttribute("role", "status");
  sign.hidden = true;
  document.body.append(sign);
  const wait = (form, words) => {
    form.setAttribute("aria-busy", "true");
    sign.hidden = false;
    sign.textContent = words;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const words = event.submitter?.dataset.busy || form.dataset.busy;
    if (!words || event.defaultPrevented) return;
    if (form.getAttribute("aria-busy") === "true") event.preventDefault();
    else wait(form, words);
  });
  /* Who comes back to the page by the browser's button finds it at rest. */
  window.addEventListener("pageshow", () => {
    sign.hidden = true;
    document.querySelectorAll('form[aria-busy="true"]').forEach((form) => form.removeAttribute("aria-busy"));
  });
})();
