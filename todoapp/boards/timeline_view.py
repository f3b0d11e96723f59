"""A timeline as its page draws it: six weeks of days, and each bar as places in percent of their width."""

from datetime import date, timedelta
from typing import Any

from todoapp.actor import Actor
from todoapp.boards.calendar import WEEKS, Bar, Timeline, timeline_of
from todoapp.boards.periods import entry, period_of, range_name
from todoapp.boards.queries import Board
from todoapp.kit.clock import now

DAYS = WEEKS * 7
ROOM_FOR_WORDS = 9  # days


def timeline_view(actor: Actor, board: Board, url: str, query: dict[str, Any]) -> dict[str, Any]:
    """The six weeks that the address names."""
    timeline = timeline_of(actor, board, query, query.get("date"))
    shown = period_of(timeline, url, query) | {
        "title": range_name(timeline.first, timeline.last),
        "weeks": [_week(timeline, number) for number in range(WEEKS)],
        "today": _percent((timeline.today - timeline.first).days + 0.5),
        "has_today": timeline.first <= timeline.today <= timeline.last,
        "lines": [entry(bar.task) | _drawn(timeline, bar) for bar in timeline.bars],
    }
    return {"timeline": shown}


def _week(timeline: Timeline, number: int) -> dict[str, Any]:
    first = timeline.first + timedelta(weeks=number)
    days = [first + timedelta(days=day) for day in range(7)]
    return {
        "first": first,
        "number": first.isocalendar().week,
        "start": _percent(number * 7),
        "weekend": _percent(number * 7 + 5),
        "days": [{"number": day.day, "name": f"{day:%a}"[0], "is_today": day == timeline.today} for day in days],
    }


def _drawn(timeline: Timeline, bar: Bar) -> dict[str, Any]:
    """Where the bar lies. What goes on outside the six weeks is drawn a little over their edge, and cut there."""
    start = max(_place(timeline, bar.starts), -1)
    end = min(_place(timeline, bar.ends) + 1, DAYS + 1)
    is_late = bar.task.status != "completed" and bar.task.due_date_time < now()
    until = min(_place(timeline, timeline.today) + 0.5, DAYS) if is_late else end
    return {
        "days": _days(bar),
        "is_late": is_late,
        "x": _percent(start),
        "width": _percent(end - start),
        "end": _percent(end),
        "until": _percent(until) if until > end else None,
        "comes_from_before": start < 0,
        "goes_on": end > DAYS,
        "words": _words(max(start, 0), end, max(end, until)),
    }


def _words(start: float, end: float, until: float) -> dict[str, str]:
    """Where the words of a bar have room: behind it and its lateness, before it, over its lateness, else on it."""
    if until <= DAYS - ROOM_FOR_WORDS:
        return {"place": "behind", "x": _percent(until)}
    if start >= ROOM_FOR_WORDS:
        return {"place": "before", "x": _percent(start)}
    if end <= DAYS - ROOM_FOR_WORDS:
        return {"place": "behind", "x": _percent(end)}
    return {"place": "on", "x": _percent(start)}


def _days(bar: Bar) -> str:
    year = "" if bar.starts.year == bar.ends.year else f" {bar.starts.year}"
    return f"from {bar.starts.day} {bar.starts:%B}{year} to {bar.ends.day} {bar.ends:%B %Y}"


def _place(timeline: Timeline, day: date) -> int:
    return (day - timeline.first).days


def _percent(days: float) -> str:
    return f"{days * 100 / DAYS:.2f}%"
