"""The matrix asked for many members at once, in one query: who of them sees which task, who may open whose board."""

from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, BindParameter, ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from todoapp.accounts.models import ROLES, AccountMembership
from todoapp.extensions import db
from todoapp.permissions.matrix import reach_of
from todoapp.permissions.reaches import MEMBER_WORDS, TASK_WORDS, Members, Word, expression
from todoapp.tasks.models import Task

Pairs = set[tuple[int, int]]
_SUBJECTS: BindParameter[Any] = bindparam("subjects", expanding=True)
_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)


def who_sees(task_ids: Collection[int], user_ids: Collection[int]) -> Pairs:
    """Which of these members see which of these tasks: pairs of a user id and a task id."""
    return _pairs(_sight(), task_ids, user_ids)


def who_opens(owner_ids: Collection[int], user_ids: Collection[int]) -> Pairs:
    """Which of these members may open which of these members' boards: pairs of a user id and the owner's user id."""
    return _pairs(_openings(), owner_ids, user_ids)


def lines_above(user_ids: Collection[int]) -> dict[int, set[int]]:
    """The members above each of these, directly or through others."""
    above: dict[int, set[int]] = defaultdict(set)
    for user_id, above_id in db.session.execute(_lines(), {"subjects": list(user_ids)}):
        above[user_id].add(above_id)
    return above


def _pairs(question: Select[Any], subjects: Collection[int], people: Collection[int]) -> Pairs:
    asked = {"subjects": list(subjects), "people": list(people)}
    return {(user_id, subject_id) for user_id, subject_id in db.session.execute(question, asked)}


# The statements are the same for all, so they are put together once; each execution adds its account's criteria.


@lru_cache(maxsize=1)
def _sight() -> Select[Any]:
    assignees = select(Task.assigned_to_id).where(Task.id.in_(_SUBJECTS))
    return _ask("task.view", Task, Task.id, TASK_WORDS, Task.id.in_(_SUBJECTS), assignees)


@lru_cache(maxsize=1)
def _openings() -> Select[Any]:
    owners = AccountMembership.user_id.in_(_SUBJECTS) & AccountMembership.left_at.is_(None)
    return _ask("board.view", AccountMembership, AccountMembership.user_id, MEMBER_WORDS, owners, _SUBJECTS)


@lru_cache(maxsize=1)
def _lines() -> Select[Any]:
    line = _line(_SUBJECTS)
    return select(line.c.user_id, line.c.above_id)


def _ask(
    action: str, model: Any, subject: Any, words: dict[str, Word], which: ColumnElement[bool], below: Any
) -> Select[Any]:
    hearer, peer = aliased(AccountMembership), aliased(AccountMembership)
    line = _line(below, "user")
    reports = select(line.c.user_id).where(line.c.above_id == hearer.user_id)
    peers = select(peer.user_id).where(peer.manager_id == hearer.manager_id, peer.left_at.is_(None))
    reach = []
    for role in ROLES:
        members = Members(role, hearer.user_id, reports, peers)
        reach.append(and_(hearer.role == role, expression(members, reach_of(action, role), words)))
    return (
        select(hearer.user_id, subject)
        .select_from(model)
        .join(hearer, hearer.account_id == model.account_id)
        .where(which, hearer.user_id.in_(_PEOPLE), hearer.left_at.is_(None), or_(*reach))
    )


def _line(below: Any, role: str | None = None) -> CTE:
    """Pairs of a member among `below` (with `role`, only those of that role) and somebody above them."""
    member, upper = aliased(AccountMembership), aliased(AccountMembership)
    bottom = select(member.user_id.label("user_id"), member.manager_id.label("above_id")).where(
        member.user_id.in_(below), member.left_at.is_(None), member.manager_id.is_not(None)
    )
    line = (bottom if role is None else bottom.where(member.role == role)).cte("line_above", recursive=True)
    step = select(line.c.user_id, upper.manager_id).join(upper, upper.user_id == line.c.above_id)
    return line.union(step.where(upper.left_at.is_(None), upper.manager_id.is_not(None)))
