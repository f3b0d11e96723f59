"""Tasks as cards: what boards and lists show of each, read in a handful of queries however many there are."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from todoapp.accounts.models import AccountMembership
from todoapp.actor import Actor
from todoapp.comments.queries import comment_counts
from todoapp.extensions import db
from todoapp.permissions import abilities, visible
from todoapp.tasks.deeds import deeds
from todoapp.tasks.models import Task
from todoapp.tasks.rows import PauseRow, PersonRow, TaskRow
from todoapp.users.models import User


def person(user: User | PersonRow) -> dict[str, Any]:
    """A person as every template takes one."""
    return {"user_id": user.id, "name": user.name, "initials": user.initials}


def cards_of(actor: Actor, tasks: Sequence[TaskRow]) -> dict[int, dict[str, Any]]:
    """The card of each task, by id."""
    may = abilities(actor, tasks, model=Task)
    awaited = awaited_by(actor, [task.open_pause for task in tasks if task.open_pause])
    comments = comment_counts([task.id for task in tasks])
    return {
        task.id: _card(actor, task, may[task.id], awaited) | {"comments": comments.get(task.id, 0)} for task in tasks
    }


def _card(actor: Actor, task: TaskRow, may: set[str], awaited: dict[int, dict[str, Any]]) -> dict[str, Any]:
    pause = task.open_pause
    return {
        "id": task.id,
        "title": task.title,
        "status": task.status,
        "priority": task.priority,
        "visibility": task.visibility,
        "assignee": person(task.assignee) if task.assignee else None,
        "due": task.due_date_time,
        "tags": [{"name": tag.name, "colour": tag.colour} for tag in task.tags],
        "steps": (task.parts.completed, task.parts.total) if task.parts.total else None,
        "tracked": task.worked_seconds() or None,
        "running": task.status == "in_progress",
        "waiting": bool(task.status == "pending" and task.assignment and task.assignment.state == "waiting"),
        "pause": {"reason": pause.reason, "waiting_for": awaited.get(pause.id)} if pause else None,
        "acts": deeds(actor, task, may),
    }


def awaited_by(actor: Actor, pauses: Iterable[PauseRow]) -> dict[int, dict[str, Any]]:
    """Whom or what each pause waits for, as far as the actor may see it: a text and, for a task, its address."""
    pauses = list(pauses)
    names = names_of({pause.waiting_for_user_id for pause in pauses} - {None})
    tasks = _titles(actor, {pause.waiting_for_task_id for pause in pauses} - {None})
    found: dict[int, dict[str, Any]] = {}
    for pause in pauses:
        parts = [names.get(pause.waiting_for_user_id or 0), tasks.get(pause.waiting_for_task_id or 0)]
        if any(parts):
            url = f"/tasks/{pause.waiting_for_task_id}" if parts[1] else None
            found[pause.id] = {"text": " and ".join(part for part in parts if part), "url": url}
    return found


def names_of(user_ids: set[Any]) -> dict[int, str]:
    """The names of these members, those included who have left."""
    if not user_ids:
        return {}
    members = select(AccountMembership).where(AccountMembership.user_id.in_(user_ids))
    return {member.user_id: member.user.name for member in db.session.scalars(members)}


def _titles(actor: Actor, ids: set[Any]) -> dict[int, str]:
    if not ids:
        return {}
    titles = select(Task.id, Task.title).where(Task.id.in_(ids), Task.deleted_at.is_(None), visible(actor))
    return {task_id: f"#{task_id} {title}" for task_id, title in db.session.execute(titles)}
