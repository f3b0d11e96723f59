"""The browser door of signing up, in and out, and of forgotten passwords."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from todoapp.kit.doors import opens
from todoapp.kit.forms import FRESH, Form, read_form, shown_again_by
from todoapp.kit.http import local_path
from todoapp.signed_in import current_session
from todoapp.users import cookie
from todoapp.users.links import opened_by
from todoapp.users.registering import activate, ask_for_activation, register
from todoapp.users.resetting import ask_for_reset, reset_password
from todoapp.users.schemas import AskByEmail, Register, SetPassword, SignInFields
from todoapp.users.sessions import BROWSER, session_of_cookie
from todoapp.users.signing import sign_in, sign_out
from todoapp.users.visits import current_visit, memberships_of

pages = Blueprint("users_pages", __name__)
pages.access = "session"  # type: ignore[attr-defined]
GONE = 410


def shown(template: str, form: Form, **context: Any) -> str:
    """A page with one form on it."""
    return render_template(template, values=form.values, errors=form.errors, problem=form.problem, **context)


@pages.get("/login")
@opens("public")
def login_form(form: Form = FRESH) -> ResponseReturnValue:
    """Ask who it is; those who are signed in go on."""
    here = session_of_cookie()
    if here is not None and not form.is_refused:
        works_here = here.account_id in [one.account_id for one in memberships_of(here.user_id)]
        return redirect(local_path(request.args.get("next"), "/boards/me") if works_here else "/accounts")
    unconfirmed = form.refusal is not None and form.refusal.code == "not_activated"
    return shown("users/login.html", form, next=request.values.get("next"), unconfirmed=unconfirmed)


@pages.post("/login")
@opens("public")
@shown_again_by(login_form)
def login() -> ResponseReturnValue:
    """Sign this browser in."""
    typed = {name: request.form.get(name, "") for name in ("email", "password")}
    fields = read_form(SignInFields(), "UTC", typed)
    opened, secret = sign_in(current_visit(), **fields, kind=BROWSER, instead_of=session_of_cookie())
    cookie.keep(opened, secret)
    answer = redirect(local_path(request.form.get("next"), "/boards/me"), code=303)
    return cookie.remember_theme(answer, opened.user.preferences.get("theme"))


@pages.post("/logout")
def logout() -> ResponseReturnValue:
    """Sign this browser out."""
    sign_out(current_visit(), current_session())
    cookie.forget()
    return redirect(local_path(request.form.get("next"), "/login"), code=303)


@pages.get("/signup")
@opens("public")
def signup_form(form: Form = FRESH) -> ResponseReturnValue:
    """Ask for a name, an address and an organisation."""
    return shown("users/signup.html", form)


@pages.post("/signup")
@opens("public")
@shown_again_by(signup_form)
def signup() -> ResponseReturnValue:
    """Register, and send the link that activates."""
    fields = read_form(Register(), "UTC")
    register(current_visit(), **fields)
    return _sent("activation", fields["email"])


@pages.post("/activate")
@opens("public")
@shown_again_by(login_form)
def resend_activation() -> ResponseReturnValue:
    """Send the activation link again."""
    fields = read_form(AskByEmail(), "UTC")
    ask_for_activation(current_visit(), **fields)
    return _sent("activation", fields["email"])


@pages.get("/sent/<any(activation, reset):purpose>")
@opens("public")
def sent(purpose: str) -> ResponseReturnValue:
    """Say that a mail is on its way, if somebody has that address."""
    return render_template("users/sent.html", purpose=purpose, email=session.get("sent_to", ""))


def _sent(purpose: str, email: str) -> ResponseReturnValue:
    session["sent_to"] = email
    return redirect(f"/sent/{purpose}", code=303)


@pages.get("/activate/<token>")
@opens("public")
def activation_form(token: str, form: Form = FRESH) -> ResponseReturnValue:
    """Show a button, so that a mail program that follows links confirms nothing."""
    link = opened_by("activate", token)
    state, email = ("confirm", link.user.email) if link else ("gone", None)
    return shown("users/activate.html", form, state=state, token=token, email=email), 200 if link else GONE


@pages.post("/activate/<token>")
@opens("public")
@shown_again_by(activation_form)
def confirm(token: str) -> ResponseReturnValue:
    """Take the address as shown."""
    user = activate(current_visit(), token=token)
    flash("Your email is confirmed. Sign in to start.", "done")
    session["sent_to"] = user.email
    return redirect("/login", code=303)


@pages.get("/reset")
@opens("public")
def reset_request(form: Form = FRESH) -> ResponseReturnValue:
    """Ask for the address."""
    return shown("users/reset_request.html", form)


@pages.post("/reset")
@opens("public")
@shown_again_by(reset_request)
def request_reset() -> ResponseReturnValue:
    """Send a link, if somebody has the address."""
    fields = read_form(AskByEmail(), "UTC")
    ask_for_reset(current_visit(), **fields)
    return _sent("reset", fields["email"])


@pages.get("/reset/<token>")
@opens("public")
def reset_form(token: str, form: Form = FRESH) -> ResponseReturnValue:
    """Ask for the new password."""
    link = opened_by("reset", token)
    state, email = ("open", link.user.email) if link else ("gone", None)
    return shown("users/reset.html", form, state=state, token=token, email=email), 200 if link else GONE


@pages.post("/reset/<token>")
@opens("public")
@shown_again_by(reset_form)
def reset(token: str) -> ResponseReturnValue:
    """Set the new password; everything else is signed out."""
    fields = read_form(SetPassword(), "UTC", {"token": token, "password": request.form.get("password", "")})
    reset_password(current_visit(), **fields)
    cookie.forget()
    flash("Your new password is set. Sign in with it.", "done")
    return redirect("/login", code=303)
