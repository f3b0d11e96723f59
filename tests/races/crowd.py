"""People who act at the same moment, and what must hold of a task afterwards."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy import func, select

from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.tasks.chain import chain_of, hand_overs_of
from todoapp.tasks.clockwork import stretches_of
from todoapp.tasks.models import ChainLink, Task, TaskPause, TimeEntry


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all deeds at once, each in a thread; their results in order. What one raises is raised."""
    ready = Barrier(len(deeds))

    def at_once(deed: Callable[[], Any]) -> Any:
        ready.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(at_once, deed) for deed in deeds]]


def statuses(answers: Sequence[Any]) -> list[int]:
    """The statuses of answers, smallest first."""
    return sorted(answer.status_code for answer in answers)


def check_task(task: Task) -> None:
    """The state, the hand-overs, the chain, the clock and the events of a task tell one story."""
    hand_overs = hand_overs_of([task.id])[task.id]
    current = [row for row in hand_overs if row.is_current]
    assert [row.assigned_to_id for row in current] == ([task.assigned_to_id] if task.assigned_to_id else [])
    links = set(db.session.scalars(select(ChainLink.user_id).where(ChainLink.task_id == task.id)))
    assert links == set(chain_of(hand_overs))
    running = count_of(TimeEntry, TimeEntry.task_id == task.id, TimeEntry.ended_at.is_(None))
    standing = count_of(TaskPause, TaskPause.task_id == task.id, TaskPause.resumed_at.is_(None))
    assert (running, standing) == {"in_progress": (1, 0), "paused": (0, 1)}.get(task.status, (0, 0))
    assert all(stretch.worked + stretch.paused == stretch.elapsed for stretch in stretches_of(task))
    events = select(ActivityLog.details).where(ActivityLog.resource_type == "Task", ActivityLog.resource_id == task.id)
    versions = [
        details["version"] for details in db.session.scalars(events.order_by(ActivityLog.id)) if "version" in details
    ]
    assert versions == list(range(1, task.version + 1)), "every change is one version, and none is lost"


def count_of(model: Any, *which: Any) -> int:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model).where(*which)) or 0
