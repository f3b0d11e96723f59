"""The JSON door of tags."""

from typing import Any

from todoapp.actor import Actor
from todoapp.kit.api import READ, WRITE, ApiBlueprint
from todoapp.permissions import find
from todoapp.signed_in import current_actor
from todoapp.tags.actions import create_tag, delete_tag, merge_tag, update_tag
from todoapp.tags.queries import list_tags, with_counts
from todoapp.tags.schemas import CreateTag, MergeTag, TagOut, TagQuery, TagsOut, UpdateTag
from todoapp.tasks.models import Tag

blp = ApiBlueprint("tags", __name__, url_prefix="/v1/tags", description="The account's tags")


def shown(actor: Actor, tag: Tag) -> Tag:
    """A tag that knows how many tasks have it."""
    with_counts(actor, [tag])
    return tag


@blp.get("")
@blp.arguments(TagQuery, location="query")
@blp.response(200, TagsOut)
@blp.refusals(*READ)
def list_all(query: dict[str, Any]) -> dict[str, Any]:
    """List the account's tags by name, each with the number of its tasks that you see."""
    page = list_tags(current_actor(), query)
    return {"tags": page.rows, "meta": page.meta}


@blp.post("")
@blp.arguments(CreateTag)
@blp.response(201, TagOut)
@blp.refusals(*WRITE)
def create(fields: dict[str, Any]) -> Tag:
    """Create a tag. Tags that are typed into a task are made by themselves."""
    actor = current_actor()
    return shown(actor, create_tag(actor, **fields))


@blp.get("/<int:tag_id>")
@blp.response(200, TagOut)
@blp.refusals(*READ)
def show(tag_id: int) -> Tag:
    """Get a tag."""
    actor = current_actor()
    return shown(actor, find(actor, Tag, tag_id))


@blp.patch("/<int:tag_id>")
@blp.arguments(UpdateTag)
@blp.response(200, TagOut)
@blp.refusals(*WRITE)
def update(fields: dict[str, Any], tag_id: int) -> Tag:
    """Rename a tag, on every task that has it, or give it another colour."""
    actor = current_actor()
    return shown(actor, update_tag(actor, find(actor, Tag, tag_id), **fields))


@blp.post("/<int:tag_id>/merge")
@blp.arguments(MergeTag)
@blp.response(200, TagOut)
@blp.refusals(*WRITE)
def merge(fields: dict[str, Any], tag_id: int) -> Tag:
    """Merge a tag into another one, which every task of both then has; answers the one that stays."""
    actor = current_actor()
    return shown(actor, merge_tag(actor, find(actor, Tag, tag_id), **fields))


@blp.delete("/<int:tag_id>")
@blp.response(204)
@blp.refusals(*WRITE)
def delete(tag_id: int) -> None:
    """Delete a tag and take it off the tasks."""
    actor = current_actor()
    delete_tag(actor, find(actor, Tag, tag_id))
