"""What the parts of a task come to: how many subtasks, how many of them done, and their times together."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import and_, case, func, select

from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.database import seconds_between
from todoapp.permissions import visible
from todoapp.tasks.models import Task


@dataclass(frozen=True, slots=True)
class Parts:
    """The direct subtasks that the reader sees, deleted ones aside; times in seconds, running clocks included.

    `running` is how many clocks run.
    """

    total: int = 0
    completed: int = 0
    estimated_time: int = 0
    actual_time: int = 0
    running: int = field(default=0, compare=False)

    @property
    def open(self) -> int:
        """How many are still to be done."""
        return self.total - self.completed


def parts_of(actor: Actor, task_ids: Collection[int]) -> dict[int, Parts]:
    """The parts of each of these tasks, in one query."""
    if not task_ids:
        return {}
    runs = and_(Task.status == "in_progress", Task.last_resumed_at.is_not(None))
    running = case((runs, seconds_between(Task.last_resumed_at, now())), else_=0)
    query = (
        select(
            Task.parent_task_id,
            func.count(Task.id),
            func.count(case((Task.status == "completed", Task.id))),
            func.coalesce(func.sum(Task.estimated_time), 0),
            func.sum(Task.actual_time + running),
            func.count(case((runs, Task.id))),
        )
        .where(Task.parent_task_id.in_(task_ids), Task.deleted_at.is_(None), visible(actor))
        .group_by(Task.parent_task_id)
    )
    found = {parent_id: Parts(*map(int, figures)) for parent_id, *figures in db.session.execute(query) if parent_id}
    return {task_id: found.get(task_id, Parts()) for task_id in task_ids}


def with_parts(actor: Actor, tasks: Iterable[Task]) -> None:
    """Let each of these tasks know its parts, for whoever shows it."""
    tasks = list(tasks)
    parts = parts_of(actor, [task.id for task in tasks])
    for task in tasks:
        task.parts = parts[task.id]
