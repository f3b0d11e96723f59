"""Which tasks a board holds, and its columns, list and facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, select, union_all

from todoapp.accounts.models import AccountMembership
from todoapp.activity.queries import newest_event
from todoapp.actor import Actor
from todoapp.kit.clock import now
from todoapp.kit.database import Instant
from todoapp.kit.paging import CAP, Order, Page, counting
from todoapp.kit.transaction import asked_once
from todoapp.permissions import allow, find
from todoapp.permissions.reaches import sight
from todoapp.tasks.models import OPEN, STATUSES, Task
from todoapp.tasks.queries import (
    EVERYTHING,
    Scope,
    assigned_to,
    late_values,
    list_tasks,
    matching,
    of_team,
    order_by,
    question_of,
)
from todoapp.tasks.rows import PersonRow, TaskRow, complete, rows_at, task_of
from todoapp.tenancy import ask

LABELS = {"pending": "Pending", "in_progress": "In progress", "paused": "Paused", "completed": "Completed"}


@dataclass(frozen=True, slots=True)
class Board:
    """A view of tasks: `kind` is my, user, team or account; `person` is whose it is, for my and user."""

    kind: str
    title: str
    person: PersonRow | None
    holds: Scope

    @property
    def several_people(self) -> bool:
        """Whether its cards need to say whose they are."""
        return self.person is None


@dataclass(frozen=True, slots=True)
class Column:
    """One status of a board: its first tasks, and how many there are."""

    status: str
    label: str
    tasks: Sequence[TaskRow]
    total_count: int
    total_capped: bool = False


def board_of(actor: Actor, kind: str, user_id: int | None = None) -> Board:
    """The board that the actor asks for; `Forbidden` with a sentence where it does not open for them."""
    if kind == "user" and user_id == actor.user_id:
        kind = "my"
    if kind in ("my", "user"):
        person = _whose(actor, actor.user_id if kind == "my" else user_id or 0)
        title = "My board" if kind == "my" else f"{person.name}’s board"
        return Board(kind, title, person, assigned_to(person.id))
    allow(actor, f"board.{kind}")
    if kind == "team":
        return Board(kind, "Team board", None, of_team(actor))
    return Board(kind, "Account board", None, EVERYTHING)


def _whose(actor: Actor, user_id: int) -> PersonRow:
    """The person whose board opens for the actor."""

    def ask_matrix() -> PersonRow:
        member = find(actor, AccountMembership, user_id)
        allow(actor, "board.view", member)
        return PersonRow(member.user_id, member.user.first_name, member.user.last_name)

    return asked_once(("board of", sight(actor), user_id), ask_matrix, lasting=True)


def kanban(actor: Actor, board: Board, filters: dict[str, Any]) -> list[Column]:
    """The board's columns with counts; each holds the filter's page of its tasks."""
    question = question_of(actor, filters, board.holds)
    at = late_values(filters)

    @cache
    def conditions() -> list[ColumnElement[bool]]:
        return [*matching(actor, filters), board.holds.condition]

    wanted = [status for status in STATUSES if status in (filters.get("status") or STATUSES)]
    counts = ask("counts", question, lambda: _counts([*conditions(), Task.status == one] for one in wanted), **at)[0]
    rows = ask("columns", question, lambda: _columns(wanted, conditions(), filters), **at) if any(counts) else []
    filled = _filled(complete(actor, [task_of(row) for row in rows]), filters)
    return [
        Column(status, LABELS[status], filled.get(status, []), min(count, CAP), count > CAP)
        for status, count in zip(wanted, counts, strict=True)
    ]


def board_list(actor: Actor, board: Board, filters: dict[str, Any]) -> Page:
    """The board's tasks as one list."""
    return list_tasks(actor, filters, board.holds)


def facts(actor: Actor, board: Board) -> dict[str, int]:
    """How many of the board's open tasks are late, and how many are due within seven days, each up to 1,001; and the id of
    the account's newest event: who listens from there on misses nothing that this board did not show yet.
    """
    at = now()

    def write() -> Select[Any]:
        since, until = (bindparam(name, at, type_=Instant) for name in ("at", "in_a_week"))
        conditions = [*matching(actor, {}), board.holds.condition, Task.status.in_(OPEN)]
        late = [*conditions, Task.due_sort < since]
        return _counts([late, [*conditions, Task.due_sort.between(since, until)]]).add_columns(newest_event())

    question = (sight(actor), board.holds)
    late, soon, newest = ask("facts of a board", question, write, at=at, in_a_week=at + timedelta(days=7))[0]
    return {"late": late, "due_this_week": soon, "sequence": newest or 0}


def _counts(each: Iterable[list[ColumnElement[bool]]]) -> Select[Any]:
    """How many tasks meet each of these conditions, none counted further than one beyond the cap."""
    return select(*(counting(select(Task.id).where(*conditions)).scalar_subquery() for conditions in each))


def _columns(statuses: list[str], conditions: list[ColumnElement[bool]], filters: dict[str, Any]) -> Select[Any]:
    """The filter's page of tasks in each status: one query, however many columns there are."""
    pages = (select(_page_of(status, conditions, filters)) for status in statuses)
    return rows_at(union_all(*pages).subquery())


def _page_of(status: str, conditions: list[ColumnElement[bool]], filters: dict[str, Any]) -> Subquery:
    order = _order(status, filters)
    page, size = filters.get("page", 1), filters.get("per_page", 50)
    query = select(Task.id, order.column.label("term")).where(*conditions, Task.status == status)
    return order.apply(query).limit(size).offset((page - 1) * size).subquery(status)


def _filled(tasks: Sequence[TaskRow], filters: dict[str, Any]) -> dict[str, list[TaskRow]]:
    """Tasks by status; they come in ascending order, and some columns run the other way."""
    filled: dict[str, list[TaskRow]] = {}
    for task in tasks:
        filled.setdefault(task.status, []).append(task)
    return {status: found[::-1] if _order(status, filters).descending else found for status, found in filled.items()}


def _order(status: str, filters: dict[str, Any]) -> Order:
    default = ("updated_at", "desc") if status == "completed" else ("due_date", "asc")
    return order_by(filters.get("sort") or default[0], filters.get("order") or default[1])
