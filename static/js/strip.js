// What a live page says about itself: a strip under the header, and a word for who cannot see that something has changed.

const backFor = 3_000;
const wordFor = 5_000;
const quietFor = 10_000;

const place = document.createElement("div");
const word = document.createElement("p");
let isOffline = false;
let spokeAt = 0;

place.className = "strip";
place.role = "status";
word.className = "vh";
word.role = "status";
document.querySelector(".top")?.after(place, word);

function say(text, kind, label, address) {
  const note = document.createElement("p");
  note.className = `note ${kind}`;
  note.append(text);
  if (label) {
    const link = document.createElement("a");
    link.href = address;
    link.append(label);
    note.append(" ", link);
  }
  place.replaceChildren(note);
  return note;
}

function offline() {
  if (isOffline) return;
  isOffline = true;
  say("Offline. Changes wait.", "warn");
}

// Answers whether we were offline.
function online() {
  if (!isOffline) return false;
  isOffline = false;
  const note = say("Back.", "ok");
  setTimeout(() => note.remove(), backFor);
  return true;
}

// Read aloud after what is being read, and not for each of many changes.
function speak(text) {
  if (Date.now() < spokeAt + quietFor) return;
  spokeAt = Date.now();
  word.textContent = text;
  setTimeout(() => (word.textContent = ""), wordFor);
}

window.strip = { say, offline, online, speak };
