"""The browser's side of a session: the cookie that holds its secret, and the theme that outlives it."""

from typing import Any

import flask
from flask_login import login_user

from todoapp.users.models import Session
from todoapp.users.sessions import SignedIn

THEME = "theme"
THEMES = ("light", "dark")
A_YEAR = 365 * 24 * 3600


def keep(session: Session, secret: str) -> None:
    """Let this browser be signed in. Nothing of what the cookie held before stays."""
    flask.session.clear()
    flask.session.permanent = True
    login_user(SignedIn(secret, session))


def forget() -> None:
    """Let this browser be signed out."""
    flask.session.clear()


def remember_theme(response: Any, theme: str | None) -> Any:
    """Keep the theme in a cookie too, for the pages on which nobody is known."""
    if theme in THEMES:
        secure = flask.current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(THEME, theme, max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure)
    else:
        response.delete_cookie(THEME)
    return response
