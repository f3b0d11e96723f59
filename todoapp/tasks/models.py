"""Task with its assignments, hand-over chain, time entries, pauses, snapshots and tags."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote, validates

from todoapp.extensions import Base
from todoapp.kit.clock import FAR_FUTURE, now, seconds
from todoapp.kit.database import Instant, Json, Key, LongText, Ranked
from todoapp.tenancy import BigId, Tenant, in_account, person
from todoapp.users.models import User

if TYPE_CHECKING:
    pass

STATUSES = ("pending", "in_progress", "paused", "completed")
OPEN = STATUSES[:3]
PRIORITIES = ("low", "medium", "high")
VISIBILITIES = ("private", "team", "account")
COLOURS = ("grey", "red", "orange", "yellow", "green", "teal", "blue", "violet", "pink")
"""What a tag may look like; `templates/kit/tag.html` knows the hues."""


class TaskFacts:
    """What follows from what a task keeps, for the row of the database and for the row that is read (`rows.py`)."""

    __slots__ = ()
    status: Any
    actual_time: Any
    last_resumed_at: Any
    archived_at: Any
    deleted_at: Any
    assignment: Any

    @property
    def is_open(self) -> bool:
        """Whether there is still work to do on it."""
        return self.status != "completed" and self.archived_at is None and self.deleted_at is None

    @property
    def assignment_state(self) -> str | None:
        """waiting, accepted or rejected; None while nobody is assigned."""
        return self.assignment.state if self.assignment else None

    @property
    def answer_by(self) -> datetime | None:
        """Until when the assignee should accept or reject it; None once they did, or where there is no deadline."""
        awaited = self.assignment is not None and self.status == "pending" and self.assignment_state == "waiting"
        return self.assignment.answer_by if self.assignment and awaited else None

    @property
    def reassignment_count(self) -> int:
        """How often it was handed on."""
        return self.assignment.reassignment_count if self.assignment else 0

    def worked_seconds(self, at: datetime | None = None) -> int:
        """Working time in seconds, the running time entry included up to `at` (default: now)."""
        running = (
            seconds((at or now()) - self.last_resumed_at)
            if self.status == "in_progress" and self.last_resumed_at
            else 0
        )
        return self.actual_time + max(running, 0)


class AssignmentFacts:
    """What follows from what a hand-over keeps."""

    __slots__ = ()
    accepted_at: Any
    rejected_at: Any

    @property
    def state(self) -> str:
        """waiting, accepted or rejected."""
        return "rejected" if self.rejected_at else "accepted" if self.accepted_at else "waiting"


class Task(TaskFacts, Tenant, Base):
    """One piece of work. Its clock: `actual_time` holds the closed time entries, `last_resumed_at` opens the running one."""

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    created_by_id: Mapped[int] = mapped_column(BigId, index=True)
    assigned_to_id: Mapped[int | None] = mapped_column(BigId, index=True)
    parent_task_id: Mapped[int | None] = mapped_column(BigId, index=True)
    title: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(LongText(), default="")
    status: Mapped[str] = mapped_column(String(16), default="pending")
    priority: Mapped[str] = mapped_column(Ranked(*PRIORITIES), default="medium")
    visibility: Mapped[str] = mapped_column(String(16), default="private")
    due_date_time: Mapped[datetime | None] = mapped_column(Instant)
    due_sort: Mapped[datetime] = mapped_column(Instant, default=FAR_FUTURE)
    estimated_time: Mapped[int | None] = mapped_column(Integer)
    actual_time: Mapped[int] = mapped_column(Integer, default=0)
    custom_fields: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    position: Mapped[int] = mapped_column(BigId, default=0)
    stretch: Mapped[int] = mapped_column(Integer, default=0)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    last_resumed_at: Mapped[datetime | None] = mapped_column(Instant)
    completed_at: Mapped[datetime | None] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)

    creator: Mapped[User] = relationship(
        primaryjoin=lambda: foreign(Task.created_by_id) == remote(User.id), viewonly=True
    )
    assignee: Mapped[User | None] = relationship(
        primaryjoin=lambda: foreign(Task.assigned_to_id) == remote(User.id), viewonly=True
    )
    parent: Mapped["Task | None"] = relationship(
        primaryjoin=lambda: foreign(Task.parent_task_id) == remote(Task.id), viewonly=True
    )
    assignment: Mapped["TaskAssignment | None"] = relationship(
        primaryjoin=lambda: (Task.id == foreign(TaskAssignment.task_id)) & TaskAssignment.is_current,
        viewonly=True,
    )
    open_pause: Mapped["TaskPause | None"] = relationship(
        primaryjoin=lambda: (Task.id == foreign(TaskPause.task_id)) & TaskPause.resumed_at.is_(None),
        viewonly=True,
    )
    tags: Mapped[list["Tag"]] = relationship(
        secondary=lambda: TaskTag.__table__,
        primaryjoin=lambda: (Task.id == foreign(TaskTag.task_id)) & (Task.account_id == foreign(TaskTag.account_id)),
        secondaryjoin=lambda: Tag.id == foreign(TaskTag.tag_id),
        order_by=lambda: Tag.key,
        viewonly=True,
    )

    parts: ClassVar[Any] = None
    """What its subtasks come to for who reads it (see `parts.py`); None where nobody asked."""

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}
    __table_args__ = (
        UniqueConstraint("account_id", "id"),
        person("created_by_id"),
        person("assigned_to_id"),
        in_account("parent_task_id", "tasks"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"visibility IN {VISIBILITIES}", name="visibility"),
        CheckConstraint("actual_time >= 0", name="actual_time"),
        Index(None, "account_id", "assigned_to_id", "status"),
        Index(None, "account_id", "due_date_time"),
        Index(None, "account_id", "assigned_to_id", "status", "due_sort", "id"),
        Index(None, "account_id", "assigned_to_id", "status", "position", "id"),
        Index(None, "account_id", "assigned_to_id", "status", "updated_at", "id"),
        Index(None, "account_id", "status", "updated_at", "id"),
        Index(None, "account_id", "created_at", "id"),
        Index(
            "ix_tasks_open_load", "account_id", "assigned_to_id", "status", "archived_at", "deleted_at", "due_date_time"
        ),
        Index(None, "account_id", "created_by_id", "id"),
        Index(None, "account_id", "status", "due_sort", "id"),
        Index(None, "account_id", "parent_task_id", "id"),
        Base.__table_args__,
    )

    @validates("due_date_time")
    def _sort_by_due(self, _key: str, due: datetime | None) -> datetime | None:
        self.due_sort = due or FAR_FUTURE
        return due


class TaskAssignment(AssignmentFacts, Tenant, Base):
    """One hand-over of a task: by whom, to whom, when, accepted or rejected with a reason. The newest is current.

    `answer_by` is until when an answer is awaited; `overdue_at` when it was noted that none had come.
    """

    __tablename__ = "task_assignments"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    task_id: Mapped[int] = mapped_column(BigId, index=True)
    assigned_by_id: Mapped[int] = mapped_column(BigId, index=True)
    assigned_to_id: Mapped[int] = mapped_column(BigId, index=True)
    assigned_at: Mapped[datetime] = mapped_column(Instant, default=now)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    rejected_at: Mapped[datetime | None] = mapped_column(Instant)
    rejection_reason: Mapped[str | None] = mapped_column(String(1000))
    answer_by: Mapped[datetime | None] = mapped_column(Instant)
    overdue_at: Mapped[datetime | None] = mapped_column(Instant)
    reassignment_count: Mapped[int] = mapped_column(default=0)
    is_current: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)

    assigner: Mapped[User] = relationship(
        primaryjoin=lambda: foreign(TaskAssignment.assigned_by_id) == remote(User.id), viewonly=True
    )
    assignee: Mapped[User] = relationship(
        primaryjoin=lambda: foreign(TaskAssignment.assigned_to_id) == remote(User.id), viewonly=True
    )

    __table_args__ = (
        in_account("task_id", "tasks"),
        person("assigned_by_id"),
        person("assigned_to_id"),
        Index(None, "task_id", "assigned_to_id"),
        Index(None, "task_id", "is_current"),
        Index(None, "account_id", "assigned_by_id", "is_current", "task_id"),
        Index(None, "is_current", "accepted_at", "answer_by"),
        Base.__table_args__,
    )


class ChainLink(Tenant, Base):
    """A member of a task's current hand-over chain, from the first assigner down to the assignee. Rewritten at each hand-over."""

    __tablename__ = "task_chain"

    task_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, primary_key=True)

    __table_args__ = (
        in_account("task_id", "tasks"),
        person("user_id"),
        Index(None, "account_id", "user_id", "task_id"),
        Base.__table_args__,
    )


