"""Opening a channel: may this member listen to it, where does it stand, and what did they miss."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, and_, func, or_, select

from todoapp.activity.models import ActivityLog
from todoapp.actor import Actor
from todoapp.boards.queries import board_of
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.live.bulletin import Bulletin
from todoapp.live.hearers import actor_of, inside_account
from todoapp.live.histories import IMPORTED, MANY_TASKS, PEOPLE
from todoapp.live.limits import MOST_MISSED
from todoapp.live.protocol import frame
from todoapp.live.rooms import TASK, TEAM, USER, Room
from todoapp.permissions import find
from todoapp.tasks.models import Task

LOOK_BACK = 200
LOOK_BACK_FOR = timedelta(seconds=10)
LIVED = or_(ActivityLog.via != "import", ActivityLog.action == IMPORTED)


def open_channel(app: Flask, subscription: Any, since: int | None) -> tuple[int, list[bytes], set[int]]:
    """Where the account's events stand, the frames that were missed since `since`, and their sequences.

    The refusal of a channel that does not open for the hearer is the API's own.
    """
    hearer = subscription.hearer

    def work() -> tuple[int, list[bytes], set[int]]:
        check_right(actor_of(hearer), subscription.room)
        sequence = newest()
        if since is None:
            return sequence, [], set()
        return sequence, *_missed(subscription, since, sequence)

    return inside_account(app, hearer.account_id, work)


def check_right(actor: Actor, room: Room) -> None:
    """Refuse a room that does not open for the actor: a task that they do not see, a board that is not theirs to open."""
    if room.kind == TASK:
        find(actor, Task, room.id or 0)
    else:
        board_of(actor, room.kind, room.id if room.kind == USER else None)


def newest() -> int:
    """The id of the account's newest event."""
    return db.session.scalar(select(func.max(ActivityLog.id))) or 0


def lately() -> list[int]:
    """The ids of the account's latest events: what happened before anybody listened. Never empty."""
    query = select(ActivityLog.id).order_by(ActivityLog.id.desc()).limit(LOOK_BACK)
    return [0, *db.session.scalars(query)]


def later_than(sequence: int, at: datetime) -> ColumnElement[bool]:
    """The SQL condition of events after `sequence`, and of those that were recorded shortly before it around `at`: ids do not
    arrive in commit order.
    """
    lately = and_(ActivityLog.id > sequence - LOOK_BACK, ActivityLog.created_at >= at - LOOK_BACK_FOR)
    return or_(ActivityLog.id > sequence, lately) & LIVED


def events_of(ids: Sequence[int]) -> Sequence[ActivityLog]:
    """These events, oldest first."""
    return db.session.scalars(select(ActivityLog).where(ActivityLog.id.in_(ids)).order_by(ActivityLog.id)).all()


def _missed(subscription: Any, since: int, sequence: int) -> tuple[list[bytes], set[int]]:
    resync = frame("resync", **subscription.room.names, sequence=sequence)
    missed = _ids_since(since)
    if since > sequence or sum(event_id > since for event_id in missed) > MOST_MISSED:
        return [resync], set()
    events = events_of(missed)
    bulletin = Bulletin(events, [subscription], since)
    frames = [message for message, _sequence in bulletin.sendings]
    if bulletin.resyncs or changes_board(subscription.room, {event.action for event in events}):
        frames.append(resync)
    return frames, {told for _message, told in bulletin.sendings}


def changes_board(room: Room, actions: set[str]) -> bool:
    """Whether these events may have changed what is on a board otherwise than card by card."""
    return (room.kind != TASK and bool(actions & MANY_TASKS)) or (room.kind == TEAM and bool(actions & PEOPLE))


def _ids_since(sequence: int) -> Sequence[int]:
    stood = select(ActivityLog.created_at).where(ActivityLog.id <= sequence).order_by(ActivityLog.id.desc()).limit(1)
    later = later_than(sequence, db.session.scalar(stood) or now())
    return db.session.scalars(
        select(ActivityLog.id).where(later).order_by(ActivityLog.id).limit(LOOK_BACK + MOST_MISSED + 1)
    ).all()
