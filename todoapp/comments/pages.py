"""The browser door of comments: plain forms on the task's page, and the earlier texts of a comment."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from todoapp.comments.actions import comment_task, delete_comment, update_comment
from todoapp.comments.models import Comment
from todoapp.comments.queries import mentionable, shown, versions_of
from todoapp.comments.schemas import AddComment, MentionableQuery, UpdateComment
from todoapp.kit.answers import done
from todoapp.kit.forms import Form, read_form, shown_again_by
from todoapp.kit.paging import LARGEST_PAGE
from todoapp.permissions import find
from todoapp.signed_in import current_actor
from todoapp.tasks.models import Task
from todoapp.tasks.pages import show_task

pages = Blueprint("comments_pages", __name__)
pages.access = "session"  # type: ignore[attr-defined]


def task_with_new(form: Form, task_id: int) -> ResponseReturnValue:
    """The task with the form of a new comment or answer as it was typed."""
    answered = form.values.get("parent_comment_id")
    return show_task(task_id, form=form, opened=f"answer-{answered}" if answered else "comment")


def task_with_edited(form: Form, comment_id: int) -> ResponseReturnValue:
    """The task with the comment's form as it was typed."""
    comment = find(current_actor(), Comment, comment_id)
    return show_task(comment.task_id, form=form, opened=f"edit-{comment_id}")


@pages.post("/tasks/<int:task_id>/comments")
@shown_again_by(task_with_new)
def add(task_id: int) -> ResponseReturnValue:
    """Comment on the task, or answer a comment."""
    actor = current_actor()
    comment = comment_task(actor, find(actor, Task, task_id), **read_form(AddComment(), actor.timezone))
    return _said("Your answer is there." if comment.parent_comment_id else "Your comment is there.", comment)


@pages.get("/tasks/<int:task_id>/mentionable")
def list_mentionable(task_id: int) -> ResponseReturnValue:
    """The people whom the picker offers, those first whom a mention reaches."""
    actor = current_actor()
    found = mentionable(actor, find(actor, Task, task_id), MentionableQuery().load(request.args))
    people = sorted(found.rows, key=lambda person: not person["can_see"])
    return render_template("comments/mentionable.html", people=people)


@pages.post("/comments/<int:comment_id>/edit")
@shown_again_by(task_with_edited)
def update(comment_id: int) -> ResponseReturnValue:
    """Save the comment's new text."""
    actor = current_actor()
    comment = find(actor, Comment, comment_id)
    update_comment(actor, comment, **read_form(UpdateComment(), actor.timezone))
    return _said("Your comment was saved.", comment)


@pages.post("/comments/<int:comment_id>/delete")
def delete(comment_id: int) -> ResponseReturnValue:
    """Delete the comment."""
    actor = current_actor()
    comment = delete_comment(actor, find(actor, Comment, comment_id))
    return done("The comment was deleted.", f"/tasks/{comment.task_id}#discussion")


@pages.get("/comments/<int:comment_id>/history")
def history(comment_id: int) -> ResponseReturnValue:
    """The comment and its earlier texts."""
    comment = find(current_actor(), Comment, comment_id)
    page = max(request.args.get("page", 1, type=int), 1)
    return render_template(
        "comments/history.html",
        comment=shown(comment),
        versions=versions_of(comment, page=min(page, 10_000), per_page=LARGEST_PAGE),
        here=f"/comments/{comment_id}/history",
    )


def _said(text: str, comment: Comment) -> Any:
    """Say that it is done, and whom it does not reach."""
    sentences = [text, *shown(comment).notices]
    return done(" ".join(sentences), f"/tasks/{comment.task_id}#comment-{comment.id}")
