"""Handing tasks over: assign, take, take back, accept, reject."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from todoapp.accounts.models import Account, AccountMembership
from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import due_instant, now
from todoapp.kit.errors import BadInput, Conflict, Forbidden
from todoapp.kit.fields import NoFields
from todoapp.permissions import allow, can, find
from todoapp.permissions.matrix import WHO_MAY
from todoapp.tasks.chain import hand_overs_of, store_chains
from todoapp.tasks.clockwork import stop_the_clock
from todoapp.tasks.facts import HAND_OVER, changes_since, facts_of
from todoapp.tasks.models import Task, TaskAssignment, TaskPause, TimeEntry
from todoapp.tasks.schemas import AssignTask, RejectTask
from todoapp.tenancy import current_account_id

_SAME: Any = object()
AS_THE_ACCOUNT_HAS_IT: Any = object()


def kind_of_hand_over(actor: Actor, task: Task, *, assigned_to_id: int, **_kw: Any) -> str:
    """Which row of the matrix a hand-over asks: whatever the address called, assigning an assigned task is a reassignment."""
    to_self = assigned_to_id == actor.user_id
    if task.assigned_to_id is None:
        return "task.take" if to_self else "task.assign"
    if task.assigned_to_id == assigned_to_id:
        return "task.view"
    if to_self:
        return "task.take_back" if can(actor, "task.take_back", task) else "task.take"
    return "task.reassign"


@action("task.assign", subject=Task, fields=AssignTask, asks=kind_of_hand_over)
def assign_task(
    actor: Actor,
    task: Task,
    *,
    assigned_to_id: int,
    due_date: datetime | date | None = _SAME,
    answer_by: datetime | None = AS_THE_ACCOUNT_HAS_IT,
) -> Task:
    """Hand the task to a member, who is to answer by `answer_by`. Handing it to the same person twice is handing it once."""
    kind = kind_of_hand_over(actor, task, assigned_to_id=assigned_to_id)
    assignee = fitting_assignee(actor, assigned_to_id)
    if kind == "task.view":
        return task
    must_be_open(task)
    if answer_by is not AS_THE_ACCOUNT_HAS_IT and answer_by is not None and answer_by <= now():
        raise BadInput(fields={"answer_by": ["Give an instant that is still to come."]})
    previously = task.assigned_to_id
    before = facts_of(task, (*HAND_OVER, "due_date_time"))
    if due_date is not _SAME:
        task.due_date_time = due_instant(due_date, assignee.user.timezone)
    hand_over(task, by_id=actor.user_id, to_id=assigned_to_id, answer_by=answer_by)
    event = {
        "task.assign": "task_assigned",
        "task.take": "task_taken",
        "task.take_back": "task_taken_back",
        "task.reassign": "task_reassigned",
    }[kind]
    changes = changes_since(task, before)
    record(actor, event, task, changes=changes, assigned_to_id=assigned_to_id, previously_id=previously)
    return task


@action(
    "task.take",
    subject=Task,
    fields=NoFields,
    asks=lambda actor, task: kind_of_hand_over(actor, task, assigned_to_id=actor.user_id),
)
def take_task(actor: Actor, task: Task) -> Task:
    """Make the task one's own."""
    return assign_task(actor, task, assigned_to_id=actor.user_id)


@action("task.take_back", subject=Task, fields=NoFields)
def take_back_task(actor: Actor, task: Task) -> Task:
    """Take back what one assigned oneself, before it is started."""
    return assign_task(actor, task, assigned_to_id=actor.user_id)


@action("task.accept", subject=Task, fields=NoFields)
def accept_task(actor: Actor, task: Task) -> Task:
    """Say yes to an assignment. Saying it twice is saying it once."""
    must_be_open(task)
    accept(actor, task, current_assignment(task))
    return task


@action("task.reject", subject=Task, fields=RejectTask)
def reject_task(actor: Actor, task: Task, *, reason: str) -> Task:
    """Say no to an assignment before it is started. The task returns to who assigned it; the rejecter loses sight of it."""
    must_be_open(task)
    if actor.settings.get("allow_rejection", True) is False:
        raise Forbidden("This account does not allow rejecting tasks. Talk to the person who assigned it.")
    assignment = current_assignment(task)
    if assignment.assigned_by_id == actor.user_id:
        raise Conflict("You hold this task yourself; there is nobody to return it to.")
    if task.status != "pending":
        raise Conflict("This task is already started. Pause it, or ask who assigned it to take it over.")
    returned = give_back(task, assignment, receiver_of_rejected(assignment), reason)
    record(actor, "task_rejected", task, **returned)
    return task


def give_back(task: Task, assignment: TaskAssignment, back_to: int, reason: str) -> dict[str, Any]:
    """End the assignment as a rejected one: the task is with `back_to`, as their own. Returns what the event says of it."""
    before = facts_of(task, HAND_OVER)
    assignment.rejected_at = now()
    assignment.rejection_reason = reason
    begin_assignment(task, by_id=back_to, to_id=back_to)
    people = {"assigned_to_id": back_to, "previously_id": before["assigned_to_id"]}
    return {"changes": changes_since(task, before), "reason": reason, **people}


