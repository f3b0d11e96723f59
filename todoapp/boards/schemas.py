"""What the board doors take and show."""

from marshmallow import Schema, fields

from todoapp.boards.calendar import SPANS
from todoapp.kit.fields import Day, one_of
from todoapp.kit.paging import CursorMetaOut
from todoapp.tasks.models import STATUSES
from todoapp.tasks.schemas import SORT_NAMES, PersonOut, TaskOut, TaskQuery

VIEWS = ("kanban", "list", "calendar", "timeline")


class BoardQuery(TaskQuery):
    """A board's view and filter. `page` and `per_page` count in each column of the kanban view.

    The calendar shows the `span` around `date`; the timeline six weeks from the week of `date`.
    """

    view = one_of(*VIEWS, load_default="kanban")
    sort = one_of(*SORT_NAMES)
    span = one_of(*SPANS, load_default="month")
    date = Day()


class ColumnOut(Schema):
    """One status of a board. With `total_capped`, it holds more than `total_count`."""

    status = one_of(*STATUSES, required=True)
    label = fields.String(required=True)
    total_count = fields.Integer(required=True)
    total_capped = fields.Boolean(required=True)
    tasks = fields.Nested(TaskOut, many=True, required=True)


class FactsOut(Schema):
    """How many open tasks are late, and due within seven days; 1001 means more than 1,000."""

    late = fields.Integer(required=True)
    due_this_week = fields.Integer(required=True)


class DayOut(Schema):
    """One day of a calendar; `inside` is false for the days that only fill a month's first and last week."""

    date = fields.Date(required=True)
    inside = fields.Boolean(required=True)
    tasks = fields.Nested(TaskOut, many=True, required=True)


class CalendarOut(Schema):
    """Due dates by day, in your zone. With `capped`, there are more tasks than are shown."""

    span = one_of(*SPANS, required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    previous = fields.Date(required=True)
    following = fields.Date(required=True)
    days = fields.Nested(DayOut, many=True, required=True)
    undated_count = fields.Integer(required=True)
    capped = fields.Boolean(required=True)


class BarOut(Schema):
    """A task from the day on which it started (or was made) to the day on which it is due."""

    task = fields.Nested(TaskOut, required=True)
    starts = fields.Date(required=True)
    ends = fields.Date(required=True)


class TimelineViewOut(Schema):
    """Bars that touch these six weeks. With `capped`, there are more than are shown."""

    today = fields.Date(required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    previous = fields.Date(required=True)
    following = fields.Date(required=True)
    bars = fields.Nested(BarOut, many=True, required=True)
    undated_count = fields.Integer(required=True)
    capped = fields.Boolean(required=True)


class BoardOut(Schema):
    """A board: `columns` as kanban, `tasks` and `meta` as list, else `calendar` or `timeline`."""

    board = fields.String(required=True)
    title = fields.String(required=True)
    person = fields.Nested(PersonOut, required=True, allow_none=True)
    view = one_of(*VIEWS, required=True)
    facts = fields.Nested(FactsOut, required=True)
    columns = fields.Nested(ColumnOut, many=True)
    tasks = fields.Nested(TaskOut, many=True)
    meta = fields.Nested(CursorMetaOut)
    calendar = fields.Nested(CalendarOut)
    timeline = fields.Nested(TimelineViewOut)
