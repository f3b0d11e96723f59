"""Who had a card. Trello puts several members on a card, a task has one assignee: the member who was added last and is
still there. The others are named in the custom field `trello_members`.
"""

from datetime import datetime

from todoapp.activity.record import Past
from todoapp.extensions import db
from todoapp.fields.values import LONGEST_TEXT
from todoapp.imports.taking import Work
from todoapp.imports.trello.export import Action, Card
from todoapp.tasks.actions.assigning import begin_assignment, current_assignment
from todoapp.tasks.chain import rewrite_chain
from todoapp.tasks.models import Task

ADDED, REMOVED = "addMemberToCard", "removeMemberFromCard"
HOLDING = {ADDED: "members put on cards", REMOVED: "members taken off cards"}


def hand_on(work: Work, task: Task, card: Card, actions: list[Action]) -> None:
    """Write every hand-over that the history knows, back-dated, and leave the task with who has the card now."""
    there = _before_history(card, actions)
    if there:
        assign(task, by_id=task.created_by_id, to_id=work.people.id_of(there[-1]), at=card.born_at)
        work.report.took("members of cards from before", len(there))
    for action in actions:
        _replay(work, task, action, there)
    there = [member_id for member_id in there if member_id in card.member_ids]
    _leave_with(work, task, there, card.last_change_at)
    if others := [work.people.name_of(member_id) for member_id in there[:-1]]:
        named = ", ".join(others)[:LONGEST_TEXT].rstrip()
        task.custom_fields = {**task.custom_fields, "trello_members": named}
        work.report.leave_out("further members of a card", "a task has one assignee; they are named on it", len(others))


def assign(task: Task, *, by_id: int, to_id: int, at: datetime) -> None:
    """Hand the task over. Trello knows no acceptance: who is on a card has it."""
    begin_assignment(task, by_id=by_id, to_id=to_id, at=at).accepted_at = at


def _before_history(card: Card, actions: list[Action]) -> list[str]:
    """Who was on the card before the first of `actions`: from how it stands now, backwards."""
    there = list(card.member_ids)
    for action in reversed(actions):
        if action.kind == ADDED and action.member_id in there:
            there.remove(action.member_id)
        elif action.kind == REMOVED and action.member_id not in there:
            there.append(action.member_id)
    return there


def _replay(work: Work, task: Task, action: Action, there: list[str]) -> None:
    """One member added or removed: who is there, the hand-over that follows from it, and its event."""
    by_id, member_id, before = work.who(action.by_id), work.people.id_of(action.member_id), task.assigned_to_id
    if action.member_id in there:
        there.remove(action.member_id)
    if action.kind == ADDED:
        there.append(action.member_id)
    after = work.people.id_of(there[-1]) if there else None
    if after is None:
        unassign(task)
    elif action.kind == ADDED or after != before:
        assign(task, by_id=by_id, to_id=after, at=action.at)
    if action.kind == REMOVED:
        event, details = "task_unassigned", {"previously_id": member_id, "assigned_to_id": after}
    else:
        event = "task_taken" if by_id == member_id else "task_assigned"
        details = {"assigned_to_id": member_id, "previously_id": before}
    changes = {"assigned_to_id": [before, after]} if before != after else {}
    work.tell(Past(event, task, action.at, by_id, details, changes), action.id, HOLDING[action.kind])


def _leave_with(work: Work, task: Task, there: list[str], at: datetime) -> None:
    """End with who is on the card, where the history says otherwise, or with nobody, where that person left the account."""
    holder = there[-1] if there else None
    if holder is not None and not work.people.is_here(holder):
        work.report.leave_out("assignees", "they left the account; their cards are nobody's")
        holder = None
    holder_id = work.people.id_of(holder) if holder else None
    if holder_id is None:
        unassign(task)
    elif holder_id != task.assigned_to_id:
        assign(task, by_id=work.actor.user_id, to_id=holder_id, at=at)


def unassign(task: Task) -> None:
    """End the task's current assignment, so that it is nobody's."""
    if task.assigned_to_id is None:
        return
    current_assignment(task).is_current = False
    task.assigned_to_id = None
    rewrite_chain(task)
    db.session.expire(task, ["assignment", "assignee"])
