"""Saying something about a task, changing it, taking it back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from todoapp.actions import action
from todoapp.activity.models import ActivityLog
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.comments.mentions import MOST_MENTIONED, NOBODY, by_handle, forget, mention, mentions_of
from todoapp.comments.models import Comment, CommentMention, CommentVersion
from todoapp.comments.rendering import excerpt_of
from todoapp.comments.schemas import AddComment, UpdateComment
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput, Conflict
from todoapp.kit.fields import NoFields
from todoapp.permissions import find
from todoapp.tasks.models import Task

NOT_SAID: Any = object()


@action("task.comment", subject=Task, fields=AddComment)
def comment_task(actor: Actor, task: Task, *, body: str, parent_comment_id: int | None = None) -> Comment:
    """Comment on the task, or answer a comment on it."""
    if parent_comment_id is not None:
        _check_answered(task, find(actor, Comment, parent_comment_id))
    comment = Comment(task_id=task.id, parent_comment_id=parent_comment_id, user_id=actor.user_id, body=body)
    db.session.add(comment)
    db.session.flush()
    new = _read(comment)
    record(actor, "task_commented", task, comment_id=comment.id, **_told(new))
    return comment


@action("comment.update", subject=Comment, fields=UpdateComment)
def update_comment(actor: Actor, comment: Comment, *, body: str, edited_at: datetime | None = NOT_SAID) -> Comment:
    """Give the comment another text. With `edited_at`, a text that was written since then is not overwritten."""
    if body == comment.body:
        return comment
    if edited_at is not NOT_SAID and edited_at != comment.edited_at:
        _refuse_overwriting(comment, body)
    at = now()
    if comment.edited_at is not None:
        # Two texts of one second are two texts.
        at = max(at, comment.edited_at + timedelta(seconds=1))
    _keep(actor, comment, at)
    comment.body, comment.edited_at = body, at
    new = _read(comment)
    task = find(actor, Task, comment.task_id)
    record(actor, "task_comment_edited", task, comment_id=comment.id, author_id=comment.user_id, **_told(new))
    return comment


@action("comment.delete", subject=Comment, fields=NoFields)
def delete_comment(actor: Actor, comment: Comment) -> Comment:
    """Take the comment's text out of every door; where it has answers, its empty line stays."""
    at = now()
    _keep(actor, comment, at)
    comment.body, comment.excerpt, comment.deleted_at = "", "", at
    forget(comment, [row.user_id for row in mentions_of([comment.id])[comment.id]])
    task = find(actor, Task, comment.task_id)
    record(actor, "task_comment_deleted", task, comment_id=comment.id, author_id=comment.user_id)
    return comment


def take_over_comment(
    actor: Actor,
    task: Task,
    *,
    body: str,
    author_id: int,
    at: datetime,
    edited_at: datetime | None = None,
    handles: Mapping[str, int] = NOBODY,
) -> ActivityLog:
    """Write a comment that was made elsewhere, and its event, by its author and at its time. `handles` are the names by
    which people were mentioned there, folded, with their user ids.
    """
    comment = Comment(task_id=task.id, user_id=author_id, body=body, created_at=at, edited_at=edited_at)
    db.session.add(comment)
    db.session.flush()
    new = _read(comment, handles, most=None)
    return record(actor, "task_commented", task, at=at, by_id=author_id, comment_id=comment.id, **_told(new))


def _check_answered(task: Task, parent: Comment) -> None:
    if parent.task_id != task.id:
        raise BadInput(fields={"parent_comment_id": ["That comment stands at another task."]})
    if parent.parent_comment_id is not None:
        raise BadInput(fields={"parent_comment_id": ["That is an answer. Answer the comment that it belongs to."]})


def _read(
    comment: Comment, handles: Mapping[str, int] = NOBODY, most: int | None = MOST_MENTIONED
) -> list[CommentMention]:
    """Note whom the text mentions and how it begins; answers with those who are new in it."""
    new = mention(comment, handles, most)
    comment.excerpt = excerpt_of(comment.body, by_handle(mentions_of([comment.id])[comment.id]))
    return new


def _told(mentions: list[CommentMention]) -> dict[str, Any]:
    """Whom the event should reach, and whom it cannot."""
    return {
        "mention_ids": [row.user_id for row in mentions if row.reached],
        "unreached_ids": [row.user_id for row in mentions if not row.reached],
    }


def _keep(actor: Actor, comment: Comment, at: datetime) -> None:
    """Keep the text that is about to go."""
    db.session.add(
        CommentVersion(
            comment_id=comment.id,
            body=comment.body,
            written_at=comment.edited_at or comment.created_at,
            replaced_at=at,
            replaced_by_id=actor.user_id,
        )
    )


def _refuse_overwriting(comment: Comment, body: str) -> None:
    raise Conflict(
        "The comment was edited meanwhile. Choose a text and send it with the present edited_at.",
        conflicts={"body": {"theirs": comment.body, "yours": body}},
        edited_at=comment.edited_at.isoformat() if comment.edited_at else None,
    )
