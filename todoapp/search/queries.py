"""What the doors of search show: tasks with the lines that match, people by name, and what one was at lately."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from todoapp.accounts.queries import list_members
from todoapp.activity.models import ActivityLog
from todoapp.actor import Actor
from todoapp.comments.models import Comment
from todoapp.comments.rendering import as_text
from todoapp.extensions import db
from todoapp.kit.paging import Page
from todoapp.permissions import abilities, visible
from todoapp.search.language import Search
from todoapp.search.snippets import Wanted
from todoapp.tasks.models import Task
from todoapp.tasks.queries import SHOWN, list_tasks

PARTS = ("title", "tags", "description", "comments")
MOST_COMMENTS = 400
MOST_PEOPLE = 5
LOOKED_BACK, MOST_RECENT = 200, 10


@dataclass(frozen=True, slots=True)
class Hit:
    """A task that was found: in which of its PARTS, best first, and a line of one of them in plain text."""

    task: Task
    matched: list[str]
    snippet_from: str
    snippet: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.task, name)


def find_tasks(actor: Actor, filters: dict[str, Any]) -> Page:
    """One page of hits, the best and newest first; `filters` holds q, page, per_page and cursor."""
    search: Search = filters["q"]
    page = list_tasks(actor, filters | {"search": search})
    return replace(page, rows=_hits(actor, search, page.rows))


def find_people(actor: Actor, search: Search) -> list[dict[str, Any]]:
    """The first members whose names or addresses hold the words of the search, and where to go to for each."""
    words = " ".join([*search.words, search.unfinished or ""]).strip()
    if not words or search.phrases:
        return []
    members = list_members(actor, {"search": words, "per_page": MOST_PEOPLE}).rows
    opens = abilities(actor, members, ["board.view"])
    return [{"user": member.user, "role": member.role, "opens": bool(opens[member.id])} for member in members]


def recent_tasks(actor: Actor) -> list[Task]:
    """The tasks that the actor did something to last, as far as they still see them."""
    events = (
        select(ActivityLog.resource_id)
        .where(ActivityLog.user_id == actor.user_id, ActivityLog.resource_type == "Task")
        .order_by(ActivityLog.created_at.desc(), ActivityLog.id.desc())
        .limit(LOOKED_BACK)
    )
    ids = list(dict.fromkeys(db.session.scalars(events)))[: MOST_RECENT * 2]
    query = select(Task).where(Task.id.in_(ids), Task.deleted_at.is_(None), visible(actor)).options(*SHOWN)
    tasks = {task.id: task for task in db.session.scalars(query).unique()}
    return [tasks[task_id] for task_id in ids if task_id in tasks][:MOST_RECENT]


def _hits(actor: Actor, search: Search, tasks: Sequence[Task]) -> list[Hit]:
    wanted = Wanted(search)
    comments = _matching_comments(actor, wanted, tasks) if search.has_words else {}
    return [_hit(task, wanted, comments.get(task.id, "")) for task in tasks]


def _hit(task: Task, wanted: Wanted, comment: str) -> Hit:
    texts = {
        "title": task.title,
        "tags": ", ".join(tag.name for tag in task.tags),
        "description": task.description,
        "comments": comment,
    }
    matched = [part for part in PARTS if wanted.is_in(texts[part])]
    said = next((part for part in ("description", "comments", "tags", "title") if part in matched), "description")
    return Hit(task, matched, said, wanted.around(as_text(comment) if said == "comments" else texts[said]))


def _matching_comments(actor: Actor, wanted: Wanted, tasks: Sequence[Task]) -> Mapping[int, str]:
    """The newest comment on each task in which one of the words stands."""
    found: dict[int, str] = {}
    query = select(Comment.task_id, Comment.body).where(
        Comment.task_id.in_([task.id for task in tasks]), Comment.deleted_at.is_(None), visible(actor, Comment)
    )
    for task_id, body in db.session.execute(query.order_by(Comment.id.desc()).limit(MOST_COMMENTS)):
        if task_id not in found and wanted.is_in(body):
            found[task_id] = body
    return found
