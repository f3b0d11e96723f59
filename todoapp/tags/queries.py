"""Reading tags, with how many tasks have them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.paging import Page, page_of
from todoapp.permissions import visible
from todoapp.tasks.models import Tag, Task, TaskTag
from todoapp.tasks.queries import matching
from todoapp.tasks.tagging import fold


def list_tags(actor: Actor, filters: dict[str, Any]) -> Page:
    """One page of the account's tags by name; `filters` holds search, page and per_page."""
    named = [Tag.key.contains(word, autoescape=True) for word in fold(filters.get("search") or "").split()]
    conditions = [visible(actor, Tag), *named]
    page = page_of(select(Tag).where(*conditions).order_by(Tag.key), select(Tag.id).where(*conditions), **filters)
    with_counts(actor, page.rows)
    return page


def with_counts(actor: Actor, tags: Sequence[Tag]) -> None:
    """Let each of these tags know how many tasks have it: those that the actor sees and finds in lists."""
    counts = (
        select(TaskTag.tag_id, func.count(Task.id))
        .join(Task, Task.id == TaskTag.task_id)
        .where(TaskTag.tag_id.in_([tag.id for tag in tags]), *matching(actor, {}))
        .group_by(TaskTag.tag_id)
    )
    found = {tag_id: count for tag_id, count in db.session.execute(counts)}  # noqa: C416
    for tag in tags:
        tag.task_count = found.get(tag.id, 0)  # type: ignore[misc]
