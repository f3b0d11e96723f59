"""Who is behind this request: the one way from a cookie or a bearer token to an actor."""

from types import MappingProxyType

from flask import current_app, g, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from todoapp.accounts.models import AccountMembership
from todoapp.actor import Actor, actor_for
from todoapp.extensions import csrf, db, principal
from todoapp.kit.clock import now
from todoapp.kit.doors import access_of
from todoapp.kit.errors import NotSignedIn
from todoapp.kit.http import SAFE_METHODS, refuse_foreign_origin, refuse_other_bodies, speaks_json
from todoapp.kit.logs import note_whose
from todoapp.kit.transaction import remember_under
from todoapp.permissions.principal import identity_of
from todoapp.standing import STANDING, Standing, standing_of
from todoapp.tenancy import enter
from todoapp.users.models import Session, User
from todoapp.users.sessions import SEEN_EVERY, claims_of, note_seen, session_of_access_token, session_of_cookie

PAGES, API = "session", "token"


def current_session() -> Session:
    """The live session behind this request; `NotSignedIn` where there is none."""
    if "session_row" not in g:
        door = access_of_request()
        found = (
            session_of_access_token(request.headers.get("Authorization", "")) if door == API else session_of_cookie()
        )
        if found is None:
            raise NotSignedIn(
                "Sign in first." if door == PAGES else "Send a valid access token: Authorization: Bearer …"
            )
        g.session_row = found
        note_whose(found.account_id, found.user_id)
    return g.session_row  # type: ignore[no-any-return]


def standing() -> Standing | None:
    """Where the bearer of this request's access token stands; None at other doors, and where there is nothing to stand on."""
    if "standing" not in g:
        found = None
        if access_of_request() == API:
            found = request.environ.get(STANDING) or _ask_standing()
        if found is not None:
            note_whose(found.account_id, found.user_id)
            if found.last_seen_at <= now() - SEEN_EVERY:
                note_seen(found.session_id)
        g.standing = found
    return g.standing  # type: ignore[no-any-return]


def _ask_standing() -> Standing | None:
    return standing_of(db.session.connection(), claims_of(request.headers.get("Authorization", "")))


def current_user() -> User:
    """The person who is signed in, whatever account they are in."""
    return current_session().user


def current_actor() -> Actor:
    """The member who acts, in the account of their session; `NotSignedIn` where the membership or the account ended."""
    if "actor" not in g:
        g.actor = _standing_actor() or _member_actor()
        principal.set_identity(identity_of(g.actor))
    return g.actor  # type: ignore[no-any-return]


def _standing_actor() -> Actor | None:
    here = standing()
    if here is None:
        return None
    enter(here.account_id)
    remember_under((current_app.config["SQLALCHEMY_DATABASE_URI"], here.account_id, here.version))
    return Actor(
        account_id=here.account_id,
        user_id=here.user_id,
        role=here.role,
        name=here.name,
        timezone=here.timezone,
        manager_id=here.manager_id,
        can_reassign_tasks=here.can_reassign_tasks,
        settings=MappingProxyType(dict(here.settings)),
        via="api",
        session_id=here.session_id,
        **_request_facts(),
    )


def _member_actor() -> Actor:
    session = current_session()
    if session.account_id is None:
        raise NotSignedIn("Choose an account first.")
    enter(session.account_id)
    membership = open_membership(session.user_id)
    if membership is None:
        raise NotSignedIn("You cannot work in this account any more. Sign in again.")
    return actor_for(membership, via=door_of_request(), session_id=session.id, **_request_facts())


def _request_facts() -> dict[str, str | None]:
    return {"ip_address": request.remote_addr, "user_agent": request.headers.get("User-Agent", "")[:255]}


def open_membership(user_id: int) -> AccountMembership | None:
    """The membership of a person in the account at hand; None where it ended, is suspended, or the account is closed."""
    membership = db.session.scalars(
        select(AccountMembership)
        .where(AccountMembership.user_id == user_id, AccountMembership.at_work())
        .options(joinedload(AccountMembership.account))
    ).one_or_none()
    return membership if membership is not None and membership.account.is_open else None


def access_of_request() -> str | None:
    """How the door of this request opens."""
    return access_of(current_app, request.endpoint or "")


def door_of_request() -> str:
    """The face through which this request comes: api, web, or the one that its blueprint names."""
    if access_of_request() == API:
        return "api"
    return getattr(current_app.blueprints.get(request.blueprint or ""), "via", "web")


def keep_the_gate() -> None:
    """Run before each view, inside its transaction: nobody passes a door that does not open for them."""
    access = access_of_request()
    if request.method not in SAFE_METHODS and speaks_json():
        refuse_other_bodies()
    elif request.method not in SAFE_METHODS:
        refuse_foreign_origin()
        csrf.protect()
    if access != "public" and standing() is None:
        current_session()
