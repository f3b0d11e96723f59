"""Tasks as they are read: plain rows with everything that a list, a board or the API shows of them, without the ORM's objects.

A row has the names and the derived properties of a `Task` (`TaskFacts`), so that whoever shows one can show the other; it
cannot be written. `as_json` is `TaskOut` of a row, written out by hand; a test holds them equal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, and_, select
from sqlalchemy.orm import aliased

from todoapp.actor import Actor
from todoapp.kit.clock import now
from todoapp.kit.manners import ages
from todoapp.kit.prepared import numbered, one_of_many, size_for
from todoapp.tasks.models import AssignmentFacts, Tag, Task, TaskAssignment, TaskFacts, TaskPause, TaskTag
from todoapp.tasks.parts import Parts, parts_of
from todoapp.tenancy import ask
from todoapp.users.models import Named, User

# Aliases, for the conditions of a filter ask about hand-overs and people as well.
Creator, Assignee = aliased(User), aliased(User)
HandOver, Pause = aliased(TaskAssignment), aliased(TaskPause)


@dataclass(frozen=True, slots=True)
class PersonRow(Named):
    """A person's name."""

    id: int
    first_name: str
    last_name: str


class TagRow(NamedTuple):
    """A tag."""

    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class AssignmentRow(AssignmentFacts):
    """The current hand-over."""

    id: int
    assigned_by_id: int
    assigned_to_id: int
    accepted_at: datetime | None
    rejected_at: datetime | None
    answer_by: datetime | None
    reassignment_count: int


class PauseRow(NamedTuple):
    """The pause in which a task stands."""

    id: int
    reason: str
    comment: str | None
    progress_percentage: int | None
    paused_at: datetime
    waiting_for_user_id: int | None
    waiting_for_task_id: int | None


@dataclass(slots=True)
class TaskRow(TaskFacts):
    """A task with what is shown of it."""

    id: int
    account_id: int
    created_by_id: int
    assigned_to_id: int | None
    parent_task_id: int | None
    title: str
    description: str
    status: str
    priority: str
    visibility: str
    due_date_time: datetime | None
    estimated_time: int | None
    actual_time: int
    custom_fields: dict[str, Any]
    started_at: datetime | None
    last_resumed_at: datetime | None
    completed_at: datetime | None
    archived_at: datetime | None
    deleted_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
    due_sort: datetime
    position: int
    creator: PersonRow
    assignee: PersonRow | None
    assignment: AssignmentRow | None
    open_pause: PauseRow | None
    tags: Sequence[TagRow] = ()
    parts: Parts = field(default_factory=Parts)


_OWN = (
    Task.id,
    Task.account_id,
    Task.created_by_id,
    Task.assigned_to_id,
    Task.parent_task_id,
    Task.title,
    Task.description,
    Task.status,
    Task.priority,
    Task.visibility,
    Task.due_date_time,
    Task.estimated_time,
    Task.actual_time,
    Task.custom_fields,
    Task.started_at,
    Task.last_resumed_at,
    Task.completed_at,
    Task.archived_at,
    Task.deleted_at,
    Task.created_at,
    Task.updated_at,
    Task.version,
    Task.due_sort,
    Task.position,
)
_PEOPLE = (
    Creator.first_name.label("creator_first_name"),
    Creator.last_name.label("creator_last_name"),
    Assignee.first_name.label("assignee_first_name"),
    Assignee.last_name.label("assignee_last_name"),
)
_ASSIGNMENT = tuple(getattr(HandOver, name).label(f"assignment_{name}") for name in AssignmentRow.__dataclass_fields__)
_PAUSE = tuple(getattr(Pause, name).label(f"pause_{name}") for name in PauseRow._fields)
_PEOPLE_AT = len(_OWN)
_ASSIGNMENT_AT = _PEOPLE_AT + len(_PEOPLE)
_PAUSE_AT = _ASSIGNMENT_AT + len(_ASSIGNMENT)
_END = _PAUSE_AT + len(_PAUSE)


def row_query() -> Select[Any]:
    """The query whose rows `task_of` takes: all tasks of the account, to be narrowed and ordered."""
    return (
        select(*_OWN, *_PEOPLE, *_ASSIGNMENT, *_PAUSE)
        .select_from(Task)
        .join(Creator, Creator.id == Task.created_by_id)
        .outerjoin(Assignee, Assignee.id == Task.assigned_to_id)
        .outerjoin(HandOver, and_(HandOver.task_id == Task.id, HandOver.is_current))
        .outerjoin(Pause, and_(Pause.task_id == Task.id, Pause.resumed_at.is_(None)))
    )


