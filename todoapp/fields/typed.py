"""Custom fields in forms: what each field's input is, what stands in it, and what people typed."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from todoapp.fields.models import PREFIX, CustomField
from todoapp.fields.queries import Known

TICKED = "yes"
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,3})?", re.ASCII)


def inputs(fields: Sequence[CustomField], values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a form asks for. A select offers the value that stands, also where it is offered no longer."""
    return [
        {
            "name": f"{PREFIX}{field.key}",
            "label": field.name,
            "kind": field.kind,
            "options": [{"value": option, "label": option} for option in _options(field, values.get(field.key))],
        }
        for field in fields
    ]


def _options(field: CustomField, value: Any) -> list[str]:
    standing = [value] if isinstance(value, str) and value not in field.options else []
    return [*field.options, *standing] if field.kind == "select" else []


def typed_values(fields: Sequence[CustomField], values: Mapping[str, Any]) -> dict[str, str]:
    """The values as the form shows them, by the name of the input."""
    return {f"{PREFIX}{field.key}": _typed(field, values.get(field.key)) for field in fields}


def _typed(field: CustomField, value: Any) -> str:
    if field.kind == "checkbox":
        return TICKED if value is True else ""
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def read_typed(known: Known, typed: Mapping[str, str]) -> dict[str, Any]:
    """The patch that the inputs among `typed` make. What is no number stays, to be refused where the values are read."""
    return {
        name.removeprefix(PREFIX): _meant(known.get(name.removeprefix(PREFIX)), text.strip())
        for name, text in typed.items()
        if name.startswith(PREFIX)
    }


def _meant(field: CustomField | None, text: str) -> Any:
    if not text:
        return None
    if field and field.kind == "checkbox":
        return text == TICKED
    if field and field.kind == "number" and _NUMBER.fullmatch(text):
        return float(text) if re.search(r"[.eE]", text) else int(text)
    return text
