"""The browser door of accounts: choosing, founding, joining, settings, closing."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from todoapp.accounts.branding import dressed, logo_of
from todoapp.accounts.choosing import loads_of
from todoapp.accounts.closing import restorable_until, restore_account
from todoapp.accounts.joining import accept_invitation
from todoapp.accounts.models import Account, Invitation
from todoapp.accounts.queries import OwnAccount, enter_own_account, own_accounts
from todoapp.accounts.running import create_account
from todoapp.accounts.schemas import AcceptInvitation, CreateAccount
from todoapp.actor import actor_for
from todoapp.extensions import db
from todoapp.kit.answers import done
from todoapp.kit.doors import opens
from todoapp.kit.errors import NotFound
from todoapp.kit.forms import FRESH, Form, read_form, shown_again_by
from todoapp.signed_in import current_session, current_user
from todoapp.tenancy import inside
from todoapp.users import cookie
from todoapp.users.links import opened_by
from todoapp.users.models import User
from todoapp.users.sessions import BROWSER, open_session, session_of_cookie
from todoapp.users.signing import switch_account
from todoapp.users.visits import current_visit

pages = Blueprint("accounts_pages", __name__)
pages.access = "session"  # type: ignore[attr-defined]
GONE = 410
A_YEAR = 365 * 24 * 3600


@pages.get("/accounts")
def choose() -> ResponseReturnValue:
    """One's accounts, with what waits in each."""
    here = current_session()
    owned = own_accounts(here.user_id)
    opened = [one for one in owned if one.account.is_open]
    loads = loads_of(here.user_id)
    return render_template(
        "users/accounts.html",
        accounts=[_choice(one, loads, here.account_id) for one in opened if not one.is_suspended],
        suspended=[dressed(one.account) for one in opened if one.is_suspended],
        deleted=[_deleted(one.account) for one in owned if one.account.deleted_at is not None],
    )


@pages.post("/accounts/<int:account_id>/enter")
def enter_account(account_id: int) -> ResponseReturnValue:
    """Work in another of one's accounts."""
    switch_account(current_session(), str(account_id))
    return redirect("/boards/me", code=303)


@pages.post("/accounts/<int:account_id>/restore")
def restore(account_id: int) -> ResponseReturnValue:
    """Restore an account that one owns, and work in it."""
    membership = enter_own_account(current_user().id, account_id)
    visit = current_visit()
    restore_account(actor_for(membership, via=visit.via, **visit.facts), membership.account)
    switch_account(current_session(), str(account_id))
    return done(f"{membership.account.name} is back.", "/boards/me")


@pages.get("/accounts/<int:account_id>/logo")
def logo(account_id: int) -> ResponseReturnValue:
    """The picture of one of one's accounts."""
    membership = enter_own_account(current_user().id, account_id)
    found = logo_of(membership.account)
    if found is None:
        raise NotFound
    answer = Response(found.content, mimetype="image/png")
    answer.set_etag(membership.account.logo_digest or "")
    answer.cache_control.private, answer.cache_control.max_age = True, A_YEAR if "v" in request.args else 0
    return answer.make_conditional(request)


@pages.get("/accounts/new")
def account_form(form: Form = FRESH) -> ResponseReturnValue:
    """Ask for the name of another account."""
    return render_template("accounts/new.html", values=form.values, errors=form.errors, problem=form.problem)


@pages.post("/accounts/new")
@shown_again_by(account_form)
def found() -> ResponseReturnValue:
    """Make another account and work in it."""
    account = create_account(current_user(), current_visit(), **read_form(CreateAccount(), "UTC"))
    switch_account(current_session(), str(account.id))
    return done(f"{account.name} is ready. Invite its members next.", "/members")


@pages.get("/invite/<token>")
@opens("public")
def invitation(token: str, form: Form = FRESH) -> ResponseReturnValue:
    """Who invites, into what, as what; and what is left to do to join."""
    found = opened_by("invite", token)
    here = session_of_cookie()
    known = {"values": form.values, "errors": form.errors, "problem": form.problem}
    if found is None:
        return render_template("accounts/invitation.html", invitation=None, state="gone", **known), GONE
    state = _state_of(found, here.user if here else None)
    me = {"name": here.user.name, "email": here.user.email} if here else None
    return render_template("accounts/invitation.html", invitation=_shown(found, token), state=state, me=me, **known)


@pages.post("/invite/<token>")
@opens("public")
@shown_again_by(invitation)
def join(token: str) -> ResponseReturnValue:
    """Join, and be signed in."""
    here = session_of_cookie()
    names = ("first_name", "last_name", "password")
    typed = {name: value for name, value in request.form.items() if name in names and value}
    fields = read_form(AcceptInvitation(), "UTC", typed | {"token": token})
    visit = current_visit()
    membership = accept_invitation(visit, signed_in=here.user if here else None, **fields)
    if here is not None and here.user_id == membership.user_id:
        switch_account(here, str(membership.account_id))
    else:
        cookie.keep(*open_session(membership.user_id, membership.account_id, kind=BROWSER, **visit.facts))
    return done(f"Welcome to {membership.account.name}.", "/boards/me")


def _choice(own: OwnAccount, loads: dict[int, tuple[int, int]], here: int | None) -> dict[str, Any]:
    open_count, late_count = loads.get(own.account.id, (0, 0))
    return dressed(own.account) | {
        "role": own.membership.role,
        "open_count": open_count,
        "late_count": late_count,
        "current": own.account.id == here,
    }


def _deleted(account: Account) -> dict[str, Any]:
    return dressed(account) | {"restorable_until": restorable_until(account)}


def _shown(found: Invitation, token: str) -> dict[str, Any]:
    with inside(found.account_id):
        return {
            "token": token,
            "email": found.email,
            "role": found.role,
            "account": dressed(found.account),
            "invited_by": found.invited_by.name,
            "manager": found.manager.name if found.manager else None,
            "expires_at": found.expires_at,
        }


def _state_of(found: Invitation, signed_in: User | None) -> str:
    if signed_in is not None:
        return "join" if signed_in.email == found.email else "other"
    known = db.session.scalar(select(User.id).where(User.email == found.email, User.activated_at.is_not(None)))
    return "sign_in" if known else "new"
