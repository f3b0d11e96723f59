"""Live sessions behind a cookie or an access token: opened at sign-in, checked at each request, ended for good."""

from contextlib import suppress
from datetime import timedelta

from flask import after_this_request, has_request_context
from flask.wrappers import Response
from flask_login import UserMixin, current_user
from sqlalchemy import ColumnElement, and_, or_, select, update

from todoapp.extensions import db, login_manager
from todoapp.kit.clock import now
from todoapp.kit.errors import TryAgain
from todoapp.kit.secrets import digest, new_secret
from todoapp.kit.transaction import atomic
from todoapp.users.models import Session
from todoapp.users.tokens import Claims, issue_refresh_token, read_access_token

BROWSER, API = "browser", "api"
LIFE = {BROWSER: timedelta(days=30), API: timedelta(days=7)}
IDLE_LIMIT = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)


class SignedIn(UserMixin):
    """Who Flask-Login sees behind a cookie: the session's secret and its row."""

    def __init__(self, secret: str, session: Session):
        self.secret = secret
        self.session = session

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.secret


def open_session(
    user_id: int,
    account_id: int | None,
    *,
    kind: str,
    ip_address: str | None = None,
    user_agent: str | None = None,
) -> tuple[Session, str]:
    """Open a session and return it with its secret: the browser's cookie, or the first refresh token of the API."""
    at = now()
    session = Session(
        user_id=user_id,
        account_id=account_id,
        kind=kind,
        ip_address=ip_address,
        user_agent=user_agent and user_agent[:255],
        created_at=at,
        last_seen_at=at,
        expires_at=at + LIFE[kind],
    )
    db.session.add(session)
    if kind == API:
        return session, issue_refresh_token(session)
    secret = new_secret()
    session.token_hash = digest(secret)
    db.session.flush()
    return session, secret


def session_of_cookie() -> Session | None:
    """The live session behind the browser's cookie."""
    return current_user.session if current_user.is_authenticated else None


def claims_of(header: str) -> Claims | None:
    """What the token in an `Authorization: Bearer` header claims, if it is one of ours and still holds."""
    scheme, _, token = header.partition(" ")
    return read_access_token(token.strip()) if scheme.lower() == "bearer" else None


def session_of_access_token(header: str) -> Session | None:
    """The live session behind an `Authorization: Bearer` header."""
    claims = claims_of(header)
    if claims is None:
        return None
    session = _live(Session.id == claims.session_id)
    if session is None or (session.user_id, session.account_id) != (claims.user_id, claims.account_id):
        return None
    return session


@login_manager.user_loader
def signed_in_by(secret: str) -> SignedIn | None:
    """The person whose browser holds `secret`, while their session lives."""
    session = _live(Session.token_hash == digest(secret), Session.kind == BROWSER)
    return session and SignedIn(secret, session)


def is_live() -> ColumnElement[bool]:
    """The SQL condition of a session that is neither ended nor expired nor idle for too long."""
    at = now()
    return and_(
        Session.ended_at.is_(None),
        Session.expires_at > at,
        or_(Session.kind == API, Session.last_seen_at > at - IDLE_LIMIT),
    )


def end_session(session: Session, reason: str) -> None:
    """End one session, at once and for good."""
    end_sessions(Session.id == session.id, reason=reason)


def end_sessions_of(user_id: int, *, reason: str, besides: Session | None = None) -> None:
    """End all sessions of a person, or all but one."""
    end_sessions(Session.user_id == user_id, Session.id != (besides.id if besides else 0), reason=reason)


def end_sessions(*which: ColumnElement[bool], reason: str) -> None:
    """End the sessions that meet all conditions; those that ended before keep their reason."""
    db.session.flush()
    ending = update(Session).where(*which, Session.ended_at.is_(None)).values(ended_at=now(), end_reason=reason)
    db.session.execute(ending, execution_options={"synchronize_session": "fetch"})


def _live(*which: ColumnElement[bool]) -> Session | None:
    session = db.session.scalars(select(Session).where(*which, is_live())).one_or_none()
    if session is not None and has_request_context() and session.last_seen_at <= now() - SEEN_EVERY:
        note_seen(session.id)
    return session


def note_seen(session_id: int) -> None:
    """Write after the answer, in a transaction of its own, that the session was seen: a GET's own work never writes."""

    @after_this_request
    def write(response: Response) -> Response:
        seen = update(Session).where(Session.id == session_id, Session.last_seen_at <= now() - SEEN_EVERY)
        with suppress(TryAgain):
            atomic(lambda: db.session.execute(seen.values(last_seen_at=now())))
        return response
