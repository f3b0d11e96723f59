"""Posting: an effect outside the database becomes a row in the deed's own transaction, and is done after the commit."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from todoapp.activity.models import Delivery
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.secrets import new_secret
from todoapp.kit.signals import work_waiting
from todoapp.kit.transaction import after_commit


def post(
    kind: str,
    recipient: str,
    *,
    account_id: int | None = None,
    key: str | None = None,
    not_before: datetime | None = None,
    **payload: Any,
) -> Delivery:
    """Have `kind` delivered to `recipient` once this transaction stands. Posting twice under one `key` is posting once."""
    if key is not None:
        known = db.session.scalars(select(Delivery).where(Delivery.idempotency_key == key)).one_or_none()
        if known is not None:
            return known
    delivery = Delivery(
        kind=kind,
        recipient=recipient,
        account_id=account_id,
        payload=payload,
        idempotency_key=key or new_secret(),
        not_before=not_before or now(),
    )
    db.session.add(delivery)
    db.session.flush()
    after_commit(work_waiting.send)
    return delivery
