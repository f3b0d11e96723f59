"""The best and newest first: pages of tasks in the order of an index.

A task stands as high as its rarest word does: in the title, the tags, the description, the comments; then the newest first.
The index of that word's stem has this order already, so that a page costs what it holds, however frequent the word is.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import aliased

from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.paging import CAP, Order, Page
from todoapp.search.completing import Stems, stems_of
from todoapp.search.conditions import has, other_conditions, people_conditions
from todoapp.search.language import Search
from todoapp.search.models import SearchTerm
from todoapp.tasks.models import Task

LOOKED_AT = 2_000
BEST_FIRST = Order("relevance", SearchTerm.weight, SearchTerm.task_id, descending=True)  # type: ignore[arg-type]
Condition = ColumnElement[bool]


def best_first(
    actor: Actor,
    search: Search,
    conditions: Sequence[Condition],
    *,
    page: int,
    per_page: int,
    cursor: str | None = None,
    narrow: Sequence[Condition] = (),
) -> Page:
    """One page of ids of tasks that fulfil `conditions` and hold the words of `search`. Those of the conditions that may leave
    few tasks are named in `narrow`, too.

    The total is exact while the rarest word is in few tasks; else it is counted among some of them only, and capped.
    """
    rarest, *others = stems_of(search)
    asked = [*conditions, *(has(stems) for stems in others), *other_conditions(actor, search)]
    behind = [BEST_FIRST.behind(cursor), *_best_of(rarest)] if cursor else []
    page = 1 if cursor else page
    skipped = (page - 1) * per_page
    of_few = _leave_few([*narrow, *people_conditions(actor, search)])
    each = [_of_one(stem, [*asked, *behind], of_few).limit(skipped + per_page + 1) for stem in rarest]
    places = _merged(each)
    rows = [tuple(row) for row in db.session.execute(places.offset(skipped).limit(per_page + 1))]
    more, rows = len(rows) > per_page, rows[:per_page]
    ids = [task_id for _weight, task_id in rows]
    if page == 1 and not cursor and not more:
        return Page(ids, page, per_page, len(ids))
    following = BEST_FIRST.cursor_at(*rows[-1]) if more else None
    count, capped = _count(rarest, asked, at_least=skipped + len(ids))
    return Page(ids, page, per_page, count, capped, following)


def _leave_few(conditions: Sequence[Condition]) -> bool:
    """Whether so few tasks fulfil these that it is best to begin with them."""
    if not conditions:
        return False
    tasks = select(Task.id).where(*conditions).limit(LOOKED_AT).subquery()
    return (db.session.scalar(select(func.count()).select_from(tasks)) or 0) < LOOKED_AT


def _merged(each: Sequence[Select[Any]]) -> Select[Any]:
    """Weight and id of the first tasks of all stems; each task once, at its best."""
    if len(each) == 1:
        return each[0]
    merged = union_all(*(select(query.subquery()) for query in each)).subquery()
    weight = func.max(merged.c.weight)
    query = select(weight, merged.c.task_id).group_by(merged.c.task_id)
    return query.order_by(weight.desc(), merged.c.task_id.desc())


def _of_one(stem: str, conditions: Sequence[Condition], of_few: bool) -> Select[Any]:
    places: Any = select(SearchTerm.weight, SearchTerm.task_id)
    query = places.join(Task, Task.id == SearchTerm.task_id).where(SearchTerm.term == stem, *conditions)
    return BEST_FIRST.apply(query if of_few else _by_the_index(query))


def _by_the_index(query: Select[Any]) -> Select[Any]:
    """Left to itself, MariaDB reads and sorts all tasks where the word is frequent."""
    for dialect in ("mysql", "mariadb"):
        query = query.prefix_with("STRAIGHT_JOIN", dialect=dialect)
    return query


def _best_of(stems: Stems) -> list[Condition]:
    """The task has no other of these stems in a better place: then it stands before the cursor already."""
    if len(stems) == 1:
        return []
    other = aliased(SearchTerm)
    tie = and_(other.weight == SearchTerm.weight, other.term < SearchTerm.term)
    better = select(other.task_id).where(
        other.task_id == SearchTerm.task_id, other.term.in_(stems), or_(other.weight > SearchTerm.weight, tie)
    )
    return [better.limit(1).correlate(SearchTerm).scalar_subquery().is_(None)]


def _count(stems: Stems, conditions: Sequence[Condition], at_least: int) -> tuple[int, bool]:
    """How many there are, as far as a bounded look tells, and whether there may be more."""
    looked = [select(SearchTerm.task_id).where(SearchTerm.term == stem).limit(LOOKED_AT) for stem in stems]
    rows = union_all(*(select(query.subquery()) for query in looked)).subquery()
    tasks = select(Task.id).join(rows, rows.c.task_id == Task.id).where(*conditions).distinct().limit(CAP + 1)
    count = db.session.scalar(select(func.count()).select_from(tasks.subquery())) or 0
    capped = count > CAP or (db.session.scalar(select(func.count()).select_from(rows)) or 0) >= LOOKED_AT
    return max(min(count, CAP), at_least), capped