def rows_at(places: Subquery, descending: bool = False) -> Select[Any]:
    """The rows of a narrowed query for `id` and `term`, in the order of its terms.

    The database looks for the few ids first, along one index, and then for all that hangs on them.
    """
    order = [column.desc() if descending else column for column in (places.c.term, places.c.id)]
    return row_query().join(places, places.c.id == Task.id).order_by(*order)


def complete(actor: Actor, tasks: Sequence[TaskRow]) -> Sequence[TaskRow]:
    """These tasks with their tags and parts: two more queries, however many there are."""
    if not tasks:
        return tasks
    ids = [task.id for task in tasks]
    tags, parts = _tags(ids), parts_of(actor, ids)
    for task in tasks:
        task.tags = tags.get(task.id, ())
        task.parts = parts[task.id]
    return tasks


def as_json(task: TaskRow, at: datetime | None = None) -> dict[str, Any]:
    """The task as `TaskOut` shows it, with instants as they are; `at` is when its clock is read."""
    assignment, pause, parts = task.assignment, task.open_pause, task.parts
    return {
        "id": task.id,
        "account_id": task.account_id,
        "title": task.title,
        "description": task.description,
        "status": task.status,
        "priority": task.priority,
        "visibility": task.visibility,
        "created_by": {"id": task.created_by_id, "name": task.creator.name},
        "assigned_to": {"id": task.assigned_to_id, "name": task.assignee.name} if task.assignee else None,
        "assignment_state": task.assignment_state,
        "answer_by": task.answer_by,
        "reassignment_count": assignment.reassignment_count if assignment else 0,
        "parent_task_id": task.parent_task_id,
        "subtasks": {
            "total": parts.total,
            "completed": parts.completed,
            "estimated_time": parts.estimated_time,
            "actual_time": parts.actual_time,
        },
        "due_date": task.due_date_time,
        "estimated_time": task.estimated_time,
        "actual_time": task.worked_seconds(at),
        "pause": {name: value for name, value in pause._asdict().items() if name != "id"} if pause else None,
        "tags": [tag.name for tag in task.tags],
        "custom_fields": task.custom_fields,
        "started_at": task.started_at,
        "completed_at": task.completed_at,
        "archived_at": task.archived_at,
        "deleted_at": task.deleted_at,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
        "version": task.version,
    }


def shown_rows(tasks: Iterable[TaskRow]) -> list[dict[str, Any]]:
    """Each of them for the API, as of now; an answer that shows a running clock ages."""
    at = now()
    tasks = list(tasks)
    if any(task.status == "in_progress" or task.parts.running for task in tasks):
        ages()
    return [as_json(task, at) for task in tasks]


def task_of(row: Sequence[Any]) -> TaskRow:
    """A row of a `row_query` as a task; its tags and parts are still to come."""
    creator_first, creator_last, assignee_first, assignee_last = row[_PEOPLE_AT:_ASSIGNMENT_AT]
    assignment, pause = row[_ASSIGNMENT_AT:_PAUSE_AT], row[_PAUSE_AT:_END]
    return TaskRow(
        *row[:_PEOPLE_AT],
        PersonRow(row[2], creator_first, creator_last),
        PersonRow(row[3], assignee_first, assignee_last) if row[3] is not None else None,
        AssignmentRow(*assignment) if assignment[0] is not None else None,
        PauseRow(*pause) if pause[0] is not None else None,
    )


def _tags(ids: Sequence[int]) -> dict[int, list[TagRow]]:
    def write() -> Select[Any]:
        query = select(TaskTag.task_id, Tag.name, Tag.colour).join(Tag, Tag.id == TaskTag.tag_id)
        return query.where(TaskTag.task_id.in_(one_of_many("ids", ids))).order_by(Tag.key)

    tags: dict[int, list[TagRow]] = {}
    for task_id, name, colour in ask("tags", size_for(len(ids)), write, **numbered("ids", ids)):
        tags.setdefault(task_id, []).append(TagRow(name, colour))
    return tags
