"""Assignments that nobody answers: noted once when their deadline passes and, where the account has it so, given back.

Whoever finds one first locks its task and looks again, so that twice, or two at once, is once.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import select

from todoapp.accounts.models import Account
from todoapp.activity.record import record
from todoapp.actor import Actor, by_the_clock
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.transaction import atomic, reading
from todoapp.tasks.actions.assigning import give_back, receiver_of_rejected
from todoapp.tasks.models import Task, TaskAssignment
from todoapp.tenancy import across_accounts, inside

AT_A_TIME = 100
NOT_IN_TIME = "not answered in time"


def note_all_unanswered(stop: Callable[[], bool] = lambda: False) -> int:
    """Note every assignment whose deadline has passed, each in a transaction of its own; returns how many there were."""
    noted, after, more = 0, 0, True
    while more and not stop():
        with reading():
            found = atomic(lambda after=after: _unanswered(after))  # type: ignore[misc]
        for account_id, task_id, _assignment_id in found:
            noted += atomic(lambda a=account_id, t=task_id: _note(a, t))  # type: ignore[misc]
        more = len(found) == AT_A_TIME
        after = found[-1][2] if found else after
    return noted


def _unanswered(after: int) -> Sequence[tuple[int, int, int]]:
    """Account, task and assignment, for the next of those that are late and not noted."""
    late = (
        select(TaskAssignment.account_id, TaskAssignment.task_id, TaskAssignment.id)
        .join(Task, Task.id == TaskAssignment.task_id)
        .join(Account, Account.id == TaskAssignment.account_id)
        .where(
            TaskAssignment.is_current,
            TaskAssignment.accepted_at.is_(None),
            TaskAssignment.rejected_at.is_(None),
            TaskAssignment.answer_by <= now(),
            TaskAssignment.overdue_at.is_(None),
            TaskAssignment.id > after,
            Task.status == "pending",
            Task.archived_at.is_(None),
            Task.deleted_at.is_(None),
            Account.deleted_at.is_(None),
        )
        .order_by(TaskAssignment.id)
        .limit(AT_A_TIME)
    )
    with across_accounts("deadlines pass in every account"):
        return [tuple(row) for row in db.session.execute(late)]  # type: ignore[misc]


def _note(account_id: int, task_id: int) -> bool:
    """Note that the task's current assignment is late; False where that is done, or has become untrue meanwhile."""
    with inside(account_id):
        task = db.session.scalars(
            select(Task).where(Task.id == task_id).with_for_update(of=Task),
            execution_options={"populate_existing": True},
        ).one()
        assignment = db.session.scalars(
            select(TaskAssignment).where(TaskAssignment.task_id == task_id, TaskAssignment.is_current),
            execution_options={"populate_existing": True},
        ).one_or_none()
        if assignment is None or not _is_late(task, assignment):
            return False
        settings = db.session.get_one(Account, account_id, populate_existing=True).settings
        _tell(by_the_clock(account_id, settings), task, assignment)
        db.session.flush()
        return True


def _is_late(task: Task, assignment: TaskAssignment) -> bool:
    waits = task.is_open and task.status == "pending" and assignment.state == "waiting"
    late = assignment.answer_by is not None and assignment.answer_by <= now()
    return waits and late and assignment.overdue_at is None


def _tell(actor: Actor, task: Task, assignment: TaskAssignment) -> None:
    assignment.overdue_at = now()
    people = {"assigned_to_id": assignment.assigned_to_id, "assigned_by_id": assignment.assigned_by_id}
    record(actor, "assignment_overdue", task, **people)
    back_to = receiver_of_rejected(assignment)
    if actor.settings.get("return_unanswered") and back_to != assignment.assigned_to_id:
        record(actor, "task_returned", task, **give_back(task, assignment, back_to, NOT_IN_TIME))
