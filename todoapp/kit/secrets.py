"""Secrets: made at random, kept as digests, keys that serve one purpose each."""

import hashlib
import hmac
import secrets

from flask import current_app


def new_secret() -> str:
    """256 random bits, fit for an address or a header."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a random secret; of no use to who reads it."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def key_for(purpose: str) -> bytes:
    """A key of its own for `purpose`, derived from SECRET_KEY, so that no signature passes for another kind."""
    return hmac.digest(current_app.config["SECRET_KEY"].encode(), purpose.encode(), "sha256")
