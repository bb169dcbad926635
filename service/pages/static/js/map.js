/* The map page: the frame, the table and the card say the same at any moment.
 *
 * Without JavaScript the page works as links and forms; here they are answered in place, and the
 * map is drawn again only where its areas change. Nothing but our own pages is asked.
 */
"use strict";

(() => {
  const frame = document.getElementById("frame");
  const form = document.getElementById("choose");
  const finder = document.getElementById("finder");
  const live = document.getElementById("live");
  const trouble = document.getElementById("trouble");
  const timeline = window.mizanTimeline;
  const wait = window.mizanDrawing(frame, document.getElementById("busy"));
  const ALL = ["chosen-said", "unmade", "layers", "levels", "selects", "exact", "menus", "legend", "card", "to-card", "weights", "tablebox"];
  const FIGURES = ["chosen-said", "exact", "menus", "legend", "card", "to-card", "tablebox"];
  let zooms = false;

  const field = (name) => form.elements[name];
  const chosen = () => field("area").value || null;
  const send = (message) => frame.contentWindow?.postMessage({ mizan: 1, ...message }, "*");
  const rows = () => [...document.querySelectorAll("#areas tbody tr")];
  const rowOf = (code) => rows().find((row) => row.dataset.code === code);
  const mark = (code, name) => rows().forEach((row) => row.classList.toggle(name, row.dataset.code === code));
  const say = (text) => { live.textContent = text; };

  /* What has the focus, so that it can be found again in a part that was replaced. */
  const focused = () => {
    const one = document.activeElement;
    if (!one || one === document.body || one === frame) return null;
    if (one.id) return `#${CSS.escape(one.id)}`;
    if (one.name) return `[name="${CSS.escape(one.name)}"]${one.type === "radio" ? `[value="${CSS.escape(one.value)}"]` : ""}`;
    const [row, head] = [one.closest("tr[data-code]"), one.closest("th[data-key]")];
    if (row) return `tr[data-code="${CSS.escape(row.dataset.code)}"] a`;
    return head ? `th[data-key="${head.dataset.key}"] a` : null;
  };
  const replace = (from, ids) => {
    const held = focused();
    ids.forEach((id) => {
      const fresh = from.getElementById(id);
      const old = document.getElementById(id);
      if (!fresh || !old) return;
      if (old.open) fresh.open = true;
      const at = old.scrollTop;
      old.replaceWith(fresh);
      fresh.scrollTop = at;
    });
    if (ids.includes("selects")) timeline.setUp();
    if (held && (document.activeElement === document.body || !document.activeElement)) document.querySelector(held)?.focus({ preventScroll: true });
  };

  const fetchPage = async (url) => {
    const answer = await fetch(url, { headers: { accept: "text/html" }, credentials: "same-origin" });
    if (answer.redirected || !answer.ok) { location.assign(url); return null; }
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const address = () => {
    const params = new URLSearchParams(new FormData(form));
    const sliders = [...document.querySelectorAll("#weights input[type=range]")];
    const usual = sliders.every((slider) => slider.value === slider.dataset.usual);
    sliders.forEach((slider) => { if (usual || params.get("layer") !== "need") params.delete(slider.name); else params.set(slider.name, slider.value); });
    params.delete("set_name");
    [...params].forEach(([name, value]) => { if (value === "") params.delete(name); });
    return params;
  };
  /* The address as the server says it, with the open card. */
  const canonical = (page) => {
    const params = new URL(page.getElementById("frame").getAttribute("src"), location.href).searchParams;
    params.delete("lang");
    if (chosen()) params.set("area", chosen());
    return params;
  };
  const figures = (page) => JSON.parse(page.getElementById("figures").textContent);
  let codes = new Set(Object.keys(figures(document).figures));
  /* The map may only speak of areas; of thousands the page does not carry a list. */
  const CODE = /^[A-Za-z0-9][\w.:-]{0,63}$/;
  const isArea = (code) => code === null || (codes.size ? codes.has(code) : typeof code === "string" && CODE.test(code));
  const ground = (params) => `${params.get("level")}|${params.get("governorate")}`;
  let drawn = ground(canonical(document));

  /* What the frame was told last; one that is not ready yet is told again when it is. */
  let latest = null;
  const paint = (message) => {
    latest = message;
    wait.begin();
    send({ type: "figures", ...message });
  };
  const redraw = (src) => {
    latest = null;
    wait.begin();
    frame.contentWindow.location.replace(src);
  };

  /* What is chosen is what is shown: a choice without an answer is taken back, to be made again. */
  const keep = () => [...form.elements].forEach((one) => {
    if (one.type === "radio") one.defaultChecked = one.checked;
    [...(one.options ?? [])].forEach((option) => { option.defaultSelected = option.selected; });
  });
  const back = () => { form.reset(); timeline.setUp(); };

  /* One answer at a time: only the newest question counts. What an answer that came too late
   * would have replaced is owed by the next one. */
  let turn = 0;
  let owed = new Set();
  const show = async (params, wanted, { anew = false } = {}) => {
    turn += 1;
    const mine = turn;
    wanted.forEach((part) => owed.add(part));
    wait.ask();
    let fresh = null;
    try {
      fresh = await fetchPage(`/?${params}`);
      trouble.hidden = true;
    } catch {
      trouble.hidden = false;
      timeline.stop();
      if (mine === turn) back();
    } finally {
      wait.answered();
    }
    if (!fresh || mine !== turn) return;
    if (timeline.differs(fresh)) ALL.forEach((part) => owed.add(part));
    const parts = [...owed];
    owed = new Set();
    const places = fresh.getElementById("choose").elements;
    ["area", "sort", "view"].forEach((name) => { field(name).value = places[name].value; });
    const now = canonical(fresh);
    if (anew) history.pushState(null, "", `/?${now}`);
    else history.replaceState(null, "", `/?${now}`);
    document.title = fresh.title;
    replace(fresh, parts);
    timeline.follow(fresh);
    keep();
    document.querySelectorAll("a.lang").forEach((link) => { link.href = fresh.querySelector("a.lang").getAttribute("href"); });
    mark(chosen(), "chosen");
    const fetched = figures(fresh);
    codes = new Set(Object.keys(fetched.figures));
    if (ground(now) !== drawn || (parts.includes("tablebox") && !codes.size)) {
      drawn = ground(now);
      redraw(fresh.getElementById("frame").getAttribute("src"));
    } else if (parts.includes("tablebox")) {
      paint(fetched);
    }
  };

  /* Beside the map the card is seen anyhow; on a narrow screen it lies below. */
  const toCard = () => {
    const card = document.getElementById("card");
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
    if (window.innerWidth <= 900) card.scrollIntoView({ block: "start" });
  };
  const select = async (code, { zoom = false, focus = false } = {}) => {
    field("area").value = code ?? "";
    mark(code, "chosen");
    send({ type: "select", code, zoom, bring: focus });
    const said = code ? rowOf(code)?.textContent.replace(/\s+/g, " ").trim() : "";
    await show(address(), ["exact", "card", "to-card"]);
    if (focus && code) toCard();
    say(said ?? "");
  };

  /* Weights: the answer of a moving slider is asked for once its last question is answered. */
  let asking = false;
  let waiting = false;
  const weigh = async () => {
    waiting = true;
    if (asking) return;
    asking = true;
    while (waiting) {
      waiting = false;
      await show(address(), FIGURES).then(wait.drawn);
    }
    asking = false;
  };
  document.addEventListener("input", (event) => {
    const slider = event.target.closest?.("#weights input[type=range]");
    if (!slider) return;
    slider.nextElementSibling.value = slider.value;
    weigh();
  });

  let settled = Promise.resolve();
  form.addEventListener("change", (event) => {
    if (event.target.type === "range") return;
    const { name } = event.target;
    if (name !== "period") timeline.stop();
    const params = address();
    if (name === "level" || name === "governorate") { params.delete("area"); field("area").value = ""; }
    if (name === "governorate") params.delete("view");
    settled = (name === "period" ? show(params, FIGURES) : show(params, ALL, { anew: true })).then(wait.drawn);
  });
  timeline.listen((text) => { say(text); return settled; });
  timeline.setUp();

  document.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    const at = (selector) => event.target.closest?.(selector);
    const found = at("#found a");
    const row = at("#areas tbody tr");
    if (at("#close-card")) select(null);
    else if (at("#to-card")) toCard();
    else if (at("#usual-weights")) {
      document.querySelectorAll("#weights input[type=range]").forEach((slider) => {
        slider.value = slider.dataset.usual;
        slider.nextElementSibling.value = slider.value;
      });
      weigh();
    } else if (found) lead(new URL(found.href).searchParams);
    else if (row) select(row.dataset.code, { focus: true });
    else return;
    event.preventDefault();
  });
  /* Weights leave with what is chosen now: the map may have moved on since their form was written. */
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "weigh") return;
    event.target.querySelectorAll("input[type=hidden]").forEach((one) => one.remove());
    address().forEach((value, name) => {
      if (name.startsWith("w_")) return;
      event.target.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    });
  });
  /* A menu closes when something else is chosen. */
  document.addEventListener("pointerdown", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("pointerover", (event) => {
    const row = event.target.closest?.("#areas tbody tr");
    mark(row?.dataset.code, "hovered");
    send({ type: "hover", code: row?.dataset.code ?? null });
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("#areas tbody tr");
    if (row) send({ type: "hover", code: row.dataset.code });
  });
  document.addEventListener("sorted", (event) => {
    field("sort").value = event.detail;
    history.replaceState(null, "", `/?${address()}`);
  });

  /* Search: answers while typing, arrow keys go through them. */
  let pause = 0;
  const find = async () => {
    const params = address();
    params.set("q", finder.elements.q.value);
    let fresh = null;
    try {
      fresh = await fetchPage(`/map/find?${params}`);
      trouble.hidden = true;
    } catch {
      trouble.hidden = false;
    }
    if (!fresh || params.get("q") !== finder.elements.q.value) return;
    replace(fresh, ["found"]);
    say(document.getElementById("found").dataset.said ?? "");
  };
  const lead = (params) => {
    finder.elements.q.value = "";
    document.getElementById("found").replaceChildren();
    const [lat, lon, zoom] = (params.get("view") ?? "").split(",").map(Number);
    if (zoom) send({ type: "point", lat, lon, zoom });
    else if (ground(params) === drawn && params.get("area")) select(params.get("area"), { zoom: true, focus: true });
    else { field("area").value = params.get("area") ?? ""; zooms = true; show(params, ALL, { anew: true }); }
  };
  finder.addEventListener("submit", (event) => { event.preventDefault(); find(); });
  finder.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(find, 160); });
  finder.addEventListener("keydown", (event) => {
    const links = [...finder.querySelectorAll("#found a")];
    const at = links.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") { finder.elements.q.value = ""; document.getElementById("found").replaceChildren(); finder.elements.q.focus(); }
    else if (step && links.length) (links[at + step] ?? finder.elements.q).focus();
    else return;
    event.preventDefault();
  });

  window.addEventListener("popstate", () => show(new URLSearchParams(location.search), ALL));
  window.addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || !event.data || event.data.mizan !== 1) return;
    const { type, code } = event.data;
    if (type === "moved") {
      field("view").value = event.data.view;
      history.replaceState(null, "", `/?${address()}`);
      return;
    }
    if (type === "painted") {
      wait.end();
      return;
    }
    if (!isArea(code)) return;
    if (type === "ready") {
      if (latest) paint(latest);
      else wait.end();
      send({ type: "select", code: chosen(), zoom: zooms });
      zooms = false;
    } else if (type === "hover") {
      mark(code, "hovered");
      if (code) window.mizanBring(rowOf(code));
    } else if (type === "select") {
      if (code) window.mizanBring(rowOf(code));
      select(code);
    }
  });
  /* The address says what is shown, also where another layer stands in for the one asked for. */
  const [named, here] = [canonical(document), new URLSearchParams(location.search)];
  if (["layer", "level"].some((name) => here.has(name) && here.get(name) !== named.get(name))) history.replaceState(null, "", `/?${named}`);
  wait.begin();
  send({ type: "hello" });
})();
