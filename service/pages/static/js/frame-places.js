/* Where signs and names stand on a map, so that none covers another.
 *
 * Sizes are read once; all else is arithmetic, so that a map of hundreds of areas stays smooth.
 */
"use strict";

window.mizanPlaces = (() => {
  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const around = (x, y, width, height) => ({ left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 });

  /* Signs that would cover one another are pushed apart; a thin line leads to the true place. */
  const spread = (map, markers, leaders) => {
    const spots = markers.map((marker) => {
      const truth = map.latLngToLayerPoint(marker.truth);
      return { marker, truth, x: truth.x, y: truth.y, size: marker.size };
    });
    for (let turn = 0; turn < 60; turn += 1) {
      let moved = false;
      for (let i = 0; i < spots.length; i += 1) {
        for (let j = i + 1; j < spots.length; j += 1) {
          const a = spots[i];
          const b = spots[j];
          const want = (a.size + b.size) / 2 + 4;
          let dx = b.x - a.x;
          let dy = b.y - a.y;
          let far = Math.hypot(dx, dy);
          if (far >= want) continue;
          if (far < 0.01) { dx = Math.cos(j); dy = Math.sin(j); far = 1; }
          const push = (want - far) / 2 / far;
          a.x -= dx * push; a.y -= dy * push;
          b.x += dx * push; b.y += dy * push;
          moved = true;
        }
      }
      if (!moved) break;
    }
    return spots.map((spot) => {
      const there = map.layerPointToLatLng(L.point(spot.x, spot.y));
      spot.marker.setLatLng(there);
      if (Math.hypot(spot.x - spot.truth.x, spot.y - spot.truth.y) > spot.size / 2) {
        leaders.addLayer(L.polyline([spot.marker.truth, there], { className: "leader", interactive: false, pane: "links", weight: 1.2, color: "#16272d" }));
        leaders.addLayer(L.circleMarker(spot.marker.truth, { radius: 2.5, weight: 0, fillOpacity: 1, fillColor: "#16272d", interactive: false, pane: "links" }));
      }
      return around(spot.x, spot.y, spot.size + 6, spot.size + 6);
    });
  };

  /* Names by rank: each tries its own place, then rings around it; where all are taken it is
   * left out. A name that had to move far is tied to its area by a thin line. */
  const TURNS = [90, 270, 0, 180, 45, 135, 225, 315];
  const SHIFTS = [[0, 0], ...[22, 40, 62, 86].flatMap((far) => TURNS.map((turn) => [
    Math.cos((turn * Math.PI) / 180) * far * 1.25, Math.sin((turn * Math.PI) / 180) * far,
  ]))];
  const declutter = (map, labels, taken, leaders) => {
    const view = map.getPixelBounds();
    const origin = map.getPixelOrigin();
    const edge = { left: view.min.x - origin.x + 4, right: view.max.x - origin.x - 4 };
    const free = taken.slice();
    labels.forEach((label) => {
      const icon = label.getElement();
      if (!icon) return;
      const own = map.latLngToLayerPoint(label.truth);
      const outside = !view.contains(own.add(origin));
      const reach = label.reach === undefined ? SHIFTS.length : label.reach;
      const found = outside || label.least > map.getZoom() ? undefined : SHIFTS.slice(0, reach).find(([dx, dy]) => {
        const box = around(own.x + dx, own.y + dy + label.drop, label.width + 4, label.height);
        return box.left >= edge.left && box.right <= edge.right && !free.some((other) => overlap(box, other));
      });
      icon.style.visibility = found ? "" : "hidden";
      if (!found) return;
      const [dx, dy] = found;
      icon.firstChild.style.translate = `${dx}px ${dy}px`;
      free.push(around(own.x + dx, own.y + dy + label.drop, label.width + 4, label.height));
      if (Math.hypot(dx, dy) > 45) {
        const end = map.layerPointToLatLng(L.point(own.x + dx * 0.8, own.y + dy * 0.8));
        leaders.addLayer(L.polyline([label.truth, end], { className: "leader", interactive: false, pane: "links", weight: 1, color: "#16272d" }));
      }
    });
  };

  /* One reading of all widths: reading between writes would make the browser lay out each time. */
  const measure = (labels) => labels.forEach((label) => {
    const box = label.getElement()?.firstChild.getBoundingClientRect();
    label.width = box ? box.width : 0;
    label.height = box ? box.height : 0;
  });

  return { spread, declutter, measure };
})();
