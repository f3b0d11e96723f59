"""The JSON doors of signing in and of one's own profile."""

from typing import Any

from todoapp.accounts.models import AccountMembership
from todoapp.kit.api import READ, WRITE, ApiBlueprint
from todoapp.kit.clock import now, seconds
from todoapp.kit.paging import Page, PageQuery
from todoapp.signed_in import current_actor, current_session
from todoapp.users import refreshing, registering, signing
from todoapp.users.models import Session, User
from todoapp.users.profile import update_preferences, update_profile
from todoapp.users.queries import live_sessions, own_session, sign_ins_of
from todoapp.users.resetting import ask_for_reset, change_password, reset_password
from todoapp.users.schemas import (
    AccessOut,
    AskByEmail,
    ChangePassword,
    MessageOut,
    OwnAccountsOut,
    PreferenceChanges,
    PreferencesOut,
    Refresh,
    Register,
    SessionsOut,
    SetPassword,
    SignedInOut,
    SignInFields,
    SignInsOut,
    SwitchAccount,
    TokensOut,
    UpdateProfile,
    UseLink,
    UserOut,
)
from todoapp.users.sessions import API
from todoapp.users.signing import end_own_session, sign_in, sign_out
from todoapp.users.tokens import ACCESS_LIFE, access_token
from todoapp.users.visits import current_visit, memberships_of

auth = ApiBlueprint("auth", __name__, url_prefix="/v1/auth", description="Registering, signing in and out, tokens")
me = ApiBlueprint("me", __name__, url_prefix="/v1/users/me", description="The person who is signed in")


def current_person() -> tuple[Session, User]:
    """The session and person behind the token. A token dies with the membership it was made for, here as elsewhere."""
    session = current_session()
    if session.account_id is not None:
        current_actor()
    return session, session.user


def access_answer(session: Session) -> dict[str, Any]:
    """An access token and what it opens."""
    works_in = memberships_of(session.user_id)
    lasts = min(ACCESS_LIFE, session.expires_at - now())
    return {
        "access_token": access_token(session),
        "token_type": "Bearer",
        "expires_in": seconds(lasts),
        "account": next((one for one in works_in if one.account_id == session.account_id), None),
    }


def wanted_account(fields: dict[str, Any]) -> str | None:
    """The account that a body names, by id or slug."""
    return fields.pop("account", None) or (str(fields.pop("account_id")) if "account_id" in fields else None)


@auth.post("/register")
@auth.public
@auth.arguments(Register)
@auth.response(202, MessageOut)
@auth.refusals(400, 413, 415, 422, 429, 503)
def register(fields: dict[str, Any]) -> dict[str, str]:
    """Register a person and an account that they own. The answer is the same for a known address."""
    registering.register(current_visit(), **fields)
    return {"message": f"We sent a mail to {fields['email']}. Open its link within 24 hours."}


@auth.post("/activate")
@auth.public
@auth.arguments(UseLink)
@auth.response(200, MessageOut)
@auth.refusals(400, 410, 413, 415, 422, 429, 503)
def activate(fields: dict[str, Any]) -> dict[str, str]:
    """Confirm an address by the token of its link. It works once."""
    registering.activate(current_visit(), **fields)
    return {"message": "Your e-mail address is confirmed. Sign in."}


@auth.post("/activate/resend")
@auth.public
@auth.arguments(AskByEmail)
@auth.response(202, MessageOut)
@auth.refusals(400, 413, 415, 422, 429, 503)
def resend_activation(fields: dict[str, Any]) -> dict[str, str]:
    """Ask for another activation link. The answer is the same for an unknown address."""
    registering.ask_for_activation(current_visit(), **fields)
    return {"message": "If this address waits to be confirmed, a link is on its way."}


@auth.post("/login")
@auth.public
@auth.arguments(SignInFields)
@auth.response(200, SignedInOut)
@auth.refusals(400, 401, 403, 404, 413, 415, 422, 429, 503)
def login(fields: dict[str, Any]) -> dict[str, Any]:
    """Sign in. `account_id` or `account` (slug) chooses the account, otherwise it is the one of last time."""
    account = wanted_account(fields)
    session, token = sign_in(current_visit(), **fields, account=account, kind=API)
    return {**access_answer(session), "refresh_token": token, "user": session.user}


@auth.post("/refresh")
@auth.public
@auth.arguments(Refresh)
@auth.response(200, TokensOut)
@auth.refusals(400, 401, 413, 415, 422, 429, 503)
def refresh(fields: dict[str, Any]) -> dict[str, Any]:
    """Exchange a refresh token, once, for a new pair. A spent one that comes back ends its whole family."""
    session, token = refreshing.refresh(current_visit(), **fields)
    return {**access_answer(session), "refresh_token": token}


