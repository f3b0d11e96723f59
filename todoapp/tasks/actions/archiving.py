"""Putting tasks away and bringing them back."""

from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.kit.clock import now
from todoapp.kit.fields import NoFields
from todoapp.tasks.actions.progressing import pause
from todoapp.tasks.facts import changes_since, facts_of
from todoapp.tasks.models import Task


@action("task.archive", subject=Task, fields=NoFields)
def archive_task(actor: Actor, task: Task) -> Task:
    """Put the task away, out of the boards; a running clock is paused."""
    if task.archived_at is None:
        _let_rest(actor, task, "archived")
        task.archived_at = now()
        record(actor, "task_archived", task, changes=changes_since(task, {"archived_at": None}))
    return task


@action("task.delete", subject=Task, fields=NoFields)
def delete_task(actor: Actor, task: Task) -> Task:
    """Take the task out of sight; it can be restored."""
    if task.deleted_at is None:
        _let_rest(actor, task, "deleted")
        task.deleted_at = now()
        record(actor, "task_deleted", task, changes=changes_since(task, {"deleted_at": None}))
    return task


@action("task.restore", subject=Task, fields=NoFields)
def restore_task(actor: Actor, task: Task) -> Task:
    """Bring an archived or deleted task back as it was."""
    state = "deleted" if task.deleted_at is not None else "archived"
    before = facts_of(task, [f"{state}_at"])
    setattr(task, f"{state}_at", None)
    changes = changes_since(task, before)
    if changes:
        record(actor, "task_restored", task, changes=changes, from_state=state)
    return task


def _let_rest(actor: Actor, task: Task, reason: str) -> None:
    if task.status == "in_progress":
        pause(actor, task, reason)
