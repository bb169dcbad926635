/* On a narrow screen the map comes first: what stands before it is folded, and opened by a touch.
 *
 * Without JavaScript every part stays open; on a wide screen it always is.
 */
"use strict";

(() => {
  const narrow = window.matchMedia("(max-width: 900px)");
  const fold = () => document.querySelectorAll("details.fold").forEach((part) => {
    part.open = !narrow.matches || "keep" in part.dataset;
    part.classList.add("set");
  });
  narrow.addEventListener("change", fold);
  fold();
})();
