"""The JSON door of comments."""

from typing import Any

from todoapp.comments.actions import comment_task, delete_comment, update_comment
from todoapp.comments.models import Comment
from todoapp.comments.queries import ShownComment, list_comments, mentionable, shown, versions_of
from todoapp.comments.schemas import (
    AddComment,
    CommentOut,
    CommentsOut,
    CommentVersionsOut,
    MentionableQuery,
    MentionablesOut,
    SavedCommentOut,
    UpdateComment,
)
from todoapp.kit.api import READ, WRITE, ApiBlueprint
from todoapp.kit.paging import CursorQuery, PageQuery
from todoapp.permissions import find
from todoapp.signed_in import current_actor
from todoapp.tasks.models import Task

blp = ApiBlueprint("comments", __name__, url_prefix="/v1", description="What people say about tasks")


@blp.get("/tasks/<int:task_id>/comments")
@blp.arguments(CursorQuery, location="query")
@blp.response(200, CommentsOut)
@blp.refusals(*READ)
def list_all(query: dict[str, Any], task_id: int) -> dict[str, Any]:
    """List the comments on a task and the answers to them, oldest first."""
    page = list_comments(find(current_actor(), Task, task_id), **query)
    return {"comments": page.rows, "meta": page.meta}


@blp.post("/tasks/<int:task_id>/comments")
@blp.arguments(AddComment)
@blp.response(201, SavedCommentOut)
@blp.refusals(*WRITE)
def add(fields: dict[str, Any], task_id: int) -> ShownComment:
    """Comment on a task, or answer a comment. `@name` mentions a member; `notices` say who of them cannot see the task."""
    actor = current_actor()
    return shown(comment_task(actor, find(actor, Task, task_id), **fields))


@blp.get("/tasks/<int:task_id>/mentionable")
@blp.arguments(MentionableQuery, location="query")
@blp.response(200, MentionablesOut)
@blp.refusals(*READ)
def list_mentionable(query: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Look for members to mention on a task; `can_see` says whom a mention reaches."""
    actor = current_actor()
    page = mentionable(actor, find(actor, Task, task_id), query)
    return {"people": page.rows, "meta": page.meta}


@blp.get("/comments/<int:comment_id>")
@blp.response(200, CommentOut)
@blp.refusals(*READ)
def show(comment_id: int) -> ShownComment:
    """Get a comment."""
    return shown(find(current_actor(), Comment, comment_id))


@blp.patch("/comments/<int:comment_id>")
@blp.arguments(UpdateComment)
@blp.response(200, SavedCommentOut)
@blp.refusals(*WRITE)
def update(fields: dict[str, Any], comment_id: int) -> ShownComment:
    """Give your comment another text. Send the `edited_at` that you edited from, and no later text is overwritten."""
    actor = current_actor()
    return shown(update_comment(actor, find(actor, Comment, comment_id), **fields))


@blp.delete("/comments/<int:comment_id>")
@blp.response(204)
@blp.refusals(*WRITE)
def delete(comment_id: int) -> None:
    """Delete a comment. Where it has answers, an empty line stays."""
    actor = current_actor()
    delete_comment(actor, find(actor, Comment, comment_id))


@blp.get("/comments/<int:comment_id>/history")
@blp.arguments(PageQuery, location="query")
@blp.response(200, CommentVersionsOut)
@blp.refusals(*READ)
def history(query: dict[str, Any], comment_id: int) -> dict[str, Any]:
    """List the earlier texts of a comment, oldest first."""
    page = versions_of(find(current_actor(), Comment, comment_id), **query)
    return {"versions": page.rows, "meta": page.meta}
