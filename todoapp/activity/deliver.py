"""What follows from events, and effects on the world outside: claimed with a lease, tried again when they fail.

The database holds the truth. A worker that dies leaves a lease behind, which runs out; then another one takes the row.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from random import random
from typing import Any

from sqlalchemy import Select, select

from todoapp.activity.models import ActivityLog, Delivery, OutboxEntry
from todoapp.activity.posting import post
from todoapp.activity.reactions import DELIVERERS, REACTIONS
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.logs import note_whose
from todoapp.kit.retention import delete_all
from todoapp.kit.secrets import digest
from todoapp.kit.transaction import atomic, is_passing
from todoapp.tenancy import TenancyError, across_accounts, inside

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 10
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
KEPT, KEPT_DEAD = timedelta(days=30), timedelta(days=90)
Effect = Callable[[], Any]


def drain(stop: Callable[[], bool] = lambda: False) -> int:
    """Do everything that is due now, until `stop` says so; returns how much that was."""
    done = 0
    while not stop() and (_next_entry() or _next_delivery()):
        done += 1
    return done


def forget_delivered() -> None:
    """Delete what was delivered 30 days ago, and what died 90 days ago."""
    at = now()
    delete_all(Delivery, (Delivery.delivered_at < at - KEPT) | (Delivery.dead_at < at - KEPT_DEAD))


def load(name: str) -> Callable[..., Any]:
    """The function behind a dotted name."""
    module, _, function = name.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def react_again(delivery: Delivery) -> None:
    """Run a reaction that failed before."""
    event = db.session.get_one(ActivityLog, delivery.payload["event_id"])
    load(delivery.recipient)(event)


def _next_entry() -> bool:
    """Run the reactions of one event, each with a fate of its own; False when none is due."""
    claimed = atomic(lambda: _claim(OutboxEntry, select(OutboxEntry)))
    if claimed is None:
        return False
    entry_id, account_id, lease = claimed
    note_whose(account_id)
    try:
        atomic(lambda: _react(entry_id, account_id, lease))
    except Exception as error:
        reason = _in_words(error)
        log.exception("an outbox entry failed", extra={"entry": entry_id})
        atomic(lambda: _put_off(OutboxEntry, entry_id, lease, reason))
    return True


def _next_delivery() -> bool:
    """Do one effect; False when none is due."""
    waiting = select(Delivery).where(Delivery.delivered_at.is_(None), Delivery.dead_at.is_(None))
    claimed = atomic(lambda: _claim(Delivery, waiting))
    if claimed is None:
        return False
    delivery_id, account_id, lease = claimed
    note_whose(account_id)
    try:
        effect = atomic(lambda: _within(account_id, lambda: _prepare(delivery_id, lease)))
        if effect is not None:
            effect()
            atomic(lambda: _finish(delivery_id))
    except Exception as error:
        reason = _in_words(error)
        log.warning("a delivery failed", extra={"delivery": delivery_id, "reason": reason})
        atomic(lambda: _put_off(Delivery, delivery_id, lease, reason))
    return True


def _claim(model: type[Any], query: Select[Any]) -> tuple[int, int | None, datetime] | None:
    """Lease the row that is due for longest; other workers pass it by."""
    at = now()
    due = query.where(model.not_before <= at, (model.leased_until.is_(None)) | (model.leased_until <= at))
    with across_accounts("the worker serves every account"):
        row = db.session.scalars(
            due.order_by(model.not_before, model.id).limit(1).with_for_update(skip_locked=True, of=model)
        ).one_or_none()
        if row is None:
            return None
        row.leased_until = at + LEASE
        row.attempts += 1
        db.session.flush()
    return row.id, row.account_id, row.leased_until


def _leased(model: type[Any], row_id: int, lease: datetime) -> Any | None:
    """The row, locked, while the lease is ours."""
    query = select(model).where(model.id == row_id, model.leased_until == lease).with_for_update(of=model)
    with across_accounts("the worker serves every account"):
        return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _react(entry_id: int, account_id: int | None, lease: datetime) -> None:
    """Run the reactions inside the account, and delete the entry in the same commit."""
    if account_id is None:
        raise TenancyError("An outbox entry without an account")
    with inside(account_id):
        entry = _leased(OutboxEntry, entry_id, lease)
        if entry is None:
            return
        event = db.session.get_one(ActivityLog, entry.event_id)
        for name in REACTIONS.get(event.action, ()):
            _run(name, event, too_often=entry.attempts > MOST_ATTEMPTS)
        db.session.delete(entry)
        db.session.flush()


def _run(name: str, event: ActivityLog, *, too_often: bool) -> None:
    """Run one reaction in a savepoint. One that fails is tried again as a delivery, without holding up the others."""
    event_id = event.id
    try:
        if too_often:
            raise RuntimeError(f"the worker died {MOST_ATTEMPTS} times over this event")
        with db.session.begin_nested():
            load(name)(event)
    except Exception as error:
        if is_passing(error):
            raise
        log.exception("a reaction failed", extra={"reaction": name, "event": event_id})
        again = post("reaction", name, account_id=event.account_id, key=digest(f"{event_id} {name}"), event_id=event_id)
        again.attempts, again.last_error, again.not_before = 1, _in_words(error), now() + _wait(1)
        again.dead_at = now() if too_often else None


def _prepare(delivery_id: int, lease: datetime) -> Effect | None:
    """What is left to do outside the database; a delivery that is done here and now is finished in this commit."""
    delivery = _leased(Delivery, delivery_id, lease)
    if delivery is None:
        return None
    effect: Effect | None = load(DELIVERERS[delivery.kind])(delivery)
    if effect is None:
        delivery.delivered_at, delivery.leased_until = now(), None
    return effect


def _finish(delivery_id: int) -> None:
    delivery = db.session.get_one(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    delivery.delivered_at, delivery.leased_until, delivery.last_error = now(), None, None


def _put_off(model: type[Any], row_id: int, lease: datetime, reason: str) -> None:
    """Try again later, each time after a longer wait; at last a delivery is dead, for somebody to look at."""
    row = _leased(model, row_id, lease)
    if row is None:
        return
    row.leased_until, row.last_error, row.not_before = None, reason, now() + _wait(row.attempts)
    if model is Delivery and row.attempts >= MOST_ATTEMPTS:
        row.dead_at = now()
    with across_accounts("the worker serves every account"):
        db.session.flush()


def _within(account_id: int | None, work: Callable[[], Any]) -> Any:
    if account_id is None:
        return work()
    with inside(account_id):
        result = work()
        db.session.flush()
        return result


def _wait(attempts: int) -> timedelta:
    return min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT) * (0.75 + random() / 2)


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
