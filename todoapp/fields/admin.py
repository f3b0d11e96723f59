"""The administration's page of custom fields: making, renaming, choosing options, ordering, archiving."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from todoapp.admin.base import AdminPage
from todoapp.fields.actions import (
    archive_custom_field,
    create_custom_field,
    hold_custom_field,
    reorder_custom_fields,
    restore_custom_field,
    update_custom_field,
)
from todoapp.fields.models import KINDS, CustomField
from todoapp.fields.queries import list_fields
from todoapp.fields.schemas import MOST_FIELDS, CreateCustomField, UpdateCustomField
from todoapp.kit.answers import done
from todoapp.kit.forms import FRESH, Form, read_form, said_of, shown_again_by
from todoapp.permissions import find
from todoapp.signed_in import current_actor

KIND_WORDS = {
    "text": "Text",
    "number": "Number",
    "date": "Day",
    "select": "One of several options",
    "checkbox": "Yes or no",
    "url": "Link",
}
ALL = 10 * MOST_FIELDS


class CustomFields(AdminPage):
    """What the account's tasks hold beside their own fields."""

    title, address, icon, row = "Custom fields", "customfield", "list-filter", "custom_field.update"

    @expose("/")
    def index(self, form: Form = FRESH) -> ResponseReturnValue:
        """Those in use in their order, those that are archived, and a form for a new one."""
        actor = current_actor()
        used, put_away = (
            list_fields(actor, {"archived": archived, "page": 1, "per_page": ALL}).rows for archived in (False, True)
        )
        return self.render(
            "admin/fields.html",
            problem=said_of(form),
            typed=form.values,
            used=used,
            put_away=put_away,
            kinds=[{"value": kind, "label": KIND_WORDS[kind]} for kind in KINDS],
            kind_words=KIND_WORDS,
        )

    @expose("/new", methods=("POST",))
    @shown_again_by(index)
    def create(self) -> ResponseReturnValue:
        """Add a field behind the others."""
        actor = current_actor()
        field = create_custom_field(actor, **read_form(CreateCustomField(), actor.timezone, _typed("name", "kind")))
        return done(f"The field {field.name} is on every task now.", self.get_url(".index"))

    @expose("/<int:custom_field_id>", methods=("POST",))
    @shown_again_by(lambda self, form, custom_field_id: self.index(form))
    def change(self, custom_field_id: int) -> ResponseReturnValue:
        """Another name, other options."""
        actor = current_actor()
        field = hold_custom_field(actor, custom_field_id)
        update_custom_field(actor, field, **read_form(UpdateCustomField(), actor.timezone, _typed("name", "version")))
        return done(f"The field {field.name} is saved.", self.get_url(".index"))

    @expose("/<int:custom_field_id>/up", methods=("POST",))
    def raise_one(self, custom_field_id: int) -> ResponseReturnValue:
        """One place further up."""
        actor = current_actor()
        field = find(actor, CustomField, custom_field_id)
        order = [one.id for one in list_fields(actor, {"archived": False, "page": 1, "per_page": ALL}).rows]
        if field.id in order[1:]:
            place = order.index(field.id)
            order[place - 1 : place + 1] = [order[place], order[place - 1]]
            reorder_custom_fields(actor, custom_field_ids=order)
        return done(f"{field.name} moved up.", self.get_url(".index"))

    @expose("/<int:custom_field_id>/archive", methods=("POST",))
    def archive(self, custom_field_id: int) -> ResponseReturnValue:
        """Offer it no longer."""
        actor = current_actor()
        field = archive_custom_field(actor, hold_custom_field(actor, custom_field_id))
        undo = self.get_url(".restore", custom_field_id=field.id)
        return done(f"The field {field.name} is archived. Its values stay.", self.get_url(".index"), undo=undo)

    @expose("/<int:custom_field_id>/restore", methods=("POST",))
    @shown_again_by(lambda self, form, custom_field_id: self.index(form))
    def restore(self, custom_field_id: int) -> ResponseReturnValue:
        """Offer it again."""
        actor = current_actor()
        field = restore_custom_field(actor, hold_custom_field(actor, custom_field_id))
        return done(f"The field {field.name} is back.", self.get_url(".index"))


def _typed(*names: str) -> dict[str, Any]:
    """The form with its options as a list: one a line."""
    typed: dict[str, Any] = {name: request.form[name] for name in names if name in request.form}
    options = [line.strip() for line in request.form.get("options", "").splitlines() if line.strip()]
    return typed | ({"options": options} if options else {})
