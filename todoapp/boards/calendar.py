"""The same tasks by time: a calendar of due dates and a timeline of bars from start to due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from todoapp.actor import Actor
from todoapp.boards.queries import Board
from todoapp.extensions import db
from todoapp.kit.clock import FAR_FUTURE, from_instant, now, to_instant
from todoapp.kit.paging import capped_count
from todoapp.tasks.models import OPEN, Task
from todoapp.tasks.queries import matching
from todoapp.tasks.rows import TaskRow, complete, row_query, task_of

SPANS = ("day", "week", "month")
MOST_TASKS = 500
WEEKS = 6


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a calendar; `inside` is false for the days of other months that fill its first and last week."""

    date: date
    tasks: Sequence[TaskRow]
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Calendar:
    """The due dates of a day, a week from Monday, or a month in whole weeks, in the actor's zone.

    `undated_count` is how many of the board's open tasks have no due date; `capped` says that tasks were left out.
    """

    span: str
    day: date
    first: date
    last: date
    previous: date
    following: date
    days: list[Day]
    undated_count: int
    capped: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A task from the day on which it started (or was made) to the day on which it is due, both inclusive."""

    task: TaskRow
    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Timeline:
    """Six weeks of bars that touch them, in the actor's zone."""

    today: date
    first: date
    last: date
    previous: date
    following: date
    bars: list[Bar]
    undated_count: int
    capped: bool


def calendar_of(actor: Actor, board: Board, filters: dict[str, Any], span: str, day: date | None) -> Calendar:
    """The board's tasks by the day on which they are due."""
    day = day or today_of(actor)
    first, last = bounds(span, day)
    tasks, capped = _tasks(actor, board, filters, Task.due_date_time.between(*_instants(actor, first, last)))
    by_day: dict[date, list[TaskRow]] = {}
    for task in tasks:
        by_day.setdefault(_day(actor, task.due_date_time), []).append(task)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return Calendar(
        span=span,
        day=day,
        first=first,
        last=last,
        previous=step(span, day, -1),
        following=step(span, day, 1),
        days=[Day(each, by_day.get(each, []), span != "month" or each.month == day.month) for each in days],
        undated_count=_undated(actor, board, filters),
        capped=capped,
    )


def timeline_of(actor: Actor, board: Board, filters: dict[str, Any], day: date | None) -> Timeline:
    """The board's tasks as bars, over the six weeks that begin with the week of `day` (default: last week)."""
    today = today_of(actor)
    first = bounds("week", day or today - timedelta(weeks=1))[0]
    last = first + timedelta(weeks=WEEKS, days=-1)
    since, until = _instants(actor, first, last)
    start = func.coalesce(Task.started_at, Task.created_at)
    tasks, capped = _tasks(actor, board, filters, Task.due_date_time >= since, start <= until)
    return Timeline(
        today=today,
        first=first,
        last=last,
        previous=first - timedelta(weeks=WEEKS - 1),
        following=first + timedelta(weeks=WEEKS - 1),
        bars=[_bar(actor, task) for task in tasks],
        undated_count=_undated(actor, board, filters),
        capped=capped,
    )


def bounds(span: str, day: date) -> tuple[date, date]:
    """The first and last day shown: the day itself, its week from Monday, or its month in whole weeks."""
    if span == "day":
        return day, day
    if span == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    end = step("month", day.replace(day=1), 1) - timedelta(days=1)
    return bounds("week", day.replace(day=1))[0], bounds("week", end)[1]


def step(span: str, day: date, direction: int) -> date:
    """The same place one span earlier or later; a month later than the 31st is that month's first."""
    if span != "month":
        return day + timedelta(days=direction * (1 if span == "day" else 7))
    months = day.year * 12 + day.month - 1 + direction
    return date(months // 12, months % 12 + 1, 1)


def today_of(actor: Actor) -> date:
    """Today where the actor is."""
    return now().astimezone(ZoneInfo(actor.timezone)).date()


def _bar(actor: Actor, task: TaskRow) -> Bar:
    ends = _day(actor, task.due_date_time)
    return Bar(task, min(_day(actor, task.started_at or task.created_at), ends), ends)


def _day(actor: Actor, at: datetime | None) -> date:
    if at is None:
        raise ValueError("a task without this time is not on a calendar")
    return at.astimezone(ZoneInfo(actor.timezone)).date()


def _instants(actor: Actor, first: date, last: date) -> tuple[datetime, datetime]:
    return from_instant(first, actor.timezone), to_instant(last, actor.timezone)


def _tasks(actor: Actor, board: Board, filters: dict[str, Any], *conditions: Any) -> tuple[Sequence[TaskRow], bool]:
    query = row_query().where(*matching(actor, filters), board.holds.condition, *conditions)
    found = list(db.session.execute(query.order_by(Task.due_sort, Task.id).limit(MOST_TASKS + 1)))
    tasks = complete(actor, [task_of(tuple(row)) for row in found[:MOST_TASKS]])
    return tasks, len(found) > MOST_TASKS


def _undated(actor: Actor, board: Board, filters: dict[str, Any]) -> int:
    """Counted up to 1,000."""
    query = select(Task.id).where(*matching(actor, filters), board.holds.condition)
    return capped_count(query.where(Task.due_sort == FAR_FUTURE, Task.status.in_(OPEN)))[0]
