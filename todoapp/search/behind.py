"""The sweep: what was not written down for search, or not since it changed, is found and written a little at a time.

Reactions write what members do; imports have none, a renamed tag is on many tasks, and an older database has no index.
"""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import and_, func, or_, select

from todoapp.extensions import db
from todoapp.kit.transaction import atomic, reading
from todoapp.search.indexing import index_tasks
from todoapp.search.models import SearchDocument
from todoapp.tasks.models import Task
from todoapp.tenancy import across_accounts, inside

AT_A_TIME = 100
A_LOOK = 5_000
Stop = Callable[[], bool]


def never() -> bool:
    """Go on to the end."""
    return False


def index_behind(stop: Stop = never) -> int:
    """Index what is marked, and tasks that are newer than all that is indexed; returns how many tasks that was."""
    with reading():
        accounts = atomic(_accounts_behind)
    return sum(_index_in(account_id, _behind, stop) for account_id in accounts)


def index_missed(stop: Stop = never) -> int:
    """Look at every task of every account, and index those that are not as they were indexed."""
    with reading():
        accounts = atomic(_accounts)
    return sum(_walk(account_id, stop, anew=False) for account_id in accounts)


def rebuild(account_id: int, stop: Stop = never) -> int:
    """Index every task of the account anew; returns how many there are."""
    return _walk(account_id, stop, anew=True)


def _index_in(account_id: int, find: Callable[[], Sequence[int]], stop: Stop) -> int:
    done, more = 0, True
    while more and not stop():
        ids = atomic(lambda: _index_some(account_id, find))
        done, more = done + len(ids), len(ids) == AT_A_TIME
    return done


def _index_some(account_id: int, find: Callable[[], Sequence[int]]) -> Sequence[int]:
    with inside(account_id):
        ids = find()
        index_tasks(ids)
        return ids


def _walk(account_id: int, stop: Stop, *, anew: bool) -> int:
    done = 0
    for ids in _looks(account_id, anew):
        for start in range(0, len(ids), AT_A_TIME):
            if stop():
                return done
            some = ids[start : start + AT_A_TIME]
            atomic(lambda some=some: _again(account_id, some, anew))  # type: ignore[misc]
            done += len(some)
    return done


def _again(account_id: int, ids: Sequence[int], anew: bool) -> None:
    with inside(account_id):
        index_tasks(ids, anew=anew)


def _looks(account_id: int, anew: bool) -> Iterator[Sequence[int]]:
    """All tasks of the account, or those that are not as they were indexed, some thousand looked at in one go."""
    after: int | None = 0
    while after is not None:
        with reading():
            ids, after = atomic(lambda after=after: _look(account_id, after, anew))  # type: ignore[misc]
        yield ids


def _look(account_id: int, after: int, anew: bool) -> tuple[Sequence[int], int | None]:
    with inside(account_id):
        some = select(Task.id).where(Task.id > after).order_by(Task.id)
        last = db.session.scalar(some.offset(A_LOOK - 1).limit(1))
        query = some.where(Task.id <= last) if last else some
        if not anew:
            indexed = and_(SearchDocument.task_id == Task.id, SearchDocument.account_id == account_id)
            query = query.outerjoin(SearchDocument, indexed).where(
                or_(SearchDocument.task_id.is_(None), SearchDocument.version != Task.version)
            )
        return db.session.scalars(query).all(), last


def _behind() -> Sequence[int]:
    marked = select(SearchDocument.task_id).where(SearchDocument.indexed_at.is_(None)).limit(AT_A_TIME)
    ids = db.session.scalars(marked).all()
    if ids:
        return ids
    newest = db.session.scalar(select(func.max(SearchDocument.task_id))) or 0
    return db.session.scalars(select(Task.id).where(Task.id > newest).order_by(Task.id).limit(AT_A_TIME)).all()


def _accounts_behind() -> Sequence[int]:
    with across_accounts("the sweep indexes every account"):
        marked = select(SearchDocument.account_id).where(SearchDocument.indexed_at.is_(None)).distinct()
        tasks = dict(db.session.execute(select(Task.account_id, func.max(Task.id)).group_by(Task.account_id)).all())
        newest = select(SearchDocument.account_id, func.max(SearchDocument.task_id))
        indexed = dict(db.session.execute(newest.group_by(SearchDocument.account_id)).all())
        waiting = {account for account, newest_id in tasks.items() if newest_id > indexed.get(account, 0)}
        return sorted(waiting | set(db.session.scalars(marked)))


def _accounts() -> Sequence[int]:
    with across_accounts("the sweep looks at every account"):
        return db.session.scalars(select(Task.account_id).distinct()).all()
