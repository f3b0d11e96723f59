"""Making tasks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.fields.queries import known_fields
from todoapp.fields.values import changed_values
from todoapp.kit.clock import due_instant
from todoapp.kit.errors import BadInput
from todoapp.permissions import allow, find
from todoapp.tasks.actions.assigning import begin_assignment, fitting_assignee
from todoapp.tasks.facts import TRACKED, changes_since
from todoapp.tasks.models import Task
from todoapp.tasks.schemas import CreateTask
from todoapp.tasks.tagging import set_tags

DEEPEST = 5
_OWN = object()
HANDED = ("assigned_to_id", "assignment_state")


@action("task.create", fields=CreateTask)
def create_task(
    actor: Actor,
    *,
    title: str,
    assigned_to_id: Any = _OWN,
    due_date: datetime | date | None = None,
    parent_task_id: int | None = None,
    tags: list[str] | None = None,
    custom_fields: dict[str, Any] | None = None,
    **fields: Any,
) -> Task:
    """Make a task: the actor's own, nobody's (None), or another member's, whom the actor must be allowed to assign to."""
    assignee = None
    if assigned_to_id is not None:
        assignee = fitting_assignee(actor, actor.user_id if assigned_to_id is _OWN else assigned_to_id)
    task = Task(
        created_by_id=actor.user_id,
        title=title,
        due_date_time=due_instant(due_date, assignee.user.timezone if assignee else actor.timezone),
        position=next_position(),
        version=0,
        custom_fields=changed_values(known_fields(), {}, custom_fields) if custom_fields else {},
        **fields,
    )
    if parent_task_id is not None:
        task.parent_task_id = fitting_parent(actor, parent_task_id).id
    db.session.add(task)
    db.session.flush()
    if tags:
        set_tags(task, tags)
    if assignee:
        begin_assignment(task, by_id=actor.user_id, to_id=assignee.user_id)
    for_another = assignee is not None and assignee.user_id != actor.user_id
    made = TRACKED if not for_another else [name for name in TRACKED if name not in HANDED]
    record(
        actor,
        "task_created",
        task,
        changes=changes_since(task, dict.fromkeys(made)),
        title=title,
        assigned_to_id=task.assigned_to_id,
    )
    if for_another:
        handed = changes_since(task, dict.fromkeys(HANDED))
        record(actor, "task_assigned", task, changes=handed, assigned_to_id=task.assigned_to_id)
    return task


def next_position() -> int:
    """The place after all others of the account."""
    return (db.session.scalar(select(func.max(Task.id))) or 0) * 1024 + 1024


def fitting_parent(actor: Actor, parent_id: int, child: Task | None = None) -> Task:
    """The task under which `child` may be put: one that the actor may edit, at most five levels deep, without a loop."""
    parent = find(actor, Task, parent_id)
    allow(actor, "task.update", parent)
    above = [parent.id]
    while len(above) <= DEEPEST and (higher := db.session.get_one(Task, above[-1]).parent_task_id):
        above.append(higher)
    if child is not None and child.id in above:
        raise BadInput(fields={"parent_task_id": ["A task cannot be part of itself."]})
    if len(above) + height(child) > DEEPEST:
        raise BadInput(fields={"parent_task_id": [f"Subtasks go at most {DEEPEST} levels deep."]})
    return parent


def height(task: Task | None) -> int:
    """How many levels a task has, itself included; a new one has one."""
    levels, ids = 1, [task.id] if task else []
    while ids and levels <= DEEPEST:
        ids = list(db.session.scalars(select(Task.id).where(Task.parent_task_id.in_(ids))))
        levels += bool(ids)
    return levels
