/* Draws the areas inside a map's document and talks with the page around it.
 *
 * Strings arrive as plain text and are set as text, never as HTML. Messages go both ways:
 *   page -> map   {mizan: 1, type: "figures" | "hover" | "select" | "view", ...}
 *   map  -> page  {mizan: 1, type: "ready" | "hover" | "select", code}
 */
"use strict";

(() => {
  const NO_DATA = -1;
  const PROTECTED = -2;
  const SVG = "http://www.w3.org/2000/svg";

  /* folium makes each marker with Leaflet's picture before it sets its sign: ask for no picture. */
  L.Marker.prototype.options.icon = L.divIcon({ className: "mizan-sign" });

  /* Leaflet writes its scale in English. */
  const writeScale = L.Control.Scale.prototype._updateScale;
  L.Control.Scale.prototype._updateScale = function scale(bar, text, ratio) {
    const arabic = document.documentElement.lang === "ar";
    writeScale.call(this, bar, arabic ? text.replace(/ km$/, " كم").replace(/ m$/, " م") : text, ratio);
  };

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const pattern = (id, ground, ink, draw) => {
    const made = document.createElementNS(SVG, "pattern");
    made.setAttribute("id", id);
    made.setAttribute("width", 8);
    made.setAttribute("height", 8);
    made.setAttribute("patternUnits", "userSpaceOnUse");
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("width", 8);
    rect.setAttribute("height", 8);
    rect.setAttribute("fill", ground);
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", draw);
    path.setAttribute("stroke", ink);
    path.setAttribute("stroke-width", 1.4);
    path.setAttribute("fill", "none");
    made.append(rect, path);
    return made;
  };

  /* Signs that would cover one another are pushed apart; a thin line leads to the true place. */
  const spread = (map, markers, leaders) => {
    leaders.clearLayers();
    const spots = markers.map((marker) => {
      const truth = map.latLngToLayerPoint(marker.truth);
      return { marker, truth, x: truth.x, y: truth.y, size: marker.options.icon.options.iconSize[0] };
    });
    for (let turn = 0; turn < 60; turn += 1) {
      let moved = false;
      for (let i = 0; i < spots.length; i += 1) {
        for (let j = i + 1; j < spots.length; j += 1) {
          const a = spots[i];
          const b = spots[j];
          const want = (a.size + b.size) / 2 + 2;
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
    spots.forEach((spot) => {
      const there = map.layerPointToLatLng(L.point(spot.x, spot.y));
      spot.marker.setLatLng(there);
      if (Math.hypot(spot.x - spot.truth.x, spot.y - spot.truth.y) > spot.size / 2) {
        L.polyline([spot.marker.truth, there], { className: "leader", interactive: false, pane: "links", weight: 1.2, color: "#16272d" }).addTo(leaders);
        L.circleMarker(spot.marker.truth, { radius: 2.5, weight: 0, fillOpacity: 1, fillColor: "#16272d", interactive: false, pane: "links" }).addTo(leaders);
      }
    });
  };

  /* Labels by rank: each tries a few places beside its own; where all are taken it is left out. */
  const OFFSETS = [[0, 0], [0, 24], [0, -24], [34, 14], [-34, 14], [34, -14], [-34, -14], [0, 40], [0, -40]];
  const declutter = (labels, signs) => {
    const taken = signs.map((sign) => sign.getElement()?.getBoundingClientRect()).filter(Boolean);
    labels.forEach((label) => {
      const icon = label.getElement();
      if (!icon) return;
      const text = icon.firstChild;
      text.style.translate = "";
      const box = text.getBoundingClientRect();
      const free = OFFSETS.find(([dx, dy]) => !taken.some((o) => (
        box.left + dx < o.right + 3 && o.left < box.right + dx + 3 && box.top + dy < o.bottom + 1 && o.top < box.bottom + dy + 1
      )));
      icon.style.visibility = free ? "" : "hidden";
      if (!free) return;
      text.style.translate = `${free[0]}px ${free[1]}px`;
      taken.push(text.getBoundingClientRect());
    });
  };

  window.mizanFrame = (map, data) => {
    const byCode = new Map();
    let state = { figures: data.figures, colours: data.colours };
    let chosen = null;
    let hovered = null;

    const tell = (type, code) => window.parent.postMessage({ mizan: 1, type, code }, "*");
    document.body.classList.toggle("rtl", Boolean(data.rtl));

    map.getContainer().setAttribute("role", "main");
    map.getContainer().prepend(element("h1", "unseen", document.title));
    map.attributionControl.setPrefix(false);
    const credit = element("span", "", data.credit);
    map.attributionControl.getContainer().append(credit);
    map.createPane("lines").style.zIndex = 410;
    map.getPane("lines").style.pointerEvents = "none";
    map.createPane("links").style.zIndex = 420;
    map.getPane("links").style.pointerEvents = "none";
    map.createPane("labels").style.zIndex = 430;
    map.getPane("labels").style.pointerEvents = "none";

    const fill = (code) => {
      const step = (state.figures[code] || { step: NO_DATA }).step;
      if (step === NO_DATA) return "url(#mizan-no-data)";
      if (step === PROTECTED) return "url(#mizan-protected)";
      return state.colours[step] || data.no_data;
    };
    const style = (feature) => ({ color: "#4d5b60", weight: 0.9, fillColor: fill(feature.id), fillOpacity: 0.92 });
    const paint = (code) => {
      const layer = byCode.get(code);
      if (!layer) return;
      layer.setStyle(style(layer.feature));
      if (code === chosen) layer.setStyle({ weight: 3.4, color: "#0b2a31" });
      else if (code === hovered) layer.setStyle({ weight: 2.4, color: "#16272d" });
      /* Moving a node takes the focus from it: whoever uses the keyboard would lose their place. */
      const focused = layer.getElement() === document.activeElement;
      if ((code === chosen || code === hovered) && !focused) layer.bringToFront();
    };
    const describe = (feature) => {
      const figure = state.figures[feature.id] || { lines: [] };
      return [feature.properties.name, ...figure.lines.map((line) => line.join(" "))].join(", ");
    };
    const tip = (layer) => {
      const figure = state.figures[layer.feature.id] || { lines: [] };
      const box = element("div");
      box.append(element("b", "", layer.feature.properties.name));
      const table = element("table");
      figure.lines.forEach(([label, value]) => {
        const row = element("tr");
        row.append(element("th", "", label), element("td", "", value));
        table.append(row);
      });
      box.append(table);
      return box;
    };
    const hover = (code, quiet) => {
      const before = hovered;
      hovered = code;
      if (before) paint(before);
      if (code) paint(code);
      if (!quiet && before !== code) tell("hover", code);
    };
    const select = (code, quiet) => {
      const before = chosen;
      chosen = code;
      if (before) { paint(before); byCode.get(before)?.getElement()?.setAttribute("aria-pressed", "false"); }
      if (code) { paint(code); byCode.get(code)?.getElement()?.setAttribute("aria-pressed", "true"); }
      if (!quiet) tell("select", code);
    };

    const areas = L.geoJSON(data.areas, {
      style,
      onEachFeature: (feature, layer) => {
        byCode.set(feature.id, layer);
        layer.bindTooltip(tip, { sticky: true, className: "mizan-tip", direction: "top", offset: [0, -8], opacity: 1 });
        layer.on("mouseover", () => hover(feature.id));
        layer.on("mouseout", () => hover(null));
        layer.on("click", () => select(feature.id));
      },
    }).addTo(map);

    /* One tab stop for all areas; arrow keys go from one to the next, Enter opens its card. */
    const codes = [...byCode.keys()];
    const ready = (code, index) => {
      const path = byCode.get(code).getElement();
      if (!path) return;
      path.setAttribute("role", "button");
      path.setAttribute("aria-label", describe(byCode.get(code).feature));
      path.setAttribute("aria-pressed", "false");
      path.setAttribute("tabindex", index === 0 ? "0" : "-1");
      path.addEventListener("focus", () => { hover(code); byCode.get(code).openTooltip(); });
      path.addEventListener("blur", () => { hover(null); byCode.get(code).closeTooltip(); });
      path.addEventListener("keydown", (event) => {
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
        if (event.key === "Enter" || event.key === " ") select(code);
        else if (step) {
          const next = byCode.get(codes[(index + step + codes.length) % codes.length]).getElement();
          path.setAttribute("tabindex", "-1");
          next.setAttribute("tabindex", "0");
          next.focus();
        } else return;
        event.preventDefault();
        event.stopPropagation();
      });
    };
    codes.forEach(ready);

    const svg = areas.getLayers()[0]?.getElement()?.ownerSVGElement;
    if (svg) {
      const defs = document.createElementNS(SVG, "defs");
      defs.append(
        pattern("mizan-no-data", data.no_data, "#9aa0a2", "M0 8 8 0"),
        pattern("mizan-protected", data.protected, "#6d6489", "M0 0 8 8M0 8 8 0"),
      );
      svg.prepend(defs);
    }

    if (data.lines) {
      L.geoJSON(data.lines, {
        pane: "lines",
        interactive: false,
        style: (feature) => (feature.properties.kind === "river"
          ? { color: "#3f86b4", weight: 2.6, opacity: 0.85 }
          : { color: "#16272d", weight: 1.6, opacity: 0.8, fill: false }),
      }).addTo(map);
    }
    data.links.forEach((link) => {
      L.polyline([[link.from[1], link.from[0]], [link.to[1], link.to[0]]], {
        pane: "links", interactive: false, color: "#0b2a31", weight: link.width, opacity: 0.55, lineCap: "round",
      }).addTo(map);
    });

    const labels = data.places.slice().sort((a, b) => a[3] - b[3]).map(([name, lon, lat]) => {
      const holder = element("span", "", name);
      return L.marker([lat, lon], {
        pane: "labels", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "place", html: holder, iconSize: [0, 0] }),
      }).addTo(map);
    });

    const bounds = areas.getBounds();
    if (bounds.isValid()) {
      map.fitBounds(bounds, { padding: [14, 14], animate: false });
      map.setMaxBounds(bounds.pad(0.6));
    }

    /* Markers are added by the document after this call. */
    setTimeout(() => {
      const signs = [];
      map.eachLayer((layer) => {
        if (!(layer instanceof L.Marker) || labels.includes(layer)) return;
        layer.truth = layer.getLatLng();
        signs.push(layer);
        const icon = layer.getElement();
        const said = layer.getTooltip()?.getContent();
        const holder = element("div");
        if (typeof said === "string") holder.innerHTML = said; // written by the server, encoded there
        icon?.setAttribute("aria-label", [...holder.querySelectorAll("b, tr")].map((part) => part.textContent).join(", "));
        icon?.setAttribute("role", "img");
      });
      const leaders = L.layerGroup().addTo(map);
      const kind = (sign) => sign.getElement()?.querySelector(".sign")?.classList;
      const offices = signs.filter((sign) => ["main", "sub", "candidate"].some((name) => kind(sign)?.contains(name)));
      const bridges = signs.filter((sign) => kind(sign)?.contains("open"));
      /* From afar open crossings would only cover the offices; closed ones are always shown. */
      const settle = () => {
        bridges.forEach((sign) => { sign.getElement().style.display = map.getZoom() < 9.5 ? "none" : ""; });
        spread(map, offices, leaders);
        declutter(labels, offices);
      };
      map.on("zoomend resize", settle);
      settle();
      tell("ready", null);
    }, 0);

    window.addEventListener("message", (event) => {
      if (event.source !== window.parent || !event.data || event.data.mizan !== 1) return;
      const message = event.data;
      if (message.type === "figures") {
        state = { figures: message.figures, colours: message.colours };
        codes.forEach((code) => {
          paint(code);
          byCode.get(code).getElement()?.setAttribute("aria-label", describe(byCode.get(code).feature));
        });
      } else if (message.type === "hover") hover(byCode.has(message.code) ? message.code : null, true);
      else if (message.type === "select") {
        select(byCode.has(message.code) ? message.code : null, true);
        if (message.zoom && byCode.has(message.code)) map.fitBounds(byCode.get(message.code).getBounds(), { maxZoom: 10, padding: [40, 40] });
      } else if (message.type === "view" && bounds.isValid()) map.fitBounds(bounds, { padding: [14, 14] });
    });
  };
})();
