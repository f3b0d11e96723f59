"""What the activity log's doors take and show."""

from marshmallow import Schema, fields, validate

from todoapp.activity.phrases import PHRASES
from todoapp.kit.fields import CommaList, Due, Flag, Id, InstantField, Line, one_of
from todoapp.kit.paging import CursorMetaOut, CursorQuery
from todoapp.tasks.schemas import PersonOut

DAY_OR_INSTANT = {"description": "a day in your zone, or an instant"}


class ActivityQuery(CursorQuery):
    """A filter of events: AND across kinds, OR within one. `resource_id` is a task's unless `resource_type` says otherwise."""

    action = CommaList(one_of(*sorted(PHRASES)))
    user_id = Id(metadata={"description": "who acted"})
    resource_type = Line(
        32, metadata={"description": "Task, Member (by user id), User, Account, Invitation, Comment, Tag, CustomField"}
    )
    resource_id = Id()
    via = CommaList(Line(16), metadata={"description": "the door: web, admin, api, cli, import, automation"})
    since = Due(data_key="from", metadata=DAY_OR_INSTANT)
    until = Due(data_key="to", metadata=DAY_OR_INSTANT)
    denied = Flag(metadata={"description": "true: only what was refused; false: only what was done"})


class ThingOut(Schema):
    """What an event is about. A member's id is their user id."""

    type = fields.String(required=True)
    id = fields.Integer(required=True)
    name = fields.String(required=True, allow_none=True)


class LogEntryOut(Schema):
    """One event. `changes` maps a field to [before, after]. Address, program and session are for super managers and owners."""

    id = fields.Integer(required=True, attribute="entry.id")
    action = fields.String(required=True, attribute="entry.event")
    at = InstantField(required=True, attribute="entry.at")
    by = fields.Nested(PersonOut, required=True, allow_none=True, attribute="entry.who")
    on_behalf_of = fields.Nested(PersonOut, required=True, allow_none=True)
    cause_id = fields.Integer(required=True, allow_none=True)
    via = fields.String(required=True, attribute="entry.via")
    ip_address = fields.String(required=True, allow_none=True, attribute="origin.ip_address")
    user_agent = fields.String(required=True, allow_none=True, attribute="origin.user_agent")
    session_id = fields.Integer(required=True, allow_none=True, attribute="origin.session_id")
    resource = fields.Nested(ThingOut, required=True)
    changes = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Raw(allow_none=True), validate=validate.Length(equal=2)),
        required=True,
        attribute="entry.changes",
    )
    sentence = fields.String(required=True, attribute="entry.sentence")
    denied = Flag(required=True)
    attempted = fields.String(required=True, allow_none=True)


class ActivityOut(Schema):
    """A page of events, newest first."""

    activity_logs = fields.Nested(LogEntryOut, many=True, required=True)
    meta = fields.Nested(CursorMetaOut, required=True)
