/* The map page: the frame, the table and the card say the same at any moment.
 *
 * Without JavaScript the page works as links and a form; here they are answered without
 * loading the map again. Nothing but our own pages is asked.
 */
"use strict";

(() => {
  const frame = document.getElementById("frame");
  const form = document.getElementById("choose");
  const live = document.getElementById("live");
  let chosen = new URLSearchParams(location.search).get("area");

  const send = (message) => frame.contentWindow?.postMessage({ mizan: 1, ...message }, "*");
  const rows = () => [...document.querySelectorAll("#areas tbody tr")];
  const rowOf = (code) => rows().find((row) => row.dataset.code === code);

  const mark = (code, name) => {
    rows().forEach((row) => row.classList.toggle(name, row.dataset.code === code));
  };

  const replace = (from, ids) => ids.forEach((id) => {
    const fresh = from.getElementById(id);
    const old = document.getElementById(id);
    if (fresh && old) old.replaceWith(fresh);
  });

  const fetchPage = async (url) => {
    const answer = await fetch(url, { headers: { accept: "text/html" }, credentials: "same-origin" });
    if (answer.redirected && new URL(answer.url).pathname !== "/") { location.assign(answer.url); return null; }
    if (!answer.ok) { location.assign(url); return null; }
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const address = () => {
    const params = new URLSearchParams(new FormData(form));
    if (!params.get("category")) params.delete("category");
    const sliders = [...document.querySelectorAll("#weights input")];
    const usual = sliders.every((slider) => slider.value === slider.dataset.usual);
    if (usual || params.get("layer") !== "need") sliders.forEach((slider) => params.delete(slider.name));
    return params;
  };

  /* One answer at a time: only the newest question counts. */
  let turn = 0;
  const show = async (params, { figures }) => {
    turn += 1;
    const mine = turn;
    const url = `/?${params}`;
    const fresh = await fetchPage(url);
    if (!fresh || mine !== turn) return;
    history.replaceState(null, "", url);
    document.title = fresh.title;
    replace(fresh, figures ? ["choose-selects", "legend", "card", "tablebox"] : ["card"]);
    document.querySelectorAll("a.lang").forEach((link) => { link.href = fresh.querySelector("a.lang").getAttribute("href"); });
    if (figures) {
      send({ type: "figures", ...JSON.parse(fresh.getElementById("figures").textContent) });
      const category = form.elements.category;
      category.disabled = fresh.querySelector("[name=category]").disabled;
    }
    mark(chosen, "chosen");
  };

  const select = async (code, { zoom = false, focus = false } = {}) => {
    chosen = code;
    mark(code, "chosen");
    send({ type: "select", code, zoom });
    const params = address();
    if (code) params.set("area", code);
    await show(params, { figures: false });
    const card = document.getElementById("card");
    if (focus && code) { card.tabIndex = -1; card.focus({ preventScroll: window.innerWidth > 900 }); }
    if (code) live.textContent = rowOf(code)?.textContent.replace(/\s+/g, " ").trim() ?? "";
  };

  /* Weights: the answer of a moving slider is asked for once its last question is answered. */
  let asking = false;
  let waiting = false;
  const weigh = async () => {
    if (asking) { waiting = true; return; }
    asking = true;
    do {
      waiting = false;
      const params = address();
      if (chosen) params.set("area", chosen);
      await show(params, { figures: true });
    } while (waiting);
    asking = false;
  };
  document.addEventListener("input", (event) => {
    if (!event.target.closest("#weights")) return;
    event.target.nextElementSibling.value = event.target.value;
    weigh();
  });
  document.getElementById("usual-weights")?.addEventListener("click", () => {
    document.querySelectorAll("#weights input").forEach((slider) => {
      slider.value = slider.dataset.usual;
      slider.nextElementSibling.value = slider.value;
    });
    weigh();
  });

  form.addEventListener("change", (event) => {
    if (event.target.closest("#weights")) return;
    const params = address();
    if (chosen) params.set("area", chosen);
    const { name } = event.target;
    document.getElementById("weights").hidden = params.get("layer") !== "need";
    if (name === "level" || name === "governorate") { params.delete("area"); location.assign(`/?${params}`); return; }
    show(params, { figures: true });
  });

  document.addEventListener("click", (event) => {
    const plain = !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (event.target.closest("#close-card") && plain) { event.preventDefault(); select(null); return; }
    const row = event.target.closest("#areas tbody tr");
    if (row && plain) { event.preventDefault(); select(row.dataset.code, { zoom: false, focus: true }); }
  });
  document.addEventListener("pointerover", (event) => {
    const row = event.target.closest?.("#areas tbody tr");
    mark(row?.dataset.code, "hovered");
    send({ type: "hover", code: row?.dataset.code ?? null });
  });

  window.addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || !event.data || event.data.mizan !== 1) return;
    const { type, code } = event.data;
    if (code !== null && !rowOf(code)) return;
    if (type === "ready" && chosen) send({ type: "select", code: chosen });
    else if (type === "hover") {
      mark(code, "hovered");
      rowOf(code)?.scrollIntoView({ block: "nearest" });
    } else if (type === "select") select(code);
  });
})();
