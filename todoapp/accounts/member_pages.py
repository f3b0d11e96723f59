"""The browser door of members: the list, one member, invitations."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask.typing import ResponseReturnValue

from todoapp.accounts.absences import absences_of, add_absence, find_absence, remove_absence
from todoapp.accounts.choosing import load_of
from todoapp.accounts.holding import hold_member
from todoapp.accounts.inviting import invite_member, revoke_invitation
from todoapp.accounts.leaving import remove_member
from todoapp.accounts.managing import update_member
from todoapp.accounts.models import Account, AccountMembership, Invitation
from todoapp.accounts.pages import pages
from todoapp.accounts.queries import (
    ROLE_WORDS,
    STATUSES,
    find_invitation,
    list_invitations,
    list_members,
    possible_managers,
    possible_successors,
    status_of,
)
from todoapp.accounts.ranks import grantable_roles
from todoapp.accounts.schemas import InviteMember, MemberQuery, NewAbsence, RemoveMember, UpdateMember
from todoapp.accounts.seats import seats_of
from todoapp.accounts.succession import reports_of
from todoapp.accounts.suspending import reactivate_member, suspend_member
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.answers import done
from todoapp.kit.errors import BadInput
from todoapp.kit.forms import FRESH, Form, read_form, shown_again_by
from todoapp.kit.pager import pager_of
from todoapp.permissions import abilities, allow, find, reaches_at_all
from todoapp.permissions.matrix import WHO_MAY
from todoapp.signed_in import current_actor
from todoapp.tasks.cards import person

ASKED = ("member.update", "member.add_absence", "member.suspend", "member.reactivate", "member.remove", "board.view")
MOST_INVITATIONS = 100


@pages.get("/members")
def members() -> ResponseReturnValue:
    """Everybody in the account, and those who are invited."""
    actor = current_actor()
    typed = {name: value for name, value in request.args.items() if value}
    status = typed.pop("status", "")
    query = MemberQuery().load(typed) | STATUSES.get(status, {})
    page = list_members(actor, query)
    may_invite = reaches_at_all(actor, "member.invite")
    may = abilities(actor, page.rows, ASKED)
    shown = status != "invited"
    return render_template(
        "accounts/members.html",
        members=[_row(one, may[one.id]) for one in page.rows] if shown else [],
        invitations=_invitations(actor, query) if may_invite and status in ("", "invited") and page.page == 1 else [],
        total=page.total_count,
        seats=seats_of(db.session.get_one(Account, actor.account_id)) if may_invite else None,
        filters={"search": query.get("search"), "role": (query.get("role") or [""])[0], "status": status},
        pager=pager_of(page, lambda number: _address(typed, status, number)) if shown else None,
        may_invite=may_invite,
        may_edit={one.user_id for one in page.rows if "member.update" in may[one.id]},
    )


@pages.get("/members/<int:user_id>")
def member(user_id: int, form: Form = FRESH) -> ResponseReturnValue:
    """One member: facts, role and manager, leaving."""
    actor = current_actor()
    found = find(actor, AccountMembership, user_id)
    may = abilities(actor, [found], ASKED)[found.id]
    acts = _acts(actor, found, may)
    current = {name: getattr(found, name) for name in ("role", "manager_id", "can_reassign_tasks")}
    return render_template(
        "accounts/member.html",
        member=_facts(found, may),
        values=current | _typed(form),
        errors=form.errors,
        problem=form.problem,
        roles=_roles(actor, found.role),
        managers=[_option(one) for one in possible_managers(actor, found)] if acts.get("update") is True else [],
        successors=_successors(actor, found)
        if {True} & {acts.get(name) for name in ("update", "remove", "leave")}
        else [],
        acts=acts,
        here=f"/members/{user_id}",
    )


@pages.post("/members/<int:user_id>")
@shown_again_by(member)
def save_member(user_id: int) -> ResponseReturnValue:
    """Change role, manager or the right to reassign."""
    actor = current_actor()
    found = update_member(actor, hold_member(actor, user_id), **read_form(UpdateMember(), actor.timezone))
    return done(f"{found.user.name} is saved.", f"/members/{user_id}")


@pages.post("/members/<int:user_id>/suspend")
@shown_again_by(member)
def suspend(user_id: int) -> ResponseReturnValue:
    """Shut the member out for now."""
    actor = current_actor()
    found = suspend_member(actor, hold_member(actor, user_id))
    return done(f"{found.user.name} is suspended.", f"/members/{user_id}", undo=f"/members/{user_id}/reactivate")


@pages.post("/members/<int:user_id>/reactivate")
@shown_again_by(member)
def reactivate(user_id: int) -> ResponseReturnValue:
    """Let the member back in."""
    actor = current_actor()
    found = reactivate_member(actor, hold_member(actor, user_id))
    return done(f"{found.user.name} may work here again.", f"/members/{user_id}")


@pages.post("/members/<int:user_id>/absences")
@shown_again_by(member)
def plan_absence(user_id: int) -> ResponseReturnValue:
    """Say when the member is away."""
    actor = current_actor()
    found = find(actor, AccountMembership, user_id)
    add_absence(actor, found, **read_form(NewAbsence(), actor.timezone))
    return done(f"The absence of {found.user.name} is noted.", f"/members/{user_id}")


@pages.post("/members/<int:user_id>/absences/<int:absence_id>/remove")
def take_absence_back(user_id: int, absence_id: int) -> ResponseReturnValue:
    """Take a planned absence back."""
    actor = current_actor()
    found = find(actor, AccountMembership, user_id)
    remove_absence(actor, found, absence=find_absence(found, absence_id))
    return done(f"The absence of {found.user.name} is taken back.", f"/members/{user_id}")


@pages.post("/members/<int:user_id>/remove")
@shown_again_by(member)
def remove(user_id: int) -> ResponseReturnValue:
    """Remove the member, or leave: somebody takes over."""
    actor = current_actor()
    found = remove_member(actor, hold_member(actor, user_id), **read_form(RemoveMember(), actor.timezone))
    if user_id == actor.user_id:
        return done("You left the account.", "/accounts")
    return done(f"{found.user.name} is no longer a member.", "/members")


@pages.get("/members/invite")
def invite_form(form: Form = FRESH) -> ResponseReturnValue:
    """Ask whom to invite, as what."""
    actor = current_actor()
    allow(actor, "member.invite")
    placeholder_id = request.values.get("placeholder_id", type=int)
    placeholder = find(actor, AccountMembership, placeholder_id) if placeholder_id else None
    return render_template(
        "accounts/invite.html",
        values=form.values or ({"role": placeholder.role, "manager_id": placeholder.manager_id} if placeholder else {}),
        errors=form.errors,
        problem=form.problem,
        roles=_roles(actor),
        managers=[_option(one) for one in possible_managers(actor)],
        placeholder=person(placeholder.user) if placeholder else None,
        here="/members/invite",
    )


@pages.post("/members/invite")
@shown_again_by(invite_form)
def invite() -> ResponseReturnValue:
    """Send the invitation."""
    actor = current_actor()
    found = invite_member(actor, **read_form(InviteMember(), actor.timezone))
    return done(f"The invitation to {found.email} is on its way.", "/members")


@pages.post("/members/invitations/<int:invitation_id>/resend")
def resend(invitation_id: int) -> ResponseReturnValue:
    """Send an open invitation again, for another seven days."""
    actor = current_actor()
    allow(actor, "member.invite")
    found = find_invitation(actor, invitation_id)
    asked = {name: getattr(found, name) for name in ("email", "role", "manager_id", "placeholder_id")}
    invite_member(actor, **asked)
    return done(f"The invitation to {asked['email']} is on its way again.", "/members")


@pages.post("/members/invitations/<int:invitation_id>/withdraw")
def withdraw(invitation_id: int) -> ResponseReturnValue:
    """Take an open invitation back."""
    actor = current_actor()
    allow(actor, "member.uninvite")
    found = revoke_invitation(actor, find_invitation(actor, invitation_id))
    return done(f"The invitation to {found.email} is taken back.", "/members")


def _row(one: AccountMembership, may: set[str]) -> dict[str, Any]:
    return person(one.user) | {
        "email": one.user.email,
        "role": one.role,
        "manager": person(one.manager) if one.manager else None,
        "can_reassign": one.can_reassign_tasks,
        "status": status_of(one),
        "board_url": f"/boards/people/{one.user_id}" if "board.view" in may else None,
    }


def _facts(one: AccountMembership, may: set[str]) -> dict[str, Any]:
    open_count, late_count = load_of(one.user_id)
    return _row(one, may) | {
        "joined_at": one.joined_at,
        "suspended_at": one.suspended_at,
        "absences": absences_of([one.user_id]),
        "timezone": one.user.timezone,
        "open_count": open_count,
        "late_count": late_count,
        "reports_count": len(reports_of(one)),
    }


def _acts(actor: Actor, one: AccountMembership, may: set[str]) -> dict[str, bool | str]:
    acts: dict[str, bool | str] = {}
    if "member.update" in may:
        acts["update"] = True
    elif reaches_at_all(actor, "member.update"):
        acts["update"] = WHO_MAY["member.update"]
    change = "suspend" if one.suspended_at is None else "reactivate"
    if f"member.{change}" in may and one.user_id != actor.user_id and not one.user.is_placeholder:
        acts[change] = True
    if "member.add_absence" in may:
        acts["absence"] = True
    if "member.remove" in may:
        acts["leave" if one.user_id == actor.user_id else "remove"] = True
    if reaches_at_all(actor, "member.invite"):
        acts["invite"] = True
    return acts


def _typed(form: Form) -> dict[str, Any]:
    names = {"role", "manager_id", "successor_id", "starts_on", "ends_on", "note"}
    kept = {name: value for name, value in form.values.items() if name in names}
    if form.is_refused:
        kept["can_reassign_tasks"] = "yes" in form.values.getlist("can_reassign_tasks")  # type: ignore[attr-defined]
    return kept


def _roles(actor: Actor, current: str | None = None) -> list[dict[str, Any]]:
    offered = [*grantable_roles(actor.role)]
    if current and current not in offered:
        offered.append(current)
    return [{"value": role, "label": ROLE_WORDS[role]} for role in offered]


def _successors(actor: Actor, one: AccountMembership) -> list[dict[str, Any]]:
    # The last person of an account has nobody; the page says so when they try.
    with suppress(BadInput):
        return [_option(person) for person in possible_successors(actor, one)]
    return []


def _option(one: AccountMembership) -> dict[str, Any]:
    return {"value": one.user_id, "label": one.user.name}


def _invitations(actor: Actor, query: dict[str, Any]) -> list[dict[str, Any]]:
    words = (query.get("search") or "").lower()
    return [
        _invited(one)
        for one in list_invitations(actor, per_page=MOST_INVITATIONS).rows
        if words in one.email.lower() and (not query.get("role") or one.role in query["role"])
    ]


def _invited(one: Invitation) -> dict[str, Any]:
    return {
        "id": one.id,
        "email": one.email,
        "role": one.role,
        "manager": person(one.manager) if one.manager else None,
        "invited_by": person(one.invited_by),
        "sent_at": one.created_at,
        "expires_at": one.expires_at,
    }


def _address(typed: dict[str, str], status: str, number: int) -> str:
    kept = typed | ({"status": status} if status else {}) | {"page": str(number)}
    return f"/members?{urlencode(kept)}"
