"""The JSON door of custom fields."""

from typing import Any

from todoapp.fields.actions import (
    archive_custom_field,
    create_custom_field,
    hold_custom_field,
    reorder_custom_fields,
    restore_custom_field,
    update_custom_field,
)
from todoapp.fields.models import CustomField
from todoapp.fields.queries import list_fields
from todoapp.fields.schemas import (
    CreateCustomField,
    CustomFieldOut,
    CustomFieldQuery,
    CustomFieldsOut,
    ReorderCustomFields,
    UpdateCustomField,
)
from todoapp.kit.api import READ, WRITE, ApiBlueprint
from todoapp.kit.fields import NoFields
from todoapp.kit.paging import Page
from todoapp.kit.versions import check_version, tell_version
from todoapp.permissions import find
from todoapp.signed_in import current_actor

blp = ApiBlueprint(
    "custom_fields", __name__, url_prefix="/v1/custom-fields", description="The fields that the account adds to tasks"
)


@blp.get("")
@blp.arguments(CustomFieldQuery, location="query")
@blp.response(200, CustomFieldsOut)
@blp.refusals(*READ)
def list_all(query: dict[str, Any]) -> dict[str, Any]:
    """List the custom fields in their order; with `archived=true`, those that are archived."""
    page = list_fields(current_actor(), query)
    return {"custom_fields": page.rows, "meta": page.meta}


@blp.post("")
@blp.arguments(CreateCustomField)
@blp.response(201, CustomFieldOut)
@blp.refusals(*WRITE)
def create(fields: dict[str, Any]) -> CustomField:
    """Add a field to the tasks of the account."""
    return tell_version(create_custom_field(current_actor(), **fields))  # type: ignore[no-any-return]


@blp.post("/reorder")
@blp.arguments(ReorderCustomFields)
@blp.response(200, CustomFieldsOut)
@blp.refusals(*WRITE)
def reorder(fields: dict[str, Any]) -> dict[str, Any]:
    """Put some fields first, in the order that you name; the others follow as they stood."""
    rows = reorder_custom_fields(current_actor(), **fields)
    return {"custom_fields": rows, "meta": Page(rows, 1, max(len(rows), 1), len(rows)).meta}


@blp.get("/<int:custom_field_id>")
@blp.response(200, CustomFieldOut)
@blp.refusals(*READ)
def show(custom_field_id: int) -> CustomField:
    """Get a custom field, archived or not."""
    return tell_version(find(current_actor(), CustomField, custom_field_id))  # type: ignore[no-any-return]


@blp.patch("/<int:custom_field_id>")
@blp.arguments(UpdateCustomField)
@blp.response(200, CustomFieldOut)
@blp.refusals(*WRITE, 412)
def update(fields: dict[str, Any], custom_field_id: int) -> CustomField:
    """Change a field's name or options. Its kind and its key stay; so do values that are no longer offered."""
    actor = current_actor()
    return tell_version(update_custom_field(actor, check_version(hold_custom_field(actor, custom_field_id)), **fields))  # type: ignore[no-any-return]


@blp.delete("/<int:custom_field_id>")
@blp.response(204)
@blp.refusals(*WRITE, 412)
def archive(custom_field_id: int) -> None:
    """Archive a field: it is offered no longer, its values stay on their tasks. It can be restored."""
    actor = current_actor()
    archive_custom_field(actor, check_version(hold_custom_field(actor, custom_field_id)))


@blp.post("/<int:custom_field_id>/restore")
@blp.arguments(NoFields)
@blp.response(200, CustomFieldOut)
@blp.refusals(*WRITE)
def restore(fields: dict[str, Any], custom_field_id: int) -> CustomField:
    """Bring an archived field back."""
    actor = current_actor()
    return tell_version(restore_custom_field(actor, hold_custom_field(actor, custom_field_id)))  # type: ignore[no-any-return]
