"""What is kept of signing in for a time only."""

from datetime import timedelta

from sqlalchemy import select

from todoapp.kit.clock import now
from todoapp.kit.retention import delete_all
from todoapp.users.models import OneTimeLink, RefreshToken, SecretTries, Session, SignIn

SIGN_INS = timedelta(days=90)
ENDED_SESSIONS = timedelta(days=1)
TRIES = timedelta(days=1)


def forget_old() -> None:
    """Delete sign-ins after 90 days, links and sessions that opened their last door, and counters that ran out."""
    at = now()
    over = (Session.expires_at <= at - ENDED_SESSIONS) | (Session.ended_at <= at - ENDED_SESSIONS)
    delete_all(SignIn, SignIn.created_at < at - SIGN_INS)
    delete_all(OneTimeLink, OneTimeLink.expires_at <= at)
    delete_all(RefreshToken, RefreshToken.session_id.in_(select(Session.id).where(over)))
    delete_all(Session, over, ~select(RefreshToken.id).where(RefreshToken.session_id == Session.id).exists())
    delete_all(SecretTries, SecretTries.window_started_at < at - TRIES)
