"""Sealing: committed events get their places in their account's chain, and those kept for a time only leave it.

A deed that records an event waits for nobody: it only signs its row. The worker gives every committed row the next number
of its account, whatever its id, within a minute; one sealer at a time holds the account's head.
"""

import logging
from collections.abc import Callable, Sequence

from sqlalchemy import select

from todoapp.activity.chain import chain_hash, first_hash, head_seal, is_sealed, is_signed
from todoapp.activity.models import ActivityChain, ActivityLog
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.transaction import atomic, reading
from todoapp.tenancy import across_accounts, current_account_id, inside

log = logging.getLogger(__name__)
AT_A_TIME = 500
FRESH = {"populate_existing": True}


class BrokenChain(Exception):
    """The chain is not as it was written; to go on would cover that up."""


def seal_all(stop: Callable[[], bool] = lambda: False) -> int:
    """Seal what was committed since the last time, in every account; returns how many events that was."""
    with reading():
        accounts = atomic(_waiting_accounts)
    sealed = 0
    for account_id in accounts:
        if not stop():
            sealed += _seal_safely(account_id, stop)
    return sealed


def seal_account(account_id: int, stop: Callable[[], bool] = lambda: False) -> int:
    """Seal the account's events, a few hundred in each transaction; returns how many there were."""
    sealed, after, more = 0, 0, True
    while more and not stop():
        ids, sealed_now = atomic(lambda after=after: _seal_some(account_id, after))  # type: ignore[misc]
        sealed += sealed_now
        more = len(ids) == AT_A_TIME
        after = ids[-1] if ids else after
    return sealed


def hold_head() -> ActivityChain:
    """The head of this account's chain, locked: whoever moves the chain holds it. A new account gets a new one."""
    head = db.session.scalars(select(ActivityChain).with_for_update(), execution_options=FRESH).one_or_none()
    if head is None:
        if db.session.scalar(select(ActivityLog.id).where(ActivityLog.seal_number.is_not(None)).limit(1)):
            raise BrokenChain("The head of the chain is gone.")
        head = ActivityChain(account_id=current_account_id(), sealed=0, chain_hash=first_hash(current_account_id()))
        head.seal = head_seal(head)
        db.session.add(head)
        db.session.flush()
    if not is_sealed(head):
        raise BrokenChain("The head of the chain was changed.")
    return head


def _waiting_accounts() -> Sequence[int]:
    waiting = select(ActivityLog.account_id).where(ActivityLog.seal_number.is_(None)).distinct()
    with across_accounts("the worker seals the events of every account"):
        return db.session.scalars(waiting).all()


def _seal_safely(account_id: int, stop: Callable[[], bool]) -> int:
    try:
        return seal_account(account_id, stop)
    except BrokenChain as broken:
        log.error("audit chain broken: %s Run flask audit verify.", broken, extra={"account": account_id})
        return 0


def _seal_some(account_id: int, after: int) -> tuple[list[int], int]:
    """Seal the next rows behind the id `after`; the ids that were looked at, and how many of them were sealed."""
    with inside(account_id):
        head = hold_head()
        waiting = select(ActivityLog).where(ActivityLog.seal_number.is_(None), ActivityLog.id > after)
        rows = db.session.scalars(waiting.order_by(ActivityLog.id).limit(AT_A_TIME), execution_options=FRESH).all()
        genuine = [row for row in rows if is_signed(row)]
        if len(genuine) < len(rows):
            log.error("events that were not written here are not sealed", extra={"account": account_id})
        for row in genuine:
            _append(head, row)
        if genuine:
            head.seal, head.updated_at = head_seal(head), now()
            db.session.flush()
            _tell(head)
        return [row.id for row in rows], len(genuine)


def _append(head: ActivityChain, row: ActivityLog) -> None:
    row.seal_number = head.sealed + 1
    row.chain_hash = chain_hash(head.chain_hash, row)
    head.sealed, head.last_id, head.chain_hash = row.seal_number, row.id, row.chain_hash


def _tell(head: ActivityChain) -> None:
    """The log is outside the database: who keeps it can see that an older copy of the whole was put in its place."""
    log.info(
        "audit chain sealed", extra={"account": head.account_id, "sealed": head.sealed, "chain_hash": head.chain_hash}
    )
