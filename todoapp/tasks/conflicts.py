"""Two people edited the same field: what the second is shown to choose from."""

from datetime import datetime
from typing import Any

from todoapp.activity.queries import history_of
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
    return {
        "by": person(faster.who) if faster and faster.who else None,
        "at": faster.at if faster else task.updated_at,
        "fields": [_choice(column, both, task, form, zone) for column, both in found.items()],
    }


def _choice(column: str, both: dict[str, Any], task: Task, form: Form, zone: str) -> dict[str, Any]:
    name, label = FIELDS[column]
    return {
        "name": name,
        "label": label,
        "mine": _words(column, both["yours"], zone),
        "theirs": _words(column, both["theirs"], zone),
        "mine_value": touched(form.values).get(name, ""),  # type: ignore[arg-type]
        "theirs_value": values_of(task, zone)[name],
    }


def _words(column: str, value: Any, zone: str) -> str:
    if column == "due_date_time":
        return exact(datetime.fromisoformat(value), zone) if value else ""
    if column == "tags":
        return ", ".join(value)
    if column == "estimated_time":
        return f"{value // 60} minutes" if value is not None else ""
    return str(value or "").replace("_", " ")
