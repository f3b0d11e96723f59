"""What the words of the matrix mean: each is one SQL expression, used for a row and for a list alike."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true

from todoapp.accounts.models import ROLES, rank
from todoapp.accounts.models import AccountMembership as Member
from todoapp.actor import Actor
from todoapp.comments.models import Comment
from todoapp.extensions import db
from todoapp.kit.transaction import asked_once, is_reading
from todoapp.permissions.matrix import MATRIX, Reach, reach_of
from todoapp.tasks.models import ChainLink, Task, TaskAssignment

Word = Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Members:
    """Many members of one role at once, as columns of a query: they stand in for an actor in the words that say who sees
    a task and who opens a board. `reports` and `peers` are queries for user ids, correlated to those columns.
    """

    role: str
    user_id: Any
    reports: Select[Any]
    peers: Select[Any]


def line_ids(actor: Actor, role: str | None = None) -> list[int]:
    """The members below the actor, directly or through others; with `role`, only those of that role."""
    line = (
        select(Member.user_id, Member.role)
        .where(Member.manager_id == actor.user_id, Member.left_at.is_(None))
        .cte("line", recursive=True)
    )
    below = select(Member.user_id, Member.role).join(line, Member.manager_id == line.c.user_id)
    line = line.union(below.where(Member.left_at.is_(None)))
    query = select(line.c.user_id).where(line.c.user_id != actor.user_id)
    return list(db.session.scalars(query if role is None else query.where(line.c.role == role)))


def report_ids(actor: Actor | Members) -> Sequence[int] | Select[Any]:
    """The actor's reports: the users below them."""
    if isinstance(actor, Members):
        return actor.reports
    return asked_once(("reports", actor.account_id, actor.user_id), lambda: line_ids(actor, "user"), lasting=True)


def peer_ids(actor: Actor | Members) -> Sequence[int] | Select[Any]:
    """The members who share the actor's manager, the actor included; nobody while there is no manager."""
    if isinstance(actor, Members):
        return actor.peers
    if actor.manager_id is None:
        return []
    peers = select(Member.user_id).where(Member.manager_id == actor.manager_id, Member.left_at.is_(None))
    return asked_once(
        ("peers", actor.account_id, actor.manager_id), lambda: list(db.session.scalars(peers)), lasting=True
    )


def sight(actor: Actor) -> tuple[Hashable, ...]:
    """All that the words of the matrix know of the actor: who are equal in it reach the same rows. Empty in work that writes."""
    if not is_reading():
        return ()
    words = _words_of(actor.role)
    return (
        actor.account_id,
        actor.user_id,
        actor.role,
        actor.can_reassign_tasks,
        bool(actor.settings.get("managers_can_reassign")),
        tuple(cast(Sequence[int], report_ids(actor))) if "reports" in words else (),
        tuple(cast(Sequence[int], peer_ids(actor))) if "team" in words else (),
    )


@cache
def _words_of(role: str) -> frozenset[str]:
    """The words in a column of the matrix, those behind `board` among them."""
    return frozenset().union(*(words for row in MATRIX.values() for words in row.cells[role]))


def _self(actor: Actor) -> ColumnElement[bool]:
    return Member.user_id == actor.user_id


def _users(_actor: Actor) -> ColumnElement[bool]:
    return Member.role == "user"


def _managers(_actor: Actor) -> ColumnElement[bool]:
    return Member.role == "manager"


def _reports(actor: Actor) -> ColumnElement[bool]:
    return Member.user_id.in_(report_ids(actor))


def _below(actor: Actor) -> ColumnElement[bool]:
    return Member.role.in_(ROLES[: rank(actor.role)])


MEMBER_WORDS: dict[str, Word] = {
    "self": _self,
    "users": _users,
    "managers": _managers,
    "reports": _reports,
    "below": _below,
}


def _assignee(actor: Actor) -> ColumnElement[bool]:
    return Task.assigned_to_id == actor.user_id


def _creator(actor: Actor) -> ColumnElement[bool]:
    return Task.created_by_id == actor.user_id


def _chain(actor: Actor) -> ColumnElement[bool]:
    return exists().where(ChainLink.task_id == Task.id, ChainLink.user_id == actor.user_id)


def _board(actor: Actor) -> ColumnElement[bool]:
    """The assignee's board opens for the actor: the matrix's own row `board.view`, asked of the assignee."""
    reach = reach_of("board.view", actor.role)
    if frozenset() in reach:
        return Task.assigned_to_id.is_not(None)
    alternatives: list[ColumnElement[bool]] = []
    others = [words for words in reach if words not in (frozenset({"self"}), frozenset({"reports"}))]
    if frozenset({"self"}) in reach:
        alternatives.append(Task.assigned_to_id == actor.user_id)
    if frozenset({"reports"}) in reach:
        alternatives.append(Task.assigned_to_id.in_(report_ids(actor)))
    if others:
        members = select(Member.user_id).where(expression(actor, tuple(others), MEMBER_WORDS))
        alternatives.append(Task.assigned_to_id.in_(members))
    return or_(false(), *alternatives)


def _team(actor: Actor) -> ColumnElement[bool]:
    return and_(Task.visibility == "team", func.coalesce(Task.assigned_to_id, Task.created_by_id).in_(peer_ids(actor)))


def _account(_actor: Actor) -> ColumnElement[bool]:
    return Task.visibility == "account"


def _unassigned(_actor: Actor) -> ColumnElement[bool]:
    return Task.assigned_to_id.is_(None)


def _assigner(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        TaskAssignment.task_id == Task.id, TaskAssignment.is_current, TaskAssignment.assigned_by_id == actor.user_id
    )


def _unstarted(_actor: Actor) -> ColumnElement[bool]:
    return Task.status == "pending"


def _trusted(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.can_reassign_tasks or actor.settings.get("managers_can_reassign") else false()


TASK_WORDS: dict[str, Word] = {
    "assignee": _assignee,
    "creator": _creator,
    "chain": _chain,
    "board": _board,
    "team": _team,
    "account": _account,
    "unassigned": _unassigned,
    "assigner": _assigner,
    "unstarted": _unstarted,
    "trusted": _trusted,
}


def _author(actor: Actor) -> ColumnElement[bool]:
    return Comment.user_id == actor.user_id


def _on_seen_task(actor: Actor) -> ColumnElement[bool]:
    seen = expression(actor, reach_of("task.view", actor.role), TASK_WORDS)
    return Comment.task_id.in_(select(Task.id).where(Task.deleted_at.is_(None), seen))


COMMENT_WORDS: dict[str, Word] = {
    "author": _author,
    "on_seen_task": _on_seen_task,
}


def expression(actor: Actor | Members, reach: Reach, words: dict[str, Word]) -> ColumnElement[bool]:
    """The SQL of a reach for this actor."""
    if frozenset() in reach:
        return true()
    if isinstance(actor, Members):
        return _written(actor, reach, words)
    return asked_once((sight(actor), reach, id(words)), lambda: _written(actor, reach, words))


def _written(actor: Actor | Members, reach: Reach, words: dict[str, Word]) -> ColumnElement[bool]:
    named = {word: words[word](actor) for word in frozenset().union(*reach)}
    return or_(false(), *(and_(*(named[word] for word in sorted(alternative))) for alternative in reach))


def _check_words() -> None:
    known = TASK_WORDS.keys() | MEMBER_WORDS.keys() | COMMENT_WORDS.keys()
    for row in MATRIX.values():
        for role, reach in row.cells.items():
            unknown = frozenset().union(*reach) - known
            if unknown:
                raise ValueError(f"{row.action}, {role}: unknown words {sorted(unknown)}")


_check_words()
