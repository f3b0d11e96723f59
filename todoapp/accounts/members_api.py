"""The JSON door of members and invitations."""

from typing import Any

from flask import request

from todoapp.accounts.absences import absences_of, add_absence, find_absence, remove_absence
from todoapp.accounts.api import actor_in, shown
from todoapp.accounts.holding import hold_member
from todoapp.accounts.inviting import invite_member, revoke_invitation
from todoapp.accounts.joining import accept_invitation
from todoapp.accounts.leaving import remove_member
from todoapp.accounts.managing import update_member
from todoapp.accounts.models import Absence, AccountMembership, Invitation
from todoapp.accounts.queries import find_invitation, list_invitations, list_members
from todoapp.accounts.schemas import (
    AbsenceOut,
    AbsencesOut,
    AcceptInvitation,
    InvitationOut,
    InvitationsOut,
    InviteMember,
    JoinedOut,
    MemberOut,
    MemberQuery,
    MembersOut,
    NewAbsence,
    RemoveMember,
    RemoveMemberQuery,
    UpdateMember,
)
from todoapp.accounts.suspending import reactivate_member, suspend_member
from todoapp.kit.api import READ, WRITE, ApiBlueprint
from todoapp.kit.paging import Page, PageQuery
from todoapp.permissions import find
from todoapp.users.sessions import session_of_access_token
from todoapp.users.visits import current_visit

blp = ApiBlueprint("members", __name__, url_prefix="/v1", description="Members of an account, and invitations")


@blp.get("/accounts/<int:account_id>/members")
@blp.arguments(MemberQuery, location="query")
@blp.response(200, MembersOut)
@blp.refusals(*READ)
def list_all(query: dict[str, Any], account_id: int) -> dict[str, Any]:
    """List the members of the account."""
    page = list_members(actor_in(account_id), query)
    return {"members": page.rows, "meta": page.meta}


@blp.post("/accounts/<int:account_id>/members")
@blp.arguments(InviteMember)
@blp.response(201, InvitationOut)
@blp.refusals(*WRITE)
def invite(fields: dict[str, Any], account_id: int) -> Invitation:
    """Invite somebody by mail. Inviting the same address again renews the invitation."""
    return invite_member(actor_in(account_id), **fields)


@blp.get("/accounts/<int:account_id>/members/<int:user_id>")
@blp.response(200, MemberOut)
@blp.refusals(*READ)
def show(account_id: int, user_id: int) -> AccountMembership:
    """Get a member."""
    return find(actor_in(account_id), AccountMembership, user_id)


@blp.patch("/accounts/<int:account_id>/members/<int:user_id>")
@blp.arguments(UpdateMember)
@blp.response(200, MemberOut)
@blp.refusals(*WRITE)
def update(fields: dict[str, Any], account_id: int, user_id: int) -> AccountMembership:
    """Change a member's role, manager or right to reassign."""
    actor = actor_in(account_id)
    return update_member(actor, hold_member(actor, user_id), **fields)


@blp.delete("/accounts/<int:account_id>/members/<int:user_id>")
@blp.arguments(RemoveMemberQuery, location="query")
@blp.arguments(RemoveMember, required=False)
@blp.response(204)
@blp.refusals(*WRITE)
def remove(query: dict[str, Any], fields: dict[str, Any], account_id: int, user_id: int) -> None:
    """Remove a member, or leave: reports and open tasks go to the successor, named in the query or in a body."""
    actor = actor_in(account_id)
    remove_member(actor, hold_member(actor, user_id), **query | fields)


@blp.post("/accounts/<int:account_id>/members/<int:user_id>/suspend")
@blp.response(200, MemberOut)
@blp.refusals(*WRITE)
def suspend(account_id: int, user_id: int) -> AccountMembership:
    """Shut a member out for now: their sessions end at once, role, reports and tasks stay."""
    actor = actor_in(account_id)
    return suspend_member(actor, hold_member(actor, user_id))


@blp.post("/accounts/<int:account_id>/members/<int:user_id>/reactivate")
@blp.response(200, MemberOut)
@blp.refusals(*WRITE)
def reactivate(account_id: int, user_id: int) -> AccountMembership:
    """Let a suspended member back in."""
    actor = actor_in(account_id)
    return reactivate_member(actor, hold_member(actor, user_id))


@blp.get("/accounts/<int:account_id>/members/<int:user_id>/absences")
@blp.response(200, AbsencesOut)
@blp.refusals(*READ)
def list_absences(account_id: int, user_id: int) -> dict[str, Any]:
    """List when a member is away, from today on."""
    rows = absences_of([find(actor_in(account_id), AccountMembership, user_id).user_id])
    return {"absences": rows, "meta": Page(list(rows), 1, max(len(rows), 1), len(rows)).meta}


@blp.post("/accounts/<int:account_id>/members/<int:user_id>/absences")
@blp.arguments(NewAbsence)
@blp.response(201, AbsenceOut)
@blp.refusals(*WRITE)
def plan_absence(fields: dict[str, Any], account_id: int, user_id: int) -> Absence:
    """Say when a member is away: yourself, or somebody below you."""
    actor = actor_in(account_id)
    return add_absence(actor, find(actor, AccountMembership, user_id), **fields)


@blp.delete("/accounts/<int:account_id>/members/<int:user_id>/absences/<int:absence_id>")
@blp.response(204)
@blp.refusals(*WRITE)
def take_absence_back(account_id: int, user_id: int, absence_id: int) -> None:
    """Take a planned absence back."""
    actor = actor_in(account_id)
    member = find(actor, AccountMembership, user_id)
    remove_absence(actor, member, absence=find_absence(member, absence_id))


@blp.get("/accounts/<int:account_id>/invitations")
@blp.arguments(PageQuery, location="query")
@blp.response(200, InvitationsOut)
@blp.refusals(*READ, 403)
def list_open(query: dict[str, Any], account_id: int) -> dict[str, Any]:
    """List the open invitations."""
    page = list_invitations(actor_in(account_id), **query)
    return {"invitations": page.rows, "meta": page.meta}


@blp.get("/accounts/<int:account_id>/invitations/<int:invitation_id>")
@blp.response(200, InvitationOut)
@blp.refusals(*READ, 403)
def show_invitation(account_id: int, invitation_id: int) -> Invitation:
    """Get an open invitation."""
    return find_invitation(actor_in(account_id), invitation_id)


@blp.delete("/accounts/<int:account_id>/invitations/<int:invitation_id>")
@blp.response(204)
@blp.refusals(*WRITE)
def revoke(account_id: int, invitation_id: int) -> None:
    """Take an invitation back."""
    actor = actor_in(account_id)
    revoke_invitation(actor, find_invitation(actor, invitation_id))


@blp.post("/invitations/accept")
@blp.public
@blp.arguments(AcceptInvitation)
@blp.response(200, JoinedOut)
@blp.refusals(*WRITE, 410, 429)
def accept(fields: dict[str, Any]) -> dict[str, Any]:
    """Join the account that invited you. New people send names and a password; known ones their token or password."""
    session = session_of_access_token(request.headers.get("Authorization", ""))
    membership = accept_invitation(current_visit(), signed_in=session.user if session else None, **fields)
    return {"account": shown(membership.account, membership.role), "member": membership}
