"""Comment, its earlier texts, and whom it mentions."""

from datetime import datetime

from sqlalchemy import Boolean, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from todoapp.extensions import Base
from todoapp.kit.clock import now
from todoapp.kit.database import Instant, Json, LongText
from todoapp.tenancy import BigId, Tenant, in_account, person
from todoapp.users.models import User

LONGEST_EXCERPT = 140


class Comment(Tenant, Base):
    """What somebody says about a task, in Markdown, or an answer to that. Of a deleted one the line stays, empty."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    task_id: Mapped[int] = mapped_column(BigId)
    parent_comment_id: Mapped[int | None] = mapped_column(BigId)
    user_id: Mapped[int] = mapped_column(BigId)
    body: Mapped[str] = mapped_column(LongText())
    excerpt: Mapped[str] = mapped_column(String(LONGEST_EXCERPT), default="")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    edited_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)

    author: Mapped[User] = relationship(primaryjoin=lambda: foreign(Comment.user_id) == remote(User.id), viewonly=True)

    __table_args__ = (
        UniqueConstraint("account_id", "id"),
        in_account("task_id", "tasks"),
        in_account("parent_comment_id", "comments"),
        person("user_id"),
        Index(None, "account_id", "task_id", "id"),
        Index(None, "account_id", "task_id", "created_at", "id"),
        Index(None, "account_id", "parent_comment_id"),
        Base.__table_args__,
    )


class CommentVersion(Tenant, Base):
    """A text that a comment had: until when, and who replaced or deleted it. Kept for audit."""

    __tablename__ = "comment_versions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    comment_id: Mapped[int] = mapped_column(BigId)
    body: Mapped[str] = mapped_column(LongText())
    written_at: Mapped[datetime] = mapped_column(Instant)
    replaced_at: Mapped[datetime] = mapped_column(Instant, default=now)
    replaced_by_id: Mapped[int] = mapped_column(BigId)

    __table_args__ = (
        in_account("comment_id", "comments"),
        person("replaced_by_id"),
        Index(None, "account_id", "comment_id", "id"),
        Base.__table_args__,
    )


class CommentMention(Tenant, Base):
    """A member whom a comment mentions, by which `handles` of its text, and whether they could see the task then."""

    __tablename__ = "comment_mentions"

    comment_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    handles: Mapped[list[str]] = mapped_column(Json, default=list)
    reached: Mapped[bool] = mapped_column(Boolean, default=False)

    user: Mapped[User] = relationship(
        primaryjoin=lambda: foreign(CommentMention.user_id) == remote(User.id), viewonly=True
    )

    __table_args__ = (
        in_account("comment_id", "comments"),
        person("user_id"),
        Index(None, "account_id", "user_id", "comment_id"),
        Base.__table_args__,
    )
