"""Browsers side by side: what a page hears on its line, and what it asks for."""

import json
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, WebSocket

PATIENCE = 10.0
WATCH = """
() => {
  window.mark = "the same";
  window.tinted = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) if ("new" in target.dataset) tinted.push(target.id);
  }).observe(document, { attributeFilter: ["data-new"], subtree: true });
}
"""
PUT_A_MARK = "(card) => { card.mark = 'the same'; }"


class Window:
    """A page that somebody looks at."""

    def __init__(self, page: Page):
        self.page = page
        self.heard: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.sockets: list[WebSocket] = []
        page.on("websocket", self._listen_in)
        page.on("request", lambda request: self.asked.append(request.url))

    def _listen_in(self, socket: WebSocket) -> None:
        self.sockets.append(socket)
        socket.on("framereceived", lambda frame: self.heard.append(json.loads(frame)))

    def open(self, path: str) -> None:
        """Open a page and wait until it listens; what it asked for until then is forgotten."""
        self.heard.clear()
        self.sockets.clear()
        self.page.goto(path)
        self.until(lambda: "pong" in [message["type"] for message in self.heard])
        self.page.evaluate(WATCH)
        self.asked.clear()

    def until(self, holds: Callable[[], Any], patience: float = PATIENCE) -> None:
        """Wait until `holds()`, and let the page go on meanwhile."""
        end = time.monotonic() + patience
        while not holds():
            assert time.monotonic() < end, "it did not come true"
            self.page.wait_for_timeout(20)

    def card(self, title: str, column: str = "") -> Locator:
        """The card with a title, in a column or anywhere."""
        return self.page.locator(f"#column-{column} .card" if column else ".card", has_text=title)

    def events(self) -> list[str]:
        """The events that were heard."""
        return [message["event"] for message in self.heard if message["type"] == "event"]

    def lines(self) -> int:
        """How many lines are open."""
        return sum(not socket.is_closed() for socket in self.sockets)

    def tinted(self) -> list[str]:
        """The ids of what was shown as new since the page was opened."""
        return self.page.evaluate("tinted")  # type: ignore[no-any-return]

    @property
    def is_the_same(self) -> bool:
        """Whether the page was not loaded anew since it was opened."""
        return bool(self.page.evaluate("window.mark === 'the same'"))


def mark(card: Locator) -> None:
    """Put a mark on the node of a card."""
    card.evaluate(PUT_A_MARK)


def is_marked(card: Locator) -> bool:
    """Whether it is the node that was marked."""
    return bool(card.evaluate("(card) => card.mark === 'the same'"))
