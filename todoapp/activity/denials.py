"""What was refused for want of permission is written down too, in a transaction of its own: the refusal undoes the rest.

A person who is refused again and again leaves one line a minute for each thing that they tried, and at most thirty in all.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from todoapp.activity.models import ActivityLog
from todoapp.activity.record import DENIED, record_denial
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.transaction import after_refusal, is_reading
from todoapp.tenancy import inside

WINDOW = timedelta(minutes=1)
MOST_IN_WINDOW = 30
SPOKEN = {
    "account.set_logo": "change the logo of the account",
    "account.remove_logo": "remove the logo of the account",
    "custom_field.create": "create a custom field",
    "custom_field.reorder": "put the custom fields in another order",
    "member.add_absence": "plan an absence of the member",
    "member.remove_absence": "take back an absence of the member",
    "member.assign": "assign to the member",
    "member.invite": "invite a member",
    "member.uninvite": "take back an invitation",
    "tag.create": "create a tag",
    "task.comment": "comment on the task",
    "task.correct_clock": "correct the clock of the task",
}


def note_denial(actor: Actor, *, action: str, subject: Any) -> None:
    """Have the refusal written down once the work is undone. Looking at what is closed is not noted: nothing was tried."""
    if is_reading():
        return
    kind, row_id = ("Account", actor.account_id) if subject is None else (type(subject).__name__, subject.id)
    after_refusal(partial(_write, actor, action, kind, row_id))


def _write(actor: Actor, action: str, kind: str, row_id: int) -> None:
    with inside(actor.account_id):
        recent = db.session.execute(
            select(ActivityLog.resource_type, ActivityLog.resource_id, ActivityLog.details).where(
                ActivityLog.user_id == actor.user_id,
                ActivityLog.created_at > now() - WINDOW,
                ActivityLog.action == DENIED,
            )
        ).all()
        known = {(row.resource_type, row.resource_id, row.details.get("attempted")) for row in recent}
        if len(recent) < MOST_IN_WINDOW and (kind, row_id, action) not in known:
            record_denial(actor, kind, row_id, attempted=action, attempt=_in_words(action))


def _in_words(action: str) -> str:
    noun, _, verb = action.partition(".")
    return SPOKEN.get(action) or f"{verb} the {noun}".replace("_", " ")
