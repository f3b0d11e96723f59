"""The administration's page of settings: name, look, rules, working hours, holidays; and closing the account."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from marshmallow import ValidationError

from todoapp.accounts.branding import remove_logo, set_logo
from todoapp.accounts.closing import delete_account
from todoapp.accounts.models import Account
from todoapp.accounts.running import update_account, update_settings
from todoapp.accounts.schemas import UpdateAccount
from todoapp.accounts.seats import seats_of
from todoapp.accounts.settings import UpdateSettings, all_settings
from todoapp.actor import Actor
from todoapp.admin.base import AdminPage
from todoapp.extensions import db
from todoapp.kit.answers import done
from todoapp.kit.clock import ZONES
from todoapp.kit.errors import BadInput
from todoapp.kit.forms import FRESH, Form, as_typed, read_form, shown_again_by
from todoapp.permissions import allow, can
from todoapp.permissions.matrix import WHO_MAY
from todoapp.signed_in import current_actor
from todoapp.users.schemas import LANGUAGES

TICKS = (
    "allow_rejection",
    "managers_can_reassign",
    "several_running_tasks",
    "return_unanswered",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LARGEST_LOGO = 1024 * 1024


class Settings(AdminPage):
    """What holds for the whole account."""

    title, address, icon, row = "Settings", "settings", "settings", "account.configure"

    @expose("/")
    def index(self, form: Form = FRESH) -> ResponseReturnValue:
        """Everything that can be set."""
        actor, account = _account("account.configure")
        seats = seats_of(account)
        return self.render(
            "admin/settings.html",
            values=_shown(all_settings(account.settings) | {"name": account.name}) | _typed(form),
            errors=form.errors,
            problem=form.problem,
            days=list(enumerate(DAYS)),
            zones=[{"value": zone, "label": zone} for zone in sorted(ZONES)],
            languages=[{"value": code, "label": name} for code, name in LANGUAGES.items()],
            usage={"tier": account.subscription_tier, "members": {"used": seats.used, "limit": seats.limit}},
            acts={"delete": can(actor, "account.delete", account) or WHO_MAY["account.delete"]},
        )

    @expose("/", methods=("POST",))
    @shown_again_by(index)
    def save(self) -> ResponseReturnValue:
        """Save them."""
        actor, account = _account("account.configure")
        update_account(
            actor, account, **read_form(UpdateAccount(), actor.timezone, {"name": request.form.get("name", "")})
        )
        update_settings(actor, account, **read_form(UpdateSettings(), actor.timezone, _patch()))
        return done("The settings are saved.", self.get_url(".index"))

    @expose("/logo", methods=("POST",))
    @shown_again_by(index)
    def save_logo(self) -> ResponseReturnValue:
        """Show this picture instead of the account's letter."""
        actor, account = _account("account.set_logo")
        sent = request.files.get("logo")
        content = sent.read(LARGEST_LOGO + 1) if sent else b""
        if not content or len(content) > LARGEST_LOGO:
            raise BadInput(fields={"logo": ["Choose a picture of at most 1 MB."]})
        set_logo(actor, account, picture=content)
        return done("The logo is saved.", self.get_url(".index"))

    @expose("/logo/remove", methods=("POST",))
    def drop_logo(self) -> ResponseReturnValue:
        """Show the letter again."""
        remove_logo(*_account("account.remove_logo"))
        return done("The logo is removed.", self.get_url(".index"))

    @expose("/delete", methods=("POST",))
    @shown_again_by(index)
    def close(self) -> ResponseReturnValue:
        """Delete the account, once its name is typed."""
        actor, account = _account("account.delete")
        if request.form.get("confirmation", "").strip() != account.name:
            raise BadInput(fields={"confirmation": [f"Type {account.name} exactly."]})
        delete_account(actor, account)
        return done(f"{account.name} is deleted. An owner can restore it for 30 days.", "/accounts")


def _account(action: str) -> tuple[Actor, Account]:
    actor = current_actor()
    account = db.session.get_one(Account, actor.account_id)
    allow(actor, action, account)
    return actor, account


def _patch() -> dict[str, Any]:
    """The form as the merge patch that the settings take."""
    typed = as_typed(request.form, UpdateSettings())
    for name in ("name", "hours_start", "hours_end", "hours_days", "holidays"):
        typed.pop(name, None)
    if "hours_start" in request.form:
        days = [int(day) for day in request.form.getlist("hours_days") if day in "0123456"]
        typed["working_hours"] = {
            "start": request.form["hours_start"],
            "end": request.form.get("hours_end", ""),
            "days": days,
        }
    if "holidays" in request.form:
        typed["holidays"] = _holidays(request.form["holidays"])
    return typed


def _holidays(text: str) -> list[dict[str, str]]:
    """One day a line: `2026-12-25 Christmas Day`."""
    days = []
    for number, line in enumerate(text.splitlines(), 1):
        day, _, name = line.strip().partition(" ")
        if day and not name.strip():
            raise ValidationError(
                {"holidays": [f"Line {number}: write the day and its name, like 2026-12-25 Christmas Day."]}
            )
        if day:
            days.append({"date": day, "name": name.strip()})
    return days


def _shown(settings: dict[str, Any]) -> dict[str, Any]:
    hours = settings["working_hours"]
    lines = [f"{day['date']} {day['name']}" for day in settings["holidays"]]
    return settings | {
        "hours_start": hours["start"],
        "hours_end": hours["end"],
        "hours_days": hours["days"],
        "holidays": "\n".join(lines),
    }


def _typed(form: Form) -> dict[str, Any]:
    """What a refused form held; ticks as the truth that they are."""
    if "hours_start" not in form.values:
        return {}
    typed = as_typed(form.values, UpdateSettings())  # type: ignore[arg-type]
    days = [int(day) for day in form.values.getlist("hours_days") if day in "0123456"]  # type: ignore[attr-defined]
    return {name: value == "yes" if name in TICKS else value for name, value in typed.items()} | {"hours_days": days}
