"""A task as it stood at an instant: its events undone, from the newest back to then."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from todoapp.activity.models import ActivityLog
from todoapp.activity.record import DENIED
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput
from todoapp.tasks.facts import Facts, facts_of
from todoapp.tasks.models import Task

BIRTHS = ("task_created", "task_imported")


def state_at(task: Task, instant: datetime) -> Facts:
    """What was said of the task at `instant`, after everything that happened up to then, in that second too."""
    if not task.created_at <= instant <= now():
        born = task.created_at.isoformat()
        raise BadInput(fields={"at": [f"Give an instant from {born}, when the task was made, to now."]})
    return undone(facts_of(task), events_after(task, instant))


def undone(state: Facts, events: list[Any]) -> Facts:
    """`state` without these events, the newest first."""
    state = dict(state)
    for changes in events:
        state |= {name: change[0] for name, change in changes.items() if name in state}
    return state


def events_after(task: Task, instant: datetime | None) -> list[dict[str, Any]]:
    """What each event changed after `instant`, the newest first; without one, the whole history, the birth included."""
    query = select(ActivityLog.changes).where(
        ActivityLog.resource_type == "Task", ActivityLog.resource_id == task.id, ActivityLog.action != DENIED
    )
    if instant is not None:
        query = query.where(ActivityLog.created_at > instant, ActivityLog.action.not_in(BIRTHS))
    return list(db.session.scalars(query.order_by(ActivityLog.created_at.desc(), ActivityLog.id.desc())))
