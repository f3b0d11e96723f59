"""What a task's verbs take (one schema per action, for form, JSON and every other caller) and what the API shows."""

from typing import Any, cast

from marshmallow import Schema, fields, validate

from todoapp.kit.fields import (
    LARGEST_ID,
    Change,
    CommaList,
    Due,
    Duration,
    Flag,
    FormInput,
    Id,
    InstantField,
    Line,
    Prose,
    Query,
    Whole,
    one_of,
    reading_text,
)
from todoapp.kit.paging import CursorMetaOut, CursorQuery, MetaOut
from todoapp.kit.small_json import SmallJson
from todoapp.search.fields import SearchText
from todoapp.tasks.models import PRIORITIES, STATUSES, VISIBILITIES

INSTANT = {"format": "date-time"}
SORT_NAMES = ("due_date", "priority", "created_at", "updated_at", "title", "position")


def tag_name(**kw: Any) -> Line:
    """The name of a tag; commas and semicolons part tags where people type several."""
    line = Line(50, **kw)
    line.validators.append(validate.Regexp(r"[^,;]*\Z", error="Leave commas and semicolons out of a tag."))
    return line


class TaskFields(FormInput):
    """What can be said of a task when it is made or edited."""

    description = Prose(50_000)
    priority = one_of(*PRIORITIES)
    visibility = one_of(*VISIBILITIES)
    due_date = Due(allow_none=True)
    estimated_time = Duration(allow_none=True, metadata={"description": "seconds"})
    tags = fields.List(tag_name(), validate=validate.Length(0, 20))
    custom_fields = SmallJson(metadata={"description": "by key, see /v1/custom-fields; null clears, the others stay"})
    parent_task_id = Id(allow_none=True)


class CreateTask(TaskFields):
    """A new task. Without `assigned_to_id` it is the creator's own; with null it is nobody's."""

    title = Line(255, required=True)
    assigned_to_id = Id(allow_none=True)


class UpdateTask(Change, TaskFields):
    """An edit. `version` is the version that was edited from: what others changed since is not overwritten."""

    beside = ("version",)
    title = Line(255)
    version = Whole(1, 2**31)


class AssignTask(FormInput):
    """To whom; optionally with a new due date, and until when to answer (else as the account has it; null: no deadline)."""

    assigned_to_id = Id(required=True)
    due_date = Due(allow_none=True)
    answer_by = InstantField(allow_none=True)


class RejectTask(FormInput):
    """Why not."""

    reason = Line(1000, required=True)


class PauseTask(FormInput):
    """Why the work stands still, how far it got, and whom or what it waits for."""

    reason = Line(255, required=True)
    comment = Prose(2000, allow_none=True)
    progress_percentage = Whole(0, 100, allow_none=True)
    waiting_for_user_id = Id(allow_none=True)
    waiting_for_task_id = Id(allow_none=True)


class CorrectClock(FormInput):
    """When work really stopped."""

    stopped_at = InstantField(required=True)


class PersonOrNobody(fields.Field):
    """In a query string: the id of a member, or the word nobody."""

    takes = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": LARGEST_ID}, {"const": "nobody"}]}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int | str:
        if value == "nobody":
            return "nobody"
        with reading_text():
            return cast(int, Id().deserialize(value))


class TaskQuery(CursorQuery):
    """A filter of tasks: AND across kinds, OR within one. Lists are repeated or comma-separated."""

    account_id = Id(metadata={"description": "must be the token's account"})
    status = CommaList(one_of(*STATUSES))
    priority = CommaList(one_of(*PRIORITIES))
    assigned_to = CommaList(PersonOrNobody())
    created_by = CommaList(Id())
    due_date_from = Due()
    due_date_to = Due()
    undated = Flag(load_default=False, metadata={"description": "those without a due date alone"})
    search = SearchText()
    tags = CommaList(Line(50))
    parent_task_id = Id()
    archived = Flag(load_default=False)
    awaiting_answer = one_of(
        "true", "overdue", metadata={"description": "handed over and neither accepted nor rejected"}
    )
    sort = one_of(
        *SORT_NAMES,
        "relevance",
        metadata={
            "description": "by default created_at; relevance, the best and newest first, where words are searched for"
        },
    )
    order = one_of("asc", "desc")


