"""Reading accounts and members: lists, the reporting tree, the switcher of people, seats."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from todoapp.accounts.models import Account, AccountMembership, Invitation
from todoapp.accounts.ranks import line_above, managers_now
from todoapp.accounts.succession import default_successor, may_follow, reports_of, still_open
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import NotFound
from todoapp.kit.paging import Page, page_of
from todoapp.kit.transaction import is_reading
from todoapp.permissions import allow, find, visible, within
from todoapp.tasks.models import OPEN, Task
from todoapp.tenancy import across_accounts, current_account_id, enter
from todoapp.users.models import Session, User

ACTIVE = AccountMembership.left_at.is_(None)
BY_NAME = (User.first_name, User.last_name, AccountMembership.id)
ROLE_WORDS = {"user": "User", "manager": "Manager", "super_manager": "Super manager", "owner": "Owner"}
MEMBER_SORTS = {
    "name": BY_NAME,
    "role": (AccountMembership.role, *BY_NAME),
    "joined": (AccountMembership.joined_at.desc(), AccountMembership.id.desc()),
}
STATUSES: dict[str, dict[str, bool]] = {
    "active": {"placeholder": False, "suspended": False},
    "suspended": {"suspended": True},
    "placeholder": {"placeholder": True},
}
"""The filter behind each status of the list."""


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One of a person's accounts, and the role that they have in it."""

    account: Account
    membership: AccountMembership

    @property
    def is_suspended(self) -> bool:
        """Whether the account shuts the person out."""
        return self.membership.suspended_at is not None


@dataclass(frozen=True, slots=True)
class PersonToOpen:
    """A member whose board the actor may open, with the load on it."""

    member: AccountMembership
    open_count: int
    late_count: int


@dataclass(slots=True)
class Branch:
    """A member and the branches of those who report to them."""

    member: AccountMembership
    reports: list["Branch"] = field(default_factory=list)


def own_accounts(user_id: int) -> list[OwnAccount]:
    """The accounts of a person, by name: the open ones, also those that shut them out, and as an owner the deleted ones."""
    with across_accounts("a person's own memberships"):
        found = db.session.scalars(
            select(AccountMembership)
            .join(AccountMembership.account)
            .where(AccountMembership.user_id == user_id, ACTIVE)
            .where(or_(Account.deleted_at.is_(None), AccountMembership.at_work() & (AccountMembership.role == "owner")))
            .options(contains_eager(AccountMembership.account))
            .order_by(Account.name, Account.id)
        ).all()
    return [OwnAccount(membership.account, membership) for membership in found]


def enter_own_account(user_id: int, account_id: int) -> AccountMembership:
    """Enter an account of the person's own, deleted or not, and return their membership."""
    own = select(AccountMembership).where(AccountMembership.user_id == user_id, AccountMembership.at_work())
    with across_accounts("a person's own membership"):
        membership = db.session.scalars(
            own.where(AccountMembership.account_id == account_id).options(joinedload(AccountMembership.account))
        ).one_or_none()
    if membership is None:
        raise NotFound
    enter(account_id)
    return membership


def list_members(actor: Actor, filters: dict[str, Any]) -> Page:
    """One page of members by name. Filters: role (several), manager_id, search (name or e-mail),
    suspended, placeholder; `sort` is one of MEMBER_SORTS.
    """
    if manager_id := filters.get("manager_id"):
        find(actor, AccountMembership, manager_id)
    conditions = [visible(actor, AccountMembership), ACTIVE, *_matching(filters)]
    query = select(AccountMembership).join(AccountMembership.user).where(*conditions)
    return page_of(
        query.options(contains_eager(AccountMembership.user), joinedload(AccountMembership.manager)).order_by(
            *MEMBER_SORTS.get(filters.get("sort") or "", BY_NAME)
        ),
        query.with_only_columns(AccountMembership.id),
        page=filters.get("page", 1),
        per_page=filters.get("per_page", 20),
    )


def status_of(one: AccountMembership) -> str:
    """One word for how a member stands: active, suspended, or a placeholder that an import made."""
    if one.suspended_at is not None:
        return "suspended"
    return "placeholder" if one.user.is_placeholder else "active"


