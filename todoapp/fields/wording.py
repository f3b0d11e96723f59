"""Custom fields and their values as people read them."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from todoapp.fields.models import PREFIX, CustomField
from todoapp.fields.queries import Known

LONGEST_SAID = 60


def name_of(known: Known, key: str) -> str:
    """The field's name; where nobody defined the field, its key in words."""
    return known[key].name if key in known else key.replace("_", " ").capitalize()


def in_words(known: Known, key: str, value: Any) -> str:
    """A value as a person reads it; of a list, what stands in it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return _day(value) if key in known and known[key].kind == "date" else str(value)


def _day(value: Any) -> str:
    """Fri 27 Nov 2026; what an import left there instead stays as it is."""
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return str(value)
    return f"{day:%a} {day.day} {day:%b %Y}"


def told(known: Known, changes: Mapping[str, list[Any]]) -> Iterator[str]:
    """What an event did to each custom field: set Customer to ACME, cleared Region, ticked Reviewed."""
    for key in _keys(known, changes):
        old, new = changes[f"{PREFIX}{key}"]
        yield _told(known, key, old, new)


def _keys(known: Known, changes: Mapping[str, list[Any]]) -> list[str]:
    """The custom fields among these changes in their order, those that nobody defined last."""
    changed = {name.removeprefix(PREFIX) for name in changes if name.startswith(PREFIX)}
    return [*(key for key in known if key in changed), *sorted(changed - known.keys())]


def _told(known: Known, key: str, old: Any, new: Any) -> str:
    name = name_of(known, key)
    if isinstance(new, bool) or (old is True and new is None):
        return f"{'ticked' if new else 'unticked'} {name}"
    if new is None:
        return f"cleared {name}"
    words = in_words(known, key, new)
    return f"set {name} to {words if len(words) <= LONGEST_SAID else words[: LONGEST_SAID - 1].rstrip() + '…'}"


def changes_in_words(known: Known, changes: Mapping[str, list[Any]]) -> list[dict[str, str]]:
    """The custom fields of which an event changed a value that stood, old and new in words; what the sentence tells in full,
    first values and ticks, is not said again.
    """
    pairs = ((key, changes[f"{PREFIX}{key}"]) for key in _keys(known, changes))
    return [
        {
            "label": name_of(known, key),
            "name": f"{PREFIX}{key}",
            "old": in_words(known, key, old),
            "new": in_words(known, key, new),
        }
        for key, (old, new) in pairs
        if old is not None and not isinstance(old, bool)
    ]


def shown(known: Known, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The values of a task in the order of the fields, those of archived and of undefined fields last."""
    ordered = sorted(known.values(), key=lambda field: field.archived_at is not None)
    keys = [field.key for field in ordered if field.key in values]
    return [_shown(known.get(key), known, key, values[key]) for key in dict.fromkeys([*keys, *sorted(values)])]


def _shown(field: CustomField | None, known: Known, key: str, value: Any) -> dict[str, Any]:
    is_address = isinstance(value, str) and value.lower().startswith(("http://", "https://"))
    return {
        "name": name_of(known, key),
        "text": in_words(known, key, value),
        "url": value if field and field.kind == "url" and is_address else None,
        "archived": bool(field and field.archived_at),
    }
