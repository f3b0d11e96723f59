"""What the verbs of tags take, and what the API shows of tags."""

from marshmallow import Schema, fields

from todoapp.kit.fields import Change, FormInput, Id, InstantField, Line, one_of
from todoapp.kit.paging import MetaOut, PageQuery
from todoapp.tasks.models import COLOURS
from todoapp.tasks.schemas import tag_name


class CreateTag(FormInput):
    """A new tag."""

    name = tag_name(required=True)
    colour = one_of(*COLOURS)


class UpdateTag(Change):
    """Another name, on every task that has the tag; another colour."""

    name = tag_name()
    colour = one_of(*COLOURS)


class MergeTag(FormInput):
    """Which tag its tasks get instead."""

    into_tag_id = Id(required=True)


class TagQuery(PageQuery):
    """A filter of tags by name."""

    search = Line(50, 0)


class TagOut(Schema):
    """A tag, and how many tasks that you see have it, archived ones aside."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    colour = one_of(*COLOURS, required=True)
    task_count = fields.Integer(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class TagsOut(Schema):
    """A page of tags, by name."""

    tags = fields.Nested(TagOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)
