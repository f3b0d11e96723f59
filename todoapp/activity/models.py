"""The event log, the outbox of what still has to follow, and deliveries to the world outside."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from todoapp.extensions import Base
from todoapp.kit.clock import now
from todoapp.kit.database import Instant, Json, Key
from todoapp.tenancy import BigId, Tenant, in_account, person


class ActivityLog(Tenant, Base):
    """One event: who did what to which thing, through which door, and what it changed.

    `signature` is written with it; `seal_number` and `chain_hash` a little later, when it gets its place in the
    account's chain (see `chain.py`).
    """

    __tablename__ = "activity_logs"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(BigId, index=True)
    action: Mapped[str] = mapped_column(String(48))
    resource_type: Mapped[str] = mapped_column(String(32))
    resource_id: Mapped[int] = mapped_column(BigId)
    changes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    details: Mapped[dict[str, Any]] = mapped_column("metadata", Json, default=dict)
    via: Mapped[str] = mapped_column(String(16))
    cause_id: Mapped[int | None] = mapped_column(BigId)
    ip_address: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(255))
    session_id: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now)
    signature: Mapped[str | None] = mapped_column(Key(100))
    seal_number: Mapped[int | None] = mapped_column(BigId)
    chain_hash: Mapped[str | None] = mapped_column(Key(64))

    __table_args__ = (
        UniqueConstraint("account_id", "id"),
        UniqueConstraint("account_id", "seal_number"),
        person("user_id"),
        Index(None, "resource_type", "resource_id"),
        Index(None, "account_id", "created_at"),
        Index(None, "account_id", "action", "created_at"),
        Index(None, "account_id", "resource_type", "resource_id", "id"),
        Index(None, "seal_number", "account_id"),
        Index(None, "user_id", "created_at"),
        Base.__table_args__,
    )


class ActivityChain(Tenant, Base):
    """How far an account's events are sealed: the last seal's number and hash, under a seal of its own."""

    __tablename__ = "activity_chains"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sealed: Mapped[int] = mapped_column(BigId, default=0)
    last_id: Mapped[int | None] = mapped_column(BigId)
    chain_hash: Mapped[str] = mapped_column(Key(64))
    seal: Mapped[str] = mapped_column(Key(64))
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)

    __table_args__ = (UniqueConstraint("account_id"), Base.__table_args__)


class ActivityTombstone(Tenant, Base):
    """A stretch of the chain whose events were kept for a time only and are gone: it leads from one hash to the other."""

    __tablename__ = "activity_tombstones"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    first_number: Mapped[int] = mapped_column(BigId)
    last_number: Mapped[int] = mapped_column(BigId)
    hash_before: Mapped[str] = mapped_column(Key(64))
    hash_after: Mapped[str] = mapped_column(Key(64))
    seal: Mapped[str] = mapped_column(Key(64))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    __table_args__ = (
        UniqueConstraint("account_id", "first_number"),
        Index(None, "account_id", "last_number"),
        Base.__table_args__,
    )


class OutboxEntry(Tenant, Base):
    """An event whose reactions have not run yet. Written in the deed's own transaction, deleted with the reactions'."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[int] = mapped_column(BigId)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(500))
    not_before: Mapped[datetime] = mapped_column(Instant, default=now)

    event: Mapped[ActivityLog] = relationship(
        primaryjoin=lambda: foreign(OutboxEntry.event_id) == remote(ActivityLog.id), viewonly=True
    )

    __table_args__ = (in_account("event_id", "activity_logs"), Index(None, "not_before"), Base.__table_args__)


class Delivery(Base):
    """One effect outside the database (a mail), tried until it is accepted or declared dead."""

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"))
    kind: Mapped[str] = mapped_column(String(32))
    recipient: Mapped[str] = mapped_column(Key(254))
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    idempotency_key: Mapped[str] = mapped_column(Key(64), unique=True)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(Instant, default=now)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)
    dead_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    __table_args__ = (Index(None, "delivered_at", "dead_at", "not_before"), Base.__table_args__)
