"""`record` alone writes events: the deed's own transaction holds the event and one outbox row."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from todoapp.activity.models import ActivityLog, OutboxEntry
from todoapp.activity.phrases import PHRASES
from todoapp.activity.reactions import REACTIONS
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.signals import event_recorded, work_waiting
from todoapp.kit.transaction import after_commit
from todoapp.tenancy import add_rows

DENIED = "act_denied"


@dataclass(frozen=True, slots=True)
class Past:
    """One event of a history that is taken over from elsewhere."""

    action: str
    subject: Any
    at: datetime
    by_id: int
    details: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)


def record(
    actor: Actor,
    action: str,
    subject: Any,
    *,
    changes: dict[str, Any] | None = None,
    at: datetime | None = None,
    by_id: int | None = None,
    **details: Any,
) -> ActivityLog:
    """Write that `action` happened to `subject`. `changes` maps a field to [old, new], JSON-ready. A versioned subject
    gets a new version.

    `at` and `by_id` are for history that was taken over from elsewhere: such events get no reactions.
    """
    event = _event(actor, Past(action, subject, at or now(), by_id or actor.user_id, details, changes or {}))
    db.session.flush()
    event.resource_id = subject.id
    db.session.add(event)
    db.session.flush()
    _let_follow(actor, [event])
    return event


def record_each(actor: Actor, deeds: Iterable[Past]) -> None:
    """Write what one act did to many saved subjects, all at once; what follows from such an event follows from each."""
    _let_follow(actor, record_past(actor, deeds))


def record_denial(actor: Actor, resource_type: str, resource_id: int, **details: Any) -> ActivityLog:
    """Write that the actor was refused something. Nothing follows from it, and the thing itself is not touched."""
    event = ActivityLog(
        user_id=actor.user_id,
        action=DENIED,
        resource_type=resource_type,
        resource_id=resource_id,
        changes={},
        details=details,
        created_at=now(),
        updated_at=now(),
        **_whence(actor),
    )
    db.session.add(event)
    db.session.flush()
    return event


def record_past(actor: Actor, history: Iterable[Past]) -> list[ActivityLog]:
    """Write the history of saved subjects, all at once. What happened long ago and elsewhere gets no reactions."""
    events = [_event(actor, past) for past in history]
    db.session.add_all(events)
    db.session.flush()
    return events


def _let_follow(actor: Actor, events: list[ActivityLog]) -> None:
    if actor.via == "import":
        return
    if waiting := [{"event_id": event.id} for event in events if REACTIONS.get(event.action)]:
        add_rows(OutboxEntry, waiting)
        after_commit(work_waiting.send)
    for event in events:
        after_commit(partial(event_recorded.send, account_id=event.account_id, event_id=event.id))


def _event(actor: Actor, past: Past) -> ActivityLog:
    if past.action not in PHRASES:
        raise KeyError(f"{past.action} has no phrase in activity/phrases.py")
    details = dict(past.details)
    if hasattr(past.subject, "version"):
        past.subject.version += 1
        details["version"] = past.subject.version
    return ActivityLog(
        user_id=past.by_id,
        action=past.action,
        resource_type=type(past.subject).__name__,
        resource_id=past.subject.id,
        changes=past.changes,
        details=details,
        created_at=past.at,
        updated_at=past.at,
        **_whence(actor),
    )


def _whence(actor: Actor) -> dict[str, Any]:
    """Through which door and from where the actor came, and what made them act."""
    return {
        "via": actor.via,
        "cause_id": actor.cause_id,
        "ip_address": actor.ip_address,
        "user_agent": actor.user_agent,
        "session_id": actor.session_id,
    }
