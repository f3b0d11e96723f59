// Offers people while one writes @ and the beginning of a name. Without it, names are typed in full.

const begun = /(?<![\p{L}\p{N}_@\/.+-])@([\p{L}\p{N}_.+-]{0,40})$/u;
const restsBeforeAsking = 150;
let list = null;
let waiting = 0;

const beginning = (field) => field.value.slice(0, field.selectionStart).match(begun);
const options = () => [...(list?.children ?? [])];
const chosen = () => options().find((option) => option.ariaSelected === "true");

function close(field) {
  clearTimeout(waiting);
  list?.remove();
  list = null;
  field.removeAttribute("aria-controls");
  field.removeAttribute("aria-activedescendant");
}

function mark(field, option) {
  for (const other of options()) other.ariaSelected = String(other === option);
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

async function offer(field, word) {
  const address = `${field.form.dataset.mentionable}?${new URLSearchParams({ search: word })}`;
  const answer = await fetch(address).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  if (document.activeElement !== field || beginning(field)?.[1] !== word) return;
  close(field);
  const found = page?.getElementById("mentionable");
  if (!found?.children.length) return;
  list = document.importNode(found, true);
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  mark(field, list.firstElementChild);
  list.scrollIntoView({ block: "nearest" });
}

function write(field, option) {
  const start = field.selectionStart - beginning(field)[0].length;
  field.setRangeText(`${option.dataset.mention} `, start, field.selectionStart, "end");
  close(field);
  field.focus();
}

function step(field, by) {
  const all = options();
  mark(field, all[(all.indexOf(chosen()) + by + all.length) % all.length]);
}

const keys = {
  ArrowDown: (field) => step(field, 1),
  ArrowUp: (field) => step(field, -1),
  Enter: (field) => write(field, chosen()),
  Tab: (field) => write(field, chosen()),
  Escape: close,
};

for (const field of document.querySelectorAll("[data-mentionable] textarea")) {
  field.addEventListener("input", () => {
    const word = beginning(field)?.[1];
    clearTimeout(waiting);
    if (word === undefined) close(field);
    else waiting = setTimeout(offer, restsBeforeAsking, field, word);
  });
  field.addEventListener("keydown", (event) => {
    if (!list || event.isComposing || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key](field);
  });
  field.addEventListener("blur", () => close(field));
  // A press on a name must not take the focus out of the text.
  field.form.addEventListener("mousedown", (event) => {
    const option = event.target.closest("#mentionable [role=option]");
    if (!option) return;
    event.preventDefault();
    write(field, option);
  });
}
