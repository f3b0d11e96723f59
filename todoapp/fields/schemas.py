"""What the verbs of custom fields take, and what the API shows of custom fields."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from todoapp.fields.models import KINDS
from todoapp.kit.fields import Change, Flag, FormInput, Id, InstantField, Line, Whole, one_of
from todoapp.kit.paging import MetaOut, PageQuery

MOST_FIELDS, MOST_OPTIONS = 50, 100
LONGEST_OPTION = 100
KEY = validate.Regexp(
    r"\A[a-z][a-z0-9_]*\Z", error="Begin with a small letter a to z; then small letters, digits and underscores."
)


class Options(fields.List):
    """What a select offers: each once, whatever its case."""

    def __init__(self, **kw: Any):
        few = validate.Length(1, MOST_OPTIONS, error=f"Give 1 to {MOST_OPTIONS} options.")
        super().__init__(Line(LONGEST_OPTION), validate=few, **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> list[str]:
        options = super()._deserialize(value, attr, data, **kw)
        if len({option.casefold() for option in options}) < len(options):
            raise ValidationError("Name each option once.")
        return options


class CreateCustomField(FormInput):
    """A new field. Without a `key` it gets one made of its name; neither the key nor the kind can change later."""

    name = Line(60, required=True)
    kind = one_of(*KINDS, required=True)
    key = fields.String(validate=[validate.Length(1, 40), KEY])
    options = Options(metadata={"description": "what a select offers; for no other kind"})

    @validates_schema(skip_on_field_errors=True)
    def fitting_options(self, data: dict[str, Any], **_kw: object) -> None:
        """A select offers something, nothing else does."""
        if data["kind"] == "select" and "options" not in data:
            raise ValidationError("Give the options from which people choose.", "options")
        if data["kind"] != "select" and "options" in data:
            raise ValidationError(f"A {data['kind']} field has no options. Leave them out.", "options")


class UpdateCustomField(Change):
    """Another name, other options: a value that is no longer offered stays where it is. `version` is the one edited from."""

    beside = ("version",)
    name = Line(60)
    options = Options()
    version = Whole(1, 2**31)


class ReorderCustomFields(FormInput):
    """The fields that come first, in this order; the others follow as they stood."""

    custom_field_ids = fields.List(Id(), required=True, validate=validate.Length(1, 10 * MOST_FIELDS))


class CustomFieldQuery(PageQuery):
    """Which fields: those in use, or those that are archived."""

    archived = Flag(load_default=False)


class CustomFieldOut(Schema):
    """A field that tasks of the account have. Its values stand in `custom_fields` of a task, under its key."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    key = fields.String(required=True)
    kind = one_of(*KINDS, required=True)
    options = fields.List(fields.String(), required=True)
    position = fields.Integer(required=True)
    version = fields.Integer(required=True)
    archived_at = InstantField(required=True, allow_none=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class CustomFieldsOut(Schema):
    """A page of fields, in the order in which tasks show them."""

    custom_fields = fields.Nested(CustomFieldOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)
