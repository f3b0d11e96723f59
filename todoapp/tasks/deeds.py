"""What a page offers to do with a task: each deed that fits its state, open to the actor or with a sentence that says who may."""

from todoapp.actor import Actor
from todoapp.permissions.matrix import WHO_MAY
from todoapp.tasks.models import Task

Deeds = dict[str, bool | str]

# Shown disabled with the reason, because a person would look for them there.
TEACHING = frozenset({"start", "resume", "pause", "complete", "reopen"})


def deeds(actor: Actor, task: Task, may: set[str]) -> Deeds:
    """Deeds by name: True, or the sentence that says who may. What is absent is not offered."""
    if task.deleted_at is not None:
        return _allowed({"restore": "task.restore"}, may)
    if task.archived_at is not None:
        return _allowed({"restore": "task.restore", "delete": "task.delete"}, may)
    offered = _allowed({"edit": "task.update", "archive": "task.archive", "delete": "task.delete"}, may)
    return offered | _work(task, may) | _hand_overs(actor, task, may)


def _allowed(rows: dict[str, str], may: set[str]) -> Deeds:
    return {name: True for name, row in rows.items() if row in may}


def _asked(names: tuple[str, ...], may: set[str]) -> Deeds:
    return {
        name: True if f"task.{name}" in may else WHO_MAY[f"task.{name}"]
        for name in names
        if f"task.{name}" in may or name in TEACHING
    }


def _work(task: Task, may: set[str]) -> Deeds:
    if task.assigned_to_id is None:
        return _allowed({"add_subtask": "task.update"}, may)
    if task.status == "completed":
        return _asked(("reopen",), may)
    offered = _allowed({"add_subtask": "task.update"}, may)
    if task.status == "pending":
        return offered | _asked(("start",), may) | _allowed({"complete": "task.complete"}, may)
    offered |= _allowed({"correct_clock": "task.correct_clock"}, may)
    return offered | _asked(("pause", "complete") if task.status == "in_progress" else ("resume", "complete"), may)


def _hand_overs(actor: Actor, task: Task, may: set[str]) -> Deeds:
    if task.status == "completed":
        return {}
    if task.assigned_to_id is None:
        return _allowed({"take": "task.take", "assign": "task.assign"}, may)
    offered = _answers(actor, task, may)
    if "task.reassign" in may:
        offered["assign"] = True
    elif "task.update" in may and actor.at_least("manager"):
        offered["assign"] = WHO_MAY["task.reassign"]
    if task.assigned_to_id != actor.user_id:
        if "task.take_back" in may:
            offered["take_back"] = True
        elif "task.take" in may:
            offered["take"] = True
    return offered


def _answers(actor: Actor, task: Task, may: set[str]) -> Deeds:
    assignment = task.assignment
    if assignment is None or task.status != "pending" or assignment.assigned_by_id == assignment.assigned_to_id:
        return {}
    offered = _allowed({"accept": "task.accept"}, may) if assignment.state == "waiting" else {}
    if actor.settings.get("allow_rejection", True) is not False:
        offered |= _allowed({"reject": "task.reject"}, may)
    return offered
