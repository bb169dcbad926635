/* Tables whose headers are buttons or links can be sorted; without JavaScript links ask the server. */
"use strict";

/* Brings a row into sight inside the box that its table scrolls in. The page itself stays: who
 * points at the map would lose it from under the pointer. */
window.mizanBring = (row) => {
  const box = row?.closest(".scroll");
  if (!box) return;
  const [seen, at] = [box.getBoundingClientRect(), row.getBoundingClientRect()];
  const head = row.closest("table").tHead?.getBoundingClientRect().height ?? 0; // it sticks above
  if (at.top < seen.top + head) box.scrollTop -= seen.top + head - at.top;
  else if (at.bottom > seen.bottom) box.scrollTop += at.bottom - seen.bottom;
};

document.addEventListener("click", (event) => {
  const sorter = event.target.closest?.("table[data-sortable] .sorter");
  if (!sorter || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const header = sorter.closest("th");
  const index = [...header.parentNode.children].indexOf(header);
  const numeric = header.dataset.sort === "number";
  /* Figures begin with the most, places and names with the first. */
  const rising = numeric && header.dataset.key !== "rank" ? ["descending", "ascending"] : ["ascending", "descending"];
  const up = (header.getAttribute("aria-sort") === rising[0] ? rising[1] : rising[0]) === "ascending";
  const body = header.closest("table").tBodies[0];
  const value = (row) => row.children[index].dataset.value;
  const collator = new Intl.Collator(document.documentElement.lang);
  const sorted = [...body.rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === "" || y === "") return (x === "") - (y === ""); // no figure goes last
    const order = numeric ? Number(x) - Number(y) : collator.compare(x, y);
    return up ? order : -order;
  });
  header.parentNode.querySelectorAll("[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
  header.setAttribute("aria-sort", up ? "ascending" : "descending");
  body.append(...sorted);
  if (header.dataset.key) {
    const detail = `${up ? "" : "-"}${header.dataset.key}`;
    header.closest("table").dispatchEvent(new CustomEvent("sorted", { bubbles: true, detail }));
  }
});
