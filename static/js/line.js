// The line to the live door, see docs/live.md: it listens to channels, comes back when it is lost, and misses nothing.

const address = `${location.origin.replace(/^http/, "ws")}/v1/live`;
const firstWait = 1_000;
const longestWait = 30_000;
const mostChannels = 30;
const mostHeard = 500;
const silentFor = 60_000;

const nameOf = ({ channel, task_id, board_id }) => `${channel} ${channel === "TaskChannel" ? task_id : board_id}`;

function namesIn(name) {
  const [channel, id] = name.split(" ");
  return channel === "TaskChannel" ? { channel, task_id: Number(id) } : { channel, board_id: id };
}

class Line {
  #main;
  #hears;
  #shown;
  #newest;
  #socket = null;
  #timer = 0;
  #wanted = new Set();
  #asked = new Set();
  #heard = new Set();
  #heardAt = 0;
  #isOpening = false;
  #wasUp = false;

  failures = 0;
  isUp = false;

  // `main` is the channel without which the line is not up; `shown` is the newest event that the page was drawn with.
  // `hears` has news(name, task_id), up() and down(code).
  constructor(main, shown, hears) {
    this.#main = main;
    this.#hears = hears;
    this.#shown = shown;
    this.#newest = shown;
  }

  listen(names) {
    this.#wanted = new Set([this.#main, ...names].slice(0, mostChannels));
    if (this.isUp) this.#ask();
  }

  open() {
    if (this.#socket || this.#timer) return;
    this.#asked.clear();
    this.#socket = new WebSocket(address);
    this.#socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    this.#socket.onclose = ({ code }) => this.#lose(code);
  }

  // Opens at once instead of after a while.
  hurry() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.open();
  }

  // A network that is gone does not always close the socket: after a silence we ask, and hear an answer or are lost.
  check() {
    const silence = Date.now() - this.#heardAt;
    if (!this.isUp || silence < silentFor) return;
    if (silence < 2 * silentFor) this.#say({ type: "ping" });
    else {
      this.close();
      this.#lose(0);
    }
  }

  close() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.isUp = false;
    if (!this.#socket) return;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  #lose(code) {
    this.#socket = null;
    this.isUp = false;
    this.failures += 1;
    const longest = Math.min(longestWait, firstWait * 2 ** this.failures);
    this.#timer = setTimeout(() => this.hurry(), Math.random() * longest);
    this.#hears.down(code);
  }

  #say(message) {
    this.#socket.send(JSON.stringify(message));
  }

  // Asks for what is wanted and was not asked for, and leaves what is not wanted any more.
  #ask() {
    for (const name of this.#asked.difference(this.#wanted)) this.#say({ type: "unsubscribe", ...namesIn(name) });
    for (const name of this.#wanted.difference(this.#asked)) {
      const since = name === this.#main || this.#wasUp ? this.#newest : undefined;
      this.#say({ type: "subscribe", ...namesIn(name), payload: false, since });
    }
    this.#asked = new Set(this.#wanted);
  }

  #take(message) {
    this.#heardAt = Date.now();
    this.#newest = Math.max(this.#newest ?? 0, message.sequence ?? 0) || undefined;
    this[`on_${message.type}`]?.(message, nameOf(message));
  }

  on_welcome() {
    this.#isOpening = true;
    this.#ask();
    this.#say({ type: "ping" });
  }

  on_pong() {
    this.#isOpening = false;
  }

  on_subscribed(_message, name) {
    if (name !== this.#main) return;
    this.failures = 0;
    this.isUp = this.#wasUp = true;
    this.#hears.up();
  }

  on_event({ sequence, task_id }, name) {
    const key = `${name} ${sequence}`;
    // While a line opens, what happened shortly before is told again: the page was drawn with that.
    const isOld = this.#heard.has(key) || (this.#isOpening && sequence <= this.#shown);
    this.#heard.add(key);
    if (this.#heard.size > mostHeard) this.#heard.delete(this.#heard.values().next().value);
    if (!isOld) this.#hears.news(name, task_id);
  }

  on_resync(_message, name) {
    this.#hears.news(name);
  }

  on_refused(_message, name) {
    if (name === this.#main) this.on_ended(_message, name);
  }

  on_ended(_message, name) {
    this.#hears.news(name);
    if (name === this.#main) this.#socket.close();
  }
}

// Not imported: an address in an import would not carry the stamp of the file's content.
window.Line = Line;
