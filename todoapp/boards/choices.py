"""What a board's filters offer: people, the account’s tags, and how many tasks a filter hides."""

from typing import Any

from sqlalchemy import ColumnElement, select

from todoapp.accounts.models import AccountMembership
from todoapp.actor import Actor
from todoapp.boards.queries import Board
from todoapp.extensions import db
from todoapp.kit.paging import capped_count
from todoapp.permissions import visible
from todoapp.tasks.models import Tag, Task
from todoapp.tasks.queries import matching
from todoapp.users.models import User

MOST_OFFERED = 100
Query = dict[str, Any]


def assignees_on(board: Board) -> list[User]:
    """The members whose tasks the board may hold, by name. Which of them have any, only a look at all tasks would tell."""
    return _members([AccountMembership.user_id.in_(board.holds.user_ids)] if board.holds.user_ids else [])


def creators() -> list[User]:
    """The members who may have made a task, by name."""
    return _members([])


def _members(conditions: list[ColumnElement[bool]]) -> list[User]:
    members = (
        select(AccountMembership)
        .join(User, User.id == AccountMembership.user_id)
        .where(*conditions, AccountMembership.left_at.is_(None))
        .order_by(User.first_name, User.last_name, User.id)
        .limit(MOST_OFFERED)
    )
    return [member.user for member in db.session.scalars(members)]


def tag_names(actor: Actor) -> list[str]:
    """The account's tags, by name. Which of them a board has, only a look at all its tasks would tell."""
    return list(db.session.scalars(select(Tag.name).where(visible(actor, Tag)).order_by(Tag.key).limit(MOST_OFFERED)))


def hidden_by(actor: Actor, board: Board, query: Query) -> str:
    """How many of the board's tasks the filter hides, in words; empty where it hides none, or nobody can tell."""
    archived = {"archived": query.get("archived", False)}
    (held, more), (shown, _) = (
        capped_count(select(Task.id).where(*matching(actor, filters), board.holds.condition))
        for filters in (archived, query)
    )
    if held == shown:
        return ""
    return f"more than {held - shown:,}" if more else f"{held - shown:,}"
