"""Sessions that a later file adds to a task which is here already: its clock is laid out anew, unless somebody here went on
with it.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from todoapp.activity.record import Past
from todoapp.extensions import db
from todoapp.imports.taking import Work
from todoapp.imports.worklog.clocks import BETWEEN, UNFINISHED, pauses_between
from todoapp.imports.worklog.items import add_entries
from todoapp.imports.worklog.tables import Session
from todoapp.tasks.clockwork import total_worked
from todoapp.tasks.models import Task, TaskPause, TimeEntry


def add_later_sessions(work: Work, sessions: Mapping[str, Sequence[Session]]) -> None:
    """Add the sessions to the tasks that their items became."""
    ids = {key: work.ledger.local_id("task", key) or 0 for key in sessions}
    here = work.tasks_here(ids.values())
    for key, later in sessions.items():
        task = here.get(ids[key])
        if task is None:
            work.report.leave_out("sessions", "their task was deleted here", len(later))
        elif not _is_as_imported(task):
            work.report.leave_out("sessions", "their task's clock has gone on here", len(later))
        else:
            _lay_out_anew(work, task, later)


def _is_as_imported(task: Task) -> bool:
    """Whether the clock holds nothing but what the work log said."""
    if task.stretch > 1 or task.status == "in_progress":
        return False
    pauses = db.session.scalars(select(TaskPause).where(TaskPause.task_id == task.id)).all()
    return all(pause.reason == BETWEEN or (pause.reason == UNFINISHED and pause.resumed_at is None) for pause in pauses)


def _lay_out_anew(work: Work, task: Task, later: Sequence[Session]) -> None:
    before = task.actual_time
    add_entries(work, [(task, later)])
    for pause in db.session.scalars(select(TaskPause).where(TaskPause.task_id == task.id)):
        db.session.delete(pause)
    entries = db.session.scalars(
        select(TimeEntry).where(TimeEntry.task_id == task.id).order_by(TimeEntry.started_at, TimeEntry.ended_at)
    ).all()
    task.stretch, task.started_at, task.actual_time = 1, entries[0].started_at, total_worked(task)
    if task.status == "pending":
        task.status = "paused"
    db.session.add_all(pauses_between(task, entries[0].user_id, entries))
    changes = {"actual_time": [before, task.actual_time]}
    work.tell(Past("task_updated", task, work.at, work.actor.user_id, {"fields": ["actual_time"]}, changes))
