/* Where signs and names stand on a map, so that none covers another.
 *
 * Sizes are read once; all else is arithmetic, so that a map of hundreds of areas stays smooth.
 */
"use strict";

window.mizanPlaces = (() => {
  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const around = (x, y, width, height) => ({ left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 });

  /* A line that is read on any colour: dark, in a light casing. */
  const leader = (leaders, from, to) => {
    [["#ffffff", 4, 0.9], ["#16272d", 1.4, 1]].forEach(([color, weight, opacity]) => {
      leaders.addLayer(L.polyline([from, to], { className: "leader", interactive: false, pane: "links", weight, color, opacity }));
    });
    leaders.addLayer(L.circleMarker(from, { radius: 3.2, weight: 1.4, color: "#ffffff", opacity: 1, fillOpacity: 1, fillColor: "#16272d", interactive: false, pane: "links" }));
  };

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
        leader(leaders, spot.marker.truth, there);
      }
      return around(spot.x, spot.y, spot.size + 6, spot.size + 6);
    });
  };

  /* Names by rank: each tries its own place, then rings around it, those inside its own area
   * first; where all are taken it is left out. A name that stands elsewhere is tied to its area,
   * unless so many are in view that their lines would hide the map: they come as one moves nearer. */
  const CROWD = 60;
  const NEAR = 9;
  const TURNS = [90, 270, 0, 180, 45, 135, 225, 315];
  const SHIFTS = [[0, 0], ...[22, 40, 62, 86].flatMap((far) => TURNS.map((turn) => [
    Math.cos((turn * Math.PI) / 180) * far * 1.25, Math.sin((turn * Math.PI) / 180) * far,
  ]))];
  const declutter = (map, labels, taken, leaders) => {
    const view = map.getPixelBounds();
    const origin = map.getPixelOrigin();
    const edge = { left: view.min.x - origin.x + 4, right: view.max.x - origin.x - 4 };
    /* Nor below the buttons that zoom, which stand at the left in both directions. */
    const top = view.min.y - origin.y;
    const buttons = { left: edge.left - 4, right: edge.left + 50, top, bottom: top + 96 };
    const free = [...taken, buttons];
    const isOutside = (label) => !view.contains(map.latLngToLayerPoint(label.truth).add(origin));
    const crowded = labels.filter((label) => label.holds && !isOutside(label)).length > CROWD;
    labels.forEach((label) => {
      const icon = label.getElement();
      if (!icon) return;
      const own = map.latLngToLayerPoint(label.truth);
      const outside = isOutside(label);
      const loose = crowded && label.holds;
      const reach = label.reach === undefined ? (loose ? NEAR : SHIFTS.length) : label.reach;
      const fits = ([dx, dy]) => {
        const box = around(own.x + dx, own.y + dy + label.drop, label.width + 4, label.height);
        return box.left >= edge.left && box.right <= edge.right && !free.some((other) => overlap(box, other));
      };
      const home = ([dx, dy]) => !label.holds || label.holds(map.layerPointToLatLng(L.point(own.x + dx, own.y + dy)));
      const shifts = SHIFTS.slice(0, reach);
      const shown = !outside && label.least <= map.getZoom();
      const found = shown ? shifts.find((shift) => fits(shift) && home(shift)) || (loose ? undefined : shifts.find(fits)) : undefined;
      icon.style.visibility = found ? "" : "hidden";
      if (!found) return;
      const [dx, dy] = found;
      icon.firstChild.style.translate = `${dx}px ${dy}px`;
      free.push(around(own.x + dx, own.y + dy + label.drop, label.width + 4, label.height));
      if (Math.hypot(dx, dy) > 45 || !home(found)) {
        /* As far as the edge of the name, so that the line strikes no letter through. */
        const part = Math.max(0.2, 1 - Math.min((label.width / 2 + 2) / Math.max(Math.abs(dx), 1), (label.height / 2 + 2) / Math.max(Math.abs(dy), 1)));
        leader(leaders, label.truth, map.layerPointToLatLng(L.point(own.x + dx * part, own.y + dy * part)));
      }
    });
  };

  /* One reading of all widths: reading between writes would make the browser lay out each time. */
  const measure = (labels) => labels.forEach((label) => {
    const box = label.getElement()?.firstChild.getBoundingClientRect();
    label.width = box ? box.width : 0;
    label.height = box ? box.height : 0;
  });

  /* Whether a place lies inside an area: a ray that leaves it crosses its border an odd number of times. */
  const holder = (geometry) => {
    if (!geometry) return undefined;
    const rings = geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat();
    return ({ lat, lng }) => rings.reduce((inside, ring) => {
      let odd = inside;
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
        const [x, y] = ring[i];
        const [u, v] = ring[j];
        if ((y > lat) !== (v > lat) && lng < ((u - x) * (lat - y)) / (v - y) + x) odd = !odd;
      }
      return odd;
    }, false);
  };

  return { spread, declutter, measure, holder };
})();
