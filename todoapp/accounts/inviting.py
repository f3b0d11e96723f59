"""Inviting people by mail, and taking an invitation back."""

from datetime import timedelta

from sqlalchemy import select

from todoapp.accounts.holding import hold_account
from todoapp.accounts.models import Account, AccountMembership, Invitation
from todoapp.accounts.ranks import fitting_manager, may_grant
from todoapp.accounts.schemas import InviteMember
from todoapp.accounts.seats import seats_of
from todoapp.accounts.succession import revoke, still_open
from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput, Conflict
from todoapp.permissions import find
from todoapp.users.models import User

LIFE = timedelta(days=7)


@action("member.invite", fields=InviteMember)
def invite_member(
    actor: Actor,
    *,
    email: str,
    role: str = "user",
    manager_id: int | None = None,
    placeholder_id: int | None = None,
) -> Invitation:
    """Ask somebody in for seven days. Asking the same address again renews the invitation: the last mail counts."""
    account = hold_account(actor)
    may_grant(actor, role)
    placeholder = _placeholder(actor, placeholder_id)
    fitting_manager(actor, manager_id, placeholder)
    _refuse_member(email)
    _supersede(actor, email, placeholder_id)
    _take_seat(account, email)
    invitation = _open_for(email) or Invitation(email=email)
    invitation.role, invitation.manager_id, invitation.placeholder_id = role, manager_id, placeholder_id
    invitation.invited_by_id = actor.user_id
    invitation.created_at, invitation.expires_at = now(), now() + LIFE
    db.session.add(invitation)
    record(actor, "member_invited", invitation, email=email, role=role.replace("_", " "))
    db.session.expire(invitation, ["manager", "invited_by"])
    return invitation


@action("member.uninvite")
def revoke_invitation(actor: Actor, invitation: Invitation) -> Invitation:
    """Take an open invitation back; its link is dead at once."""
    hold_account(actor)
    may_grant(actor, invitation.role)
    revoke(actor, invitation)
    return invitation


def _placeholder(actor: Actor, user_id: int | None) -> AccountMembership | None:
    if user_id is None:
        return None
    member = find(actor, AccountMembership, user_id)
    if not member.user.is_placeholder:
        raise BadInput(fields={"placeholder_id": ["This person signs in already."]})
    may_grant(actor, member.role)
    return member


def _supersede(actor: Actor, email: str, placeholder_id: int | None) -> None:
    """An invitation that the actor could not have given is not theirs to renew; a placeholder waits for one address only."""
    earlier = Invitation.email == email
    if placeholder_id is not None:
        earlier |= Invitation.placeholder_id == placeholder_id
    for invitation in db.session.scalars(select(Invitation).where(earlier, still_open())).all():
        may_grant(actor, invitation.role)
        if invitation.email != email:
            revoke(actor, invitation)


def _refuse_member(email: str) -> None:
    query = select(AccountMembership.id).join(User, User.id == AccountMembership.user_id)
    if db.session.scalar(query.where(AccountMembership.left_at.is_(None), User.email == email)) is not None:
        raise Conflict("This address belongs to a member already.", fields={"email": ["Already a member."]})


def _open_for(email: str) -> Invitation | None:
    query = select(Invitation).where(Invitation.email == email, still_open()).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def _take_seat(account: Account, email: str) -> None:
    seats = seats_of(account, besides_email=email)
    if not seats.left:
        raise Conflict(
            f"All {seats.limit} seats of this account are taken, by members and by open invitations.",
            used=seats.used,
            limit=seats.limit,
        )
