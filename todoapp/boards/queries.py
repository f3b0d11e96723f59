"""Which tasks a board holds, and its columns, list and facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, select, true, union_all

from todoapp.accounts.models import AccountMembership
from todoapp.activity.queries import newest_event
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.paging import CAP, Order, Page
from todoapp.permissions import allow, find
from todoapp.tasks.models import OPEN, STATUSES, Task
from todoapp.tasks.queries import list_tasks, matching, of_team, order_by
from todoapp.tasks.rows import TaskRow, read_rows, row_query
from todoapp.users.models import User

LABELS = {"pending": "Pending", "in_progress": "In progress", "paused": "Paused", "completed": "Completed"}


@dataclass(frozen=True, slots=True)
class Board:
    """A view of tasks: `kind` is my, user, team or account; `person` is whose it is, for my and user."""

    kind: str
    title: str
    person: User | None
    holds: ColumnElement[bool]

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
        member = find(actor, AccountMembership, actor.user_id if kind == "my" else user_id or 0)
        allow(actor, "board.view", member)
        title = "My board" if kind == "my" else f"{member.user.name}’s board"
        return Board(kind, title, member.user, Task.assigned_to_id == member.user_id)
    allow(actor, f"board.{kind}")
    if kind == "team":
        return Board(kind, "Team board", None, of_team(actor))
    return Board(kind, "Account board", None, true())


def kanban(actor: Actor, board: Board, filters: dict[str, Any]) -> list[Column]:
    """The board's columns with counts; each holds the filter's page of its tasks."""
    conditions = [*matching(actor, filters), board.holds]
    wanted = [status for status in STATUSES if status in (filters.get("status") or STATUSES)]
    counts = _counts([[*conditions, Task.status == status] for status in wanted])
    filled = _first_of(actor, [one for one, count in zip(wanted, counts, strict=True) if count], conditions, filters)
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
    conditions = [*matching(actor, {}), board.holds, Task.status.in_(OPEN)]
    late, soon, newest = _counts(
        [[*conditions, Task.due_sort < at], [*conditions, Task.due_sort.between(at, at + timedelta(days=7))]],
        newest_event(),
    )
    return {"late": late, "due_this_week": soon, "sequence": newest or 0}


def _counts(each: Iterable[list[ColumnElement[bool]]], *others: Any) -> Sequence[int]:
    """How many tasks meet each of these conditions, none counted further than one beyond the cap; and `others`. One query."""
    counts = (
        select(func.count()).select_from(select(Task.id).where(*conditions).limit(CAP + 1).subquery()).scalar_subquery()
        for conditions in each
    )
    return tuple(db.session.execute(select(*counts, *others)).one())


def _first_of(
    actor: Actor, statuses: list[str], conditions: list[ColumnElement[bool]], filters: dict[str, Any]
) -> dict[str, list[TaskRow]]:
    """The filter's page of tasks in each status, in their order: one query, however many columns there are."""
    if not statuses:
        return {}
    orders = {status: _order(status, filters) for status in statuses}
    places = union_all(*(select(_page_of(orders[one], one, conditions, filters)) for one in statuses)).subquery()
    query = row_query().join(places, places.c.id == Task.id).order_by(places.c.term, places.c.id)
    filled: dict[str, list[TaskRow]] = {status: [] for status in statuses}
    for task in read_rows(actor, db.session.execute(query)):
        filled[task.status].append(task)
    return {status: tasks[::-1] if orders[status].descending else tasks for status, tasks in filled.items()}


def _order(status: str, filters: dict[str, Any]) -> Order:
    default = ("updated_at", "desc") if status == "completed" else ("due_date", "asc")
    return order_by(filters.get("sort") or default[0], filters.get("order") or default[1])


def _page_of(order: Order, status: str, conditions: list[ColumnElement[bool]], filters: dict[str, Any]) -> Subquery:
    page, size = filters.get("page", 1), filters.get("per_page", 50)
    query = select(Task.id, order.column.label("term")).where(*conditions, Task.status == status)
    return order.apply(query).limit(size).offset((page - 1) * size).subquery(status)
