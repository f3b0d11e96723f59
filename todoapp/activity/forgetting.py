"""What is kept for a time only: denials and sign-ins go after 90 days. The chain leads over them on a sealed tombstone."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from todoapp.accounts.models import Account
from todoapp.activity.chain import chain_hash, first_hash, is_sealed, is_signed, tombstone_seal
from todoapp.activity.models import ActivityLog, ActivityTombstone, OutboxEntry
from todoapp.activity.sealing import AT_A_TIME, FRESH, BrokenChain, hold_head
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.transaction import atomic, reading
from todoapp.tenancy import current_account_id, inside

log = logging.getLogger(__name__)
KEPT = timedelta(days=90)
FORGOTTEN = ("act_denied", "signed_in", "signed_out", "session_ended")
Run = list[ActivityLog]


def forget_old_events() -> int:
    """Delete what is older than it is kept, in every account; returns how many events that was."""
    with reading():
        accounts = atomic(lambda: db.session.scalars(select(Account.id).order_by(Account.id)).all())
    return sum(_forget_safely(account_id) for account_id in accounts)


def _forget_safely(account_id: int) -> int:
    try:
        return _forget(account_id, now() - KEPT)
    except BrokenChain as broken:
        log.error("audit chain broken: %s Run flask audit verify.", broken, extra={"account": account_id})
        return 0


def _forget(account_id: int, before: datetime) -> int:
    forgotten, after, more = 0, 0, True
    while more:
        numbers, gone = atomic(lambda after=after: _forget_some(account_id, before, after))  # type: ignore[misc]
        forgotten += gone
        more = len(numbers) == AT_A_TIME
        after = numbers[-1] if numbers else after
    return forgotten


def _forget_some(account_id: int, before: datetime, after: int) -> tuple[list[int], int]:
    """Bury the next rows behind the seal `after`; the numbers that were looked at, and how many of them went."""
    with inside(account_id):
        awaited = select(OutboxEntry.id).where(OutboxEntry.event_id == ActivityLog.id).exists()
        old = select(ActivityLog).where(
            ActivityLog.action.in_(FORGOTTEN),
            ActivityLog.created_at < before,
            ActivityLog.seal_number > after,
            ~awaited,
        )
        if db.session.scalar(old.with_only_columns(ActivityLog.id).limit(1)) is None:
            return [], 0
        hold_head()
        rows = db.session.scalars(old.order_by(ActivityLog.seal_number).limit(AT_A_TIME), execution_options=FRESH).all()
        gone = sum(_bury(run) for run in _runs(rows))
        db.session.flush()
        return [row.seal_number or 0 for row in rows], gone


def _runs(rows: Sequence[ActivityLog]) -> Iterator[Run]:
    """Rows whose seals follow each other."""
    run: Run = []
    for row in rows:
        if run and row.seal_number != _number(run[-1]) + 1:
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _bury(run: Run) -> int:
    """Put a tombstone in the place of these rows, one with its neighbours. What was tampered with stays, to be found."""
    first, last = _number(run[0]), _number(run[-1])
    before = _hash_before(first)
    after = _follow(run, before)
    stone, following = (
        _stone(ActivityTombstone.last_number == first - 1),
        _stone(ActivityTombstone.first_number == last + 1),
    )
    if stone is None:
        stone = ActivityTombstone(account_id=current_account_id(), first_number=first, hash_before=before)
    stone.last_number, stone.hash_after = last, after
    if following is not None:
        stone.last_number, stone.hash_after = following.last_number, following.hash_after
        db.session.delete(following)
    stone.seal = tombstone_seal(stone)
    db.session.add(stone)
    for row in run:
        db.session.delete(row)
    return len(run)


def _follow(run: Run, link: str) -> str:
    """The hash at the end of the run, each link of which holds."""
    for row in run:
        link = chain_hash(link, row)
        if link != row.chain_hash or not is_signed(row):
            raise BrokenChain(f"Event {row.id} is not as it was written.")
    return link


def _hash_before(number: int) -> str:
    if number == 1:
        return first_hash(current_account_id())
    stone = _stone(ActivityTombstone.last_number == number - 1)
    if stone is not None:
        return stone.hash_after
    link = db.session.scalar(select(ActivityLog.chain_hash).where(ActivityLog.seal_number == number - 1))
    if link is None:
        raise BrokenChain(f"The event with seal {number - 1} is gone.")
    return link


def _stone(where: ColumnElement[bool]) -> ActivityTombstone | None:
    stone = db.session.scalars(select(ActivityTombstone).where(where)).one_or_none()
    if stone is not None and not is_sealed(stone):
        raise BrokenChain(f"The tombstone of seals {stone.first_number} to {stone.last_number} was changed.")
    return stone


def _number(row: ActivityLog) -> int:
    if row.seal_number is None:
        raise BrokenChain(f"Event {row.id} has lost its seal.")
    return row.seal_number
