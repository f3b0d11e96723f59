"""Limits on every check of a secret: per subject (an e-mail address) and per network address, whoever asks.

A try is counted before the secret is looked at, in a transaction of its own, and taken back when it was right: so parallel
tries cannot slip past the limit, and within a pause the right secret is refused too.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from flask import g
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from todoapp.extensions import db
from todoapp.kit.clock import now, seconds
from todoapp.kit.errors import NotSignedIn, TooMany
from todoapp.kit.secrets import digest
from todoapp.kit.transaction import in_advance, is_done_again
from todoapp.users.models import SecretTries

PAUSE = timedelta(minutes=15)
PER_SUBJECT = 10
MAILS_PER_SUBJECT = 5
PER_ADDRESS = 50
WARN_FROM = 3
IPV6_SITE = 64


class WrongSecret(NotSignedIn):
    """The secret that was given is not the right one."""

    code = "wrong_secret"


@dataclass(frozen=True, slots=True)
class Tried:
    """A try that was counted, on which counters, and how many more are left before the pause."""

    kind: str
    counters: tuple[str, ...]
    left: int

    @property
    def warning(self) -> str:
        """A sentence about the tries that are left, when few are."""
        if self.left > WARN_FROM:
            return ""
        if self.left == 0:
            return f" We pause {self.kind} for {minutes(PAUSE)}."
        times = "1 more try" if self.left == 1 else f"{self.left} more tries"
        return f" After {times} we pause {self.kind} for {minutes(PAUSE)}."

    def was_right(self) -> None:
        """Take the try back; a subject that was right starts afresh."""
        for counter in self.counters:
            row = _held(counter)
            row.failures = 0 if counter.startswith(f"{self.kind}:") else max(0, row.failures - 1)


def count_try(kind: str, ip_address: str | None, subject: str | None = None) -> Tried:
    """Count one try of a secret before it is looked at; `TooMany` while its subject or its address is paused.

    Work that the database has done again is one try.
    """
    limits = {f"{kind}@{_network(ip_address)}": PER_ADDRESS}
    if subject is not None:
        limits[_counter(kind, subject)] = MAILS_PER_SUBJECT if kind == "mail" else PER_SUBJECT
    counted: dict[tuple[str, ...], Tried] = g.setdefault("tries_counted", {})
    if not (is_done_again() and tuple(limits) in counted):
        counted[tuple(limits)] = in_advance(lambda: _count(kind, limits))
    return counted[tuple(limits)]


def forget_tries(kind: str, subject: str) -> None:
    """Let a subject start afresh: they showed otherwise who they are."""
    db.session.execute(delete(SecretTries).where(SecretTries.subject == _counter(kind, subject)))


def _count(kind: str, limits: dict[str, int]) -> Tried:
    left = []
    for counter in sorted(limits):
        row = _held(counter)
        if row.window_started_at + PAUSE <= now():
            row.failures, row.window_started_at = 0, now()
        if row.failures >= limits[counter]:
            raise _pause(row.window_started_at + PAUSE - now())
        row.failures += 1
        if row.failures == limits[counter]:
            row.window_started_at = now()
        left.append(limits[counter] - row.failures)
    return Tried(kind, tuple(sorted(limits)), min(left))


def _counter(kind: str, subject: str) -> str:
    return f"{kind}:{digest(subject)}"


def _pause(wait: timedelta) -> TooMany:
    return TooMany(f"Too many tries. Wait {minutes(wait)} before you try again.", retry_after=max(1, seconds(wait)))


def minutes(span: timedelta) -> str:
    """`span` in words, rounded up to whole minutes."""
    count = max(1, -(-seconds(span) // 60))
    return "1 minute" if count == 1 else f"{count} minutes"


def _held(counter: str) -> SecretTries:
    """The counter's row, locked, made if it is the first."""
    query = select(SecretTries).where(SecretTries.subject == counter)
    locked = query.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalars(locked).one_or_none()
    if row is not None:
        return row
    try:
        with db.session.begin_nested():
            row = SecretTries(subject=counter, failures=0, window_started_at=now())
            db.session.add(row)
    except IntegrityError:
        return db.session.scalars(locked).one()
    return row


def _network(ip_address: str | None) -> str:
    """The address, or the site of an IPv6 address: one person has the whole of it."""
    try:
        address = ipaddress.ip_address(ip_address or "")
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_SITE), strict=False))
