"""Input fields shared by every schema: what a person or a program may send, and what it becomes."""

import json
import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

from email_validator import SPECIAL_USE_DOMAIN_NAMES, validate_email
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, pre_load, validate, validates_schema

from todoapp.kit.database import json_size

# Companies have mail under .local, .internal and the like, which the library holds back.
SPECIAL_USE_DOMAIN_NAMES.clear()

LARGEST_ID = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 1970, 9998
LONGEST_TIME = 10 * 365 * 24 * 3600
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_INVISIBLE = re.compile(r"[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")


class Input(Schema):
    """A body: unknown fields are refused by name, so that a typo never passes for success."""

    class Meta:
        unknown = RAISE


class Query(Schema):
    """A query string: unknown parameters are left alone."""

    class Meta:
        unknown = EXCLUDE


class FormInput(Input):
    """Mixin for schemas that also read HTML forms: empty strings mean 'not given' for `empty_is_none` fields."""

    @pre_load
    def drop_form_extras(self, data: Any, **_kw: Any) -> Any:
        """Take the CSRF token out of a form."""
        if hasattr(data, "to_dict"):
            lists = {name for name, field in self.fields.items() if isinstance(field, fields.List)}
            data = {key: data.getlist(key) if key in lists else data.get(key) for key in data if key != "csrf_token"}
        return data


class NoFields(FormInput):
    """A verb that needs nothing said."""


class Change(FormInput):
    """A patch: at least one field is named."""

    beside: tuple[str, ...] = ()

    @validates_schema
    def something(self, data: dict[str, Any], **_kw: object) -> None:
        """A patch says what to change."""
        if not data.keys() - set(self.beside):
            raise ValidationError("Name at least one field to change.")


class Line(fields.String):
    """One line of text: trimmed, white space folded, without control or direction-changing characters."""

    def __init__(self, longest: int, shortest: int = 1, **kw: Any):
        super().__init__(validate=validate.Length(shortest, longest), **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **kw))
        _refuse_surrogates(text)
        return " ".join(_INVISIBLE.sub("", _CONTROL.sub(" ", text)).split())


class Email(fields.String):
    """An e-mail address, in the one form in which it is kept and compared: lower case, as its domain is written."""

    default_error_messages = {"invalid": "This is not an e-mail address."}

    def __init__(self, **kw: Any):
        super().__init__(metadata={"format": "email", "maxLength": 254}, **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw).strip()
        try:
            found = validate_email(
                text,
                check_deliverability=False,
                allow_smtputf8=False,
                globally_deliverable=False,
                allow_display_name=False,
            )
        except ValueError:
            raise self.make_error("invalid") from None
        return found.normalized.lower()


class Prose(fields.String):
    """Text of several lines, trimmed at the end, without control characters."""

    def __init__(self, longest: int, **kw: Any):
        super().__init__(validate=validate.Length(0, longest), **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw).replace("\r\n", "\n").replace("\r", "\n")
        _refuse_surrogates(text)
        return _CONTROL.sub("", text).rstrip()


class Id(fields.Integer):
    """The id of a row: a positive integer of at most 63 bits."""

    def __init__(self, **kw: Any):
        super().__init__(strict=False, validate=validate.Range(1, LARGEST_ID), **kw)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kw: Any) -> Any:
        """An empty field of a form names nobody, where nobody is a choice."""
        return super().deserialize(None if value == "" and self.allow_none else value, attr, data, **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        if isinstance(value, bool | float):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kw)


class InstantField(fields.AwareDateTime):
    """An instant with its offset from UTC; kept in UTC and whole seconds."""

    def __init__(self, **kw: Any):
        super().__init__(format="iso", default_timezone=None, **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> datetime:
        return _utc(super()._deserialize(value, attr, data, **kw))


class Due(fields.Field):
    """A due date: an instant with its offset, or a day (YYYY-MM-DD), which means 17:00 in the assignee's zone."""

    default_error_messages = {"invalid": "Give a day like 2026-11-27, or an instant like 2026-11-27T17:00:00+01:00."}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> Any:
        return value.isoformat() if value else None

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> datetime | date | None:
        if value == "":
            return None
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            if len(value) == 10:
                return _plausible(date.fromisoformat(value))
            instant = datetime.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid") from None
        if instant.tzinfo is None:
            raise self.make_error("invalid")
        return _utc(instant)


class Day(fields.Date):
    """A day, YYYY-MM-DD."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> date:
        return _plausible(super()._deserialize(value, attr, data, **kw))


class CommaList(fields.List):
    """A list in a query string: repeated (`status=a&status=b`) or comma-separated (`status=a,b`)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> list[Any]:
        parts = value if isinstance(value, list) else [value]
        flat = [piece.strip() for part in parts for piece in str(part).split(",")]
        return super()._deserialize([piece for piece in flat if piece], attr, data, **kw)


class SmallJson(fields.Dict):
    """A JSON object of at most `largest` bytes and eight levels."""

    def __init__(self, largest: int = 16 * 1024, **kw: Any):
        super().__init__(keys=fields.String(validate=validate.Length(1, 64)), **kw)
        self.largest = largest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        result = super()._deserialize(value, attr, data, **kw)
        if _depth(result) > 8:
            raise ValidationError("At most eight levels deep.")
        try:
            json.dumps(result, ensure_ascii=False, allow_nan=False).encode()
        except ValueError:
            raise ValidationError("Not valid JSON: there is a number or a letter that does not exist.") from None
        _refuse_what_no_database_keeps(result)
        if json_size(result) > self.largest:
            raise ValidationError(f"At most {self.largest} bytes.")
        return result


def one_of(*choices: str, **kw: Any) -> fields.String:
    """One of a few words."""
    return fields.String(validate=validate.OneOf(choices), **kw)


def duration(**kw: Any) -> fields.Integer:
    """A length of time in whole seconds, at most ten years."""
    return fields.Integer(strict=False, validate=validate.Range(0, LONGEST_TIME), **kw)


def _utc(instant: datetime) -> datetime:
    try:
        utc = instant.astimezone(UTC).replace(microsecond=0)
    except (OverflowError, ValueError):
        raise ValidationError(f"Give a year between {FIRST_YEAR} and {LAST_YEAR}.") from None
    return _plausible(utc)


def _plausible(day: Any) -> Any:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(f"Give a year between {FIRST_YEAR} and {LAST_YEAR}.")
    return day


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValidationError("Not valid text.") from None


def _refuse_what_no_database_keeps(value: Any) -> None:
    if isinstance(value, dict):
        for key, child in value.items():
            _refuse_what_no_database_keeps(key)
            _refuse_what_no_database_keeps(child)
    elif isinstance(value, list):
        for child in value:
            _refuse_what_no_database_keeps(child)
    elif isinstance(value, str):
        _refuse_surrogates(value)
        if "\0" in value:
            raise ValidationError("Not valid text.")
    elif isinstance(value, int | float) and not -LARGEST_ID <= value <= LARGEST_ID:
        raise ValidationError("Not a number that can be kept.")


def _depth(value: Any, level: int = 0) -> int:
    if level > 8 or not isinstance(value, dict | list):
        return level
    children = value.values() if isinstance(value, dict) else value
    return max((_depth(child, level + 1) for child in children), default=level + 1)