@auth.post("/logout")
@auth.response(204)
@auth.refusals(*WRITE)
def logout() -> None:
    """Sign out: the access token and all refresh tokens of this session are dead."""
    sign_out(current_visit(), current_session())


@auth.post("/switch-account")
@auth.arguments(SwitchAccount)
@auth.response(200, AccessOut)
@auth.refusals(*WRITE)
def switch_account(fields: dict[str, Any]) -> dict[str, Any]:
    """Exchange the access token for one of another account of the same person. The refresh token stays."""
    session, _user = current_person()
    signing.switch_account(session, str(wanted_account(fields)))
    return access_answer(session)


@auth.post("/password/forgot")
@auth.public
@auth.arguments(AskByEmail)
@auth.response(202, MessageOut)
@auth.refusals(400, 413, 415, 422, 429, 503)
def forgot(fields: dict[str, Any]) -> dict[str, str]:
    """Ask for a link that sets a new password. The answer is the same for an unknown address."""
    ask_for_reset(current_visit(), **fields)
    return {"message": "If this address belongs to somebody here, a link is on its way. It works for one hour."}


@auth.post("/password/reset")
@auth.public
@auth.arguments(SetPassword)
@auth.response(200, MessageOut)
@auth.refusals(400, 410, 413, 415, 422, 429, 503)
def reset(fields: dict[str, Any]) -> dict[str, str]:
    """Set a new password by the token of a link. It works once, and all sessions end."""
    reset_password(current_visit(), **fields)
    return {"message": "Your new password is set, and you are signed out everywhere. Sign in."}


@me.get("")
@me.response(200, UserOut)
@me.refusals(*READ)
def show_me() -> User:
    """Who is signed in."""
    return current_person()[1]


@me.patch("")
@me.arguments(UpdateProfile)
@me.response(200, UserOut)
@me.refusals(*WRITE)
def change_me(fields: dict[str, Any]) -> User:
    """Change name, mobile, time zone, language or picture."""
    return update_profile(current_person()[1], **fields)


@me.get("/preferences")
@me.response(200, PreferencesOut)
@me.refusals(*READ)
def preferences() -> dict[str, Any]:
    """All preferences."""
    return {"preferences": current_person()[1].preferences}


@me.patch("/preferences")
@me.arguments(PreferenceChanges)
@me.response(200, PreferencesOut)
@me.refusals(*WRITE)
def change_preferences(fields: dict[str, Any]) -> dict[str, Any]:
    """Set the preferences that are named; null takes one out."""
    return {"preferences": update_preferences(current_person()[1], fields)}


@me.post("/password")
@me.arguments(ChangePassword)
@me.response(204)
@me.refusals(*WRITE, 429)
def set_password(fields: dict[str, Any]) -> None:
    """Change the password. All other sessions end."""
    change_password(current_visit(), current_person()[0], **fields)


@me.get("/sessions")
@me.arguments(PageQuery, location="query")
@me.response(200, SessionsOut)
@me.refusals(*READ)
def sessions(query: dict[str, Any]) -> dict[str, Any]:
    """Where one is signed in."""
    page = live_sessions(current_person()[0], **query)
    return {"sessions": page.rows, "meta": page.meta}


@me.delete("/sessions/<int:session_id>")
@me.response(204)
@me.refusals(*WRITE)
def end_session(session_id: int) -> None:
    """Sign one of one's devices out."""
    end_own_session(current_visit(), own_session(current_person()[1].id, session_id))


@me.get("/sign-ins")
@me.arguments(PageQuery, location="query")
@me.response(200, SignInsOut)
@me.refusals(*READ)
def sign_ins(query: dict[str, Any]) -> dict[str, Any]:
    """Every try to sign in as this person in the last 90 days."""
    page = sign_ins_of(current_person()[1].id, **query)
    return {"sign_ins": page.rows, "meta": page.meta}


@me.get("/accounts")
@me.arguments(PageQuery, location="query")
@me.response(200, OwnAccountsOut)
@me.refusals(*READ)
def accounts(query: dict[str, Any]) -> dict[str, Any]:
    """The accounts in which one works, with one's role in each."""
    works_in: list[AccountMembership] = memberships_of(current_person()[1].id)
    start = (query["page"] - 1) * query["per_page"]
    page = Page(works_in[start : start + query["per_page"]], **query, total_count=len(works_in))
    return {"accounts": page.rows, "meta": page.meta}
