"""The task form: what people type for dates, lengths of time, tags and custom fields, and which fields of an edit they
really touched.
"""

import re
from hashlib import sha256
from typing import Any

from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from todoapp.fields.models import PREFIX
from todoapp.fields.queries import in_use, known_fields
from todoapp.fields.typed import read_typed, typed_values
from todoapp.kit.forms import read_form
from todoapp.kit.words import local_input
from todoapp.tasks.models import Task

EDITED = ("title", "description", "due", "priority", "visibility", "estimate", "tags")
_LENGTH = re.compile(r"(?:(\d+(?:[.,]\d+)?)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?", re.IGNORECASE)


def values_of(task: Task, zone: str) -> dict[str, str]:
    """The task as its form shows it."""
    due = local_input(task.due_date_time, zone)
    return {
        "title": task.title,
        "description": task.description,
        "due": due,
        "due_day": due[:10],
        "due_time": due[11:],
        "priority": task.priority,
        "visibility": task.visibility,
        "estimate": spoken_length(task.estimated_time),
        "tags": ", ".join(tag.name for tag in task.tags),
        **typed_values(in_use(known_fields()), task.custom_fields),
    }


def marks_of(values: dict[str, str]) -> str:
    """A short mark of each field as it was shown, so that an edit sends only what its person changed."""
    custom = sorted(name for name in values if name.startswith(PREFIX))
    return " ".join(f"{name}:{_mark(values.get(name) or '')}" for name in [*EDITED, *custom])


def _mark(text: str) -> str:
    return sha256(text.replace("\r\n", "\n").strip().encode()).hexdigest()[:12]


def touched(form: MultiDict[str, str]) -> dict[str, str]:
    """The fields of an edit that differ from what was shown."""
    shown = dict(part.split(":", 1) for part in form.get("as_shown", "").split() if ":" in part)
    typed = {name: text for name, text in _joined(form).items() if name in EDITED or name.startswith(PREFIX)}
    return {name: text for name, text in typed.items() if shown.get(name) != _mark(text)}


def read_task(schema: Schema, typed: dict[str, Any], zone: str) -> dict[str, Any]:
    """What `schema` makes of the typed fields."""
    data = {name: text for name, text in typed.items() if not name.startswith(PREFIX)}
    if len(data) < len(typed):
        data["custom_fields"] = read_typed(known_fields(), typed)
    if "due" in data:
        data["due_date"] = data.pop("due")
    if "estimate" in data:
        data["estimated_time"] = length_of(data.pop("estimate"))
    if "tags" in data:
        data["tags"] = [tag.strip() for tag in re.split(r"[,;\n]", data["tags"]) if tag.strip()]
    return read_form(schema, zone, data)


def typed_task(form: MultiDict[str, str]) -> dict[str, str]:
    """The fields of a new task, as typed."""
    kept = {*EDITED, "assigned_to_id", "parent_task_id"}
    return {name: text for name, text in _joined(form).items() if name in kept or name.startswith(PREFIX)}


def _joined(form: MultiDict[str, str]) -> dict[str, str]:
    """The form with the day and the time of the due date as one field; a day alone stays a day."""
    fields = form.to_dict()
    day, time = fields.pop("due_day", None), fields.pop("due_time", "")
    if day is not None:
        fields["due"] = f"{day}T{time}" if time else day
    return fields


def length_of(typed: str) -> int | str | None:
    """Seconds of 45m, 4h or 1h 30m; a bare number is hours. What is none of these stays, for the schema to refuse."""
    text = typed.strip()
    if not text:
        return None
    if re.fullmatch(r"\d+(?:[.,]\d+)?", text):
        text += "h"
    found = _LENGTH.fullmatch(text)
    if found is None or not found[0].strip():
        return text
    hours, minutes = float((found[1] or "0").replace(",", ".")), int(found[2] or 0)
    return round(min(hours, 1e9) * 3600) + min(minutes, 10**9) * 60


def spoken_length(length: int | None) -> str:
    """1h 30m, as one would type it."""
    if length is None:
        return ""
    hours, minutes = divmod(length // 60, 60)
    return " ".join(
        part for part in (f"{hours}h" if hours else "", f"{minutes}m" if minutes or not hours else "") if part
    )
