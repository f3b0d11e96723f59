"""Announcing: after a commit the broker is told which events it holds."""

from collections import defaultdict
from typing import Any

from flask import current_app, g

from todoapp.kit.signals import event_recorded
from todoapp.kit.transaction import after_commit

LIVE = "live"


@event_recorded.connect
def announce(_sender: Any, *, account_id: int, event_id: int) -> None:
    """Gather the events of one commit, so that they are told together once the last of them is known."""
    if "announced" not in g:
        g.announced = []
        after_commit(_publish)
    g.announced.append((account_id, event_id))


def _publish() -> None:
    by_account: dict[int, list[int]] = defaultdict(list)
    for account_id, event_id in g.pop("announced"):
        by_account[account_id].append(event_id)
    for account_id, event_ids in by_account.items():
        current_app.extensions[LIVE].broker.publish(account_id, event_ids)
