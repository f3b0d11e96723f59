"""The JSON door of the activity log."""

from typing import Any

from todoapp.activity.logs import log_of_account, log_of_person, log_of_task
from todoapp.activity.schemas import ActivityOut, ActivityQuery
from todoapp.kit.api import READ, ApiBlueprint
from todoapp.kit.paging import Page
from todoapp.signed_in import current_actor

blp = ApiBlueprint(
    "activity", __name__, url_prefix="/v1/activity-logs", description="What happened, who did it, and what was refused"
)


def as_list(page: Page) -> dict[str, Any]:
    """A page in the shape of every list."""
    return {"activity_logs": page.rows, "meta": page.meta}


@blp.get("")
@blp.arguments(ActivityQuery, location="query")
@blp.response(200, ActivityOut)
@blp.refusals(*READ, 403)
def list_all(query: dict[str, Any]) -> dict[str, Any]:
    """List what happened in the account: for super managers and owners."""
    return as_list(log_of_account(current_actor(), query))


@blp.get("/task/<int:task_id>")
@blp.arguments(ActivityQuery, location="query")
@blp.response(200, ActivityOut)
@blp.refusals(*READ)
def list_of_task(query: dict[str, Any], task_id: int) -> dict[str, Any]:
    """List what happened to a task that you see."""
    return as_list(log_of_task(current_actor(), task_id, query))


@blp.get("/user/<int:user_id>")
@blp.arguments(ActivityQuery, location="query")
@blp.response(200, ActivityOut)
@blp.refusals(*READ, 403)
def list_of_person(query: dict[str, Any], user_id: int) -> dict[str, Any]:
    """List what a person did, as far as you may see it: yourself, or somebody whose board opens for you."""
    return as_list(log_of_person(current_actor(), user_id, query))
