// Every page works without this file; it only takes small burdens away.

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
});

const restsBeforeLeaving = 10_000;

for (const toast of document.querySelectorAll(".toast:not(.error)")) {
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2_000);
    else toast.remove();
  };
  setTimeout(leave, restsBeforeLeaving);
}

// A second press while the first is under way would do the deed twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === "post") form.dataset.sent = "yes";
  if (form.method === "get") {
    // Empty filters would only make the address long.
    const empty = [...form.elements].filter((field) => field.name && !field.value && !field.disabled);
    for (const field of empty) field.disabled = true;
    setTimeout(() => empty.forEach((field) => (field.disabled = false)));
  }
});

// Without script a button does this.
document.addEventListener("change", (event) => {
  if (event.target.matches("form[data-auto] select")) event.target.form.requestSubmit();
});

// The page may come back from the browser's cache with the mark still on.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.querySelector("#seek [type=search]");
  if (!box?.checkVisibility() || event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  box.select();
  box.focus();
});
