"""The language of search: words, "phrases", -without, from:, to:, status: and due:, read into a `Search`.

invoice "second paragraph" -draft from:me to:nobody,dilip.rao status:pending,paused due:<2026-12-01
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from todoapp.kit.fields import FIRST_YEAR, LAST_YEAR
from todoapp.search.words import words_in
from todoapp.tasks.models import STATUSES

LONGEST_SEARCH = 200
MOST_WORDS = 10
SHORTEST_BEGINNING = 3
KEYS = ("from", "to", "status", "due")
TOKEN = re.compile(r'(-?)(?:(from|to|status|due):)?(?:"([^"]*)"?|(\S+))', re.IGNORECASE)
OPEN = tuple(status for status in STATUSES if status != "completed")
DUE_WORDS = ("today", "tomorrow", "week", "overdue", "none")
HOW_DUE = (
    "due: takes today, tomorrow, week, overdue, none, a day such as 2026-11-27, <2026-11-27, >2026-11-27 or "
    "2026-11-01..2026-11-30."
)


class NotUnderstood(ValueError):
    """What was typed is not in the language; the message is a sentence for who typed it."""


@dataclass(frozen=True, slots=True)
class Due:
    """A stretch of days, both inclusive and either open, or one of DUE_WORDS, which depend on who asks and when."""

    word: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(slots=True)
class Search:
    """What somebody asks for. Within `creators`, `assignees`, `statuses` and `due`, one is enough; all else must hold.

    `unfinished` is the word that is being typed, of which the beginning is enough. `input` is where it was typed.
    """

    text: str
    input: str = "search"
    words: list[str] = field(default_factory=list)
    unfinished: str | None = None
    phrases: list[list[str]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    creators: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)

    def __str__(self) -> str:
        return self.text

    def __len__(self) -> int:
        return len(self.text)

    @property
    def has_words(self) -> bool:
        """Whether it asks for words, which tasks hold better or worse."""
        return bool(self.words or self.unfinished or self.phrases)

    @property
    def is_void(self) -> bool:
        """Whether there is nothing in it that could be looked for, such as in `?!`."""
        return not (self.has_words or self.without or self.creators or self.assignees or self.statuses or self.due)


def read(text: str, input_name: str = "search") -> Search:
    """Read what was typed; `NotUnderstood` where it is not in the language."""
    search, minus, key, plain = Search(text.strip(), input_name), "", "", ""
    for minus, key, quoted, plain in TOKEN.findall(text):
        if key:
            _take(search, key.lower(), quoted or plain)
        elif plain.rstrip(":").lower() in KEYS and plain.endswith(":"):
            raise NotUnderstood(f"Write what you mean right after {plain.lower()}, without a space.")
        elif minus:
            search.without += words_in(quoted or plain)
        elif plain:
            search.words += words_in(plain)
        elif phrase := words_in(quoted):
            search.phrases.append(phrase)
    if plain and not (minus or key) and text[-1:].strip() and search.words and words_in(plain):
        search.unfinished = search.words.pop() if len(search.words[-1]) >= SHORTEST_BEGINNING else None
    if len(search.words) + sum(map(len, search.phrases)) + len(search.without) > MOST_WORDS:
        raise NotUnderstood(f"Search for at most {MOST_WORDS} words at once.")
    return search


def _take(search: Search, key: str, value: str) -> None:
    values = [part.strip() for part in value.split(",") if part.strip()]
    if not values:
        raise NotUnderstood(f"Write what you mean right after {key}:, without a space.")
    if key == "from":
        search.creators += values
    elif key == "to":
        search.assignees += values
    elif key == "status":
        search.statuses += [status for one in values for status in _statuses(one)]
    else:
        search.due += [_due(one) for one in values]


def _statuses(value: str) -> tuple[str, ...]:
    status = value.lower().replace("-", "_")
    if status == "open":
        return OPEN
    if status not in STATUSES:
        raise NotUnderstood(f"status: takes {', '.join(STATUSES)} and open, not {value}.")
    return (status,)


def _due(value: str) -> Due:
    if value.lower() in DUE_WORDS:
        return Due(value.lower())
    try:
        if value.startswith("<"):
            return Due(last=_day(value[1:]) - timedelta(days=1))
        if value.startswith(">"):
            return Due(first=_day(value[1:]) + timedelta(days=1))
        first, dots, last = value.partition("..")
        return Due(first=_day(first), last=_day(last if dots else first))
    except ValueError:
        raise NotUnderstood(HOW_DUE) from None


def _day(value: str) -> date:
    day = date.fromisoformat(value) if len(value) == 10 else None
    if day is None or not FIRST_YEAR < day.year < LAST_YEAR:
        raise ValueError(value)
    return day
