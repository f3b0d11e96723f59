"""What may stand in a task's custom fields: a merge patch is read against the fields that the account has."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError

from todoapp.fields.models import PREFIX, CustomField
from todoapp.fields.queries import Known, in_use
from todoapp.kit.database import json_size
from todoapp.kit.errors import BadInput
from todoapp.kit.fields import Day, Line

LONGEST_TEXT, LONGEST_URL, LARGEST_NUMBER = 500, 2000, 10**15 - 1
MOST_BYTES = 64 * 1024
Values = Mapping[str, Any]


def changed_values(known: Known, kept: Values, patch: Values) -> dict[str, Any]:
    """What `patch` changes of the `kept` values, by key: new values, or None for what is cleared.

    What stands already is taken as it is, also in an archived field or one that nobody defined. Everything else that
    the fields do not allow is refused, each under its own name.
    """
    changes: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for key, value in patch.items():
        try:
            new = None if value is None else _read(known, key, kept.get(key), value)
            if new is None and key not in kept:
                _find(known, key)
        except ValidationError as error:
            wrong[f"{PREFIX}{key}"] = list(error.messages)
        else:
            if not _same(new, kept.get(key)):
                changes[key] = new
    if json_size(merged(kept, changes)) > MOST_BYTES:
        wrong["custom_fields"] = [f"The values of a task together take at most {MOST_BYTES} bytes. Shorten some."]
    if wrong:
        raise BadInput(fields=wrong)
    return changes


def merged(kept: Values, changes: Values) -> dict[str, Any]:
    """`kept` with these changes; what is None is gone."""
    return {key: value for key, value in {**kept, **changes}.items() if value is not None}


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _read(known: Known, key: str, standing: Any, value: Any) -> Any:
    if _same(value, standing):
        return value
    field = _find(known, key)
    if field.archived_at is not None:
        raise ValidationError(f"“{field.name}” is archived. Leave it as it is, clear it, or have the field restored.")
    return READ[field.kind](field, value)


def _find(known: Known, key: str) -> CustomField:
    if key in known:
        return known[key]
    names = ", ".join(field.key for field in in_use(known))
    raise ValidationError(
        f"There is no such field. There are: {names}." if names else "This account has no custom fields yet."
    )


def _text(_field: CustomField, value: Any) -> str:
    wrong = ValidationError(f"Give a text of 1 to {LONGEST_TEXT} characters, or null for none.")
    return _line(value, LONGEST_TEXT, wrong)


def _number(_field: CustomField, value: Any) -> int | float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not abs(value) <= LARGEST_NUMBER:
        raise ValidationError("Give a number of at most 15 digits, such as 12 or 12.5.")
    return int(value) if value == int(value) else float(value)


def _date(_field: CustomField, value: Any) -> str:
    try:
        return Day().deserialize(value).isoformat()  # type: ignore[no-any-return]
    except ValidationError:
        raise ValidationError("Give a day like 2026-11-27.") from None


def _select(field: CustomField, value: Any) -> str:
    if value not in field.options:
        raise ValidationError(f"Choose one of: {', '.join(field.options)}.")
    return str(value)


def _checkbox(_field: CustomField, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValidationError("Say true or false.")
    return value


def _url(_field: CustomField, value: Any) -> str:
    wrong = ValidationError("Give an address that begins with http:// or https://.")
    text = _line(value, LONGEST_URL, wrong)
    try:
        parts = urlsplit(text)
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not parts.hostname or set(text) & set(' <>"\\'):
        raise wrong
    return text


def _line(value: Any, longest: int, wrong: ValidationError) -> str:
    try:
        return Line(longest).deserialize(value)  # type: ignore[no-any-return]
    except ValidationError:
        raise wrong from None


READ: dict[str, Callable[[CustomField, Any], Any]] = {
    "text": _text,
    "number": _number,
    "date": _date,
    "select": _select,
    "checkbox": _checkbox,
    "url": _url,
}
