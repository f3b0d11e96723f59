"""Account, its memberships and its invitations."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from todoapp.extensions import Base
from todoapp.kit.clock import now
from todoapp.kit.database import Instant, Json, Key
from todoapp.tenancy import BigId, Tenant, person

if TYPE_CHECKING:
    from todoapp.users.models import User

ROLES = ("user", "manager", "super_manager", "owner")
TIERS = ("free", "pro", "enterprise")
STATUSES = ("active", "suspended", "canceled")


def rank(role: str) -> int:
    """The place of a role in the hierarchy; higher is more."""
    return ROLES.index(role)


class Account(Base):
    """The tenant: an organisation in which people hand work to each other."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(Key(80), unique=True, index=True)
    subscription_tier: Mapped[str] = mapped_column(String(16), default="free")
    status: Mapped[str] = mapped_column(String(16), default="active")
    max_users: Mapped[int] = mapped_column(default=5)
    max_tasks_per_user: Mapped[int] = mapped_column(default=100)
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    logo_digest: Mapped[str | None] = mapped_column(Key(64))
    trial_ends_at: Mapped[datetime | None] = mapped_column(Instant)
    subscription_ends_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)

    @property
    def is_open(self) -> bool:
        """Whether its members may work in it."""
        return self.status == "active" and self.deleted_at is None


class AccountLogo(Tenant, Base):
    """The account's picture, a small PNG; `Account.logo_digest` names what is in it."""

    __tablename__ = "account_logos"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary(64 * 1024 - 1))

    __table_args__ = (UniqueConstraint("account_id"), Base.__table_args__)


class AccountMembership(Tenant, Base):
    """A user in one account: one row per pair, reopened on return.

    People in tenant tables reference this pair, so that no row can name a stranger.
    """

    __tablename__ = "account_memberships"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    manager_id: Mapped[int | None] = mapped_column(BigId)
    can_reassign_tasks: Mapped[bool] = mapped_column(Boolean, default=False)
    joined_at: Mapped[datetime | None] = mapped_column(Instant, default=now)
    left_at: Mapped[datetime | None] = mapped_column(Instant)
    suspended_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)

    user: Mapped["User"] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[Account] = relationship()
    manager: Mapped["User | None"] = relationship(
        "User", primaryjoin="foreign(AccountMembership.manager_id) == remote(User.id)", viewonly=True
    )

    __table_args__ = (
        UniqueConstraint("account_id", "user_id"),
        person("manager_id"),
        CheckConstraint(f"role IN {ROLES}", name="role"),
        CheckConstraint("manager_id <> user_id", name="not_own_manager"),
        Index(None, "account_id", "left_at", "role"),
        Index(None, "account_id", "manager_id"),
        Base.__table_args__,
    )

    @property
    def is_active(self) -> bool:
        """Whether the person belongs to the account now."""
        return self.left_at is None

    @classmethod
    def at_work(cls) -> ColumnElement[bool]:
        """The SQL condition of a member who may work in the account now: neither left nor suspended."""
        return and_(cls.left_at.is_(None), cls.suspended_at.is_(None))


class Absence(Tenant, Base):
    """Some days, both inclusive, on which a member is away; days as they are where the member is."""

    __tablename__ = "absences"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    __table_args__ = (
        person("user_id"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        Index(None, "account_id", "user_id", "ends_on"),
        Base.__table_args__,
    )


class Invitation(Tenant, Base):
    """An open door for one address: role and manager wait until it is accepted. Lasts 7 days."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(Key(254), index=True)
    role: Mapped[str] = mapped_column(String(16))
    manager_id: Mapped[int | None] = mapped_column(BigId)
    placeholder_id: Mapped[int | None] = mapped_column(BigId)
    invited_by_id: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    account: Mapped[Account] = relationship()
    manager: Mapped["User | None"] = relationship(
        "User", primaryjoin="foreign(Invitation.manager_id) == remote(User.id)", viewonly=True
    )
    invited_by: Mapped["User"] = relationship(
        "User", primaryjoin="foreign(Invitation.invited_by_id) == remote(User.id)", viewonly=True
    )

    __table_args__ = (
        person("manager_id"),
        person("placeholder_id"),
        person("invited_by_id"),
        Index(None, "account_id", "email"),
        Base.__table_args__,
    )
