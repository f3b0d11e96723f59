"""Changing what is said of a task. Two people at once: disjoint edits merge, the same field is refused with both values."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from todoapp.actions import action
from todoapp.activity.models import ActivityLog
from todoapp.activity.record import DENIED, record
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.fields.models import PREFIX
from todoapp.fields.queries import known_fields
from todoapp.fields.values import changed_values, merged
from todoapp.kit.clock import due_instant
from todoapp.kit.errors import Conflict
from todoapp.tasks.actions.creating import fitting_parent
from todoapp.tasks.facts import changes_since, fact_of, facts_of
from todoapp.tasks.models import Task
from todoapp.tasks.schemas import UpdateTask
from todoapp.tasks.tagging import fold, set_tags


@action("task.update", subject=Task, fields=UpdateTask)
def update_task(actor: Actor, task: Task, *, version: int | None = None, **fields: Any) -> Task:
    """Change the given fields; of the custom ones, those that are named. With `version`, a field that somebody else changed
    since then is a `Conflict`.
    """
    wanted = _as_columns(actor, task, fields)
    before = {name: fact_of(task, name) for name in wanted}
    changed = {name: [before[name], new] for name, new in wanted.items() if not _same(name, before[name], new)}
    if not changed:
        return task
    if version is not None and version < task.version:
        _refuse_overwriting(task, version, changed)
    if wanted.get("parent_task_id") is not None and "parent_task_id" in changed:
        fitting_parent(actor, wanted["parent_task_id"], task)
    stood = facts_of(task, changed)
    _write(task, {name: wanted[name] for name in changed})
    record(actor, "task_updated", task, changes=changes_since(task, stood), fields=sorted(changed))
    return task


def _as_columns(actor: Actor, task: Task, fields: dict[str, Any]) -> dict[str, Any]:
    columns = dict(fields)
    if "due_date" in columns:
        due: datetime | date | None = columns.pop("due_date")
        columns["due_date_time"] = due_instant(due, task.assignee.timezone if task.assignee else actor.timezone)
    if patch := columns.pop("custom_fields", None):
        values = changed_values(known_fields(), task.custom_fields, patch)
        columns |= {f"{PREFIX}{key}": value for key, value in values.items()}
    return columns


def _write(task: Task, fields: dict[str, Any]) -> None:
    custom = {name.removeprefix(PREFIX): value for name, value in fields.items() if name.startswith(PREFIX)}
    if custom:
        task.custom_fields = merged(task.custom_fields, custom)
    for name, value in fields.items():
        if name == "tags":
            set_tags(task, value)
        elif not name.startswith(PREFIX):
            setattr(task, name, value)


def _same(name: str, old: Any, new: Any) -> bool:
    if name == "tags":
        return {fold(tag) for tag in old} == {fold(tag) for tag in new}
    return bool(old == new)


def _refuse_overwriting(task: Task, version: int, changed: dict[str, list[Any]]) -> None:
    """The events since `version` say which fields others changed; those are not overwritten."""
    events = db.session.scalars(
        select(ActivityLog)
        .where(ActivityLog.resource_type == "Task", ActivityLog.resource_id == task.id, ActivityLog.action != DENIED)
        .order_by(ActivityLog.id.desc())
        .limit(task.version - version)
    )
    since = {name for event in events if event.details.get("version", 0) > version for name in event.changes}
    both = {
        name: {"theirs": _plain(old), "yours": _plain(new)} for name, (old, new) in changed.items() if name in since
    }
    if both:
        raise Conflict(
            "Somebody else changed the same field meanwhile. Choose a value and send it with the current version.",
            conflicts=both,
            version=task.version,
        )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
