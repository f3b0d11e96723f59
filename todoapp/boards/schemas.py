"""What the board doors take and show."""

from marshmallow import Schema, fields

from todoapp.kit.fields import one_of
from todoapp.kit.paging import CursorMetaOut
from todoapp.tasks.models import STATUSES
from todoapp.tasks.schemas import SORT_NAMES, PersonOut, TaskOut, TaskQuery

VIEWS = ("kanban", "list")


class BoardQuery(TaskQuery):
    """A board's view and filter. `page` and `per_page` count in each column of the kanban view."""

    view = one_of(*VIEWS, load_default="kanban")
    sort = one_of(*SORT_NAMES)


class ColumnOut(Schema):
    """One status of a board. With `total_capped`, it holds more than `total_count`."""

    status = one_of(*STATUSES, required=True)
    label = fields.String(required=True)
    total_count = fields.Integer(required=True)
    total_capped = fields.Boolean(required=True)
    tasks = fields.Nested(TaskOut, many=True, required=True)


class FactsOut(Schema):
    """How many open tasks are late, and due within seven days."""

    late = fields.Integer(required=True)
    due_this_week = fields.Integer(required=True)


class BoardOut(Schema):
    """A board: `columns` in the kanban view, `tasks` and `meta` in the list view."""

    board = fields.String(required=True)
    title = fields.String(required=True)
    person = fields.Nested(PersonOut, required=True, allow_none=True)
    view = one_of(*VIEWS, required=True)
    facts = fields.Nested(FactsOut, required=True)
    columns = fields.Nested(ColumnOut, many=True)
    tasks = fields.Nested(TaskOut, many=True)
    meta = fields.Nested(CursorMetaOut)
