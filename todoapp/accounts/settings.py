"""What an account may set, with the defaults. Nothing else is ever kept under `settings`."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from todoapp.kit.fields import Change, Day, Flag, Input, Line, Whole
from todoapp.users.schemas import LANGUAGES, Zone

HUES = 12
LONGEST_TO_ANSWER = 90 * 24
MOST_HOLIDAYS = 200
HOUR = validate.Regexp(r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z", error="Give an hour like 08:30.")
DEFAULTS: Mapping[str, Any] = {
    "allow_rejection": True,
    "managers_can_reassign": False,
    "several_running_tasks": False,
    "answer_within_hours": None,
    "return_unanswered": False,
    "hue": 0,
    "default_timezone": "UTC",
    "language": "en",
    "working_hours": {"start": "09:00", "end": "17:00", "days": [0, 1, 2, 3, 4]},
    "holidays": [],
}


class WorkingHours(Input):
    """When people usually work: hours in the member's own zone, days from 0 (Monday) to 6."""

    start = fields.String(validate=HOUR)
    end = fields.String(validate=HOUR)
    days = fields.List(Whole(0, 6), validate=validate.Length(1, 7))


class Holiday(Input):
    """A day on which nobody works."""

    date = Day(required=True)
    name = Line(80, required=True)

    @post_load
    def as_kept(self, data: dict[str, Any], **_kw: object) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"date": data["date"].isoformat(), "name": data["name"]}


class UpdateSettings(Change):
    """A merge patch: what is named changes, null goes back to the default, the rest stays."""

    allow_rejection = Flag(allow_none=True)
    managers_can_reassign = Flag(allow_none=True)
    several_running_tasks = Flag(allow_none=True)
    answer_within_hours = Whole(1, LONGEST_TO_ANSWER, allow_none=True)
    return_unanswered = Flag(allow_none=True)
    hue = Whole(0, HUES - 1, allow_none=True)
    default_timezone = Zone(allow_none=True)
    language = fields.String(allow_none=True, validate=validate.OneOf(tuple(LANGUAGES)))
    working_hours = fields.Nested(WorkingHours, allow_none=True)
    holidays = fields.List(fields.Nested(Holiday), allow_none=True, validate=validate.Length(max=MOST_HOLIDAYS))


class HolidayOut(Schema):
    """A day on which nobody works."""

    date = fields.String(required=True, metadata={"format": "date"})
    name = fields.String(required=True)


class SettingsOut(UpdateSettings):
    """All settings of an account, the defaults filled in."""

    holidays = fields.List(fields.Nested(HolidayOut), required=True)


def all_settings(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What is `kept`, with the defaults for the rest."""
    return {name: kept.get(name, default) for name, default in DEFAULTS.items()}


def merged(kept: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """`kept` after a merge patch; only what differs from the defaults stays written."""
    whole = all_settings(kept)
    for name, value in patch.items():
        if value is None:
            whole[name] = DEFAULTS[name]
        elif name == "working_hours":
            whole[name] = _hours(whole[name] | value)
        elif name == "holidays":
            whole[name] = sorted({day["date"]: day for day in value}.values(), key=lambda day: day["date"])
        else:
            whole[name] = value
    return {name: value for name, value in whole.items() if value != DEFAULTS[name]}


def _hours(hours: dict[str, Any]) -> dict[str, Any]:
    if hours["start"] >= hours["end"]:
        raise ValidationError({"working_hours": {"end": ["Work ends after it starts."]}})
    return hours | {"days": sorted(set(hours["days"]))}
