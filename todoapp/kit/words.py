"""Times and lengths in the words of a page, in the zone of the person who reads them."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from todoapp.kit.clock import now, seconds

MINUTE, HOUR, DAY = 60, 3600, 86400
LONGEST_AGO = 14 * DAY
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def capitalized(words: str) -> str:
    """With a capital at the beginning, and the rest as it is."""
    return words[:1].upper() + words[1:]


def iso(at: datetime) -> str:
    """2026-11-22T15:20:00Z, for machines."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def exact(at: datetime, zone: str) -> str:
    """Sun 22 Nov 2026, 16:20."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def ago(at: datetime, zone: str) -> str:
    """5 hours ago, in 2 days; a day where it is further away."""
    span = seconds(now() - at)
    distance = abs(span)
    if distance < MINUTE:
        return "just now"
    if distance >= LONGEST_AGO:
        return day(at, zone)
    unit, name = next(
        (size, word) for size, word in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")) if distance >= size
    )
    count = distance // unit
    words = f"{count} {name}{'' if count == 1 else 's'}"
    return f"{words} ago" if span > 0 else f"in {words}"


def day(at: datetime, zone: str) -> str:
    """26 Nov; with the year where it is another one."""
    local = at.astimezone(ZoneInfo(zone))
    year = "" if local.year == now().astimezone(ZoneInfo(zone)).year else f" {local.year}"
    return f"{local.day} {local:%b}{year}"


def hour(at: datetime, zone: str) -> str:
    """17:50."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def date_words(each: date) -> str:
    """26 Nov; with the year where it is another one."""
    year = "" if each.year == now().year else f" {each.year}"
    return f"{each.day} {each:%b}{year}"


def due_words(due: datetime, zone: str, done: bool = False) -> dict[str, str]:
    """How a due date reads on a card, and whether it is late or soon."""
    if done:
        return {"text": day(due, zone), "state": ""}
    late = seconds(now() - due)
    if late > 0:
        return {"text": f"Overdue {_short(late)}", "state": "late"}
    local, today = due.astimezone(ZoneInfo(zone)), now().astimezone(ZoneInfo(zone)).date()
    if local.date() == today:
        return {"text": f"Today {local:%H:%M}", "state": "soon"}
    if local.date() == today + timedelta(days=1):
        return {"text": "Tomorrow", "state": ""}
    return {"text": day(due, zone), "state": ""}


def duration(length: int | None) -> str:
    """3h 40m."""
    hours, minutes = divmod((length or 0) // MINUTE, 60)
    return f"{hours}h {minutes:02d}m"


def local_input(at: datetime | None, zone: str) -> str:
    """2026-11-22T16:20, as a datetime-local field wants it."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") if at else ""


def with_local_times(sentence: str, zone: str) -> str:
    """`sentence` with the instants in it written for people."""
    return _INSTANT.sub(lambda found: exact(datetime.fromisoformat(found[0]), zone), sentence)


def filters(zone: Callable[[], str]) -> dict[str, Callable[..., object]]:
    """The filters of templates; `zone` tells the reader's zone when one is used."""
    return {
        "iso": iso,
        "exact": lambda at: exact(at, zone()),
        "ago": lambda at: ago(at, zone()),
        "day": lambda at: day(at, zone()),
        "hour": lambda at: hour(at, zone()),
        "date_words": lambda each: date_words(each),
        "due_words": lambda due, done=False: due_words(due, zone(), done),
        "duration": duration,
        "up_to_a_thousand": up_to_a_thousand,
        "local_input": lambda at: local_input(at, zone()),
        "with_local_times": lambda sentence: with_local_times(sentence, zone()),
    }


def up_to_a_thousand(count: int) -> str:
    """A number that was counted no further than 1,001."""
    return f"{count:,}" if count <= 1000 else "1,000+"


def _short(length: int) -> str:
    if length >= 2 * DAY:
        return f"{length // DAY}d"
    return f"{length // HOUR}h" if length >= HOUR else f"{max(length // MINUTE, 1)}m"
