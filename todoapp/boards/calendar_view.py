"""A calendar as its page takes it: days with the tasks that fit in them, and the way to the rest."""

from datetime import date
from typing import Any

from todoapp.actor import Actor
from todoapp.boards.calendar import MOST_TASKS, SPANS, Calendar, Day, calendar_of, today_of
from todoapp.boards.filters import address
from todoapp.boards.periods import address_at, address_to_add, day_name, entry, period_of, range_name
from todoapp.boards.queries import Board
from todoapp.tasks.cards import cards_of

LINES_IN_A_DAY = 4


def calendar_view(
    actor: Actor, board: Board, url: str, query: dict[str, Any], quick: dict[str, Any] | None
) -> dict[str, Any]:
    """The days of the span around the date that the address names. `quick` says for whom a day's new task is."""
    calendar = calendar_of(actor, board, query, query["span"], query.get("date"))
    shown = period_of(calendar, url, query) | {
        "span": calendar.span,
        "title": _title(calendar),
        "spans": [{"name": name, "url": address(url, span=name)} for name in reversed(SPANS)],
        "is_empty": not any(day.tasks for day in calendar.days),
    }
    if calendar.span == "day":
        tasks = calendar.days[0].tasks
        cards = cards_of(actor, tasks)
        shown |= {"day": calendar.day.isoformat(), "cards": [cards[task.id] for task in tasks]}
        shown["add_url"] = address_to_add(calendar.day, quick["assigned_to"]) if quick else None
    else:
        lines = LINES_IN_A_DAY if calendar.span == "month" else MOST_TASKS
        shown["days"] = [_day(day, today_of(actor), url, quick, lines) for day in calendar.days]
    return {"calendar": shown}


def _title(calendar: Calendar) -> str:
    if calendar.span == "day":
        return day_name(calendar.day)
    return f"{calendar.day:%B %Y}" if calendar.span == "month" else range_name(calendar.first, calendar.last)


def _day(day: Day, today: date, url: str, quick: dict[str, Any] | None, lines: int) -> dict[str, Any]:
    fitting = day.tasks if len(day.tasks) <= lines else day.tasks[: lines - 1]
    return {
        "date": day.date,
        "name": day_name(day.date),
        "inside": day.inside,
        "is_today": day.date == today,
        "url": address_at(url, day.date, span="day"),
        "add_url": address_to_add(day.date, quick["assigned_to"]) if quick and day.inside else None,
        "entries": [entry(task) for task in fitting],
        "more": len(day.tasks) - len(fitting),
    }
