"""Sessions become time entries, the gaps between them pauses: worked + paused = elapsed, wherever sessions do not overlap.

Sessions are kept as they are: they may overlap, cross midnight or have no length.
"""

from collections.abc import Sequence
from itertools import pairwise

from todoapp.imports.worklog.tables import Session
from todoapp.tasks.models import Task, TaskPause, TimeEntry

BETWEEN = "between sessions"
UNFINISHED = "not finished in the work log"


def in_order(sessions: Sequence[Session]) -> list[Session]:
    """By start, then end."""
    return sorted(sessions, key=lambda session: (session.started_at, session.ended_at, session.key))


def pauses_between(task: Task, user_id: int, entries: Sequence[TimeEntry]) -> list[TaskPause]:
    """A pause for each gap between the entries, which are in order; an open one where the task is paused at the end."""
    pauses: list[TaskPause] = []
    worked, reach = 0, entries[0].started_at
    for entry in entries:
        if entry.started_at > reach:
            pauses.append(_pause(task, user_id, worked, BETWEEN, paused_at=reach, resumed_at=entry.started_at))
        worked += entry.worked_seconds()
        reach = max(reach, entry.ended_at or reach)
    if task.status == "paused":
        pauses.append(_pause(task, user_id, worked, UNFINISHED, paused_at=reach))
    return pauses


def overlaps_in(sessions: Sequence[Session]) -> int:
    """How many sessions begin before the one before them has ended."""
    return sum(later.started_at < earlier.ended_at for earlier, later in pairwise(in_order(sessions)))


def _pause(task: Task, user_id: int, worked: int, reason: str, **when: object) -> TaskPause:
    return TaskPause(task_id=task.id, paused_by_id=user_id, stretch=1, work_duration=worked, reason=reason, **when)
