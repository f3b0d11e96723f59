"""API tokens: a signed access token of 15 minutes, and opaque refresh tokens, of which each is spent once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
from flask import current_app

from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.secrets import digest, key_for, new_secret
from todoapp.users.models import RefreshToken, Session

ACCESS_LIFE = timedelta(minutes=15)
ALGORITHM = "HS256"
CLOCKS_DIFFER = timedelta(seconds=30)
CLAIMS = ["iss", "aud", "exp", "iat", "jti", "sub", "sid", "account", "typ"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid access token says: whose session, in which account, until when."""

    session_id: int
    user_id: int
    account_id: int | None
    expires_at: datetime


def access_token(session: Session) -> str:
    """A token that opens the API for 15 minutes, in the account of `session`, as long as the session lives."""
    issued = now()
    claims = {
        "iss": current_app.config["BASE_URL"],
        "aud": _audience(),
        "iat": issued,
        "exp": min(issued + ACCESS_LIFE, session.expires_at),
        "jti": new_secret()[:16],
        "sub": f"user:{session.user_id}",
        "sid": session.id,
        "account": session.account_id or 0,
        "typ": "access",
    }
    return jwt.encode(claims, key_for("access token"), ALGORITHM)


def read_access_token(token: str) -> Claims | None:
    """The claims of a token that we signed and that still holds, else None."""
    try:
        claims = _decoded(token, key_for("access token"), current_app.config["BASE_URL"], _audience())
        kind, _, user_id = claims["sub"].partition(":")
        expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
        if claims["typ"] != "access" or kind != "user" or expires_at <= now():
            return None
        return Claims(int(claims["sid"]), int(user_id), int(claims["account"]) or None, expires_at)
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def _decoded(token: str, key: bytes, issuer: str, audience: str) -> dict[str, Any]:
    """What a token with our signature says; remembered, so whether it is too old is asked elsewhere."""
    return jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        issuer=issuer,
        audience=audience,
        leeway=CLOCKS_DIFFER,
        options={"require": CLAIMS},
    )


def issue_refresh_token(session: Session) -> str:
    """A new refresh token of `session`; it lives as long as the session and only its digest is kept."""
    secret = new_secret()
    db.session.add(RefreshToken(session=session, token_hash=digest(secret), expires_at=session.expires_at))
    db.session.flush()
    return secret


def _audience() -> str:
    return f"{current_app.config['BASE_URL']}/v1"
