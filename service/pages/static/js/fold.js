/* On a narrow screen the map comes first: what stands before it is folded, and opened by a touch.
 *
 * Without JavaScript every part stays open; on a wide screen it always is. What somebody opened or
 * closed stays so, however the screen is turned. Runs where it stands in the page, before the map
 * below is read, so that nothing is seen to fold.
 */
"use strict";

(() => {
  const narrow = window.matchMedia("(max-width: 900px)");
  const parts = [...document.querySelectorAll("details.fold")];
  const chosen = new Map();
  const fold = () => parts.forEach((part) => {
    part.open = !narrow.matches || (chosen.get(part) ?? "keep" in part.dataset);
  });
  parts.forEach((part) => part.querySelector("summary").addEventListener("click", () => chosen.set(part, !part.open)));
  narrow.addEventListener("change", fold);
  fold();
})();
