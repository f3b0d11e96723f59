"""The sheet of one task: its facts, what may be done now, its clock, its hand-overs and its history, ready to be drawn."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from todoapp.accounts.models import ROLES, AccountMembership
from todoapp.activity.phrases import FIELD_NAMES
from todoapp.activity.queries import Entry, history_of
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.fields.models import PREFIX
from todoapp.fields.queries import Known, known_fields
from todoapp.fields.wording import changes_in_words, shown
from todoapp.kit.clock import now, seconds
from todoapp.permissions import abilities, can, visible, within
from todoapp.tasks.cards import awaited_by, person
from todoapp.tasks.clockwork import Stretch, stretches_of
from todoapp.tasks.deeds import deeds
from todoapp.tasks.models import Task, TaskAssignment, TaskPause, TimeEntry
from todoapp.tasks.queries import assignments_of, subtasks_of
from todoapp.tasks.suggesting import suggested_assignees
from todoapp.users.models import User

EVENTS_SHOWN = 50
SUGGESTED = 3
ICONS = {
    "task_created": "plus",
    "task_imported": "upload",
    "task_updated": "pencil",
    "task_assigned": "user-plus",
    "task_reassigned": "user-plus",
    "task_taken": "hand",
    "task_taken_back": "undo-2",
    "task_accepted": "user-check",
    "task_rejected": "corner-up-left",
    "task_returned": "corner-up-left",
    "assignment_overdue": "timer",
    "task_started": "play",
    "task_paused": "pause",
    "task_resumed": "play",
    "task_completed": "check",
    "task_reopened": "rotate-ccw",
    "task_clock_corrected": "timer",
    "task_archived": "archive",
    "task_restored": "archive-restore",
    "task_deleted": "trash-2",
    "task_moved": "arrow-right",
    "task_commented": "message-square",
}
DOORS = {
    "api": "through the API",
    "import": "by an import",
    "automation": "by a rule",
    "cli": "from the command line",
    "admin": "from the administration",
}
ROLE_WORDS = {"user": "Users", "manager": "Managers", "super_manager": "Super managers", "owner": "Owners"}


def sheet_of(actor: Actor, task: Task, *, events: int = EVENTS_SHOWN) -> dict[str, Any]:
    """Everything that the page of `task` shows."""
    may = abilities(actor, [task])[task.id]
    acts = deeds(actor, task, may)
    stretches, known = stretches_of(task), known_fields()
    history = history_of(task, per_page=events, newest_first=True)
    more = f"/tasks/{task.id}?events={events + EVENTS_SHOWN}#history" if history.total_count > events else None
    return {
        "task": _facts(actor, task, stretches) | {"fields": shown(known, task.custom_fields)},
        "acts": acts,
        "board": way_back(actor, task),
        "assignable": [*least_loaded(actor, task), *assignable(actor)] if acts.get("assign") is True else [],
        "waitable": waitable(actor) if acts.get("pause") is True else [],
        "stretches": _clock(actor, task, stretches),
        "handovers": [_handover(one) for one in reversed(assignments_of(task))],
        "events": [_event(entry, known) for entry in history.rows],
        "more_events_url": more,
        "sequence": max((entry.id for entry in history.rows), default=None),
        "section": _section(actor, task),
    }


def _facts(actor: Actor, task: Task, stretches: list[Stretch]) -> dict[str, Any]:
    pause = task.open_pause
    return {
        "id": task.id,
        "title": task.title,
        "description": task.description,
        "status": task.status,
        "priority": task.priority,
        "visibility": task.visibility,
        "tags": [{"name": tag.name, "colour": tag.colour} for tag in task.tags],
        "version": task.version,
        "created_by": person(task.creator),
        "created_at": task.created_at,
        "assignee": person(task.assignee) if task.assignee else None,
        "assigned_by": person(task.assignment.assigner) if task.assignment and task.assignee else None,
        "accepted_at": task.assignment.accepted_at if task.assignment else None,
        "due": task.due_date_time,
        "estimated_time": task.estimated_time,
        "archived_at": task.archived_at,
        "deleted_at": task.deleted_at,
        "parent": _parent(actor, task),
        "subtasks": [_subtask(part) for part in subtasks_of(actor, task)],
        "running_since": task.last_resumed_at if task.status == "in_progress" else None,
        "worked": task.worked_seconds(),
        "paused": sum(stretch.paused for stretch in stretches),
        "pause": _pause(actor, pause) if pause else None,
    }


def _parent(actor: Actor, task: Task) -> dict[str, Any] | None:
    query = select(Task).where(Task.id == task.parent_task_id, Task.deleted_at.is_(None), visible(actor))
    parent = db.session.scalars(query).one_or_none() if task.parent_task_id else None
    return {"id": parent.id, "title": parent.title} if parent else None


def _subtask(part: Task) -> dict[str, Any]:
    assignee = person(part.assignee) if part.assignee else None
    return {"id": part.id, "title": part.title, "status": part.status, "assignee": assignee}


def _pause(actor: Actor, pause: TaskPause) -> dict[str, Any]:
    return {
        "reason": pause.reason,
        "comment": pause.comment,
        "progress": pause.progress_percentage,
        "since": pause.paused_at,
        "waiting_for": awaited_by(actor, [pause]).get(pause.id),
    }


def way_back(actor: Actor, task: Task) -> dict[str, str]:
    """The board where this reader finds the task: the assignee's if it opens for them, else their own."""
    if task.assignee and task.assigned_to_id != actor.user_id and _opens(actor, task.assignee):
        return {"title": f"{task.assignee.name}’s board", "url": f"/boards/people/{task.assigned_to_id}"}
    return {"title": "My board", "url": "/boards/me"}


