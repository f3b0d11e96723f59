"""The discussion on a task's page: its newest comments as threads, and the forms around them."""

from collections import defaultdict
from typing import Any

from flask import request
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from todoapp.actor import Actor
from todoapp.comments.models import Comment
from todoapp.comments.queries import NEWEST_FIRST, ShownComment, comments_on, shown_comments
from todoapp.extensions import db
from todoapp.kit.forms import FRESH, Form
from todoapp.permissions import abilities, can
from todoapp.tasks.cards import person
from todoapp.tasks.models import Task

COMMENTS_SHOWN = 50
MOST_COMMENTS = 1000


def thread_of(actor: Actor, task: Task, form: Form = FRESH, opened: str = "") -> dict[str, Any]:
    """What the discussion shows. `opened` names the form that came back: comment, answer-ID, edit-ID."""
    newest = _asked_for(opened)
    rows, more = _newest(task, newest)
    may = {} if task.deleted_at else abilities(actor, rows, ["comment.update", "comment.delete"])
    earlier = f"/tasks/{task.id}?comments={newest + COMMENTS_SHOWN}#discussion"
    return {
        "count": _count(task),
        "threads": _threads(shown_comments(rows), may),
        "earlier_url": earlier if more and newest < MOST_COMMENTS else None,
        "may_comment": task.deleted_at is None and can(actor, "task.comment", task),
        "opened": opened,
        "typed": form.values.get("body", "") if opened else "",
        "error": form.errors.get("body") or (form.problem if opened else None),
        "conflict": _conflict(form) if opened.startswith("edit-") else None,
    }


def _asked_for(opened: str) -> int:
    """How many comments to show; a form that came back stands at its comment, however old that is."""
    if opened.startswith(("answer-", "edit-")):
        return MOST_COMMENTS
    return min(max(request.args.get("comments", COMMENTS_SHOWN, type=int), COMMENTS_SHOWN), MOST_COMMENTS)


def _newest(task: Task, count: int) -> tuple[list[Comment], bool]:
    """The newest comments and answers, with the comments that these answer; and whether there are earlier ones."""
    rows = list(db.session.scalars(NEWEST_FIRST.apply(comments_on(task)).limit(count + 1)))
    more, rows = len(rows) > count, rows[:count]
    answered = {row.parent_comment_id for row in rows} - {row.id for row in rows} - {None}
    if answered:
        query = select(Comment).where(Comment.id.in_(answered)).options(joinedload(Comment.author))
        rows += db.session.scalars(query)
    return sorted(rows, key=lambda row: (row.created_at, row.id)), more


def _count(task: Task) -> int:
    there = select(func.count(Comment.id)).where(Comment.task_id == task.id, Comment.deleted_at.is_(None))
    return db.session.scalar(there) or 0


def _threads(comments: list[ShownComment], may: dict[int, set[str]]) -> list[dict[str, Any]]:
    answers: dict[int | None, list[ShownComment]] = defaultdict(list)
    for comment in comments:
        answers[comment.parent_comment_id].append(comment)
    return [
        _line(comment, may) | {"answers": [_line(answer, may) for answer in answers[comment.id]]}
        for comment in answers[None]
    ]


def _line(comment: ShownComment, may: dict[int, set[str]]) -> dict[str, Any]:
    allowed = set() if comment.deleted else may.get(comment.id, set())
    return {
        "id": comment.id,
        "author": person(comment.author),
        "html": comment.html,
        "body": comment.body if "comment.update" in allowed else "",
        "at": comment.created_at,
        "edited_at": comment.edited_at,
        "deleted": comment.deleted,
        "may_edit": "comment.update" in allowed,
        "may_delete": "comment.delete" in allowed,
    }


def _conflict(form: Form) -> dict[str, Any] | None:
    found = form.refusal.details.get("conflicts") if form.refusal else None
    return {"theirs": found["body"]["theirs"]} if found else None
