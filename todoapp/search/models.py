"""What search knows of a task: its folded text, and a row for each term in it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, PrimaryKeyConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from todoapp.extensions import Base
from todoapp.kit.clock import now
from todoapp.kit.database import Instant, Key, LongText
from todoapp.tenancy import BigId, Tenant, in_account

LONGEST_TERM = 40


class SearchDocument(Tenant, Base):
    """The folded text of a task, as its terms were written: at which version of the task, and when.

    Without `indexed_at`, its text has changed since, and the sweep writes it again.
    """

    __tablename__ = "search_documents"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"))
    task_id: Mapped[int] = mapped_column(BigId)
    text: Mapped[str] = mapped_column(LongText())
    version: Mapped[int] = mapped_column(Integer)
    indexed_at: Mapped[datetime | None] = mapped_column(Instant, default=now)

    __table_args__ = (
        PrimaryKeyConstraint("account_id", "task_id"),
        in_account("task_id", "tasks"),
        Index(None, "indexed_at", "account_id", "task_id"),
        Base.__table_args__,
    )


class SearchTerm(Tenant, Base):
    """A word, or the stem of one, in the text of a task. `weight` says where it stands at its best: see `words.py`."""

    __tablename__ = "search_terms"

    account_id: Mapped[int] = mapped_column(BigId)
    term: Mapped[str] = mapped_column(Key(LONGEST_TERM))
    task_id: Mapped[int] = mapped_column(BigId)
    weight: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (
        PrimaryKeyConstraint("account_id", "term", "task_id"),
        in_account("task_id", "search_documents", "task_id"),
        Index(None, "account_id", "term", "weight", "task_id"),
        Index(None, "account_id", "task_id"),
        {**Base.__table_args__, "sqlite_with_rowid": False},  # type: ignore[dict-item]
    )
