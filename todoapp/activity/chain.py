"""The mathematics of the audit chain: what is signed, and how each event hangs on the one before it.

The key is derived from SECRET_KEY, which is not in the database. Who can write the database but does not know it can
neither make an event that carries a valid signature, nor change, remove or reorder sealed ones unnoticed.

* `signature`: written with the event, in the deed's own transaction, so that a row that did not come from here is never
  sealed as if it had.
* `chain_hash`: HMAC(hash before + canonical JSON of the row), written by `sealing.py` in the order in which it finds the
  committed rows. Seals are numbered without gaps per account, because ids do not arrive in commit order.
* The head's seal: how far the chain goes, so that its end cannot be cut off.
* A tombstone's seal: the way over events that were kept for a time only.
"""

import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event

from todoapp.activity.models import ActivityChain, ActivityLog, ActivityTombstone
from todoapp.kit.clock import now
from todoapp.kit.secrets import key_for, new_secret

SIGNED = (
    "account_id",
    "user_id",
    "action",
    "resource_type",
    "resource_id",
    "changes",
    "details",
    "via",
    "cause_id",
    "ip_address",
    "user_agent",
    "session_id",
    "created_at",
    "updated_at",
)
SEALED = ("id", "seal_number", "signature", *SIGNED)


def sign(row: Any) -> str:
    """A signature of the event, with a random part, so that no two rows carry the same one."""
    nonce = new_secret()[:16]
    return f"{nonce}.{_mac('event', nonce, _facts(row, SIGNED))}"


def is_signed(row: Any) -> bool:
    """Whether the event is as it was written, by this application."""
    nonce, dot, mac = (row.signature or "").partition(".")
    return bool(dot) and hmac.compare_digest(mac, _mac("event", nonce, _facts(row, SIGNED)))


def first_hash(account_id: int) -> str:
    """What the first event of an account hangs on."""
    return _mac("chain", account_id)


def chain_hash(before: str, row: Any) -> str:
    """What the event adds to the chain."""
    return _mac("link", before, _facts(row, SEALED))


def head_seal(head: ActivityChain) -> str:
    """What vouches for how far the chain goes."""
    return _mac("head", head.account_id, head.sealed, head.last_id, head.chain_hash)


def tombstone_seal(stone: ActivityTombstone) -> str:
    """What vouches for a stretch whose events are gone."""
    return _mac(
        "tombstone", stone.account_id, stone.first_number, stone.last_number, stone.hash_before, stone.hash_after
    )


def is_sealed(row: ActivityChain | ActivityTombstone) -> bool:
    """Whether a head or a tombstone is as it was written."""
    seal = head_seal(row) if isinstance(row, ActivityChain) else tombstone_seal(row)
    return hmac.compare_digest(row.seal, seal)


def _facts(row: Any, names: Sequence[str]) -> list[Any]:
    return [_plain(getattr(row, name)) for name in names]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0).isoformat()
    return value


def _mac(*parts: Any) -> str:
    # Through JSON and back: what has not been in the database yet reads as it will when it comes from there.
    read_back = json.loads(json.dumps(parts))
    canonical = json.dumps(read_back, sort_keys=True, separators=(",", ":"))
    return hmac.digest(key_for("audit"), canonical.encode(), "sha256").hex()


@event.listens_for(ActivityLog, "before_insert")
def _sign_new(_mapper: Any, _connection: Any, row: ActivityLog) -> None:
    row.created_at = row.created_at or now()
    row.updated_at = row.updated_at or row.created_at
    row.changes, row.details = row.changes or {}, row.details or {}
    row.signature = sign(row)
