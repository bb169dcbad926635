/* What is waited for on a page with a map: answers of the service, and the map's frame, which says
 * when it has drawn. A frame that fails ends the wait as well.
 *
 * The frame calls itself busy, and the sign stands beside it: screen readers keep silent about what
 * changes inside of a part that is busy.
 */
"use strict";

window.mizanDrawing = (frame, sign) => {
  const MOMENT_MS = 300; // who waits longer is told for what
  const AFTER_LOAD_MS = 5000; // a document that has loaded has run its script: it draws, or never will
  const LONGEST_MS = 30000;
  let asked = 0;
  let drawing = false;
  let failed = false;
  let told = false;
  let moment = 0;
  let limit = 0;
  let waiting = [];

  const tell = () => {
    told = true;
    sign.textContent = asked ? sign.dataset.asking : sign.dataset.drawing;
    frame.setAttribute("aria-busy", "true");
  };
  const look = () => {
    if (asked || drawing) {
      if (told) tell();
      else if (!moment) moment = setTimeout(tell, MOMENT_MS);
      return;
    }
    clearTimeout(moment);
    [moment, told] = [0, false];
    sign.textContent = failed ? sign.dataset.failed : "";
    frame.classList.toggle("failed", failed); // the browser's own page of an error says nothing here
    frame.removeAttribute("aria-busy");
  };
  const end = (fell = false) => {
    clearTimeout(limit);
    [drawing, failed] = [false, fell];
    waiting.splice(0).forEach((go) => go());
    look();
  };
  const begin = () => {
    clearTimeout(limit);
    [drawing, failed] = [true, false];
    limit = setTimeout(end, LONGEST_MS, true);
    look();
  };
  frame.addEventListener("load", () => {
    if (!drawing) return;
    clearTimeout(limit);
    limit = setTimeout(end, AFTER_LOAD_MS, true);
  });
  return {
    begin,
    end: () => end(),
    ask: () => { asked += 1; look(); },
    answered: () => { asked -= 1; look(); },
    drawn: () => (drawing ? new Promise((go) => { waiting.push(go); }) : Promise.resolve()),
  };
};
