"""What calendar and timeline share on their pages: days in words, the way to other periods, tasks without a date."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import request

from todoapp.boards.calendar import MOST_TASKS, Calendar, Timeline
from todoapp.boards.filters import address
from todoapp.kit.fields import FIRST_YEAR, LAST_YEAR
from todoapp.tasks.cards import person
from todoapp.tasks.models import STATUSES, Task


def period_of(shown: Calendar | Timeline, url: str, query: dict[str, Any]) -> dict[str, Any]:
    """The addresses around a period, and what it leaves out."""
    return {
        "previous_url": address_at(url, shown.previous),
        "today_url": address(url, date=None),
        "following_url": address_at(url, shown.following),
        "undated": {"count": shown.undated_count, "url": _undated(url, query)} if shown.undated_count else None,
        "most": MOST_TASKS if shown.capped else None,
    }


def address_at(url: str, day: date, **changed: Any) -> str | None:
    """This page's address around another day, as far as years go."""
    return address(url, date=day.isoformat(), **changed) if FIRST_YEAR <= day.year <= LAST_YEAR else None


def address_to_add(day: date, assigned_to: int | str) -> str:
    """Where a task that is due on `day` is made, and from where one comes back here."""
    filled = {"due_day": day.isoformat(), "assigned_to_id": assigned_to, "next": request.full_path.rstrip("?")}
    return "/tasks/new?" + urlencode({name: value for name, value in filled.items() if value})


def entry(task: Task) -> dict[str, Any]:
    """A task in one line."""
    return {
        "id": task.id,
        "title": task.title,
        "status": task.status,
        "priority": task.priority,
        "due": task.due_date_time,
        "assignee": person(task.assignee) if task.assignee else None,
    }


def day_name(day: date) -> str:
    """Tuesday 24 November 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def range_name(first: date, last: date) -> str:
    """16 to 22 November 2026, or 16 Nov to 27 Dec 2026; what both days share is said once."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {last.day} {last:%B %Y}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%b}{year} to {last.day} {last:%b %Y}"


def _undated(url: str, query: dict[str, Any]) -> str:
    wanted = query.get("status") or STATUSES
    unfinished = ",".join(status for status in wanted if status != "completed")
    return address(url, view="list", status=unfinished, undated="true")