def hand_over(*tasks: Task, by_id: int, to_id: int, answer_by: datetime | None = AS_THE_ACCOUNT_HAS_IT) -> None:
    """Put open tasks into other hands: the clock stops, its stretch ends, and they wait to be accepted."""
    ids = [task.id for task in tasks]
    running = select(TimeEntry.task_id).where(TimeEntry.task_id.in_(ids), TimeEntry.ended_at.is_(None))
    paused = select(TaskPause.task_id).where(TaskPause.task_id.in_(ids), TaskPause.resumed_at.is_(None))
    clocked = set(db.session.scalars(running)) | set(db.session.scalars(paused))
    for task in tasks:
        if task.id in clocked:
            stop_the_clock(task, reason="handed over", by_id=by_id, end_stretch=True)
        task.status = "pending"
    begin_assignments(tasks, by_id=by_id, to_id=to_id, answer_by=answer_by)


def begin_assignment(task: Task, *, by_id: int, to_id: int, at: datetime | None = None) -> TaskAssignment:
    """Write the hand-over, make it current and rewrite the chain. What one gives oneself is accepted."""
    return begin_assignments([task], by_id=by_id, to_id=to_id, at=at)[0]


def begin_assignments(
    tasks: Sequence[Task],
    *,
    by_id: int,
    to_id: int,
    at: datetime | None = None,
    answer_by: datetime | None = AS_THE_ACCOUNT_HAS_IT,
) -> list[TaskAssignment]:
    """`begin_assignment` for many tasks, a table at a time. A hand-over of the past (`at`) awaits no answer."""
    if by_id == to_id or at is not None:
        answer_by = None
    elif answer_by is AS_THE_ACCOUNT_HAS_IT:
        answer_by = usual_deadline()
    history = hand_overs_of([task.id for task in tasks])
    for task in tasks:
        following = _next_assignment(task, history[task.id], by_id, to_id, at or now())
        following.answer_by = answer_by
        history[task.id].append(following)
    db.session.add_all(assignments[-1] for assignments in history.values())
    store_chains(history)
    for task in tasks:
        db.session.expire(task, ["assignment", "assignee"])
    return [history[task.id][-1] for task in tasks]


def usual_deadline() -> datetime | None:
    """Until when an assignment of now is to be answered, as the account has it."""
    hours = db.session.get_one(Account, current_account_id()).settings.get("answer_within_hours")
    return now() + timedelta(hours=hours) if hours else None


def _next_assignment(
    task: Task, earlier: Sequence[TaskAssignment], by_id: int, to_id: int, at: datetime
) -> TaskAssignment:
    for assignment in earlier:
        assignment.is_current = False
    task.assigned_to_id = to_id
    return TaskAssignment(
        task_id=task.id,
        assigned_by_id=by_id,
        assigned_to_id=to_id,
        assigned_at=at,
        accepted_at=at if by_id == to_id else None,
        reassignment_count=earlier[-1].reassignment_count + 1 if earlier else 0,
        is_current=True,
    )


def accept(actor: Actor, task: Task, assignment: TaskAssignment) -> None:
    """Note that the assignee took the task on, unless they had before."""
    if assignment.accepted_at is None:
        assignment.accepted_at = now()
        record(actor, "task_accepted", task, changes={"assignment_state": ["waiting", "accepted"]})


def current_assignment(task: Task) -> TaskAssignment:
    """The newest hand-over of an assigned task."""
    return db.session.scalars(
        select(TaskAssignment).where(TaskAssignment.task_id == task.id, TaskAssignment.is_current)
    ).one()


def receiver_of_rejected(assignment: TaskAssignment) -> int:
    """Who gets a rejected task: the assigner; if they are gone, their manager, else an owner."""
    person_id: int | None = assignment.assigned_by_id
    seen: set[int] = set()
    while person_id is not None and person_id not in seen:
        seen.add(person_id)
        member = db.session.scalars(select(AccountMembership).where(AccountMembership.user_id == person_id)).one()
        if member.is_active and member.suspended_at is None:
            return member.user_id
        person_id = member.manager_id
    owners = select(AccountMembership.user_id).where(AccountMembership.role == "owner", AccountMembership.at_work())
    return db.session.scalars(owners.order_by(AccountMembership.id)).first() or assignment.assigned_by_id


def fitting_assignee(actor: Actor, user_id: int) -> AccountMembership:
    """The member to whom the actor may hand work, and who can do it: nobody who is shut out."""
    assignee = find(actor, AccountMembership, user_id)
    allow(actor, "member.assign", assignee)
    if assignee.suspended_at is not None:
        suspended = f"{assignee.user.name} is suspended. Name somebody else, or have them reactivated first."
        raise BadInput(fields={"assigned_to_id": [suspended]})
    return assignee


def must_be_open(task: Task) -> None:
    """Refuse work on what is put away or done."""
    if task.archived_at is not None:
        raise Conflict("This task is archived. Restore it first.")
    if task.status == "completed":
        raise Conflict("This task is completed. Reopen it first.")


__all__ = [
    "WHO_MAY",
    "accept_task",
    "assign_task",
    "begin_assignment",
    "hand_over",
    "reject_task",
    "take_back_task",
    "take_task",
]
