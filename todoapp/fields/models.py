"""CustomField: a field that an account adds to its tasks; the values stand in `Task.custom_fields`, by key."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from todoapp.extensions import Base
from todoapp.kit.clock import now
from todoapp.kit.database import Instant, Json, Key
from todoapp.tenancy import BigId, Tenant

KINDS = ("text", "number", "date", "select", "checkbox", "url")
PREFIX = "custom_fields."
"""What stands before a field's key where it is named beside a task's own fields: in forms, errors, conflicts and events."""


class CustomField(Tenant, Base):
    """One field. `key` names it in the API and stays; `folded` is its name folded for comparison; `options` are a select's."""

    __tablename__ = "custom_fields"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    folded: Mapped[str] = mapped_column(Key(180))
    key: Mapped[str] = mapped_column(Key(40))
    kind: Mapped[str] = mapped_column(String(16))
    options: Mapped[list[Any]] = mapped_column(Json, default=list)
    position: Mapped[int] = mapped_column(Integer, default=0)
    version: Mapped[int] = mapped_column(Integer, default=1)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)

    __table_args__ = (
        UniqueConstraint("account_id", "id"),
        UniqueConstraint("account_id", "key"),
        UniqueConstraint("account_id", "folded"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        Base.__table_args__,
    )