class TimeEntry(Tenant, Base):
    """One stretch of work by one person. `interrupted_seconds` inside it were not worked (imports know them)."""

    __tablename__ = "time_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    task_id: Mapped[int] = mapped_column(BigId)
    user_id: Mapped[int] = mapped_column(BigId)
    stretch: Mapped[int] = mapped_column(Integer, default=1)
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    interrupted_seconds: Mapped[int] = mapped_column(Integer, default=0)
    corrected_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        in_account("task_id", "tasks"),
        person("user_id"),
        Index(None, "account_id", "task_id", "stretch", "started_at"),
        Index(None, "account_id", "user_id", "ended_at"),
        Base.__table_args__,
    )

    def worked_seconds(self, at: datetime | None = None) -> int:
        """Seconds worked in it, up to `at` while it runs."""
        return seconds((self.ended_at or at or now()) - self.started_at) - self.interrupted_seconds


class TaskPause(Tenant, Base):
    """One stretch in which a started task stands still, with the reason and, if known, whom or what it waits for.

    `work_duration` is the working time in seconds before this pause.
    """

    __tablename__ = "task_pauses"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    task_id: Mapped[int] = mapped_column(BigId)
    paused_by_id: Mapped[int] = mapped_column(BigId)
    stretch: Mapped[int] = mapped_column(Integer, default=1)
    paused_at: Mapped[datetime] = mapped_column(Instant)
    resumed_at: Mapped[datetime | None] = mapped_column(Instant)
    work_duration: Mapped[int] = mapped_column(Integer, default=0)
    reason: Mapped[str] = mapped_column(String(255))
    comment: Mapped[str | None] = mapped_column(String(2000))
    progress_percentage: Mapped[int | None] = mapped_column(Integer)
    waiting_for_user_id: Mapped[int | None] = mapped_column(BigId)
    waiting_for_task_id: Mapped[int | None] = mapped_column(BigId)

    waiting_for_user: Mapped[User | None] = relationship(
        primaryjoin=lambda: foreign(TaskPause.waiting_for_user_id) == remote(User.id), viewonly=True
    )

    __table_args__ = (
        in_account("task_id", "tasks"),
        in_account("waiting_for_task_id", "tasks"),
        person("paused_by_id"),
        person("waiting_for_user_id"),
        CheckConstraint("progress_percentage BETWEEN 0 AND 100", name="progress"),
        Index(None, "account_id", "task_id", "stretch", "paused_at"),
        Base.__table_args__,
    )


