"""Refreshing: a refresh token is spent once and replaced; one that comes back late ends its whole family."""

from datetime import timedelta

from sqlalchemy import select

from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import NotSignedIn
from todoapp.kit.secrets import digest
from todoapp.kit.transaction import after_refusal
from todoapp.users.models import RefreshToken, Session
from todoapp.users.sessions import end_session, is_live
from todoapp.users.tokens import issue_refresh_token
from todoapp.users.tries import WrongSecret, count_try
from todoapp.users.visits import Visit, memberships_of, record_person

GRACE = timedelta(seconds=10)


def refresh(visit: Visit, *, refresh_token: str) -> tuple[Session, str]:
    """Spend a refresh token; returns its session and the next token.

    Two tabs may spend the same one within ten seconds. After that it was stolen, from us or from them: the family ends.
    """
    tried = count_try("refresh", visit.ip_address)
    token = _held(refresh_token)
    if token is None:
        raise WrongSecret("This refresh token is not valid. Sign in again.")
    session = token.session
    after_refusal(tried.was_right)
    if token.used_at is not None and now() - token.used_at > GRACE:
        session_id = session.id
        after_refusal(lambda: _end_family(visit, session_id))
        raise NotSignedIn("This refresh token was used before. For your safety the session was ended; sign in again.")
    if not _still_open(session):
        raise NotSignedIn("This session has ended. Sign in again.")
    token.used_at = token.used_at or now()
    session.last_seen_at = now()
    tried.was_right()
    return session, issue_refresh_token(session)


def _held(refresh_token: str) -> RefreshToken | None:
    query = select(RefreshToken).where(RefreshToken.token_hash == digest(refresh_token))
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def _still_open(session: Session) -> bool:
    if db.session.scalar(select(Session.id).where(Session.id == session.id, is_live())) is None:
        return False
    works_in = {membership.account_id for membership in memberships_of(session.user_id)}
    return session.account_id is None or session.account_id in works_in


def _end_family(visit: Visit, session_id: int) -> None:
    session = db.session.get_one(Session, session_id)
    if session.ended_at is None:
        end_session(session, "refresh_token_reused")
        record_person(visit, session.user, "refresh_token_reused", session.account_id)
