/* Tables whose headers are buttons can be sorted; without JavaScript they stay as written. */
"use strict";

document.addEventListener("click", (event) => {
  const header = event.target.closest("table[data-sortable] .sorter")?.closest("th");
  if (!header) return;
  const index = [...header.parentNode.children].indexOf(header);
  const numeric = header.dataset.sort === "number";
  const up = header.getAttribute("aria-sort") === "descending" || (!header.hasAttribute("aria-sort") && !numeric);
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
});
