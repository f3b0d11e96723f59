"""Reading what happened: events as sentences."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select

from todoapp.accounts.models import AccountMembership
from todoapp.activity.models import ActivityLog
from todoapp.activity.phrases import FIELD_NAMES, PHRASES
from todoapp.activity.record import DENIED
from todoapp.comments.models import Comment
from todoapp.extensions import db
from todoapp.fields.models import PREFIX
from todoapp.fields.queries import Known, known_fields
from todoapp.fields.wording import told
from todoapp.kit.paging import Page, page_of
from todoapp.users.models import User

NOBODY = "nobody"
NO_TEXT = "(deleted)"
SYSTEM = "The system"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as a line of history."""

    id: int
    at: datetime
    who: User | None
    sentence: str
    event: str
    via: str
    changes: dict[str, Any]
    details: dict[str, Any]


def newest_event() -> ScalarSelect[int | None]:
    """The id of the account's newest event, to be read along in another query; None where nothing has happened."""
    return select(func.max(ActivityLog.id)).scalar_subquery()


def history_of(row: Any, *, page: int = 1, per_page: int = 100, newest_first: bool = False) -> Page:
    """What happened to `row` (already found for its reader), oldest first unless told otherwise, as entries."""
    query = select(ActivityLog).where(
        ActivityLog.resource_type == type(row).__name__,
        ActivityLog.resource_id == row.id,
        ActivityLog.action != DENIED,
    )
    if newest_first:
        query = query.order_by(ActivityLog.created_at.desc(), ActivityLog.id.desc())
    else:
        query = query.order_by(ActivityLog.created_at, ActivityLog.id)
    found = page_of(query, query.with_only_columns(ActivityLog.id), page=page, per_page=per_page)
    return Page(as_entries(found.rows), found.page, found.per_page, found.total_count, found.total_capped)


def as_entries(events: Sequence[ActivityLog]) -> list[Entry]:
    """Events with their sentences; names are read in one query."""
    people, texts, known = _people(events), _texts(events), _known(events)
    return [
        Entry(
            id=event.id,
            at=event.created_at,
            who=people.get(event.user_id or 0),
            sentence=sentence(event, people, texts, known),
            event=event.action,
            via=event.via,
            changes=event.changes,
            details=event.details,
        )
        for event in events
    ]


def sentence(event: ActivityLog, people: dict[int, User], texts: dict[int, str], known: Known) -> str:
    """The event in words, after the table in `phrases.py`; `texts` are beginnings of comments, `known` the custom fields."""
    words: dict[str, Any] = defaultdict(lambda: NOBODY, {name: str(value) for name, value in event.details.items()})
    for name, value in event.details.items():
        if name.endswith("_id"):
            words[name.removesuffix("_id")] = people[value].name if value in people else NOBODY
    own = [name for name in event.details.get("fields", []) if not name.startswith(PREFIX)]
    words["fields"] = listed(FIELD_NAMES.get(name, name.replace("_", " ")) for name in own)
    words["edited"] = listed([f"changed {words['fields']}"] * bool(own) + list(told(known, event.changes)))
    if "comment_id" in event.details:
        words["text"] = texts.get(event.details["comment_id"]) or NO_TEXT
    words["who"] = people[event.user_id].name if event.user_id in people else SYSTEM
    return PHRASES[event.action].format_map(words) + _aside(event)


def _aside(event: ActivityLog) -> str:
    """What was left to do when a task was completed."""
    left = event.details.get("open_subtasks")
    return f", with {left} {'subtask' if left == 1 else 'subtasks'} still open" if left else ""


def listed(words: Iterable[str]) -> str:
    """a, b and c."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def _people(events: Sequence[ActivityLog]) -> dict[int, User]:
    ids = {event.user_id for event in events}
    for event in events:
        ids |= {value for name, value in event.details.items() if name.endswith("_id") and isinstance(value, int)}
    members = select(AccountMembership).where(AccountMembership.user_id.in_(ids - {None}))
    return {member.user_id: member.user for member in db.session.scalars(members)}


def _known(events: Sequence[ActivityLog]) -> Known:
    """The custom fields, where one of these events is about any."""
    return known_fields() if any(name.startswith(PREFIX) for event in events for name in event.changes) else {}


def _texts(events: Sequence[ActivityLog]) -> dict[int, str]:
    """The beginnings of the comments that these events are about."""
    ids = {event.details["comment_id"] for event in events if "comment_id" in event.details}
    if not ids:
        return {}
    return dict(db.session.execute(select(Comment.id, Comment.excerpt).where(Comment.id.in_(ids))).all())
