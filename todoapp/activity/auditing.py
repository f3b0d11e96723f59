"""Walking an account's chain from its first event to its head: what was edited, removed, inserted, moved or cut off."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import merge
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, and_, func, or_, select, type_coerce

from todoapp.activity.chain import SEALED, chain_hash, first_hash, is_sealed, is_signed
from todoapp.activity.models import ActivityChain, ActivityLog, ActivityTombstone
from todoapp.extensions import db
from todoapp.tenancy import inside

AT_A_TIME = 1000
MOST_FINDINGS = 100


def _instant(value: Any) -> datetime:
    return (value if isinstance(value, datetime) else datetime.fromisoformat(value)).replace(tzinfo=UTC)


PARSED: dict[str, Callable[[Any], Any]] = {
    "changes": json.loads,
    "details": json.loads,
    "created_at": _instant,
    "updated_at": _instant,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as this application wrote it. `event_id` names the row, where one is left."""

    sentence: str
    event_id: int | None = None


@dataclass(slots=True)
class Audit:
    """What a walk along one chain found. `head` is the number and the hash of its last seal, to be kept elsewhere."""

    sealed: int = 0
    waiting: int = 0
    removed: int = 0
    head: str = ""
    findings: list[Finding] = field(default_factory=list)

    def find(self, sentence: str, event_id: int | None = None) -> None:
        """Note a finding; a hundred are enough."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(sentence, event_id))


@dataclass(slots=True)
class _Place:
    """Where the walk stands: behind seal `number`, with the hash there, if it is known."""

    number: int
    link: str | None


def audit(account_id: int, expected: str | None = None) -> Audit:
    """Walk the account's chain. `expected` is the head of an earlier walk, which the chain must still contain."""
    found = Audit()
    with inside(account_id):
        # Whoever moves the chain holds the head; while we do, it stands still. Deeds go on.
        head = db.session.scalars(
            select(ActivityChain).with_for_update(), execution_options={"populate_existing": True}
        ).one_or_none()
        place = _walk(found, account_id, expected)
        _check_head(found, head, place)
        _check_waiting(found)
        _check_copies(found)
    return found


def _walk(found: Audit, account_id: int, expected: str | None) -> _Place:
    place, met = _Place(0, first_hash(account_id)), expected is None
    stones = select(ActivityTombstone).order_by(ActivityTombstone.first_number)
    links = merge(
        _rows(ActivityLog.seal_number, ActivityLog.seal_number.is_not(None)),
        db.session.scalars(stones, execution_options={"populate_existing": True}),
        key=_first_number,
    )
    for link in links:
        _step(found, place, link)
        met = met or expected == _written(place.number, place.link)
    if not met:
        found.find(f"The chain does not contain {expected}, which an earlier audit ended at.")
    return place


def _first_number(link: Any) -> int:
    return int(link.first_number if isinstance(link, ActivityTombstone) else link.seal_number)


def _step(found: Audit, place: _Place, link: Any) -> None:
    first, event_id = _first_number(link), None if isinstance(link, ActivityTombstone) else link.id
    if first <= place.number:
        found.find(f"Seal {first} stands twice: the second one was inserted.", event_id)
        return
    if first > place.number + 1:
        found.find(f"{_seals(place.number + 1, first - 1)} missing: removed.")
        place.link = None
    if isinstance(link, ActivityTombstone):
        _step_over(found, place, link)
    else:
        _step_on(found, place, link)


def _step_on(found: Audit, place: _Place, row: Any) -> None:
    found.sealed += 1
    if not is_signed(row):
        found.find(f"Event {row.id} (seal {row.seal_number}) was changed after it was written.", row.id)
    elif place.link is not None and chain_hash(place.link, row) != row.chain_hash:
        found.find(f"Event {row.id} (seal {row.seal_number}) does not hang on the one before it: moved.", row.id)
    place.number, place.link = row.seal_number, row.chain_hash


def _step_over(found: Audit, place: _Place, stone: ActivityTombstone) -> None:
    found.removed += stone.last_number - stone.first_number + 1
    if not is_sealed(stone) or place.link not in (None, stone.hash_before):
        seals = _seals(stone.first_number, stone.last_number)
        found.find(f"{seals} missing: their tombstone is not as it was written.")
    place.number, place.link = stone.last_number, stone.hash_after


def _check_head(found: Audit, head: ActivityChain | None, place: _Place) -> None:
    if head is None:
        if place.number:
            found.find("The head of the chain is missing.")
        return
    found.head = _written(head.sealed, head.chain_hash)
    if not is_sealed(head):
        found.find("The head of the chain was changed.")
    elif place.number < head.sealed:
        found.find(f"{_seals(place.number + 1, head.sealed)} missing: the end of the chain was cut off.")
    elif place.number > head.sealed:
        found.find(f"{_seals(head.sealed + 1, place.number)} beyond the head of the chain: inserted.")
    elif place.link != head.chain_hash and not found.findings:
        found.find("The chain does not end at its head.")


def _check_waiting(found: Audit) -> None:
    for row in _rows(ActivityLog.id, ActivityLog.seal_number.is_(None)):
        found.waiting += 1
        if not is_signed(row):
            found.find(f"Event {row.id} was not written by this application: inserted, or changed.", row.id)


def _check_copies(found: Audit) -> None:
    copies = (
        select(func.max(ActivityLog.id), func.min(ActivityLog.id))
        .where(ActivityLog.signature.is_not(None))
        .group_by(ActivityLog.signature)
        .having(func.count(ActivityLog.id) > 1)
        .limit(MOST_FINDINGS)
    )
    for copy, original in db.session.execute(copies):
        found.find(f"Event {copy} is a copy of event {original}: inserted.", copy)


def _seals(first: int, last: int) -> str:
    return f"The event with seal {first} is" if first == last else f"The events with seals {first} to {last} are"


def _written(number: int, link: str | None) -> str:
    return f"{number}:{link}"


def _rows(order: Any, *which: ColumnElement[bool]) -> Iterator[Any]:
    """Rows by `order`, then by id, read a thousand at a time."""
    columns = [_as_it_stands(name).label(name) for name in (*SEALED, "chain_hash")]
    query = select(*columns).where(*which).order_by(order, ActivityLog.id).limit(AT_A_TIME)
    batch = db.session.execute(query).all()
    while batch:
        yield from map(_read, batch)
        last, last_id = getattr(batch[-1], order.key), batch[-1].id
        behind = or_(order > last, and_(order == last, ActivityLog.id > last_id))
        batch = db.session.execute(query.where(behind)).all() if len(batch) == AT_A_TIME else []


def _as_it_stands(name: str) -> ColumnElement[Any]:
    # What somebody wrote past us need be neither JSON nor a date.
    column = getattr(ActivityLog, name)
    return type_coerce(column, Text) if name in PARSED else column


def _read(row: Row[Any]) -> Any:
    facts = dict(row._mapping)
    for name, parse in PARSED.items():
        try:
            facts[name] = parse(facts[name])
        except (TypeError, ValueError):
            facts[name] = {"unreadable": str(facts[name])}
    return SimpleNamespace(**facts)
