"""Cards as HTML. A card that looks as it did is not drawn again: a board that many follow is asked for at every change."""

from collections.abc import Sequence
from datetime import datetime
from threading import Lock
from typing import Any

import orjson
from cachetools import LRUCache, cached
from flask import current_app
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from todoapp.kit.clock import now

MOST = 2000
PLACE = "\0csrf\0"
"""Where the page's token against forged forms comes in. No text of a person holds such a character."""


def draw_cards(cards: Sequence[dict[str, Any]], board: dict[str, Any], zone: str) -> list[Markup]:
    """Each card as its list item, in the zone of the reader; `board` is its head, see `templates/boards/base.html`."""
    token, at = generate_csrf(), now()
    looks = {"many_people": board["many_people"], "here": board["here"]}
    html = [_drawn(_looks_of(card, looks, zone, at), card, looks) for card in cards]
    return [Markup(one.replace(PLACE, token)) for one in html]  # noqa: S704  # nosec B704  # nosemgrep: unsafe-markup


def _looks_of(card: dict[str, Any], looks: dict[str, Any], zone: str, at: datetime) -> bytes:
    """All that the HTML hangs on: words such as "in 2 hours" are told by the minute, and a due date passes by the second."""
    return orjson.dumps([card, looks, zone, at.replace(second=0), card["due"] is not None and card["due"] < at])


def _place() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(PLACE)  # nosemgrep: unsafe-markup


@cached(LRUCache(MOST), key=lambda known_by, *_: known_by, lock=Lock())
def _drawn(_known_by: bytes, card: dict[str, Any], board: dict[str, Any]) -> str:
    macros: Any = current_app.jinja_env.get_template("boards/card.html").module
    return str(macros.task_card(card, board, _place))
