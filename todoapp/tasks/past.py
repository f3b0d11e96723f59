"""A task as it stood at an instant: its events undone, from the newest back to then."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from todoapp.activity.models import ActivityLog
from todoapp.activity.record import DENIED
from todoapp.extensions import db
from todoapp.fields.models import PREFIX
from todoapp.fields.values import merged
from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput
from todoapp.tasks.facts import Facts, facts_of
from todoapp.tasks.models import Task
from todoapp.tasks.tagging import fold

BIRTHS = ("task_created", "task_imported")
RENAMED = "tag"


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
        custom = {name.removeprefix(PREFIX): old for name, (old, _new) in changes.items() if name.startswith(PREFIX)}
        if custom:
            state["custom_fields"] = merged(state["custom_fields"], custom)
        if RENAMED in changes and state["tags"]:
            old, new = changes[RENAMED]
            state["tags"] = sorted((old if name == new else name for name in state["tags"]), key=fold)
    return state


def events_after(task: Task, instant: datetime | None) -> list[dict[str, Any]]:
    """What each event changed after `instant`, the newest first; without one, the whole history, the birth included.

    A tag that was renamed is renamed on every task, so that is among it.
    """
    own = (ActivityLog.resource_type == "Task", ActivityLog.resource_id == task.id, ActivityLog.action != DENIED)
    since = task.created_at if instant is None else instant
    if instant is not None:
        own = (*own, ActivityLog.created_at > since, ActivityLog.action.not_in(BIRTHS))
    renamed = (ActivityLog.action == "tag_updated", ActivityLog.created_at > since)
    found = [(*when, changes) for *when, changes in _changes(*own)]
    found += [(*when, {RENAMED: changes["name"]}) for *when, changes in _changes(*renamed) if "name" in changes]
    return [changes for *_when, changes in sorted(found, key=lambda event: event[:2], reverse=True)]


def _changes(*which: Any) -> Any:
    return db.session.execute(select(ActivityLog.created_at, ActivityLog.id, ActivityLog.changes).where(*which))
