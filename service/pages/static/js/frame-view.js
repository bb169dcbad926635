/* Where the map stands: on the whole of it, or on the cells that stand out from the rest.
 *
 * At the scale of a governorate a cell of a kilometre is a few pixels, below the signs of offices:
 * a map of cells opens where they differ. A button leads back to the whole, and there again.
 */
"use strict";

window.mizanView = (map, { whole, striking, words, moved }) => {
  const PADDING = [14, 14];
  /* Nearly the whole is no other place to look at. */
  const NARROWER = 0.6;
  const narrower = (box) => box && box.isValid() && whole.isValid()
    && box.getEast() - box.getWest() < NARROWER * (whole.getEast() - whole.getWest());
  const near = narrower(striking) ? striking : null;
  const opening = near ? "near" : "whole"; // needs no word in the address
  let at = "";
  let zoom = 0; // with which it went there

  const button = document.createElement("button");
  button.type = "button";
  button.className = "look";
  const say = () => {
    const next = at === "whole" ? near && words.striking : words.whole;
    button.hidden = !next;
    button.textContent = next || "";
  };
  /* In a frame without room yet (a page that is left, a folded part) no zoom fits: wait for room. */
  const go = (place) => {
    const { x, y } = map.getSize();
    if (x <= 28 || y <= 28) { map.once("resize", () => go(place)); return; }
    map.fitBounds(place === "near" ? near : whole, { padding: PADDING, maxZoom: place === "near" ? 13 : undefined, animate: false });
    [at, zoom] = [place, map.getZoom()];
    say();
  };
  const Look = L.Control.extend({
    onAdd: () => {
      L.DomEvent.disableClickPropagation(button);
      button.addEventListener("click", () => { go(at === "whole" ? "near" : "whole"); moved(at === opening ? "" : null); });
      return button;
    },
  });

  return {
    /* Where the map opens: at ``view`` (latitude, longitude, zoom), else by itself. */
    open: (view) => {
      if (whole.isValid()) {
        go("whole");
        map.setMaxBounds(whole.pad(0.6));
        if (!view) go(opening);
      }
      if (view) { at = "elsewhere"; map.setView([view[0], view[1]], view[2], { animate: false }); }
      map.addControl(new Look({ position: "bottomleft" }));
      say();
    },
    /* Whether the map was moved away from there; a frame of another size alone does not. */
    left: () => {
      const still = at !== "elsewhere" && map.getZoom() === zoom && map.getBounds().contains(at === "near" ? near : whole);
      if (still) return false;
      at = "elsewhere";
      say();
      return true;
    },
  };
};
