"""The browser door of one's own settings: profile, password and devices, sign-ins."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from todoapp.kit.answers import done
from todoapp.kit.clock import ZONES
from todoapp.kit.forms import FRESH, Form, read_form, shown_again_by
from todoapp.kit.pager import pager_of
from todoapp.kit.paging import PageQuery
from todoapp.signed_in import current_actor, current_session
from todoapp.users import cookie
from todoapp.users.devices import device_in_words
from todoapp.users.models import Session, SignIn, User
from todoapp.users.pages import pages, shown
from todoapp.users.profile import update_preferences, update_profile
from todoapp.users.queries import live_sessions, own_session, sign_ins_of
from todoapp.users.resetting import change_password
from todoapp.users.schemas import LANGUAGES, ChangePassword, UpdateProfile
from todoapp.users.signing import end_other_sessions, end_own_session
from todoapp.users.visits import current_visit

OWN = ("first_name", "last_name", "email", "mobile", "timezone", "language", "avatar_url")
REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
REASONS = {"wrong_password": "wrong password", "not_activated": "address not confirmed yet"}
MOST_SESSIONS = 100


def _me() -> tuple[Session, User]:
    """The session and its person; their settings stand in the shell of the account that they work in."""
    current_actor()
    here = current_session()
    return here, here.user


@pages.get("/settings")
def settings() -> ResponseReturnValue:
    """Begin with the profile."""
    return redirect("/settings/profile")


@pages.get("/settings/profile")
def profile(form: Form = FRESH) -> ResponseReturnValue:
    """What one says of oneself."""
    _here, user = _me()
    current = {name: getattr(user, name) for name in OWN} | {"theme": user.preferences.get("theme")}
    return render_template(
        "users/profile.html",
        values=current | dict(form.values.items()),
        errors=form.errors,
        problem=form.problem,
        timezones=zones(user.timezone),
        languages=[{"value": value, "label": label} for value, label in LANGUAGES.items()],
        here="/settings/profile",
    )


@pages.post("/settings/profile")
@shown_again_by(profile)
def save_profile() -> ResponseReturnValue:
    """Save it."""
    _here, user = _me()
    typed = {name: request.form[name] for name in UpdateProfile().fields if name in request.form}
    update_profile(user, **read_form(UpdateProfile(), user.timezone, typed))
    theme = request.form.get("theme")
    update_preferences(user, {"theme": theme if theme in cookie.THEMES else None})
    return cookie.remember_theme(done("Your profile is saved.", "/settings/profile"), theme)


@pages.get("/settings/security")
def security(form: Form = FRESH) -> ResponseReturnValue:
    """The password, and where one is signed in."""
    here, _user = _me()
    rows = live_sessions(here, per_page=MOST_SESSIONS).rows
    return shown("users/security.html", form, sessions=[_device(one) for one in rows], here="/settings/security")


@pages.post("/settings/security/password")
@shown_again_by(security)
def save_password() -> ResponseReturnValue:
    """Change the password; all other devices are signed out."""
    here, user = _me()
    typed = {name: request.form.get(name, "") for name in ("current_password", "password")}
    change_password(current_visit(), here, **read_form(ChangePassword(), user.timezone, typed))
    return done("Your password is changed. All other devices are signed out.", "/settings/security")


@pages.post("/settings/security/sessions/<int:session_id>/end")
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign one device out."""
    _here, user = _me()
    end_own_session(current_visit(), own_session(user.id, session_id))
    return done("That device is signed out.", "/settings/security")


@pages.post("/settings/security/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """Sign all other devices out."""
    here, _user = _me()
    end_other_sessions(current_visit(), here)
    return done("All other devices are signed out.", "/settings/security")


@pages.get("/settings/sign-ins")
def sign_ins() -> ResponseReturnValue:
    """Every try to sign in as this person."""
    _here, user = _me()
    page = sign_ins_of(user.id, **PageQuery().load(request.args.to_dict()))
    pager = pager_of(page, lambda number: f"/settings/sign-ins?page={number}")
    return render_template("users/sign_ins.html", sign_ins=[_tried(one) for one in page.rows], pager=pager)


def zones(current: str) -> list[dict[str, Any]]:
    """The time zones by region, the current one among them."""
    offered = ZONES | {current}
    groups = [(region, sorted(zone for zone in offered if zone.startswith(f"{region}/"))) for region in REGIONS]
    known = {zone for _region, names in groups for zone in names}
    others = sorted({"UTC"} | ({current} - known))
    return [
        {"label": region, "options": [{"value": zone, "label": _place(zone)} for zone in names]}
        for region, names in [("Other", others), *groups]
    ]


def _place(zone: str) -> str:
    return zone.partition("/")[2].replace("_", " ").replace("/", ", ") or zone


def _device(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "kind": session.kind,
        "device": device_in_words(session.user_agent),
        "ip_address": session.ip_address,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "current": session.is_current,  # type: ignore[attr-defined]
    }


def _tried(one: SignIn) -> dict[str, Any]:
    return {
        "at": one.created_at,
        "succeeded": one.succeeded,
        "reason": REASONS.get(one.reason or "", one.reason),
        "via": one.via,
        "device": device_in_words(one.user_agent),
        "ip_address": one.ip_address,
    }
