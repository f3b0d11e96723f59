"""What is said of a task, fit for JSON: as events keep what changed, and as a past state is put together again."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from todoapp.fields.models import PREFIX
from todoapp.tasks.models import Task

Facts = dict[str, Any]
HAND_OVER = ("assigned_to_id", "assignment_state", "status")
TRACKED = (
    "title",
    "description",
    *HAND_OVER,
    "priority",
    "visibility",
    "due_date_time",
    "estimated_time",
    "parent_task_id",
    "tags",
    "custom_fields",
    "archived_at",
    "deleted_at",
)
"""What every event that changes it must say the change of; `tests/tasks/test_past.py` holds all verbs to it."""


def facts_of(task: Task, names: Iterable[str] = TRACKED) -> Facts:
    """The task as it stands now."""
    return {name: _plain(fact_of(task, name)) for name in names}


def fact_of(task: Task, name: str) -> Any:
    """One field of the task; a custom one is named with its prefix, `custom_fields.customer`."""
    if name == "tags":
        return [tag.name for tag in task.tags]
    if name.startswith(PREFIX):
        return task.custom_fields.get(name.removeprefix(PREFIX))
    return getattr(task, name)


def changes_since(task: Task, before: Facts) -> dict[str, list[Any]]:
    """What differs from `before`: field to [before, now], as `record` takes it."""
    after = facts_of(task, before)
    return {name: [old, after[name]] for name, old in before.items() if old != after[name]}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0).isoformat()
    return value
