"""What one floor calls down the stairs: signals that a lower floor sends and a higher one hears."""

from blinker import Namespace

_signals = Namespace()

work_waiting = _signals.signal("work-waiting")
"""Sent after a commit that left outbox entries or deliveries behind."""

event_recorded = _signals.signal("event-recorded")
"""Sent after a commit, once for each event in it, with its `account_id` and its `event_id`."""

act_refused = _signals.signal("act-refused")
"""Sent by the actor before a refusal for want of permission, with the `action` that was asked and its `subject`."""
