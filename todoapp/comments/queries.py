"""Reading comments: a task's list, one comment ready to be shown, its earlier texts, whom one may mention."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from todoapp.accounts.models import AccountMembership
from todoapp.accounts.queries import list_members
from todoapp.actor import Actor
from todoapp.comments.mentions import by_handle, cannot_see, mentions_of, token_of
from todoapp.comments.models import Comment, CommentMention, CommentVersion
from todoapp.comments.rendering import as_html
from todoapp.extensions import db
from todoapp.kit.paging import Order, Page, page_of
from todoapp.permissions.audience import who_sees
from todoapp.tasks.models import Task
from todoapp.users.models import User

OLDEST_FIRST = Order("created_at", Comment.created_at, Comment.id)  # type: ignore[arg-type]
NEWEST_FIRST = Order("created_at", Comment.created_at, Comment.id, descending=True)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody whom a comment mentions, and whether they could see the task then."""

    id: int
    name: str
    reached: bool


@dataclass(frozen=True, slots=True)
class ShownComment:
    """A comment ready to be shown; of a deleted one nothing but its line."""

    id: int
    task_id: int
    parent_comment_id: int | None
    author: User
    body: str
    html: Markup
    mentions: list[Mention]
    created_at: datetime
    edited_at: datetime | None
    deleted: bool

    @property
    def notices(self) -> list[str]:
        """Who is mentioned in vain, in sentences."""
        return [cannot_see(mention.name) for mention in self.mentions if not mention.reached]


def listed() -> ColumnElement[bool]:
    """A comment that is there, or the line of a deleted one that has answers."""
    answer = aliased(Comment)
    has_answers = exists().where(answer.parent_comment_id == Comment.id, answer.deleted_at.is_(None))
    return or_(Comment.deleted_at.is_(None), has_answers)


def comments_on(task: Task) -> Select[Any]:
    """The comments of a task (already found for its reader), with their authors."""
    return select(Comment).where(Comment.task_id == task.id, listed()).options(joinedload(Comment.author))


def list_comments(task: Task, *, page: int = 1, per_page: int = 20, cursor: str | None = None) -> Page:
    """One page of a task's comments and answers, oldest first, ready to be shown."""
    ids = select(Comment.id).where(Comment.task_id == task.id, listed())
    found = page_of(comments_on(task), ids, page=page, per_page=per_page, cursor=cursor, order=OLDEST_FIRST)
    shown = shown_comments(found.rows)
    return Page(shown, found.page, found.per_page, found.total_count, found.total_capped, found.next_cursor)


def shown_comments(comments: Sequence[Comment]) -> list[ShownComment]:
    """These comments ready to be shown; mentions are read in one query."""
    mentions = mentions_of([comment.id for comment in comments])
    return [_shown(comment, mentions[comment.id]) for comment in comments]


def shown(comment: Comment) -> ShownComment:
    """This comment ready to be shown."""
    return shown_comments([comment])[0]


def _shown(comment: Comment, mentions: list[CommentMention]) -> ShownComment:
    return ShownComment(
        id=comment.id,
        task_id=comment.task_id,
        parent_comment_id=comment.parent_comment_id,
        author=comment.author,
        body=comment.body,
        html=as_html(comment.body, by_handle(mentions)),
        mentions=[Mention(row.user_id, row.user.name, row.reached) for row in mentions],
        created_at=comment.created_at,
        edited_at=comment.edited_at,
        deleted=comment.deleted_at is not None,
    )


def versions_of(comment: Comment, *, page: int = 1, per_page: int = 20) -> Page:
    """The earlier texts of a comment, oldest first."""
    query = select(CommentVersion).where(CommentVersion.comment_id == comment.id).order_by(CommentVersion.id)
    return page_of(query, query.with_only_columns(CommentVersion.id), page=page, per_page=per_page)


def comment_counts(task_ids: Iterable[int]) -> dict[int, int]:
    """How many comments stand at each of these tasks."""
    task_ids = list(task_ids)
    if not task_ids:
        return {}
    counts = select(Comment.task_id, func.count(Comment.id)).where(
        Comment.task_id.in_(task_ids), Comment.deleted_at.is_(None)
    )
    return dict(db.session.execute(counts.group_by(Comment.task_id)).all())


def mentionable(actor: Actor, task: Task, filters: dict[str, Any]) -> Page:
    """One page of the members whom the actor may mention on the task, by name: who of them sees it, who does not."""
    found = list_members(actor, filters)
    seeing = who_sees([task.id], [member.user_id for member in found.rows])
    people = [_mentionable(member, (member.user_id, task.id) in seeing) for member in found.rows]
    return Page(people, found.page, found.per_page, found.total_count, found.total_capped)


def _mentionable(member: AccountMembership, can_see: bool) -> dict[str, Any]:
    return {
        "id": member.user_id,
        "name": member.user.name,
        "initials": member.user.initials,
        "mention": token_of(member.user),
        "can_see": can_see,
        "notice": None if can_see else cannot_see(member.user.name),
    }
