"""What the parts of a task come to: how many subtasks, how many of them done, and their times together."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, select

from todoapp.actor import Actor
from todoapp.kit.clock import now
from todoapp.kit.database import Instant, seconds_between
from todoapp.kit.prepared import numbered, one_of_many, size_for
from todoapp.permissions import visible
from todoapp.permissions.reaches import sight
from todoapp.tasks.models import Task
from todoapp.tenancy import ask


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
    ids = list(task_ids)
    rows = ask(
        "parts",
        (sight(actor), size_for(len(ids))),
        lambda: _sums(actor, ids),
        at=now(),
        **numbered("ids", ids),
    )
    found = {parent_id: Parts(*map(int, figures)) for parent_id, *figures in rows}
    return {task_id: found.get(task_id, Parts()) for task_id in ids}


def _sums(actor: Actor, ids: list[int]) -> Select[Any]:
    runs = and_(Task.status == "in_progress", Task.last_resumed_at.is_not(None))
    at = bindparam("at", now(), type_=Instant)
    running = case((runs, seconds_between(Task.last_resumed_at, at)), else_=0)
    return (
        select(
            Task.parent_task_id,
            func.count(Task.id),
            func.count(case((Task.status == "completed", Task.id))),
            func.coalesce(func.sum(Task.estimated_time), 0),
            func.sum(Task.actual_time + running),
            func.count(case((runs, Task.id))),
        )
        .where(Task.parent_task_id.in_(one_of_many("ids", ids)), Task.deleted_at.is_(None), visible(actor))
        .group_by(Task.parent_task_id)
    )


def with_parts(actor: Actor, tasks: Iterable[Task]) -> None:
    """Let each of these tasks know its parts, for whoever shows it."""
    tasks = list(tasks)
    parts = parts_of(actor, [task.id for task in tasks])
    for task in tasks:
        task.parts = parts[task.id]
