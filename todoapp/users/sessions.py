"""Live sessions behind a cookie or an access token."""

from todoapp.users.models import Session


def session_of_cookie() -> Session | None:
    """The live session behind the browser's cookie."""
    return None


def session_of_access_token(header: str) -> Session | None:
    """The live session behind an `Authorization: Bearer` header."""
    return None
