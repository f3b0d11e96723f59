"""The JSON door of search."""

from typing import Any

from todoapp.kit.api import READ, ApiBlueprint
from todoapp.search.queries import find_tasks
from todoapp.search.schemas import HitsOut, SearchQuery
from todoapp.signed_in import current_actor

blp = ApiBlueprint("search", __name__, url_prefix="/v1/search", description="Tasks by the words in them")


@blp.get("")
@blp.arguments(SearchQuery, location="query")
@blp.response(200, HitsOut)
@blp.refusals(*READ)
def find(query: dict[str, Any]) -> dict[str, Any]:
    """Search the titles, descriptions, tags and comments of the tasks that you may see."""
    page = find_tasks(current_actor(), query)
    return {"tasks": page.rows, "meta": page.meta}
