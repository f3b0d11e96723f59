// Keeps a page live: on news, and now and then without a line, it fetches itself once and shows what has changed.

const soon = 150;
const later = 15_000;
const longestWait = 10_000;
const patience = 20_000;
const pollEvery = 20_000;
const uncheckedFor = 300_000;
const restWhenHidden = 60_000;
const [signedOut, shutOut] = [4401, 4403];
const shut = [403, 404, 410];

const root = document.querySelector("[data-reader]");
const isTask = root?.dataset.live.startsWith("Task");
const here = location.pathname + location.search;
let line = null;
let told = new Set();
let left = [];
let timer = 0;
let rest = 0;
let due = Infinity;
let isFetching = false;
let isStale = false;
let isStopped = false;
let took = 0;
let checkedAt = Date.now();

function stop(...sentence) {
  isStopped = true;
  line.close();
  strip.say(...sentence);
}

// News that come together are one request, and a page that is slow to fetch is fetched less often.
function wake(wait) {
  const at = Math.max(Date.now() + wait, checkedAt + Math.min(longestWait, 3 * took));
  if (at >= due || isStopped) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(catchUp, at - Date.now());
}

function news(name, taskId) {
  const waits = [...document.querySelectorAll("[data-later]")].some((region) => region.dataset.live === name);
  if (waits && name !== root.dataset.live) {
    wake(later);
    return;
  }
  if (taskId) told.add(`task-${taskId}`);
  wake(soon);
}

function up() {
  if (strip.online()) wake(soon);
}

function loseNetwork() {
  if (!isStopped) strip.offline();
}

function findNetwork() {
  if (isStopped) return;
  line.close();
  line.hurry();
  wake(0);
}

// Whether more than the line is lost shows when the page is asked for.
function down(code) {
  if (code === shutOut) stop("You do not belong to this account any more.", "error", "Your accounts", "/accounts");
  else if (code === signedOut || line.failures === 2) wake(0);
}

function show(page, ids) {
  const found = regions.show(page, ids);
  left = found.left;
  for (const unit of left) if (ids.has(unit.id)) told.add(unit.id);
  if (found.hasChanged || (isTask && ids.size)) strip.speak(isTask ? "Task updated." : "Board updated.");
  listen();
}

function take(answer, page, ids) {
  const fresh = page.querySelector("[data-reader]");
  if (new URL(answer.url).pathname === "/login") {
    stop("You are signed out.", "error", "Sign in again.", `/login?next=${encodeURIComponent(here)}`);
  } else if (shut.includes(answer.status)) stop("This page does not open for you any more.", "error", "Go to your board", "/");
  else if (!answer.ok) isStale = true;
  else if (fresh?.dataset.reader !== root.dataset.reader) {
    stop("You have changed the account, or signed in as somebody else.", "warn", "Open this page again", here);
  } else show(page, ids);
}

async function catchUp() {
  due = Infinity;
  if (isStopped) return;
  if (document.hidden) isStale = true;
  else if (isFetching || document.querySelector("form[data-sent]")) wake(soon);
  else await fetchOnce();
}

async function get() {
  const answer = await fetch(here, { signal: AbortSignal.timeout(patience) });
  return [answer, new DOMParser().parseFromString(await answer.text(), "text/html")];
}

async function fetchOnce() {
  const ids = told;
  const began = Date.now();
  told = new Set();
  isFetching = true;
  isStale = false;
  const found = await get().catch(() => null);
  isFetching = false;
  checkedAt = Date.now();
  took = checkedAt - began;
  if (found) {
    strip.online();
    take(...found, ids);
    return;
  }
  told = told.union(ids);
  isStale = true;
  loseNetwork();
}

// Without a line the page asks by itself; with one, now and then, since "due today" and running clocks move on by themselves.
function look() {
  if (document.hidden || isStopped) return;
  line.check();
  if (isStale || Date.now() - checkedAt >= (line.isUp ? uncheckedFor : pollEvery - soon)) wake(0);
}

const listen = () => line.listen([...document.querySelectorAll("[data-live^=Task], [data-live^=Board]")].map((one) => one.dataset.live));

// What was left alone is brought up to date when the person leaves it.
function leave() {
  setTimeout(() => {
    if (left.some((unit) => !regions.isBusy(unit))) wake(0);
  });
}

function turn() {
  clearTimeout(rest);
  if (document.hidden) rest = setTimeout(() => line.close(), restWhenHidden);
  else if (!isStopped) {
    line.hurry();
    look();
  }
}

if (root) {
  line = new Line(root.dataset.live, Number(root.dataset.sequence) || undefined, { news, up, down });
  listen();
  line.open();
  setInterval(look, pollEvery);
  document.addEventListener("visibilitychange", turn);
  document.addEventListener("focusout", leave);
  document.addEventListener("toggle", leave, true);
  window.addEventListener("offline", loseNetwork);
  window.addEventListener("online", findNetwork);
}
