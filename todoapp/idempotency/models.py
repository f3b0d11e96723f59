"""Answers that were given, kept for a day beside the deeds that they tell of."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from todoapp.extensions import Base
from todoapp.kit.clock import now
from todoapp.kit.database import Instant, Json, Key, LongText
from todoapp.tenancy import BigId


class GivenAnswer(Base):
    """The answer to one unsafe request of one person under one key. Written in the deed's own transaction."""

    __tablename__ = "given_answers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(Key(200))
    request_digest: Mapped[str] = mapped_column(Key(64))
    status: Mapped[int] = mapped_column(Integer, default=0)
    headers: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    version: Mapped[str | None] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(LongText(), default="")
    mimetype: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    __table_args__ = (UniqueConstraint("user_id", "key"), Index(None, "created_at"), Base.__table_args__)