class PersonOut(Schema):
    """A person as others see them."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class AssignmentOut(Schema):
    """One hand-over."""

    id = fields.Integer(required=True)
    assigned_by = fields.Nested(PersonOut, attribute="assigner", required=True)
    assigned_to = fields.Nested(PersonOut, attribute="assignee", required=True)
    assigned_at = InstantField(required=True)
    accepted_at = InstantField(required=True, allow_none=True)
    rejected_at = InstantField(required=True, allow_none=True)
    rejection_reason = fields.String(required=True, allow_none=True)
    answer_by = InstantField(required=True, allow_none=True)
    overdue_at = InstantField(required=True, allow_none=True)
    reassignment_count = fields.Integer(required=True)
    is_current = fields.Boolean(required=True)
    state = one_of("waiting", "accepted", "rejected", required=True)


class PauseOut(Schema):
    """The pause in which a task stands."""

    reason = fields.String(required=True)
    comment = fields.String(required=True, allow_none=True)
    progress_percentage = fields.Integer(required=True, allow_none=True)
    paused_at = InstantField(required=True)
    waiting_for_user_id = fields.Integer(required=True, allow_none=True)
    waiting_for_task_id = fields.Integer(required=True, allow_none=True)


class PartsOut(Schema):
    """What the direct subtasks that you see come to, deleted ones aside. Times are seconds."""

    total = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    estimated_time = fields.Integer(required=True)
    actual_time = fields.Integer(required=True)


class TaskOut(Schema):
    """A task. Times are seconds; instants are UTC."""

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    status = one_of(*STATUSES, required=True)
    priority = one_of(*PRIORITIES, required=True)
    visibility = one_of(*VISIBILITIES, required=True)
    created_by = fields.Nested(PersonOut, attribute="creator", required=True)
    assigned_to = fields.Nested(PersonOut, attribute="assignee", required=True, allow_none=True)
    assignment_state = one_of("waiting", "accepted", "rejected", required=True, allow_none=True)
    answer_by = InstantField(required=True, allow_none=True)
    reassignment_count = fields.Integer(required=True)
    parent_task_id = fields.Integer(required=True, allow_none=True)
    subtasks = fields.Nested(
        PartsOut, attribute="parts", required=True, allow_none=True, metadata={"description": "null in live messages"}
    )
    due_date = InstantField(required=True, allow_none=True, attribute="due_date_time")
    estimated_time = fields.Integer(required=True, allow_none=True)
    actual_time = fields.Method("worked", required=True, metadata={"type": "integer"})
    pause = fields.Nested(PauseOut, attribute="open_pause", required=True, allow_none=True)
    tags = fields.Pluck("TagNameOut", "name", many=True, required=True)
    custom_fields = fields.Dict(required=True)
    started_at = InstantField(required=True, allow_none=True)
    completed_at = InstantField(required=True, allow_none=True)
    archived_at = InstantField(required=True, allow_none=True)
    deleted_at = InstantField(required=True, allow_none=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)

    def worked(self, task: object) -> int:
        """Working time in seconds, the running stretch included."""
        return task.worked_seconds()  # type: ignore[attr-defined]


class TagNameOut(Schema):
    """A tag, by name."""

    name = fields.String(required=True)


class TasksOut(Schema):
    """A page of tasks."""

    tasks = fields.Nested(TaskOut, many=True, required=True)
    meta = fields.Nested(CursorMetaOut, required=True)


class EventOut(Schema):
    """One thing that happened to a task, as a sentence and as data."""

    id = fields.Integer(required=True)
    action = fields.String(required=True, attribute="event")
    at = InstantField(required=True)
    by = fields.Nested(PersonOut, required=True, allow_none=True, attribute="who")
    sentence = fields.String(required=True)
    changes = fields.Dict(required=True)
    via = fields.String(required=True)


class StretchOut(Schema):
    """One stretch of work: worked + paused = elapsed, in seconds."""

    number = fields.Integer(required=True)
    started_at = InstantField(required=True)
    finished_at = InstantField(required=True, allow_none=True)
    worked = fields.Integer(required=True)
    paused = fields.Integer(required=True)
    elapsed = fields.Integer(required=True)


class TimelineOut(Schema):
    """What happened to a task, newest last, and its clock by stretches."""

    events = fields.Nested(EventOut, many=True, required=True)
    stretches = fields.Nested(StretchOut, many=True, required=True)
    worked = fields.Integer(required=True)
    paused = fields.Integer(required=True)
    meta = fields.Nested(MetaOut, required=True)


class StateQuery(Query):
    """Which instant: from when the task was made to now, which is the default."""

    at = InstantField()


class StateOut(Schema):
    """A task as it stood at an instant. Instants are UTC, times are seconds."""

    id = fields.Integer(required=True)
    at = InstantField(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    status = one_of(*STATUSES, required=True)
    priority = one_of(*PRIORITIES, required=True)
    visibility = one_of(*VISIBILITIES, required=True)
    assigned_to = fields.Nested(PersonOut, attribute="assignee", required=True, allow_none=True)
    assignment_state = one_of("waiting", "accepted", "rejected", required=True, allow_none=True)
    due_date = fields.String(required=True, allow_none=True, attribute="due_date_time", metadata=INSTANT)
    estimated_time = fields.Integer(required=True, allow_none=True)
    parent_task_id = fields.Integer(required=True, allow_none=True)
    tags = fields.List(fields.String(), required=True)
    custom_fields = fields.Dict(required=True)
    archived_at = fields.String(required=True, allow_none=True, metadata=INSTANT)
    deleted_at = fields.String(required=True, allow_none=True, metadata=INSTANT)


class SnapshotOut(Schema):
    """How a task stood at a pause or at its completion."""

    id = fields.Integer(required=True)
    snapshot_type = one_of("pause", "milestone", required=True)
    state_data = fields.Dict(required=True)
    progress_at_snapshot = fields.Integer(required=True, allow_none=True)
    total_time_at_snapshot = fields.Integer(required=True)
    created_at = InstantField(required=True)


class SnapshotsOut(Schema):
    """A page of snapshots, newest first."""

    snapshots = fields.Nested(SnapshotOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)


class HistoryOut(Schema):
    """All hand-overs of a task, oldest first."""

    assignments = fields.Nested(AssignmentOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)
