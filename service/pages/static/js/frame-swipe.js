/* Two sets of figures on one map, parted by a handle that pointer and keyboard move.
 *
 * The first set lies at the reader's start (right in Arabic), the second at the other end.
 */
"use strict";

window.mizanSwipe = (map, { rtl, first, second, words }) => {
  const STEP = 5;
  let share = 50;
  const other = map.getPane("other");
  const handle = document.createElement("div");
  handle.className = "swipe";
  handle.tabIndex = 0;
  handle.setAttribute("role", "slider");
  handle.setAttribute("aria-label", words.swipe);
  handle.setAttribute("aria-valuemin", "0");
  handle.setAttribute("aria-valuemax", "100");
  const titles = [first, second].map((text, place) => {
    const made = document.createElement("div");
    made.className = `side side-${(place === 0) === rtl ? "right" : "left"}`;
    made.textContent = text;
    return made;
  });
  map.getContainer().append(...titles, handle);
  L.DomEvent.disableClickPropagation(handle);

  const draw = () => {
    const size = map.getSize();
    const x = (size.x * (rtl ? 100 - share : share)) / 100;
    const from = map.containerPointToLayerPoint([rtl ? 0 : x, 0]);
    const to = map.containerPointToLayerPoint([rtl ? x : size.x, size.y]);
    other.style.clipPath = `polygon(${from.x}px ${from.y}px, ${to.x}px ${from.y}px, ${to.x}px ${to.y}px, ${from.x}px ${to.y}px)`;
    handle.style.left = `${x}px`;
    handle.setAttribute("aria-valuenow", String(share));
    const parts = { a: first, b: second, share: `${String(share).replace(/\d/g, (d) => words.digits[d])}%` };
    handle.setAttribute("aria-valuetext", words.swiped.replace(/\{(a|b|share)\}/g, (_, name) => parts[name]));
  };
  const set = (next) => {
    share = Math.min(100, Math.max(0, Math.round(next)));
    draw();
  };

  handle.addEventListener("keydown", (event) => {
    const right = rtl ? -STEP : STEP;
    const move = { ArrowRight: right, ArrowLeft: -right, ArrowUp: STEP, ArrowDown: -STEP, PageUp: 4 * STEP, PageDown: -4 * STEP }[event.key];
    if (move !== undefined) set(share + move);
    else if (event.key === "Home") set(0);
    else if (event.key === "End") set(100);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    map.dragging.disable();
    event.preventDefault();
    handle.focus();
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = map.getContainer().getBoundingClientRect();
    const part = ((event.clientX - box.left) / box.width) * 100;
    set(rtl ? 100 - part : part);
  });
  handle.addEventListener("pointerup", (event) => {
    handle.releasePointerCapture(event.pointerId);
    map.dragging.enable();
  });
  map.on("move zoomend resize viewreset", draw);
  draw();
};
