"""What every page can use: the person, the account, the switcher of people, static addresses with a content hash."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_wtf.csrf import generate_csrf

from todoapp.accounts.branding import dressed
from todoapp.accounts.models import Account
from todoapp.accounts.queries import people_of
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit import words
from todoapp.permissions import reaches_at_all
from todoapp.tasks.cards import person
from todoapp.users import cookie
from todoapp.users.models import User

A_WEEK = 7 * 24 * 3600
A_YEAR = 365 * 24 * 3600


def dress_templates(app: Flask) -> None:
    """Give the templates their globals, filters and the context of the shell."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(words.filters(zone_of_reader))
    app.jinja_env.globals.update(static_url=static_url, csrf_token=generate_csrf)
    app.context_processor(shell)
    app.after_request(_keep_stamped)


def static_url(path: str, stamped: bool = True) -> str:
    """The address of a static file; the stamp changes with its content, so that browsers may keep it for good."""
    known: dict[tuple[str, bool], str] = g.setdefault("static_urls", {})
    if (path, stamped) not in known:
        file = Path(current_app.static_folder or "") / path
        stamp = _stamp(file, file.stat().st_mtime_ns) if stamped and file.is_file() else None
        known[path, stamped] = url_for("static", filename=path, v=stamp)
    return known[path, stamped]


@lru_cache(maxsize=512)
def _stamp(file: Path, _changed_at: int) -> str:
    return sha256(file.read_bytes()).hexdigest()[:10]


def _keep_stamped(response: Any) -> Any:
    if request.endpoint != "static" or response.status_code not in (200, 304):
        return response
    stamped = "v" in request.args
    if stamped or request.path.endswith(".woff2"):
        response.cache_control.public = True
        response.cache_control.max_age = A_YEAR if stamped else A_WEEK
        response.cache_control.immutable = stamped or None
        response.cache_control.no_cache = None
    return response


def zone_of_reader() -> str:
    """The time zone in which this page is read."""
    if "actor" in g:
        return str(g.actor.timezone)
    return str(g.session_row.user.timezone) if "session_row" in g else "UTC"


def shell() -> dict[str, Any]:
    """The context of every page. An error page may run before anybody is known: then there is nobody."""
    if not has_request_context():
        return {}
    context: dict[str, Any] = {"here": _here(), "theme": _theme(), "me": None, "account": None}
    if "session_row" not in g:
        return context
    context["me"] = me_of(g.session_row.user)
    if "actor" not in g:
        return context
    actor: Actor = g.actor
    context["me"] |= {"role": actor.role, "first_name": g.session_row.user.first_name}
    return context | {
        "account": account_of(actor),
        "people": switcher(actor),
        "may": menu_of(actor),
    }


def me_of(user: User) -> dict[str, Any]:
    """The person who looks at the page."""
    return person(user) | {"email": user.email, "timezone": user.timezone}


def account_of(actor: Actor) -> dict[str, Any]:
    """The account that the page is in."""
    account = db.session.get_one(Account, actor.account_id)
    return dressed(account) | {"slug": account.slug}


def menu_of(actor: Actor) -> dict[str, bool]:
    """Which parts of the menu open for the actor."""
    return {
        "team_board": reaches_at_all(actor, "board.team"),
        "account_board": reaches_at_all(actor, "board.account"),
        "manage_members": reaches_at_all(actor, "member.invite"),
        "manage_account": reaches_at_all(actor, "account.update"),
    }


def switcher(actor: Actor) -> list[dict[str, Any]]:
    """The people in the sidebar."""
    return [
        person(one.member.user)
        | {
            "role": one.member.role,
            "open_count": one.open_count,
            "late_count": one.late_count,
            "url": f"/boards/people/{one.member.user_id}",
        }
        for one in people_of(actor)
    ]


def _here() -> str:
    return request.full_path.rstrip("?")


def _theme() -> str:
    if "session_row" in g:
        theme = g.session_row.user.preferences.get("theme")
    else:
        theme = request.cookies.get(cookie.THEME)
    return theme if theme in cookie.THEMES else ""
