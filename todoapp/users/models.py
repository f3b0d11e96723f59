"""User, browser and API sessions, refresh tokens, one-time links, and the log of sign-ins."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from todoapp.extensions import Base
from todoapp.kit.clock import now
from todoapp.kit.database import Instant, Json, Key
from todoapp.tenancy import BigId


class Named:
    """Who has a first and a last name."""

    __slots__ = ()
    first_name: Any
    last_name: Any

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        """One or two letters for an avatar."""
        words = self.name.split() or ["?"]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class User(Named, Base):
    """A person with one sign-in, who may belong to several accounts.

    Without an e-mail address it is a placeholder that an import made: it holds work and cannot sign in.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str | None] = mapped_column(Key(254), unique=True, index=True)
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80), default="")
    mobile: Mapped[str | None] = mapped_column(Key(16), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    activated_at: Mapped[datetime | None] = mapped_column(Instant)
    default_account_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"))
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    language: Mapped[str] = mapped_column(String(8), default="en")
    avatar_url: Mapped[str | None] = mapped_column(String(500))
    preferences: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(Instant)
    sign_in_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)

    __table_args__ = (Base.__table_args__,)

    @property
    def is_placeholder(self) -> bool:
        """Whether nobody has claimed this person yet."""
        return self.email is None


class Session(Base):
    """One sign-in on one device: a browser's cookie or a family of API tokens. Ended means ended, at the next request."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"))
    kind: Mapped[str] = mapped_column(String(8))
    token_hash: Mapped[str | None] = mapped_column(Key(64), unique=True)
    ip_address: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    last_seen_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    end_reason: Mapped[str | None] = mapped_column(String(32))

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    is_current = False  # set by lists for the session that asks

    __table_args__ = (Base.__table_args__,)


class RefreshToken(Base):
    """One link of an API session's chain of refresh tokens: spent once, then replaced."""

    __tablename__ = "refresh_tokens"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    session_id: Mapped[int] = mapped_column(BigId, ForeignKey("sessions.id"), index=True)
    token_hash: Mapped[str] = mapped_column(Key(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    session: Mapped[Session] = relationship()

    __table_args__ = (Base.__table_args__,)


class OneTimeLink(Base):
    """The right to do one thing once, sent by mail: activate, or set a new password."""

    __tablename__ = "one_time_links"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (Base.__table_args__,)


class SignIn(Base):
    """One try to sign in, with its outcome. Kept 90 days."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    succeeded: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str | None] = mapped_column(String(32))
    via: Mapped[str] = mapped_column(String(16))
    ip_address: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    __table_args__ = (Index(None, "user_id", "created_at"), Base.__table_args__)


class SecretTries(Base):
    """How often a secret was tried in a window, per subject (an account's e-mail, an address)."""

    __tablename__ = "secret_tries"

    subject: Mapped[str] = mapped_column(Key(96), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    window_started_at: Mapped[datetime] = mapped_column(Instant, default=now)

    __table_args__ = (Base.__table_args__,)
