"""`record` alone writes events: the deed's own transaction holds the event and one outbox row."""

from datetime import datetime
from typing import Any

from todoapp.activity.models import ActivityLog, OutboxEntry
from todoapp.activity.phrases import PHRASES
from todoapp.activity.reactions import REACTIONS
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.signals import work_waiting
from todoapp.kit.transaction import after_commit


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
    if action not in PHRASES:
        raise KeyError(f"{action} has no phrase in activity/phrases.py")
    if hasattr(subject, "version"):
        subject.version += 1
        details["version"] = subject.version
    db.session.flush()
    event = ActivityLog(
        user_id=by_id or actor.user_id,
        action=action,
        resource_type=type(subject).__name__,
        resource_id=subject.id,
        changes=changes or {},
        details=details,
        via=actor.via,
        cause_id=actor.cause_id,
        ip_address=actor.ip_address,
        user_agent=actor.user_agent,
        created_at=at or now(),
        updated_at=at or now(),
    )
    db.session.add(event)
    db.session.flush()
    if actor.via != "import" and REACTIONS.get(action):
        db.session.add(OutboxEntry(event_id=event.id))
        db.session.flush()
        after_commit(work_waiting.send)
    return event
