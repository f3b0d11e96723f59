"""Working on tasks: start, pause, resume, complete, reopen, and mending a forgotten clock."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from todoapp.accounts.models import AccountMembership
from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput, Conflict
from todoapp.kit.fields import NoFields
from todoapp.permissions import find
from todoapp.tasks.actions.assigning import accept, current_assignment, must_be_open
from todoapp.tasks.clockwork import correct_stop, open_pause, start_the_clock, stop_the_clock
from todoapp.tasks.models import Task, TaskPause, TimeEntry
from todoapp.tasks.parts import parts_of
from todoapp.tasks.schemas import CorrectClock, PauseTask
from todoapp.tasks.snapshots import take_snapshot


@action("task.start", subject=Task, fields=NoFields)
def start_task(actor: Actor, task: Task) -> Task:
    """Begin, or go on with, the work. Starting an assigned task accepts it; what else the person had running is paused."""
    must_be_open(task)
    if task.status == "in_progress":
        return task
    _hold_ones_clock(actor)
    was_paused = task.status == "paused"
    accept(actor, task, current_assignment(task))
    at = now()
    switch_from_running(actor, task, at)
    start_the_clock(task, actor.user_id, at)
    before = "paused" if was_paused else "pending"
    record(actor, "task_resumed" if was_paused else "task_started", task, changes={"status": [before, "in_progress"]})
    return task


@action("task.resume", subject=Task, fields=NoFields)
def resume_task(actor: Actor, task: Task) -> Task:
    """Go on with a paused task."""
    must_be_open(task)
    if task.status == "pending":
        raise Conflict("This task is not started yet. Start it.")
    return start_task(actor, task)


@action("task.pause", subject=Task, fields=PauseTask)
def pause_task(
    actor: Actor,
    task: Task,
    *,
    reason: str,
    comment: str | None = None,
    progress_percentage: int | None = None,
    waiting_for_user_id: int | None = None,
    waiting_for_task_id: int | None = None,
) -> Task:
    """Let the work stand still, for a reason; optionally say how far it got and whom or what it waits for."""
    must_be_open(task)
    if task.status != "in_progress":
        raise Conflict("Only a task in progress can be paused.")
    if waiting_for_user_id is not None:
        find(actor, AccountMembership, waiting_for_user_id)
    if waiting_for_task_id == task.id:
        raise BadInput(fields={"waiting_for_task_id": ["A task cannot wait for itself."]})
    if waiting_for_task_id is not None:
        find(actor, Task, waiting_for_task_id)
    pause(
        actor,
        task,
        reason,
        comment=comment,
        progress_percentage=progress_percentage,
        waiting_for_user_id=waiting_for_user_id,
        waiting_for_task_id=waiting_for_task_id,
    )
    return task


@action("task.complete", subject=Task, fields=NoFields)
def complete_task(actor: Actor, task: Task) -> Task:
    """Finish the work; a running clock or an open pause ends here. Completing twice is completing once.

    Subtasks may still be open: the event says how many the actor sees.
    """
    if task.status == "completed":
        return task
    must_be_open(task)
    before, at = task.status, now()
    stop_the_clock(task, reason="completed", by_id=actor.user_id, at=at, end_stretch=True)
    task.status = "completed"
    task.completed_at = at
    take_snapshot(task, "milestone", progress=100)
    left = parts_of(actor, [task.id])[task.id].open
    beside = {"open_subtasks": left} if left else {}
    changes = {"status": [before, "completed"]}
    record(actor, "task_completed", task, changes=changes, worked=task.actual_time, **beside)
    return task


@action("task.reopen", subject=Task, fields=NoFields)
def reopen_task(actor: Actor, task: Task) -> Task:
    """Take a completed task up again: it is pending, and its next start begins a new stretch."""
    if task.archived_at is not None:
        must_be_open(task)
    if task.status != "completed":
        raise Conflict("Only a completed task can be reopened.")
    task.status = "pending"
    task.completed_at = None
    record(actor, "task_reopened", task, changes={"status": ["completed", "pending"]})
    return task


@action("task.correct_clock", subject=Task, fields=CorrectClock)
def correct_clock(actor: Actor, task: Task, *, stopped_at: datetime) -> Task:
    """Say when work really stopped ("I stopped at 17:30"); the time since becomes a pause."""
    before = task.status
    previously_at = correct_stop(task, stopped_at, actor.user_id)
    changes = {"status": [before, task.status]} if task.status != before else {}
    record(
        actor,
        "task_clock_corrected",
        task,
        changes=changes,
        stopped_at=stopped_at.isoformat(),
        previously_at=previously_at.isoformat(),
    )
    return task


def pause(actor: Actor, task: Task, reason: str, at: datetime | None = None, **fields: Any) -> TaskPause | None:
    """Stop the clock into a pause, with its snapshot and event."""
    stood = stop_the_clock(task, reason=reason, by_id=actor.user_id, at=at, **fields)
    take_snapshot(task, "pause", progress=fields.get("progress_percentage"))
    shown = {name: value for name, value in fields.items() if value is not None}
    record(actor, "task_paused", task, changes={"status": ["in_progress", "paused"]}, reason=reason, **shown)
    return stood


def _hold_ones_clock(actor: Actor) -> None:
    """Let nobody start two tasks of one person at once: else neither would see, and pause, the other."""
    query = select(AccountMembership.id).where(AccountMembership.user_id == actor.user_id)
    db.session.execute(query.with_for_update())


def switch_from_running(actor: Actor, task: Task, at: datetime) -> None:
    """One running task per person, unless the account says otherwise: pause the others with the reason "switched"."""
    if actor.settings.get("several_running_tasks"):
        return
    for other in running_tasks_of(actor.user_id):
        if other.id != task.id:
            pause(actor, other, "switched", at=at)


def running_tasks_of(user_id: int) -> list[Task]:
    """The tasks on which a person's clock runs, locked."""
    running = (
        select(Task)
        .join(TimeEntry, TimeEntry.task_id == Task.id)
        .where(TimeEntry.user_id == user_id, TimeEntry.ended_at.is_(None))
        .order_by(Task.id)
        .with_for_update(of=Task)
    )
    found = db.session.scalars(running).unique().all()
    return [task for task in found if task.status == "in_progress" and open_pause(task) is None]