def _section(actor: Actor, task: Task) -> str:
    return "me" if way_back(actor, task)["url"] == "/boards/me" else f"person-{task.assigned_to_id}"


def _opens(actor: Actor, user: User) -> bool:
    member = db.session.scalars(
        select(AccountMembership).where(AccountMembership.user_id == user.id, AccountMembership.left_at.is_(None))
    ).one_or_none()
    return member is not None and can(actor, "board.view", member)


def assignable(actor: Actor) -> list[dict[str, Any]]:
    """The members to whom the actor may assign, grouped by role."""
    members = _members(within(actor, "member.assign", AccountMembership))
    groups = {role: [_choice(member) for member in members if member.role == role] for role in ROLES}
    return [{"label": ROLE_WORDS[role], "options": options} for role, options in groups.items() if options]


def least_loaded(actor: Actor, task: Task) -> list[dict[str, Any]]:
    """The few who could best take the task, as the first group of its choices; none where there is hardly a choice."""
    found = suggested_assignees(
        actor, due=task.due_date_time, estimated_time=task.estimated_time, exclude=[task.assigned_to_id]
    )
    options = [{"value": one.member.user_id, "label": one.in_short} for one in found[:SUGGESTED]]
    return [{"label": "Least loaded", "options": options}] if len(found) > SUGGESTED else []


def waitable(actor: Actor) -> list[dict[str, Any]]:
    """The members for whom a pause may wait."""
    return [
        _choice(member) for member in _members(visible(actor, AccountMembership)) if member.user_id != actor.user_id
    ]


def _members(condition: Any) -> list[AccountMembership]:
    query = select(AccountMembership).join(User, User.id == AccountMembership.user_id)
    query = query.where(AccountMembership.at_work(), condition)
    return list(db.session.scalars(query.order_by(User.first_name, User.last_name, User.id)))


def _choice(member: AccountMembership) -> dict[str, Any]:
    return {"value": member.user_id, "label": member.user.name}


def _clock(actor: Actor, task: Task, stretches: list[Stretch]) -> list[dict[str, Any]]:
    entries = db.session.scalars(select(TimeEntry).where(TimeEntry.task_id == task.id)).all()
    pauses = db.session.scalars(
        select(TaskPause)
        .where(TaskPause.task_id == task.id)
        .order_by(TaskPause.paused_at)
        .options(selectinload(TaskPause.waiting_for_user))
    ).all()
    awaited = awaited_by(actor, pauses)
    return [
        {
            "started_at": stretch.started_at,
            "ended_at": stretch.finished_at,
            "worked": stretch.worked,
            "paused": stretch.paused,
            "elapsed": stretch.elapsed,
            "corrected": any(entry.corrected_at for entry in entries if entry.stretch == stretch.number),
            "segments": [
                *(_segment("work", stretch, e.started_at, e.ended_at) for e in entries if e.stretch == stretch.number),
                *(_segment("pause", stretch, p.paused_at, p.resumed_at) for p in pauses if p.stretch == stretch.number),
            ],
            "pauses": [_past_pause(pause, awaited) for pause in pauses if pause.stretch == stretch.number],
        }
        for stretch in reversed(stretches)
    ]


def _segment(kind: str, stretch: Stretch, start: datetime, end: datetime | None) -> dict[str, Any]:
    whole = max(stretch.elapsed, 1)
    length = seconds((end or stretch.finished_at or now()) - start)
    share = 100 / whole
    return {"kind": kind, "x": round(seconds(start - stretch.started_at) * share, 2), "width": round(length * share, 2)}


def _past_pause(pause: TaskPause, awaited: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return {
        "reason": pause.reason,
        "comment": pause.comment,
        "progress": pause.progress_percentage,
        "from": pause.paused_at,
        "until": pause.resumed_at,
        "waiting_for": awaited.get(pause.id, {}).get("text"),
    }


def _handover(assignment: TaskAssignment) -> dict[str, Any]:
    return {
        "by": person(assignment.assigner),
        "to": person(assignment.assignee),
        "at": assignment.assigned_at,
        "accepted_at": assignment.accepted_at,
        "rejected_at": assignment.rejected_at,
        "reason": assignment.rejection_reason,
        "current": assignment.is_current,
    }


def _event(entry: Entry, known: Known) -> dict[str, Any]:
    return {
        "icon": ICONS.get(entry.event, "info"),
        "sentence": entry.sentence,
        "detail": entry.details.get("comment"),
        "changes": _changes(entry, known) if entry.event == "task_updated" else [],
        "at": entry.at,
        "more": DOORS.get(entry.via, ""),
    }


def _changes(entry: Entry, known: Known) -> list[dict[str, Any]]:
    """What an edit changed, old and new; long texts are only named."""
    own = [
        {"label": FIELD_NAMES.get(name, name), "name": name, "old": old, "new": new}
        for name, (old, new) in sorted(entry.changes.items())
        if name not in ("description", "parent_task_id") and not name.startswith(PREFIX)
    ]
    return own + changes_in_words(known, entry.changes)
