"""Managing members: role, manager, the right to reassign."""

from typing import Any

from todoapp.accounts.holding import hold_account
from todoapp.accounts.models import AccountMembership, rank
from todoapp.accounts.ranks import fitting_manager, keep_an_owner, may_grant
from todoapp.accounts.schemas import UpdateMember
from todoapp.accounts.succession import hand_reports, reports_of, revoke_invitations_of, successor_of
from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.kit.errors import BadInput
from todoapp.permissions import find


@action("member.update", subject=AccountMembership, fields=UpdateMember)
def update_member(
    actor: Actor, member: AccountMembership, *, successor_id: int | None = None, **fields: Any
) -> AccountMembership:
    """Promote, demote, put under another manager. Who is no manager any more hands their reports to a successor."""
    hold_account(actor)
    if successor_id is not None:
        find(actor, AccountMembership, successor_id)
    changes = {name: [getattr(member, name), new] for name, new in fields.items() if getattr(member, name) != new}
    if "role" in changes:
        _check_role(actor, member, fields["role"])
    if "manager_id" in changes:
        fitting_manager(actor, fields["manager_id"], member)
    for name in changes:
        setattr(member, name, fields[name])
    if not changes:
        return member
    event = record(actor, "member_updated", member, changes=changes, fields=sorted(changes), member_id=member.user_id)
    if "role" in changes:
        _lose_what_the_role_held(actor.through(actor.via, event.id), member, successor_id)
    return member


def _check_role(actor: Actor, member: AccountMembership, role: str) -> None:
    may_grant(actor, role)
    keep_an_owner(member)
    if role == "owner" and member.user.is_placeholder:
        raise BadInput(fields={"role": ["A placeholder cannot sign in. Invite the person first."]})


def _lose_what_the_role_held(actor: Actor, member: AccountMembership, successor_id: int | None) -> None:
    revoke_invitations_of(actor, member)
    reports = reports_of(member) if rank(member.role) < rank("manager") else []
    if reports:
        hand_reports(actor, member, reports, successor_of(actor, member, successor_id, has_reports=True))
