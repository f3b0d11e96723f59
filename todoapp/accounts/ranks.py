"""Who may be what: the roles that an actor may give, who may be whose manager, and the owner who stays."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from todoapp.accounts.models import ROLES, AccountMembership, rank
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.errors import BadInput, Conflict, Forbidden
from todoapp.permissions import find
from todoapp.users.models import User


def grantable_roles(role: str) -> Sequence[str]:
    """The roles that somebody of this role may give: super managers those below their own, owners all."""
    if role == "owner":
        return ROLES
    return ROLES[: rank(role)] if role == "super_manager" else ()


def may_grant(actor: Actor, role: str) -> None:
    """Refuse to give a role that the actor may not give."""
    if role not in grantable_roles(actor.role):
        raise Forbidden("Super managers may give the roles below their own, owners may give every role.")


def fitting_manager(actor: Actor, manager_id: int | None, member: AccountMembership | None = None) -> int | None:
    """The id of a member who may be `member`'s manager: a manager or higher, and nobody below `member`.

    Only sure while the account is held: else two such moves at once could close a loop.
    """
    if manager_id is None:
        return None
    manager = find(actor, AccountMembership, manager_id)
    if rank(manager.role) < rank("manager"):
        raise BadInput(fields={"manager_id": ["Only managers, super managers and owners can have reports."]})
    if member is not None and member.user_id in line_above(manager.user_id, managers_now()):
        raise BadInput(fields={"manager_id": ["This would make a loop: that person reports to this member."]})
    return manager.user_id


def managers_now() -> dict[int, int | None]:
    """Who reports to whom: each active member's manager, by user id."""
    query = select(AccountMembership.user_id, AccountMembership.manager_id).where(AccountMembership.left_at.is_(None))
    return dict(db.session.execute(query).all())


def line_above(user_id: int, managers: Mapping[int, int | None]) -> list[int]:
    """The person and those above them, nearest first."""
    line: list[int] = []
    step: int | None = user_id
    while step is not None and step not in line:
        line.append(step)
        step = managers.get(step)
    return line


def keep_an_owner(member: AccountMembership) -> None:
    """Refuse to lose the last owner who can sign in and work. Only sure while the account is held."""
    if member.role != "owner":
        return
    others = select(AccountMembership.id).join(User, User.id == AccountMembership.user_id)
    others = others.where(
        AccountMembership.role == "owner",
        AccountMembership.at_work(),
        AccountMembership.user_id != member.user_id,
        User.email.is_not(None),
    )
    if db.session.scalar(others.limit(1)) is None:
        raise Conflict(
            "The last owner can be neither removed, suspended nor demoted. Make somebody else an owner, or delete the account."
        )
