"""What the doors of search take and show."""

from marshmallow import Schema, fields

from todoapp.kit.fields import one_of
from todoapp.kit.paging import CursorMetaOut, CursorQuery
from todoapp.search.fields import SearchText
from todoapp.search.queries import PARTS
from todoapp.tasks.schemas import TaskOut


class SearchQuery(CursorQuery):
    """What is looked for."""

    q = SearchText(1, required=True)


class HitOut(TaskOut):
    """A task, in which of its parts the words stand, and a line around the first of them, in plain text."""

    matched = fields.List(one_of(*PARTS), required=True)
    snippet_from = one_of(*PARTS, required=True)
    snippet = fields.String(required=True)


class HitsOut(Schema):
    """A page of what was found, the best and newest first."""

    tasks = fields.Nested(HitOut, many=True, required=True)
    meta = fields.Nested(CursorMetaOut, required=True)
