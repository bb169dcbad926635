/* A comparison: map and table point at the same area. */
"use strict";

(() => {
  const frame = document.getElementById("frame");
  if (!frame) return;
  const send = (message) => frame.contentWindow?.postMessage({ mizan: 1, ...message }, "*");
  const rows = () => [...document.querySelectorAll("#areas tbody tr")];
  const mark = (code, name) => rows().forEach((row) => row.classList.toggle(name, row.dataset.code === code));
  const select = (code, zoom) => {
    mark(code, "chosen");
    send({ type: "select", code, zoom });
    const row = rows().find((one) => one.dataset.code === code);
    document.getElementById("live").textContent = row ? row.textContent.replace(/\s+/g, " ").trim() : "";
  };

  const wait = window.mizanDrawing(frame, document.getElementById("busy"));
  wait.begin();
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("#areas tbody tr");
    if (row) select(row.dataset.code, false);
  });
  document.addEventListener("pointerover", (event) => {
    const row = event.target.closest?.("#areas tbody tr");
    mark(row?.dataset.code, "hovered");
    send({ type: "hover", code: row?.dataset.code ?? null });
  });
  window.addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || !event.data || event.data.mizan !== 1) return;
    const { type, code } = event.data;
    const row = rows().find((one) => one.dataset.code === code);
    if (type === "ready") wait.end();
    else if (type === "hover") { mark(code, "hovered"); window.mizanBring(row); }
    else if (type === "select" && row) { select(code, false); window.mizanBring(row); }
  });
  send({ type: "hello" });
})();