def last_seen_of(user_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these members was last seen in the account at hand, on any device; who never was is left out."""
    seen = select(Session.user_id, func.max(Session.last_seen_at)).where(
        Session.user_id.in_(user_ids), Session.account_id == current_account_id()
    )
    return dict(db.session.execute(seen.group_by(Session.user_id)).all())


def _matching(filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    conditions = _named(filters.get("search"))
    if roles := filters.get("role"):
        conditions.append(AccountMembership.role.in_(roles))
    if manager_id := filters.get("manager_id"):
        conditions.append(AccountMembership.manager_id == manager_id)
    if filters.get("suspended") is not None:
        suspended = AccountMembership.suspended_at
        conditions.append(suspended.is_not(None) if filters["suspended"] else suspended.is_(None))
    if filters.get("placeholder") is not None:
        conditions.append(User.email.is_(None) if filters["placeholder"] else User.email.is_not(None))
    return conditions


def _named(search: str | None) -> list[ColumnElement[bool]]:
    """Each word stands somewhere in the name or in the address."""
    places = (User.first_name, User.last_name, User.email)
    return [or_(*(place.icontains(word, autoescape=True) for place in places)) for word in (search or "").split()]


def people_of(actor: Actor, *, search: str | None = None, limit: int = 50, offset: int = 0) -> list[PersonToOpen]:
    """The other members whose boards the actor may open, late ones first, each with open and late tasks."""
    openable = (within(actor, "board.view", AccountMembership), ACTIVE, AccountMembership.user_id != actor.user_id)
    load = _load_of(select(AccountMembership.user_id).where(*openable)).subquery()
    late, count = func.coalesce(load.c.late_count, 0), func.coalesce(load.c.open_count, 0)
    query = (
        select(AccountMembership, count, late)
        .join(AccountMembership.user)
        .options(contains_eager(AccountMembership.user))
        .outerjoin(load, load.c.user_id == AccountMembership.user_id)
        .where(*openable, *_named(search))
        .order_by(late.desc(), *BY_NAME)
    )
    rows = db.session.execute(query.limit(limit).offset(offset)).all()
    return [PersonToOpen(member, opened, overdue) for member, opened, overdue in rows]


def _load_of(people: Any) -> Any:
    return (
        select(
            Task.assigned_to_id.label("user_id"),
            func.count(Task.id).label("open_count"),
            func.count(case((Task.due_date_time < now(), Task.id))).label("late_count"),
        )
        .where(Task.assigned_to_id.in_(people))
        .where(Task.status.in_(OPEN), Task.archived_at.is_(None), Task.deleted_at.is_(None))
        .group_by(Task.assigned_to_id)
    )


def reporting_tree(actor: Actor) -> list[Branch]:
    """All members as a tree along the reporting line; at its roots stand those without a manager."""
    query = select(AccountMembership).join(AccountMembership.user).options(contains_eager(AccountMembership.user))
    members = db.session.scalars(query.where(visible(actor, AccountMembership), ACTIVE).order_by(*BY_NAME)).all()
    branches = {member.user_id: Branch(member) for member in members}
    roots: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.member.manager_id or 0)
        (above.reports if above else roots).append(branch)
    return roots


def list_invitations(actor: Actor, *, page: int = 1, per_page: int = 20) -> Page:
    """One page of the open invitations, newest first."""
    allow(actor, "member.invite")
    query = (
        select(Invitation)
        .where(still_open())
        .options(joinedload(Invitation.manager), joinedload(Invitation.invited_by))
        .order_by(Invitation.id.desc())
    )
    return page_of(query, select(Invitation.id).where(still_open()), page=page, per_page=per_page)


def find_invitation(actor: Actor, invitation_id: int) -> Invitation:
    """The open invitation under this id, locked unless the work only reads."""
    allow(actor, "member.invite")
    query = select(Invitation).where(Invitation.id == invitation_id, still_open())
    if not is_reading():
        query = query.with_for_update(of=Invitation).execution_options(populate_existing=True)
    invitation = db.session.scalars(query).one_or_none()
    if invitation is None:
        raise NotFound
    return invitation


def possible_managers(actor: Actor, member: AccountMembership | None = None) -> list[AccountMembership]:
    """Who may be `member`'s manager (or a new member's): managers and higher, nobody below the member."""
    candidates = _members_with(visible(actor, AccountMembership), AccountMembership.role != "user")
    if member is None:
        return candidates
    managers = managers_now()
    return [one for one in candidates if member.user_id not in line_above(one.user_id, managers)]


def possible_successors(actor: Actor, member: AccountMembership) -> list[AccountMembership]:
    """Who may take over from `member`, the default one first."""
    default = default_successor(actor, member)
    has_reports = bool(reports_of(member))
    others = _members_with(within(actor, "member.assign", AccountMembership))
    barred = (member.user_id, default.user_id)
    return [default] + [one for one in others if one.user_id not in barred and may_follow(one, has_reports=has_reports)]


def _members_with(*conditions: ColumnElement[bool]) -> list[AccountMembership]:
    query = select(AccountMembership).join(AccountMembership.user).options(contains_eager(AccountMembership.user))
    return list(db.session.scalars(query.where(and_(*conditions), ACTIVE).order_by(*BY_NAME)))
