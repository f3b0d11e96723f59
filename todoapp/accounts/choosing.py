"""How much waits for a person: in the account at hand, and in each of their own to choose from."""

from sqlalchemy import Select, case, func, select

from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.tasks.models import Task
from todoapp.tenancy import across_accounts


def load_of(user_id: int) -> tuple[int, int]:
    """How many open tasks, and how many late ones, a member of the account at hand has."""
    return next(iter(db.session.execute(_counts(user_id)).all()), (0, 0, 0))[1:]  # type: ignore[return-value]


def loads_of(user_id: int) -> dict[int, tuple[int, int]]:
    """How many open tasks, and how many late ones, wait for the person in each account, by its id."""
    with across_accounts("a person's own tasks"):
        return {account_id: (total, late) for account_id, total, late in db.session.execute(_counts(user_id))}


def _counts(user_id: int) -> Select[tuple[int, int, int]]:
    return (
        select(Task.account_id, func.count(Task.id), func.count(case((Task.due_date_time < now(), Task.id))))
        .where(
            Task.assigned_to_id == user_id,
            Task.status != "completed",
            Task.archived_at.is_(None),
            Task.deleted_at.is_(None),
        )
        .group_by(Task.account_id)
    )
