"""Reading tasks: one list query serves the API and all boards."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from todoapp.accounts.models import AccountMembership
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import from_instant, now, to_instant
from todoapp.kit.errors import NotFound
from todoapp.kit.paging import Order, Page, page_of
from todoapp.permissions import find, visible
from todoapp.permissions.reaches import line_ids
from todoapp.search.conditions import conditions_of
from todoapp.search.ranking import best_first
from todoapp.tasks.models import Tag, Task, TaskAssignment, TaskSnapshot, TaskTag
from todoapp.tasks.parts import with_parts
from todoapp.tasks.tagging import fold
from todoapp.users.models import User

SORTS = {
    "due_date": Task.due_sort,
    "priority": Task.priority,
    "created_at": Task.created_at,
    "updated_at": Task.updated_at,
    "title": func.lower(Task.title),
    "position": Task.position,
}
RELEVANCE = "relevance"
A_NAME = (User.first_name, User.last_name)
SHOWN = (
    joinedload(Task.creator).load_only(*A_NAME),
    joinedload(Task.assignee).load_only(*A_NAME),
    joinedload(Task.assignment),
    joinedload(Task.open_pause),
    selectinload(Task.tags),
)


def matching(actor: Actor, filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    """The conditions of a filter: AND across kinds, OR within one, and only what the actor may see.

    Knows status, priority, assigned_to, created_by, due_date_from, due_date_to, undated, search, tags, archived,
    deleted, awaiting_answer, parent_task_id. A person whom the actor does not see is `NotFound`, and so is an `account_id` that
    is not theirs.
    """
    if filters.get("account_id") not in (None, actor.account_id):
        raise NotFound
    conditions = [visible(actor), *_put_away(filters)]
    if statuses := filters.get("status"):
        conditions.append(Task.status.in_(statuses))
    if priorities := filters.get("priority"):
        conditions.append(Task.priority.in_(priorities))
    for name, column in (("assigned_to", Task.assigned_to_id), ("created_by", Task.created_by_id)):
        if people := filters.get(name):
            conditions.append(_people(actor, column, people))
    if since := filters.get("due_date_from"):
        conditions.append(Task.due_date_time >= from_instant(since, actor.timezone))
    if until := filters.get("due_date_to"):
        conditions.append(Task.due_date_time <= to_instant(until, actor.timezone))
    if filters.get("undated"):
        conditions.append(Task.due_date_time.is_(None))
    if search := filters.get("search"):
        conditions.extend(conditions_of(actor, search))
    if tags := filters.get("tags"):
        keys = [fold(tag) for tag in tags]
        conditions.append(
            exists().where(TaskTag.task_id == Task.id, TaskTag.tag_id == Tag.id, Tag.key.in_(keys)).correlate(Task)
        )
    if filters.get("awaiting_answer"):
        conditions.append(_awaiting_answer(overdue=filters["awaiting_answer"] == "overdue"))
    if parent_id := filters.get("parent_task_id"):
        conditions.append(Task.parent_task_id == find(actor, Task, parent_id).id)
    return conditions


def _put_away(filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    if filters.get("deleted"):
        return [Task.deleted_at.is_not(None)]
    archived = Task.archived_at.is_not(None) if filters.get("archived") else Task.archived_at.is_(None)
    return [Task.deleted_at.is_(None), archived]


def _awaiting_answer(*, overdue: bool) -> ColumnElement[bool]:
    waiting = [
        TaskAssignment.task_id == Task.id,
        TaskAssignment.is_current,
        TaskAssignment.accepted_at.is_(None),
        TaskAssignment.rejected_at.is_(None),
    ]
    late = [TaskAssignment.answer_by <= now()] if overdue else []
    return and_(Task.status == "pending", exists().where(*waiting, *late))


def _people(actor: Actor, column: Any, people: list[Any]) -> ColumnElement[bool]:
    ids = [find(actor, AccountMembership, person).user_id for person in people if person != "nobody"]
    named = column.in_(ids)
    return or_(named, column.is_(None)) if "nobody" in people else named


def order_by(sort: str | None = None, order: str | None = None) -> Order:
    """A stable order of tasks; `sort` is one of SORTS, newest first by default, and where there are no words to rank by."""
    sort = "created_at" if sort in (None, RELEVANCE) else sort
    return Order(sort, SORTS[sort], Task.id, descending=(order or "desc") == "desc")


def list_tasks(actor: Actor, filters: dict[str, Any], *extra: ColumnElement[bool]) -> Page:
    """One page of the tasks that the actor sees; `filters` also holds page, per_page, cursor, sort and order."""
    if _ranks(filters):
        return _best_first(actor, filters, extra)
    conditions = [*matching(actor, filters), *extra]
    page = page_of(
        select(Task).where(*conditions).options(*SHOWN),
        select(Task.id).where(*conditions),
        page=filters.get("page", 1),
        per_page=filters.get("per_page", 20),
        order=order_by(filters.get("sort"), filters.get("order")),
        cursor=filters.get("cursor"),
    )
    with_parts(actor, page.rows)
    return page


def _ranks(filters: dict[str, Any]) -> bool:
    """Whether the best come first: those that hold the words that are looked for, unless another order is asked for."""
    search = filters.get("search")
    return bool(search) and search.has_words and filters.get("sort") in (None, RELEVANCE)


def _best_first(actor: Actor, filters: dict[str, Any], extra: Sequence[ColumnElement[bool]]) -> Page:
    conditions = [*matching(actor, filters | {"search": None}), *extra]
    where = {"page": filters.get("page", 1), "per_page": filters.get("per_page", 20), "cursor": filters.get("cursor")}
    page = best_first(actor, filters["search"], conditions, **where, narrow=extra)
    query = select(Task).where(Task.id.in_(page.rows)).options(*SHOWN)
    found = {task.id: task for task in db.session.scalars(query).unique()}
    tasks = [found[task_id] for task_id in page.rows if task_id in found]
    with_parts(actor, tasks)
    return replace(page, rows=tasks)


def assigned_by(actor: Actor) -> ColumnElement[bool]:
    """Tasks that the actor handed to somebody else and that are still there."""
    return exists().where(
        TaskAssignment.task_id == Task.id,
        TaskAssignment.is_current,
        TaskAssignment.assigned_by_id == actor.user_id,
        TaskAssignment.assigned_to_id != actor.user_id,
    )


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


def assigned_to(actor: Actor) -> ColumnElement[bool]:
    """Tasks assigned to the actor."""
    return Task.assigned_to_id == actor.user_id


def of_team(actor: Actor) -> ColumnElement[bool]:
    """Tasks of the actor and of the people below them."""
    return Task.assigned_to_id.in_([actor.user_id, *line_ids(actor)])
