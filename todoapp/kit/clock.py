"""The one clock. Instants are aware, in UTC and in whole seconds, so that every database keeps them alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

END_OF_DAY = time(17, 0)
FAR_FUTURE = datetime(9999, 12, 31, tzinfo=UTC)
ZONES = frozenset(available_timezones()) - {"localtime", "Factory"}
_set: ContextVar[datetime | None] = ContextVar("set", default=None)


def now() -> datetime:
    """The present instant: UTC, whole seconds."""
    return _set.get() or datetime.now(UTC).replace(microsecond=0)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Inside, it is `instant`: a story told now may have happened before."""
    token = _set.set(instant.astimezone(UTC).replace(microsecond=0))
    try:
        yield
    finally:
        _set.reset(token)


def seconds(span: timedelta) -> int:
    """The length of `span` in whole seconds."""
    return int(span.total_seconds())


def due_instant(due: datetime | date | None, zone: str) -> datetime | None:
    """The instant that `due` means: a day without an hour is 17:00 in `zone`; an instant stays itself."""
    if due is None or isinstance(due, datetime):
        return due
    return datetime.combine(due, END_OF_DAY, ZoneInfo(zone)).astimezone(UTC)


def from_instant(since: datetime | date, zone: str) -> datetime:
    """Where a range begins: a day begins at midnight in `zone`."""
    return since if isinstance(since, datetime) else datetime.combine(since, time.min, ZoneInfo(zone)).astimezone(UTC)


def to_instant(until: datetime | date, zone: str) -> datetime:
    """Where a range ends, inclusively: a day ends one second before the next midnight in `zone`."""
    if isinstance(until, datetime):
        return until
    return datetime.combine(until + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(UTC) - timedelta(seconds=1)
