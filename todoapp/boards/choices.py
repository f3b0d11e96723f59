"""What a board's filters offer: the people and the tags that occur on it, and how many tasks a filter hides."""

from typing import Any

from sqlalchemy import func, select

from todoapp.accounts.models import AccountMembership
from todoapp.actor import Actor
from todoapp.boards.queries import Board
from todoapp.extensions import db
from todoapp.tasks.models import Tag, Task, TaskTag
from todoapp.tasks.queries import matching
from todoapp.users.models import User

MOST_OFFERED = 100
Query = dict[str, Any]


def people_on(actor: Actor, board: Board, column: Any) -> list[User]:
    """The members who occur in `column` (assignee or creator) of the board's tasks, by name."""
    ids = select(column).where(*matching(actor, {}), board.holds, column.is_not(None)).distinct()
    members = (
        select(AccountMembership)
        .join(User, User.id == AccountMembership.user_id)
        .where(AccountMembership.user_id.in_(ids), AccountMembership.left_at.is_(None))
        .order_by(User.first_name, User.last_name, User.id)
        .limit(MOST_OFFERED)
    )
    return [member.user for member in db.session.scalars(members)]


def tags_on(actor: Actor, board: Board) -> list[str]:
    """The tags of the board's tasks, by name."""
    tasks = select(Task.id).where(*matching(actor, {}), board.holds)
    tagged = select(TaskTag.tag_id).where(TaskTag.task_id.in_(tasks))
    names = select(Tag.name).where(Tag.id.in_(tagged)).order_by(Tag.name).limit(MOST_OFFERED)
    return list(db.session.scalars(names))


def hidden_by(actor: Actor, board: Board, query: Query) -> int:
    """How many of the board's tasks the filter hides."""
    archived = {"archived": query.get("archived", False)}
    counted = [
        db.session.scalar(select(func.count(Task.id)).where(*matching(actor, filters), board.holds)) or 0
        for filters in (archived, query)
    ]
    return counted[0] - counted[1]
