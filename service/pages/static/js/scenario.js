// What can't be right is told at its field while it is typed: the estimate brings the faults along.
"use strict";
document.addEventListener("htmx:afterSwap", (event) => {
  const estimate = document.getElementById("estimate");
  const form = document.getElementById("scenario");
  if (!estimate || !form || event.detail.target.id !== "estimate") return;
  for (const old of form.querySelectorAll(".field-fault")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  for (const item of estimate.querySelectorAll("[data-field]")) {
    const field = form.elements.namedItem(item.dataset.field);
    if (!(field instanceof HTMLElement)) continue;
    const told = document.createElement("p");
    told.className = "field-fault";
    told.id = "fault_" + item.dataset.field;
    told.textContent = item.textContent;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", told.id);
    field.insertAdjacentElement("afterend", told);
  }
});
