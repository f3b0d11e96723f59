"""Reading tasks: one list query serves the API and all boards."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from todoapp.accounts.models import AccountMembership
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import FAR_FUTURE, from_instant, now, to_instant
from todoapp.kit.database import Instant
from todoapp.kit.errors import NotFound
from todoapp.kit.manners import ages
from todoapp.kit.paging import Order, Page, counting, narrowed, page_from, page_of
from todoapp.kit.transaction import asked_once
from todoapp.permissions import find, visible
from todoapp.permissions.reaches import line_ids, sight
from todoapp.search.conditions import conditions_of
from todoapp.search.ranking import best_first
from todoapp.tasks.models import Tag, Task, TaskAssignment, TaskSnapshot, TaskTag
from todoapp.tasks.rows import TaskRow, complete, row_query, rows_at, task_of
from todoapp.tasks.tagging import fold
from todoapp.tenancy import ask
from todoapp.users.models import User

SORTS = {
    "due_date": Task.due_sort,
    "priority": Task.priority,
    "created_at": Task.created_at,
    "updated_at": Task.updated_at,
    "title": func.lower(Task.title),
    "position": Task.position,
}
PEOPLE = (("assigned_to", Task.assigned_to_id), ("created_by", Task.created_by_id))
RELEVANCE = "relevance"
A_NAME = (User.first_name, User.last_name)
SHOWN = (
    joinedload(Task.creator).load_only(*A_NAME),
    joinedload(Task.assignee).load_only(*A_NAME),
    joinedload(Task.assignment),
    joinedload(Task.open_pause),
    selectinload(Task.tags),
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose tasks a list holds: everybody's, those assigned to some people, or those that somebody handed to others."""

    kind: str = "everything"
    user_ids: tuple[int, ...] = ()

    @property
    def condition(self) -> ColumnElement[bool]:
        """The same in SQL."""
        if self.kind == "assigned_to":
            return Task.assigned_to_id.in_(self.user_ids)
        if self.kind == "assigned_by":
            return _handed_over_by(self.user_ids[0])
        return true()


EVERYTHING = Scope()


def assigned_to(*user_ids: int) -> Scope:
    """Tasks assigned to one of these people."""
    return Scope("assigned_to", user_ids)


def assigned_by(actor: Actor) -> Scope:
    """Tasks that the actor handed to somebody else and that are still there."""
    return Scope("assigned_by", (actor.user_id,))


def of_team(actor: Actor) -> Scope:
    """Tasks of the actor and of the people below them."""
    line = asked_once(("line", actor.account_id, actor.user_id), lambda: line_ids(actor), lasting=True)
    return assigned_to(actor.user_id, *line)


def question_of(actor: Actor, filters: dict[str, Any], *others: Hashable) -> Hashable:
    """What a prepared list of tasks is known by: what the actor may see, the filter, and whatever else shapes it.

    Refuses as `matching` does, for a prepared list is not written anew. None for a search, whose statement hangs on how
    frequent its words are.
    """
    _check(actor, filters)
    if filters.get("search"):
        return None
    plain = ((name, one) for name, one in sorted(filters.items()) if name != "search")
    frozen = tuple((name, tuple(one) if isinstance(one, list) else one) for name, one in plain)
    return sight(actor), actor.timezone, frozen, *others


def late_values(filters: dict[str, Any]) -> dict[str, Any]:
    """What the conditions of a filter are given late: the present, where something must be past."""
    return {"at": now()} if filters.get("awaiting_answer") == "overdue" else {}


