"""Events as live news: which events one hears of, and how a task stood before them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from todoapp.activity.models import ActivityLog
from todoapp.tasks.models import Task

HEARD = frozenset(
    {
        "task_created",
        "task_updated",
        "task_assigned",
        "task_reassigned",
        "task_taken",
        "task_taken_back",
        "task_unassigned",
        "task_accepted",
        "task_rejected",
        "task_returned",
        "assignment_overdue",
        "task_started",
        "task_paused",
        "task_resumed",
        "task_completed",
        "task_reopened",
        "task_clock_corrected",
        "task_archived",
        "task_restored",
        "task_deleted",
        "task_commented",
        "task_comment_edited",
        "task_comment_deleted",
    }
)
"""The events of a task that its channel says. What is not named here is never said."""

UNHEARD = frozenset({"task_imported", "task_moved"})
"""Events of a task that belong to histories taken over from elsewhere."""

STEPS = frozenset(
    {
        "task_assigned",
        "task_reassigned",
        "task_taken",
        "task_taken_back",
        "task_unassigned",
        "task_rejected",
        "task_returned",
    }
)
"""Hand-overs: they put a task back to pending, whatever it was."""

PEOPLE = frozenset({"member_joined", "member_updated", "member_removed", "member_left"})
"""Events after which others may see more or less, and who belongs to a team may be others."""

ENDINGS = frozenset({"signed_out", "session_ended", "password_changed", "refresh_token_reused", "account_deleted"})
"""Events after which somebody may have to go."""

IMPORTED = "account_imported"

MANY_TASKS = frozenset({IMPORTED, "tag_updated"})
"""Events that change many tasks and are not told task by task."""


@dataclass(frozen=True, slots=True)
class State:
    """What decides on which boards a task is. `present`: neither archived nor deleted, nor yet to be made."""

    present: bool
    assigned_to_id: int | None
    visibility: str


def state_of(task: Task) -> State:
    """How the task stands now."""
    return State(task.archived_at is None and task.deleted_at is None, task.assigned_to_id, task.visibility)


def states_before(task: Task, history: Sequence[ActivityLog], since: int = 0) -> list[State]:
    """How the task stood before `history`, its latest events, oldest first; then, before each of those later than that which
    somebody who has heard up to `since` may or may not have heard.
    """
    states = [state_of(task)]
    for event in reversed(history):
        states.append(_undone(event, states[-1]))
    known = sum(event.id <= since for event in history)
    return states[::-1][: known + 1]


def _undone(event: ActivityLog, state: State) -> State:
    if event.action in ("task_created", "task_restored"):
        state = replace(state, present=False)
    if event.action in ("task_archived", "task_deleted"):
        state = replace(state, present=True)
    if "assigned_to_id" in event.changes:
        state = replace(state, assigned_to_id=event.changes["assigned_to_id"][0])
    if "visibility" in event.changes:
        state = replace(state, visibility=event.changes["visibility"][0])
    return state


def moves(history: Iterable[ActivityLog]) -> bool:
    """Whether `history` put the task into another column."""
    return any("status" in event.changes or event.action in STEPS for event in history)


def of_tasks(events: Iterable[ActivityLog]) -> dict[int, list[ActivityLog]]:
    """The events that are said of tasks, by task, oldest first."""
    histories: dict[int, list[ActivityLog]] = {}
    for event in sorted(events, key=lambda event: event.id):
        if event.resource_type == "Task" and event.action in HEARD:
            histories.setdefault(event.resource_id, []).append(event)
    return histories