class TaskSnapshot(Tenant, Base):
    """How a task stood at a pause or at its completion (a milestone)."""

    __tablename__ = "task_snapshots"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    task_id: Mapped[int] = mapped_column(BigId)
    snapshot_type: Mapped[str] = mapped_column(String(16))
    state_data: Mapped[dict[str, Any]] = mapped_column(Json)
    progress_at_snapshot: Mapped[int | None] = mapped_column(Integer)
    total_time_at_snapshot: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    __table_args__ = (
        in_account("task_id", "tasks"),
        Index(None, "account_id", "task_id", "id"),
        Base.__table_args__,
    )


class Tag(Tenant, Base):
    """A word that groups tasks of one account, in a colour; `key` is its name folded for comparison."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    key: Mapped[str] = mapped_column(Key(150))
    colour: Mapped[str] = mapped_column(String(16), default="grey")
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)

    task_count: ClassVar[int | None] = None
    """How many tasks have it for who reads it (see `tags/queries.py`); None where nobody asked."""

    __table_args__ = (
        UniqueConstraint("account_id", "id"),
        UniqueConstraint("account_id", "key"),
        CheckConstraint(f"colour IN {COLOURS}", name="colour"),
        Base.__table_args__,
    )


class TaskTag(Tenant, Base):
    """A tag on a task."""

    __tablename__ = "task_tags"

    task_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tag_id: Mapped[int] = mapped_column(BigId, primary_key=True)

    __table_args__ = (
        in_account("task_id", "tasks"),
        in_account("tag_id", "tags"),
        Index(None, "account_id", "tag_id", "task_id"),
        Base.__table_args__,
    )