def matching(actor: Actor, filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    """The conditions of a filter: AND across kinds, OR within one, and only what the actor may see.

    Knows status, priority, assigned_to, created_by, due_date_from, due_date_to, undated, search, tags, archived,
    deleted, awaiting_answer, parent_task_id. A person whom the actor does not see is `NotFound`, and so is an `account_id` that
    is not theirs.
    """
    _check(actor, filters)
    conditions = [visible(actor), *_put_away(filters)]
    if statuses := filters.get("status"):
        conditions.append(Task.status.in_(statuses))
    if priorities := filters.get("priority"):
        conditions.append(Task.priority.in_(priorities))
    for name, column in PEOPLE:
        if people := filters.get(name):
            conditions.append(_people(column, people))
    if since := filters.get("due_date_from"):
        conditions.append(Task.due_sort >= from_instant(since, actor.timezone))
    if until := filters.get("due_date_to"):
        conditions.append(Task.due_sort <= to_instant(until, actor.timezone))
    elif since:
        conditions.append(Task.due_sort < FAR_FUTURE)
    if filters.get("undated"):
        conditions.append(Task.due_sort == FAR_FUTURE)
    if search := filters.get("search"):
        conditions.extend(conditions_of(actor, search))
    if tags := filters.get("tags"):
        keys = [fold(tag) for tag in tags]
        tagged = select(TaskTag.task_id).join(Tag, Tag.id == TaskTag.tag_id).where(Tag.key.in_(keys))
        conditions.append(Task.id.in_(tagged))
    if filters.get("awaiting_answer"):
        conditions.append(_awaiting_answer(overdue=filters["awaiting_answer"] == "overdue"))
    if parent_id := filters.get("parent_task_id"):
        conditions.append(Task.parent_task_id == parent_id)
    return conditions


def _check(actor: Actor, filters: dict[str, Any]) -> None:
    """Refuse a filter that names an account, a person or a task that the actor does not see."""
    if filters.get("account_id") not in (None, actor.account_id):
        raise NotFound
    for name, _column in PEOPLE:
        for person in filters.get(name) or ():
            if person != "nobody":
                _check_seen(actor, AccountMembership, person)
    if parent_id := filters.get("parent_task_id"):
        _check_seen(actor, Task, parent_id)
    search = filters.get("search")
    if filters.get("awaiting_answer") or (search and search.due):
        ages()


def _check_seen(actor: Actor, model: Any, row_id: int) -> None:
    asked_once(("sees", sight(actor), model, row_id), lambda: find(actor, model, row_id) and None, lasting=True)


def _put_away(filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    if filters.get("deleted"):
        return [Task.deleted_at.is_not(None)]
    archived = Task.archived_at.is_not(None) if filters.get("archived") else Task.archived_at.is_(None)
    return [Task.deleted_at.is_(None), archived]


def _awaiting_answer(*, overdue: bool) -> ColumnElement[bool]:
    at = bindparam("at", now(), type_=Instant)
    waiting = [
        TaskAssignment.task_id == Task.id,
        TaskAssignment.is_current,
        TaskAssignment.accepted_at.is_(None),
        TaskAssignment.rejected_at.is_(None),
    ]
    late = [TaskAssignment.answer_by <= at] if overdue else []
    return and_(Task.status == "pending", exists().where(*waiting, *late))


def _people(column: Any, people: list[Any]) -> ColumnElement[bool]:
    named = column.in_([person for person in people if person != "nobody"])
    return or_(named, column.is_(None)) if "nobody" in people else named


def order_by(sort: str | None = None, order: str | None = None) -> Order:
    """A stable order of tasks; `sort` is one of SORTS, newest first by default, and where there are no words to rank by."""
    sort = "created_at" if sort in (None, RELEVANCE) else sort
    return Order(sort, SORTS[sort], Task.id, descending=(order or "desc") == "desc")


def list_tasks(actor: Actor, filters: dict[str, Any], scope: Scope = EVERYTHING) -> Page:
    """One page, of `TaskRow`s, of the tasks that the actor sees; `filters` also holds page, per_page, cursor, sort and order."""
    place = {"page": filters.get("page", 1), "per_page": filters.get("per_page", 20), "cursor": filters.get("cursor")}
    if _ranks(filters):
        return _best_first(actor, filters, scope, place)
    question = question_of(actor, filters, scope)
    at = late_values(filters)
    order = order_by(filters.get("sort"), filters.get("order"))

    @cache
    def conditions() -> list[ColumnElement[bool]]:
        return [*matching(actor, filters), scope.condition]

    def write() -> Select[Any]:
        ids = select(Task.id, order.column.label("term")).where(*conditions())
        return rows_at(narrowed(ids, order=order, **place).subquery(), order.descending)

    page = page_from(
        lambda: [task_of(row) for row in ask("list", question, write, **at)],
        lambda: ask("count", question, lambda: counting(select(Task.id).where(*conditions())), **at)[0][0],
        order=order,
        **place,
    )
    complete(actor, page.rows)
    return page


def task_row(actor: Actor, task_id: int) -> TaskRow:
    """The task that the actor sees under this id, as it is read; `NotFound` where there is none."""
    seen = [Task.id == bindparam("task_id", task_id), Task.deleted_at.is_(None)]
    rows = ask("task", sight(actor), lambda: row_query().where(*seen, visible(actor)), task_id=task_id)
    if not rows:
        raise NotFound
    return complete(actor, [task_of(rows[0])])[0]


def _handed_over_by(user_id: int) -> ColumnElement[bool]:
    theirs = [TaskAssignment.assigned_by_id == user_id, TaskAssignment.assigned_to_id != user_id]
    return Task.id.in_(select(TaskAssignment.task_id).where(TaskAssignment.is_current, *theirs))


def _ranks(filters: dict[str, Any]) -> bool:
    """Whether the best come first: those that hold the words that are looked for, unless another order is asked for."""
    search = filters.get("search")
    return bool(search) and search.has_words and filters.get("sort") in (None, RELEVANCE)


def _best_first(actor: Actor, filters: dict[str, Any], scope: Scope, place: dict[str, Any]) -> Page:
    narrow = [] if scope == EVERYTHING else [scope.condition]
    conditions = [*matching(actor, filters | {"search": None}), *narrow]
    page = best_first(actor, filters["search"], conditions, **place, narrow=narrow)
    found = {row[0]: task_of(row) for row in db.session.execute(row_query().where(Task.id.in_(page.rows)))}
    tasks = [found[task_id] for task_id in page.rows if task_id in found]
    return replace(page, rows=complete(actor, tasks))


def assignments_of(task: Task) -> Sequence[TaskAssignment]:
    """All hand-overs of the task, oldest first."""
    query = select(TaskAssignment).where(TaskAssignment.task_id == task.id).order_by(TaskAssignment.id)
    people = joinedload(TaskAssignment.assigner), joinedload(TaskAssignment.assignee)
    return db.session.scalars(query.options(*people)).all()


def snapshots_of(task: Task, *, page: int = 1, per_page: int = 20) -> Page:
    """The task's snapshots, newest first."""
    query = select(TaskSnapshot).where(TaskSnapshot.task_id == task.id).order_by(TaskSnapshot.id.desc())
    return page_of(query, query.with_only_columns(TaskSnapshot.id), page=page, per_page=per_page)


def subtasks_of(actor: Actor, task: Task) -> Sequence[Task]:
    """The parts of the task that the actor sees."""
    query = select(Task).where(Task.parent_task_id == task.id, Task.deleted_at.is_(None), visible(actor))
    return db.session.scalars(query.order_by(Task.position, Task.id).options(*SHOWN).limit(200)).unique().all()
