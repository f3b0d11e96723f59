// Brings the live regions of a page up to date with the page as it is drawn now for the person who looks, and leaves alone
// what they are at: a field with the focus, what they have typed, an open menu.

const things = "[id^='task-'], .comment";
const places = "input, textarea, select, [popover]";
const newFor = 2_500;
let morph = null;

htmx.config.morphIgnore.push("data-new");
htmx.registerExtension("regions", {
  init: (api) => {
    morph = api.morph;
  },
  // Whether a fold stands open is up to the person.
  htmx_before_morph_attr: (_element, { attrName }) => attrName !== "open",
});

const regions = () => [...document.querySelectorAll("[data-live][id]")].filter((one) => !one.parentElement.closest("[data-live]"));

function isTyped(field) {
  if (field.matches("select")) {
    const first = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(0, first);
  }
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
}

const isAt = (element) =>
  element.matches("[popover]") ? element.matches(":popover-open") : element === document.activeElement || isTyped(element);

const placesOf = (region) => [...region.querySelectorAll(places), ...(region.matches(places) ? [region] : [])];

const isBusy = (unit) => placesOf(unit).some(isAt);

// What is left alone as a whole: the card, row or comment; elsewhere the form, fold or menu.
const unitOf = (element) =>
  element.closest(things) ?? element.closest("form[id], details[id], [popover][id]") ?? element.closest("[data-live]");

const busyUnits = (region) => [...new Set(placesOf(region).filter(isAt).map(unitOf))];

// Puts a unit as it is into the page to come, so that the morph finds nothing to do there; false where it has no place.
function keep(unit, page) {
  const twin = page.getElementById(unit.id);
  const copy = page.importNode(unit, true);
  if (twin?.parentElement.id === unit.parentElement.id) {
    twin.replaceWith(copy);
    return true;
  }
  const home = page.getElementById(unit.parentElement.id);
  if (!home) return false;
  twin?.remove();
  const neighbour = [...unit.parentElement.children]
    .slice(0, [...unit.parentElement.children].indexOf(unit))
    .findLast((one) => one.id && page.getElementById(one.id)?.parentElement === home);
  if (neighbour) page.getElementById(neighbour.id).after(copy);
  else home.prepend(copy);
  return true;
}

// The same token in both pages, so that two cards that say the same are the same.
function refreshTokens(page) {
  const token = page.querySelector("[name=csrf_token]")?.value;
  for (const field of token ? document.querySelectorAll("[name=csrf_token]") : []) field.value = token;
}

function bringUpToDate(region, fresh) {
  const focused = document.activeElement;
  morph(region, fresh, true);
  htmx.process(region);
  // A browser without moveBefore() drops the focus of what the morph moves.
  if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
}

function mark(elements) {
  for (const element of elements) {
    element.dataset.new = "";
    setTimeout(() => delete element.dataset.new, newFor);
  }
}

// Shows `page`; `told` are the ids of what has changed. Answers with what was left alone, and whether things
// changed that stand or stood here.
function show(page, told) {
  const before = new Set([...document.querySelectorAll(things)].map((thing) => thing.id));
  const left = [];
  refreshTokens(page);
  document.title = page.title;
  for (const region of regions()) {
    const fresh = page.getElementById(region.id);
    const units = busyUnits(region);
    left.push(...units);
    if (fresh && units.every((unit) => unit !== region && keep(unit, page))) bringUpToDate(region, fresh);
  }
  const now = [...document.querySelectorAll(things)];
  mark(now.filter((thing) => (!before.has(thing.id) || told.has(thing.id)) && !left.includes(thing)));
  return { left, hasChanged: now.some((thing) => !before.has(thing.id)) || [...told].some((id) => before.has(id)) };
}

// Not imported: an address in an import would not carry the stamp of the file's content.
window.regions = { show, isBusy };
