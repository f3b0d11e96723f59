"""Input fields shared by every schema: what a person or a program may send, and what it becomes.

JSON says what it means: a number is a number. A form and a query string have only text; there, "5" is one too. What a
field `takes` besides its type and bounds stands in the API's description, see `todoapp/kit/describing.py`.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from email_validator import SPECIAL_USE_DOMAIN_NAMES, validate_email
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate, validates_schema

# Companies have mail under .local, .internal and the like, which the library holds back.
SPECIAL_USE_DOMAIN_NAMES.clear()

LARGEST_ID = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 1970, 9998
LONGEST_TIME = 10 * 365 * 24 * 3600
_UNSEEN = r"\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_WHOLE = re.compile(r"-?[0-9]{1,20}(\.0+)?")
SOMETHING = {"pattern": rf"[^\s\x00-\x1f\x7f\x85{_UNSEEN}]", "examples": ["Some text"]}
"""A letter that can be seen."""
YEARS = {"pattern": r"^(19[7-9]\d|[2-8]\d{3}|9[0-8]\d\d|99[0-8]\d|999[0-8])-"}
_typed: ContextVar[bool] = ContextVar("typed", default=False)


@contextmanager
def reading_text() -> Iterator[None]:
    """Inside, all that is read was typed into a form: numbers and ticks are text."""
    token = _typed.set(True)
    try:
        yield
    finally:
        _typed.reset(token)


def is_text(field: fields.Field) -> bool:
    """Whether `field` reads text: a form, or a query string."""
    return _typed.get() or isinstance(field.root, Query)


class Input(Schema):
    """A body: unknown fields are refused by name, so that a typo never passes for success."""

    class Meta:
        unknown = RAISE


class Query(Schema):
    """A query string: unknown parameters are left alone."""

    class Meta:
        unknown = EXCLUDE


class FormInput(Input):
    """A body that an HTML form may send as well, see `todoapp/kit/forms.py`."""


class Change(FormInput):
    """A patch: at least one field is named, those `beside` it aside."""

    beside: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def constraints(cls) -> dict[str, Any]:
        """The same, in the API's description."""
        names = [name for name in cls._declared_fields if name not in cls.beside]
        return {"anyOf": [{"required": [name]} for name in names]} if cls.beside else {"minProperties": 1}

    @validates_schema
    def something(self, data: dict[str, Any], **_kw: object) -> None:
        """A patch says what to change."""
        if not data.keys() - set(self.beside):
            raise ValidationError("Name at least one field to change.")


class NoFields(FormInput):
    """A verb that needs nothing said."""


class Line(fields.String):
    """One line of text: trimmed, white space folded, without control or direction-changing characters."""

    def __init__(self, longest: int, shortest: int = 1, **kw: Any):
        self.bounds = validate.Length(shortest, longest)
        self.takes = SOMETHING if shortest else {}
        super().__init__(validate=self.bounds, **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = unicodedata.normalize("NFC", self.bounds(super()._deserialize(value, attr, data, **kw)))
        refuse_surrogates(text)
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
        self.bounds = validate.Length(0, longest)
        super().__init__(validate=self.bounds, **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw).replace("\r\n", "\n").replace("\r", "\n")
        refuse_surrogates(text)
        return _CONTROL.sub("", self.bounds(text)).rstrip()


class Whole(fields.Integer):
    """A whole number. 3.0 is one, as in JSON Schema; 3.5 and true are none, and "3" only where there is but text."""

    def __init__(self, lowest: int, highest: int, **kw: Any):
        super().__init__(strict=True, validate=validate.Range(lowest, highest), **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int:
        if isinstance(value, str) and is_text(self) and _WHOLE.fullmatch(value.strip()):
            value = int(value.strip().partition(".")[0])
        elif isinstance(value, float) and value.is_integer():
            value = int(value)
        return super()._deserialize(value, attr, data, **kw)


class Id(Whole):
    """The id of a row: a positive integer of at most 63 bits."""

    def __init__(self, **kw: Any):
        super().__init__(1, LARGEST_ID, **kw)


class Flag(fields.Boolean):
    """Yes or no: true or false; in a form, also the words that a tick sends."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> bool:
        if not isinstance(value, bool) and not (isinstance(value, str) and is_text(self)):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kw)


class InstantField(fields.AwareDateTime):
    """An instant with its offset from UTC; kept in UTC and whole seconds."""

    takes = YEARS | {"examples": ["2026-11-27T17:00:00+01:00"]}

    def __init__(self, **kw: Any):
        super().__init__(format="iso", default_timezone=None, **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> datetime:
        return _utc(super()._deserialize(value, attr, data, **kw))


class Due(fields.Field):
    """A due date: an instant with its offset, or a day (YYYY-MM-DD), which means 17:00 in the assignee's zone."""

    takes = YEARS | {
        "type": "string",
        "anyOf": [{"format": "date"}, {"format": "date-time"}],
        "examples": ["2026-11-27"],
    }
    default_error_messages = {"invalid": "Give a day like 2026-11-27, or an instant like 2026-11-27T17:00:00+01:00."}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> Any:
        return value.isoformat() if value else None

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> datetime | date:
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

    takes = YEARS | {"examples": ["2026-11-27"]}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> date:
        return _plausible(super()._deserialize(value, attr, data, **kw))


class CommaList(fields.List):
    """A list in a query string: repeated (`status=a&status=b`) or comma-separated (`status=a,b`)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> list[Any]:
        parts = value if isinstance(value, list) else [value]
        flat = [piece.strip() for part in parts for piece in str(part).split(",")]
        return super()._deserialize(flat, attr, data, **kw)


def one_of(*choices: str, **kw: Any) -> fields.String:
    """One of a few words."""
    return fields.String(validate=validate.OneOf(choices), **kw)


class Duration(Whole):
    """A length of time in whole seconds, at most ten years."""

    takes = {"examples": [3600]}

    def __init__(self, **kw: Any):
        super().__init__(0, LONGEST_TIME, **kw)


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


def refuse_surrogates(text: str) -> None:
    """Refuse half a character, which no text holds."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValidationError("Not valid text.") from None
