"""The exact clock. In every stretch of work, from its start to its finish, worked + paused = elapsed, to the second.

A stretch begins when a task is started and ends when it is completed or handed over. Inside it, time entries
(someone works) and pauses (it stands still) follow each other without a gap: one ends at the instant at which the
next begins. Imported clocks keep the sessions that the other tool knew, overlaps and interruptions included.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from todoapp.extensions import db
from todoapp.kit.clock import now, seconds
from todoapp.kit.errors import BadInput, Conflict
from todoapp.tasks.models import Task, TaskPause, TimeEntry


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of work. Times in seconds; `finished_at` is None while it lasts."""

    number: int
    started_at: datetime
    finished_at: datetime | None
    worked: int
    paused: int
    elapsed: int


def start_the_clock(task: Task, user_id: int, at: datetime | None = None) -> TimeEntry:
    """Begin a time entry: in the paused stretch, whose pause ends, or in a new one."""
    at = at or now()
    pause = open_pause(task)
    if pause:
        pause.resumed_at = max(at, pause.paused_at)
        at = pause.resumed_at
    else:
        task.stretch += 1
        task.started_at = at
    entry = TimeEntry(task_id=task.id, user_id=user_id, stretch=task.stretch, started_at=at)
    task.last_resumed_at = at
    task.status = "in_progress"
    db.session.add(entry)
    db.session.flush()
    db.session.expire(task, ["open_pause"])
    return entry


def stop_the_clock(
    task: Task,
    *,
    reason: str,
    by_id: int,
    at: datetime | None = None,
    end_stretch: bool = False,
    **pause_fields: object,
) -> TaskPause | None:
    """End the running time entry and open a pause, or, with `end_stretch`, end the open pause too. Does nothing at rest."""
    at = at or now()
    pause = open_pause(task)
    if pause and end_stretch:
        pause.resumed_at = max(at, pause.paused_at)
    if not pause:
        entry = running_entry(task)
        if entry is None:
            return None
        entry.ended_at = max(at, entry.started_at)
        task.actual_time += entry.worked_seconds()
        task.last_resumed_at = None
        if not end_stretch:
            pause = TaskPause(
                task_id=task.id,
                paused_by_id=by_id,
                stretch=task.stretch,
                paused_at=entry.ended_at,
                work_duration=task.actual_time,
                reason=reason,
                **pause_fields,
            )
            task.status = "paused"
            db.session.add(pause)
    db.session.flush()
    db.session.expire(task, ["open_pause"])
    return pause


def correct_stop(task: Task, stopped_at: datetime, by_id: int) -> datetime:
    """Say that the last time entry of the current stretch ended at `stopped_at`; the rest becomes a pause.

    Returns the instant at which it ended before (now, while it runs). Worked + paused = elapsed still holds.
    """
    entry = db.session.scalars(
        select(TimeEntry)
        .where(TimeEntry.task_id == task.id, TimeEntry.stretch == task.stretch)
        .order_by(TimeEntry.started_at.desc(), TimeEntry.id.desc())
        .limit(1)
    ).first()
    if entry is None or task.stretch == 0:
        raise Conflict("This task has no clock yet. Start it first.")
    ended_at = entry.ended_at or now()
    if not entry.started_at <= stopped_at <= ended_at:
        raise BadInput(
            fields={"stopped_at": [f"Give an instant from {entry.started_at.isoformat()} to {ended_at.isoformat()}."]}
        )
    if entry.ended_at is None:
        stop_the_clock(task, reason="clock corrected", by_id=by_id, at=stopped_at)
    else:
        _shorten(task, entry, ended_at, stopped_at, by_id)
    entry.corrected_at = now()
    db.session.flush()
    return ended_at


def _shorten(task: Task, entry: TimeEntry, ended_at: datetime, stopped_at: datetime, by_id: int) -> None:
    """End an ended time entry earlier: the pause that follows begins earlier, or there is one now."""
    following = db.session.scalars(
        select(TaskPause).where(
            TaskPause.task_id == task.id, TaskPause.stretch == task.stretch, TaskPause.paused_at == ended_at
        )
    ).first()
    task.actual_time -= seconds(ended_at - stopped_at)
    entry.ended_at = stopped_at
    if following is None:
        following = TaskPause(
            task_id=task.id,
            paused_by_id=by_id,
            stretch=task.stretch,
            resumed_at=ended_at,
            reason="clock corrected",
        )
        db.session.add(following)
    following.paused_at = stopped_at
    following.work_duration = task.actual_time


def open_pause(task: Task) -> TaskPause | None:
    """The pause in which the task stands now."""
    return db.session.scalars(
        select(TaskPause)
        .where(TaskPause.task_id == task.id, TaskPause.resumed_at.is_(None))
        .order_by(TaskPause.id.desc())
    ).first()


def running_entry(task: Task) -> TimeEntry | None:
    """The time entry that runs on the task now."""
    return db.session.scalars(
        select(TimeEntry).where(TimeEntry.task_id == task.id, TimeEntry.ended_at.is_(None))
    ).first()


def stretches_of(task: Task, at: datetime | None = None) -> list[Stretch]:
    """Each stretch of the task with its worked, paused and elapsed seconds, up to `at` (default: now) where it lasts."""
    at = at or now()
    entries = db.session.scalars(
        select(TimeEntry).where(TimeEntry.task_id == task.id).order_by(TimeEntry.started_at)
    ).all()
    pauses = db.session.scalars(
        select(TaskPause).where(TaskPause.task_id == task.id).order_by(TaskPause.paused_at)
    ).all()
    numbers = sorted({entry.stretch for entry in entries})
    return [
        _stretch(number, [e for e in entries if e.stretch == number], [p for p in pauses if p.stretch == number], at)
        for number in numbers
    ]


def _stretch(number: int, entries: Sequence[TimeEntry], pauses: Sequence[TaskPause], at: datetime) -> Stretch:
    ends = [entry.ended_at for entry in entries] + [pause.resumed_at for pause in pauses]
    finished = None if None in ends else max(end for end in ends if end)
    started = min(entry.started_at for entry in entries)
    interrupted = sum(entry.interrupted_seconds for entry in entries)
    return Stretch(
        number=number,
        started_at=started,
        finished_at=finished,
        worked=sum(entry.worked_seconds(at) for entry in entries),
        paused=sum(seconds((pause.resumed_at or at) - pause.paused_at) for pause in pauses) + interrupted,
        elapsed=seconds((finished or at) - started),
    )


def total_worked(task: Task) -> int:
    """Seconds of all closed time entries, summed by the rows themselves."""
    entries = db.session.scalars(select(TimeEntry).where(TimeEntry.task_id == task.id, TimeEntry.ended_at.is_not(None)))
    return sum(entry.worked_seconds() for entry in entries)


def pause_count(task: Task) -> int:
    """How often the task stood still."""
    return db.session.scalar(select(func.count(TaskPause.id)).where(TaskPause.task_id == task.id)) or 0
