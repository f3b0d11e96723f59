"""Two people edited the same field: what the second is shown to choose from."""

from datetime import datetime
from typing import Any

from todoapp.activity.queries import history_of
from todoapp.fields.models import PREFIX
from todoapp.fields.queries import Known, known_fields
from todoapp.fields.wording import in_words, name_of
from todoapp.kit.forms import Form
from todoapp.kit.words import exact
from todoapp.tasks.cards import person
from todoapp.tasks.models import Task
from todoapp.tasks.typed import touched, values_of

FIELDS = {
    "title": ("title", "Title"),
    "description": ("description", "Description"),
    "due_date_time": ("due", "Due"),
    "priority": ("priority", "Priority"),
    "visibility": ("visibility", "Seen by"),
    "estimated_time": ("estimate", "Estimate"),
    "tags": ("tags", "Tags"),
}


def conflict_of(task: Task, form: Form, zone: str) -> dict[str, Any] | None:
    """Who was faster, when, and both values of each field; None where the form came back for another reason."""
    found = form.refusal.details.get("conflicts") if form.refusal else None
    if not found:
        return None
    recent = history_of(task, per_page=20, newest_first=True).rows
    faster = next((entry for entry in recent if found.keys() & entry.changes.keys()), None)
    known, typed, standing = known_fields(), touched(form.values), values_of(task, zone)  # type: ignore[arg-type]
    return {
        "by": person(faster.who) if faster and faster.who else None,
        "at": faster.at if faster else task.updated_at,
        "fields": [
            _choice(column, both, known, zone) | _values(_name(column), typed, standing)
            for column, both in found.items()
        ],
    }


def _name(column: str) -> str:
    """The name of the column's input; a custom field's is its own."""
    return column if column.startswith(PREFIX) else FIELDS[column][0]


def _values(name: str, typed: dict[str, str], standing: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "mine_value": typed.get(name, ""), "theirs_value": standing.get(name, "")}


def _choice(column: str, both: dict[str, Any], known: Known, zone: str) -> dict[str, Any]:
    if column.startswith(PREFIX):
        key = column.removeprefix(PREFIX)
        words = {"mine": in_words(known, key, both["yours"]), "theirs": in_words(known, key, both["theirs"])}
        return {"label": name_of(known, key), **words}
    return {
        "label": FIELDS[column][1],
        "mine": _words(column, both["yours"], zone),
        "theirs": _words(column, both["theirs"], zone),
    }


def _words(column: str, value: Any, zone: str) -> str:
    if column == "due_date_time":
        return exact(datetime.fromisoformat(value), zone) if value else ""
    if column == "tags":
        return ", ".join(value)
    if column == "estimated_time":
        return f"{value // 60} minutes" if value is not None else ""
    return str(value or "").replace("_", " ")
