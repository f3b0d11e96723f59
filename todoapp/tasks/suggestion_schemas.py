"""What the doors of suggestions take and show."""

from marshmallow import Schema, fields

from todoapp.kit.fields import Due, Duration
from todoapp.kit.paging import MetaOut, PageQuery
from todoapp.tasks.schemas import PersonOut


class SuggestionQuery(PageQuery):
    """What the work would be: when it is due, and how long it may take."""

    due_date = Due(metadata={"description": "a day or an instant"})
    estimated_time = Duration(metadata={"description": "seconds"})


class SuggestionOut(Schema):
    """A member to whom you may assign, with what they have on their hands. Times are seconds."""

    person = fields.Nested(PersonOut, attribute="member.user", required=True)
    role = fields.String(required=True, attribute="member.role")
    fits = fields.Boolean(required=True)
    reason = fields.String(required=True)
    load = fields.Integer(required=True, attribute="load.weight")
    open_tasks = fields.Integer(required=True, attribute="load.open_tasks")
    estimated_time = fields.Integer(required=True, attribute="load.estimated_time")
    time_left = fields.Integer(required=True, attribute="load.time_left")
    due_before = fields.Integer(required=True, attribute="load.due_before")
    late = fields.Integer(required=True, attribute="load.late")
    running_now = fields.Boolean(required=True, attribute="load.running_now")
    free_time = fields.Integer(required=True, allow_none=True)


class SuggestionsOut(Schema):
    """A page of members, the least loaded fit one first."""

    suggested_assignees = fields.Nested(SuggestionOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)
