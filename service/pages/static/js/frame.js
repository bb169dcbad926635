/* Draws the areas inside a map's document and talks with the page around it.
 *
 * Strings arrive as plain text and are set as text, never as HTML. Messages go both ways:
 *   page -> map   {mizan: 1, type: "hello" | "figures" | "hover" | "select" | "point", ...}
 *   map  -> page  {mizan: 1, type: "ready" | "painted" | "hover" | "select" | "moved", code, ...}
 */
"use strict";

(() => {
  const NO_DATA = -1;
  const PROTECTED = -2;
  const SVG = "http://www.w3.org/2000/svg";
  const { spread, declutter, measure, holder } = window.mizanPlaces;

  /* folium makes each marker with Leaflet's picture before it sets its sign: ask for no picture. */
  L.Marker.prototype.options.icon = L.divIcon({ className: "mizan-sign" });

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const drawn = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };

  const pattern = (id, ground, ink, lines) => {
    const made = drawn("pattern", { id, width: 8, height: 8, patternUnits: "userSpaceOnUse" });
    made.append(
      drawn("rect", { width: 8, height: 8, fill: ground }),
      drawn("path", { d: lines, stroke: ink, "stroke-width": 1.4, fill: "none" }),
    );
    return made;
  };

  /* A trend as small as a word; gaps stay gaps, time runs left to right. */
  const spark = (values) => {
    const known = values.filter((value) => value !== null);
    if (known.length < 2) return null;
    const low = Math.min(...known);
    const span = Math.max(...known) - low || 1;
    const at = (value, place) => [3 + (place * 104) / (values.length - 1), 25 - ((value - low) / span) * 20];
    const svg = drawn("svg", { class: "tip-spark", width: 110, height: 30, viewBox: "0 0 110 30", "aria-hidden": "true" });
    let run = [];
    const close = () => { if (run.length > 1) svg.append(drawn("polyline", { points: run.join(" ") })); run = []; };
    values.forEach((value, place) => { if (value === null) close(); else run.push(at(value, place).join(",")); });
    close();
    const [x, y] = at(known[known.length - 1], values.lastIndexOf(known[known.length - 1]));
    svg.append(drawn("circle", { cx: x, cy: y, r: 2.6 }));
    return svg;
  };

  window.mizanFrame = (map, data) => {
    const byCode = new Map();
    const others = new Map();
    const digits = data.words.digits || "0123456789";
    const comma = data.words.comma || ", ";
    let state = data;
    let chosen = null;
    let hovered = null;

    const tell = (type, code) => window.parent.postMessage({ mizan: 1, type, code }, "*");
    document.body.classList.toggle("rtl", Boolean(data.rtl));
    document.body.classList.toggle("plan", data.links.length > 0);

    /* Leaflet writes its scale in English; miles are nobody's measure here. */
    L.control.scale({ imperial: false }).addTo(map);
    const scale = map.getContainer().querySelector(".leaflet-control-scale-line");
    const say = () => {
      if (!scale || !data.words.km) return;
      const [, n, unit] = /^(\d+)\s*(\w+)$/.exec(scale.textContent.trim()) || [];
      if (!n) return;
      scale.replaceChildren(element("bdi", "", `${n.replace(/\d/g, (d) => digits[d])} ${unit === "km" ? data.words.km : data.words.m}`));
    };
    map.on("move zoomend", say);

    const [inward, outward] = map.getContainer().querySelectorAll(".leaflet-control-zoom a");
    [[inward, data.words.zoom_in], [outward, data.words.zoom_out]].forEach(([button, text]) => {
      if (button && text) { button.title = text; button.setAttribute("aria-label", text); }
    });

    map.getContainer().setAttribute("role", "main");
    map.getContainer().prepend(element("h1", "unseen", document.title));
    map.attributionControl.setPrefix(false);
    const credit = element("span");
    let ground = "";
    const creditAll = () => { credit.textContent = [state.credit, ground].filter(Boolean).join(" · "); };
    creditAll();
    map.attributionControl.getContainer().append(credit);
    [["other", 405], ["lines", 410], ["links", 420], ["labels", 430]].forEach(([name, level]) => {
      const pane = map.createPane(name);
      pane.style.zIndex = level;
      pane.style.pointerEvents = "none";
    });

    if (data.tiles) {
      const tiles = L.tileLayer(data.tiles.url, { minZoom: 5, maxZoom: 16, maxNativeZoom: data.tiles.zoom });
      let came = 0;
      let failed = 0;
      tiles.on("tileload", () => { came += 1; });
      /* Our own base lies below: a base map that does not answer goes, and the map says so. */
      tiles.on("tileerror", () => {
        failed += 1;
        if (came || failed < 3 || !map.hasLayer(tiles)) return;
        map.removeLayer(tiles);
        document.body.classList.remove("tiled");
        codes.forEach(paint); // full colours again, those of the legend
        ground = data.words.no_tiles;
        creditAll();
      });
      document.body.classList.add("tiled");
      tiles.addTo(map);
      ground = data.tiles.credit;
      creditAll();
    }
    const opacity = () => (document.body.classList.contains("tiled") ? 0.72 : 0.94);

    const fillOf = (from, code) => {
      const step = (from.figures[code] || { step: NO_DATA }).step;
      if (step === NO_DATA) return "url(#mizan-no-data)";
      if (step === PROTECTED) return "url(#mizan-protected)";
      return from.colours[step] || data.no_data;
    };
    const thin = data.areas.features.length > 400;
    /* What is around most of the cells whose class is not that of most; a few far off don't count. */
    const striking = () => {
      const steps = codes.map((code) => (state.figures[code] || { step: NO_DATA }).step);
      const tally = new Map();
      steps.forEach((step) => tally.set(step, (tally.get(step) || 0) + 1));
      const usual = [...tally].reduce((most, one) => (one[1] > most[1] ? one : most), [NO_DATA, 0])[0];
      const spots = codes.filter((_, place) => ![usual, NO_DATA, PROTECTED].includes(steps[place])).map((code) => byCode.get(code).getBounds().getCenter());
      if (!spots.length) return null;
      const ends = (name) => {
        const sorted = spots.map((spot) => spot[name]).sort((a, b) => a - b);
        return [0.1, 0.9].map((share) => sorted[Math.floor(share * (sorted.length - 1))]);
      };
      const [[south, north], [west, east]] = [ends("lat"), ends("lng")];
      return L.latLngBounds([south, west], [north, east]).pad(0.2);
    };
    const style = (feature) => ({ color: thin ? "#ffffff" : "#4d5b60", weight: thin ? 0.4 : 0.9, fillColor: fillOf(state, feature.id), fillOpacity: opacity() });
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
    const figureOf = (code) => state.figures[code] || { lines: [] };
    const describe = (feature) => [feature.properties.name, ...figureOf(feature.id).lines.map((line) => line.join(" "))].join(comma);
    const tip = (layer) => {
      const figure = figureOf(layer.feature.id);
      const box = element("div");
      box.append(element("b", "", layer.feature.properties.name));
      const table = element("table");
      figure.lines.forEach(([label, value]) => {
        const row = element("tr");
        const cell = element("td");
        cell.append(element("bdi", "", value));
        row.append(element("th", "", label), cell);
        table.append(row);
      });
      box.append(table);
      const trend = figure.spark && spark(figure.spark);
      if (trend) box.append(trend);
      return box;
    };
    const hover = (code, quiet) => {
      const before = hovered;
      if (before === code) return;
      hovered = code;
      if (before) paint(before);
      if (code) paint(code);
      if (!quiet) tell("hover", code);
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
    if (data.other) {
      L.geoJSON(data.areas, {
        pane: "other",
        interactive: false,
        style: (feature) => ({ ...style(feature), fillColor: fillOf(data.other, feature.id) }),
        onEachFeature: (feature, layer) => others.set(feature.id, layer),
      }).addTo(map);
    }

    /* One tab stop for all areas; arrow keys go from one to the next, Enter opens its card. */
    const codes = [...byCode.keys()];
    const paths = codes.map((code) => byCode.get(code).getElement());
    let stop = 0;
    paths.forEach((path, index) => {
      if (!path) return;
      path.dataset.place = index;
      path.setAttribute("role", "button");
      path.setAttribute("aria-label", describe(byCode.get(codes[index]).feature));
      path.setAttribute("aria-pressed", "false");
      path.setAttribute("tabindex", index === 0 ? "0" : "-1");
    });
    const stopAt = (index) => {
      paths[stop]?.setAttribute("tabindex", "-1");
      stop = index;
      paths[stop].setAttribute("tabindex", "0");
      return paths[stop];
    };
    const placeOf = (event) => (event.target.dataset?.place === undefined ? null : Number(event.target.dataset.place));
    const board = map.getContainer();
    board.addEventListener("focusin", (event) => {
      const place = placeOf(event);
      if (place === null) return;
      stopAt(place);
      hover(codes[place]);
      byCode.get(codes[place]).openTooltip();
    });
    board.addEventListener("focusout", (event) => {
      const place = placeOf(event);
      if (place === null) return;
      hover(null);
      byCode.get(codes[place]).closeTooltip();
    });
    board.addEventListener("keydown", (event) => {
      const place = placeOf(event);
      if (place === null) return;
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (event.key === "Enter" || event.key === " ") select(codes[place]);
      else if (event.key === "Escape") select(null);
      else if (step) stopAt((place + step + codes.length) % codes.length).focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }, true);

    /* So have all signs: who goes on to the table by keyboard need not pass each forum. */
    const walk = (icons) => {
      icons.forEach((icon, index) => { icon.tabIndex = index ? -1 : 0; });
      board.addEventListener("keydown", (event) => {
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
        const seen = icons.filter((icon) => icon.style.display !== "none");
        const at = seen.indexOf(event.target);
        if (!step || at < 0) return;
        event.target.tabIndex = -1;
        const next = seen[(at + step + seen.length) % seen.length];
        next.tabIndex = 0;
        next.focus();
        event.preventDefault();
        event.stopPropagation();
      }, true);
    };

    const svg = paths[0]?.ownerSVGElement;
    if (svg) {
      const defs = drawn("defs", {});
      defs.append(
        pattern("mizan-no-data", data.no_data, "#9aa0a2", "M0 8 8 0"),
        pattern("mizan-protected", data.protected, "#6d6489", "M0 0 8 8M0 8 8 0"),
      );
      svg.prepend(defs);
    }

    if (data.lines) {
      const LINES = {
        river: { color: "#3f86b4", weight: 2.6, opacity: 0.85 },
        border: { color: "#16272d", weight: 1.3, opacity: 0.55, fill: false },
        outline: { color: "#16272d", weight: 1.6, opacity: 0.8, fill: false },
      };
      L.geoJSON(data.lines, { pane: "lines", interactive: false, style: (feature) => LINES[feature.properties.kind] || LINES.outline }).addTo(map);
    }
    /* Each in a light casing: the darkest areas are as dark as the lines. */
    [["#ffffff", 2.4, 0.55], ["#0b2a31", 0, 0.62]].forEach(([color, more, opacity]) => data.links.forEach((link) => {
      L.polyline([[link.from[1], link.from[0]], [link.to[1], link.to[0]]], {
        pane: "links", interactive: false, color, weight: link.width + more, opacity, lineCap: "round",
      }).addTo(map);
    }));

    /* Names of areas and, nearer by, of towns; ``least`` is the zoom from which one is shown. */
    const named = (entries, className, more) => entries.map(([name, lon, lat, rank, code]) => {
      const icon = L.divIcon({ className, html: element("span", "", name), iconSize: [0, 0] });
      const marker = L.marker([lat, lon], { pane: "labels", interactive: false, keyboard: false, icon }).addTo(map);
      return Object.assign(marker, { truth: marker.getLatLng(), rank, code, name, drop: 0, least: 0 }, more(rank, code));
    });
    const labels = [
      ...named(data.places, "place", (rank, code) => ({ holds: holder(byCode.get(code)?.feature.geometry) })),
      ...named(data.towns || [], "town", (rank) => ({ drop: 10, reach: 1, least: rank < 3 ? 9 : 9.75 })),
    ].sort((a, b) => (a.least - b.least) || (a.rank - b.rank));
    /* A class that has a sign of its own (rising, falling) shows it beside the name too. */
    const sign = () => {
      let changed = false;
      labels.forEach((label) => {
        if (!label.code) return;
        const mark = figureOf(label.code).mark || "";
        const text = mark ? `${label.name} ${mark}` : label.name;
        const holder = label.getElement().firstChild;
        if (holder.textContent !== text) { holder.textContent = text; changed = true; }
      });
      return changed;
    };
    sign();
    measure(labels);

    const report = (view) => window.parent.postMessage({ mizan: 1, type: "moved", code: null, view }, "*");
    const standing = () => {
      const middle = map.getCenter();
      return `${middle.lat.toFixed(4)},${middle.lng.toFixed(4)},${Number(map.getZoom().toFixed(2))}`;
    };
    const stand = window.mizanView(map, {
      whole: areas.getBounds(),
      striking: thin ? striking() : null,
      words: data.words,
      moved: (view) => report(view ?? standing()),
    });
    stand.open(data.view);
    say();

    let drawnAll = false;
    let settle = () => {};
    /* Markers are added by the document after this call. */
    setTimeout(() => {
      const own = new Set(labels);
      const signs = [];
      map.eachLayer((layer) => {
        if (!(layer instanceof L.Marker) || own.has(layer)) return;
        layer.truth = layer.getLatLng();
        [layer.size] = layer.options.icon.options.iconSize;
        signs.push(layer);
        const icon = layer.getElement();
        const said = layer.getTooltip()?.getContent();
        const holder = element("div");
        if (typeof said === "string") holder.innerHTML = said; // written by the server, encoded there
        icon?.setAttribute("aria-label", [...holder.querySelectorAll("b, tr")].map((part) => [...(part.cells ?? [part])].map((one) => one.textContent).join(" ")).join(comma));
        icon?.setAttribute("role", "img");
      });
      const leaders = L.layerGroup().addTo(map);
      const kind = (one) => one.getElement()?.querySelector(".sign")?.classList;
      const offices = signs.filter((one) => ["main", "sub", "candidate"].some((name) => kind(one)?.contains(name)));
      const bridges = signs.filter((one) => kind(one)?.contains("open"));
      const rest = signs.filter((one) => !offices.includes(one) && !bridges.includes(one));
      walk([...offices, ...rest, ...bridges].map((one) => one.getElement()));
      /* From afar open crossings would only cover the offices; closed ones are always shown. */
      settle = () => {
        const near = map.getZoom() >= 9.5;
        bridges.forEach((one) => { one.getElement().style.display = near ? "" : "none"; });
        leaders.clearLayers();
        const taken = spread(map, offices, leaders);
        const still = (near ? [...rest, ...bridges] : rest).map((one) => {
          const spot = map.latLngToLayerPoint(one.truth);
          return { left: spot.x - one.size / 2, right: spot.x + one.size / 2, top: spot.y - one.size / 2, bottom: spot.y + one.size / 2 };
        });
        declutter(map, labels, [...taken, ...still], leaders);
      };
      map.on("zoomend moveend resize", settle);
      settle();
      if (data.other && window.mizanSwipe) window.mizanSwipe(map, { rtl: Boolean(data.rtl), first: data.side, second: data.other.side, words: { ...data.words, digits } });
      document.fonts?.ready.then(() => { measure(labels); settle(); });
      drawnAll = true;
      tell("ready", null);
      /* Where the reader stands is part of the address, once it is not the whole any more. */
      map.on("moveend", () => { if (stand.left()) report(standing()); });
    }, 0);

    window.addEventListener("message", (event) => {
      if (event.source !== window.parent || !event.data || event.data.mizan !== 1) return;
      const message = event.data;
      if (message.type === "figures") {
        state = { ...state, figures: message.figures, colours: message.colours, credit: message.credit };
        creditAll();
        codes.forEach((code) => {
          paint(code);
          byCode.get(code).getElement()?.setAttribute("aria-label", describe(byCode.get(code).feature));
        });
        if (sign()) { measure(labels); settle(); }
        tell("painted", null);
      } else if (message.type === "hover") hover(byCode.has(message.code) ? message.code : null, true);
      else if (message.type === "select") {
        select(byCode.has(message.code) ? message.code : null, true);
        const box = byCode.get(message.code)?.getBounds();
        if (box && message.zoom) map.fitBounds(box, { maxZoom: thin ? 12 : 10, padding: [40, 40] });
        else if (box && message.bring && !map.getBounds().intersects(box)) map.panTo(box.getCenter());
      } else if (message.type === "point") map.setView([message.lat, message.lon], message.zoom || 11);
      else if (message.type === "hello" && drawnAll) tell("ready", null);
    });
  };
})();
