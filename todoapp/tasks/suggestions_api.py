"""The JSON door of suggestions: who could take a task, or one that is still to be made."""

from typing import Any

from todoapp.kit.api import READ, ApiBlueprint
from todoapp.kit.paging import Page
from todoapp.permissions import find
from todoapp.signed_in import current_actor
from todoapp.tasks.models import Task
from todoapp.tasks.suggesting import Suggestion, suggested_assignees
from todoapp.tasks.suggestion_schemas import SuggestionQuery, SuggestionsOut

blp = ApiBlueprint("suggestions", __name__, url_prefix="/v1", description="Who could take a task")


def as_list(found: list[Suggestion], page: int, per_page: int) -> dict[str, Any]:
    """A page of suggestions in the shape of every list."""
    rows = found[(page - 1) * per_page : page * per_page]
    return {"suggested_assignees": rows, "meta": Page(rows, page, per_page, len(found)).meta}


@blp.get("/suggested-assignees")
@blp.arguments(SuggestionQuery, location="query")
@blp.response(200, SuggestionsOut)
@blp.refusals(*READ)
def suggest(query: dict[str, Any]) -> dict[str, Any]:
    """List the members to whom you may assign, the least loaded fit one first, with the reason."""
    found = suggested_assignees(current_actor(), due=query.get("due_date"), estimated_time=query.get("estimated_time"))
    return as_list(found, query["page"], query["per_page"])


@blp.get("/tasks/<int:task_id>/suggested-assignees")
@blp.arguments(SuggestionQuery, location="query")
@blp.response(200, SuggestionsOut)
@blp.refusals(*READ)
def suggest_for_task(query: dict[str, Any], task_id: int) -> dict[str, Any]:
    """List who could take a task, its assignee aside. Its due date and estimate count, unless the query names others."""
    actor = current_actor()
    task = find(actor, Task, task_id)
    found = suggested_assignees(
        actor,
        due=query.get("due_date", task.due_date_time),
        estimated_time=query.get("estimated_time", task.estimated_time),
        exclude=[task.assigned_to_id],
    )
    return as_list(found, query["page"], query["per_page"])
