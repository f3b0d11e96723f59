"""An account in figures, and what in it wants somebody's attention."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, func, select

from todoapp.accounts.models import ROLES, AccountMembership, Invitation
from todoapp.accounts.seats import Seats
from todoapp.activity.models import ActivityLog, Delivery
from todoapp.activity.record import DENIED
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.tasks.models import Task
from todoapp.tenancy import current_account_id
from todoapp.users.models import User

LAST_DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Work:
    """How many tasks there are: open ones, those late among them, those with nobody, and those completed in seven days."""

    open: int
    late: int
    unassigned: int
    completed: int


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to look at: a sentence, and where to go."""

    sentence: str
    url: str
    label: str


def members_by_role() -> dict[str, int]:
    """How many people work here in each role, suspended ones and placeholders aside."""
    query = (
        select(AccountMembership.role, func.count(AccountMembership.id))
        .join(User, User.id == AccountMembership.user_id)
        .where(AccountMembership.at_work(), User.email.is_not(None))
        .group_by(AccountMembership.role)
    )
    found = dict(db.session.execute(query).all())
    return {role: found.get(role, 0) for role in reversed(ROLES)}


def work_in() -> Work:
    """The tasks of the account at hand in figures, whoever may see them."""
    at = now()
    unfinished = Task.status != "completed"
    row = db.session.execute(
        select(
            func.count(case((unfinished, Task.id))),
            func.count(case((unfinished & (Task.due_date_time < at), Task.id))),
            func.count(case((unfinished & Task.assigned_to_id.is_(None), Task.id))),
            func.count(case((Task.completed_at >= at - LAST_DAYS, Task.id))),
        ).where(Task.deleted_at.is_(None), Task.archived_at.is_(None))
    ).one()
    return Work(*row)


def attention(seats: Seats) -> list[Alert]:
    """What an owner would want to know today."""
    placeholders, suspended, unmanaged = _odd_members()
    lapsed, refused, lost = _lapsed_invitations(), _refused_acts(), _lost_messages()
    found = [
        (not seats.left, "Every seat is taken: nobody can be invited.", "/admin/settings/", "See the plan"),
        (
            placeholders,
            f"{_count(placeholders, 'imported person', 'imported people')} cannot sign in until invited.",
            "/admin/member/?status=placeholder",
            "Invite them",
        ),
        (suspended, f"{_count(suspended, 'member')} suspended.", "/admin/member/?status=suspended", "See who"),
        (
            unmanaged,
            f"{_count(unmanaged, 'user')} without a manager: only super managers and owners see their boards.",
            "/admin/member/?role=user",
            "Name managers",
        ),
        (lapsed, f"{_count(lapsed, 'invitation')} lapsed unanswered.", "/members/invite", "Invite again"),
        (refused, f"{_count(refused, 'act')} refused in the last seven days.", "/admin/audit/?denied=true", "See them"),
        (
            lost,
            f"{_count(lost, 'message')} could not be delivered in the last seven days.",
            "/admin/audit/",
            "See the log",
        ),
    ]
    return [Alert(sentence, url, label) for holds, sentence, url, label in found if holds]


def _odd_members() -> tuple[int, int, int]:
    """How many were imported and not invited, how many are suspended, how many users have no manager."""
    unmanaged = (AccountMembership.role == "user") & AccountMembership.manager_id.is_(None) & User.email.is_not(None)
    row = db.session.execute(
        select(
            func.count(case((User.email.is_(None), AccountMembership.id))),
            func.count(case((AccountMembership.suspended_at.is_not(None), AccountMembership.id))),
            func.count(case((unmanaged, AccountMembership.id))),
        )
        .join(User, User.id == AccountMembership.user_id)
        .where(AccountMembership.left_at.is_(None))
    ).one()
    return tuple(row)


def _lapsed_invitations() -> int:
    unanswered = Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)
    lately = Invitation.expires_at.between(now() - 4 * LAST_DAYS, now())
    return db.session.scalar(select(func.count(Invitation.id)).where(*unanswered, lately)) or 0


def _refused_acts() -> int:
    refused = ActivityLog.action == DENIED, ActivityLog.created_at >= now() - LAST_DAYS
    return db.session.scalar(select(func.count(ActivityLog.id)).where(*refused)) or 0


def _lost_messages() -> int:
    lost = Delivery.account_id == current_account_id(), Delivery.dead_at >= now() - LAST_DAYS
    return db.session.scalar(select(func.count(Delivery.id)).where(*lost)) or 0


def _count(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
