"""Which tasks a board holds, and its columns, list and facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, literal, select, true, union_all

from todoapp.accounts.models import AccountMembership
from todoapp.activity.queries import newest_event
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.paging import CAP, Page
from todoapp.permissions import allow, find
from todoapp.tasks.models import STATUSES, Task
from todoapp.tasks.parts import with_parts
from todoapp.tasks.queries import SHOWN, list_tasks, matching, of_team, order_by
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
    tasks: Sequence[Task]
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
    counts = dict(
        db.session.execute(select(Task.status, func.count(Task.id)).where(*conditions).group_by(Task.status)).all()
    )
    wanted = [status for status in STATUSES if status in (filters.get("status") or STATUSES)]
    filled = _first_of([status for status in wanted if counts.get(status)], conditions, filters)
    with_parts(actor, (task for tasks in filled.values() for task in tasks))
    return [_column(status, filled.get(status, []), counts.get(status, 0)) for status in wanted]


def board_list(actor: Actor, board: Board, filters: dict[str, Any]) -> Page:
    """The board's tasks as one list."""
    return list_tasks(actor, filters, board.holds)


def facts(actor: Actor, board: Board) -> dict[str, int]:
    """How many of the board's open tasks are late, and how many are due within seven days; and the id of the account's
    newest event: who listens from there on misses nothing that this board did not show yet.
    """
    at = now()
    late = func.count(case((Task.due_date_time < at, Task.id)))
    soon = func.count(case((Task.due_date_time.between(at, at + timedelta(days=7)), Task.id)))
    conditions = [*matching(actor, {}), board.holds, Task.status != "completed"]
    row = db.session.execute(select(late, soon, newest_event()).where(*conditions)).one()
    return {"late": row[0], "due_this_week": row[1], "sequence": row[2] or 0}


def _first_of(
    statuses: list[str], conditions: list[ColumnElement[bool]], filters: dict[str, Any]
) -> dict[str, list[Task]]:
    """The filter's page of tasks in each status, in their order: two queries, however many columns there are."""
    if not statuses:
        return {}
    places = union_all(*(select(_placed(status, conditions, filters)) for status in statuses))
    found = {task_id: (status, place) for status, place, task_id in db.session.execute(places)}
    tasks: dict[str, list[Task]] = {status: [] for status in statuses}
    query = select(Task).where(Task.id.in_(found)).options(*SHOWN)
    for task in sorted(db.session.scalars(query).unique(), key=lambda task: found[task.id][1]):
        tasks[found[task.id][0]].append(task)
    return tasks


def _placed(status: str, conditions: list[ColumnElement[bool]], filters: dict[str, Any]) -> Subquery:
    default = ("updated_at", "desc") if status == "completed" else ("due_date", "asc")
    order = order_by(filters.get("sort") or default[0], filters.get("order") or default[1])
    page, size = filters.get("page", 1), filters.get("per_page", 50)
    place = func.row_number().over(order_by=order.terms).label("place")
    query = select(literal(status).label("status"), place, Task.id).where(*conditions, Task.status == status)
    return order.apply(query).limit(size).offset((page - 1) * size).subquery(status)


def _column(status: str, tasks: Sequence[Task], count: int) -> Column:
    return Column(status, LABELS[status], tasks, min(count, CAP), count > CAP)
