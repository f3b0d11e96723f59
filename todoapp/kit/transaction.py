"""One transaction around each request, message or job, committed at the edge and retried when the database says so."""

import logging
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import random
from threading import Lock
from typing import Any, TypeVar

from cachetools import LRUCache
from flask import g
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from todoapp.kit.database import session
from todoapp.kit.errors import Conflict, TryAgain

T = TypeVar("T")
log = logging.getLogger(__name__)

TRIES = 6
# Among them 1062: two wrote the same key at once; done again, the work finds the other's row. The rest: no connection
# to be had, lost, or killed; deadlocks and waits for locks; a server that only reads for the moment.
RETRIED_MYSQL_CODES = {1020, 1040, 1062, 1205, 1213, 1290, 1792, 1927, 2002, 2003, 2006, 2013, 2014, 4031}
LOST_IN_COMMIT = {2006, 2013}
MOST_VERSIONS, MOST_ANSWERS = 32, 1000
_lasting: LRUCache[Hashable, dict[Hashable, Any]] = LRUCache(MOST_VERSIONS)
_lock = Lock()
_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """Inside, SQLite takes no write lock at the start of a transaction."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def is_reading() -> bool:
    """Whether this work only reads."""
    return _reading.get()


def asked_once(question: Hashable, ask: Callable[[], T], *, lasting: bool = False) -> T:
    """The answer to `question`, asked the first time only while the work reads: nothing that it sees can change then.

    Work that writes asks each time. A `lasting` answer is small, holds no row of the session, and hangs on nothing but the
    account's version: where that is known (`remember_under`), the next reader of the same version gets it too.
    """
    if not is_reading() or "answers" not in g:
        return ask()
    answers = g.get("lasting_answers", g.answers) if lasting else g.answers
    if question not in answers:
        answers[question] = ask()
    answer: T = answers[question]
    return answer


def remember_under(version: Hashable) -> None:
    """Share what is asked once, in this request, with all that read under the same version of the same account."""
    with _lock:
        answers = _lasting.setdefault(version, {})
        if len(answers) > MOST_ANSWERS:
            answers = _lasting[version] = {}
        g.lasting_answers = answers


def atomic(work: Callable[[], T]) -> T:
    """Run `work` in one transaction and commit. Deadlocks and lost connections run it again, up to six times.

    What was queued with `after_commit` runs when the commit stands; what was queued with `after_refusal`
    runs in a transaction of its own when `work` raised.
    """
    for attempt in range(1, TRIES + 1):
        g.after_commit, g.after_refusal, g.answers, g.attempt = [], [], {}, attempt
        committing = False
        try:
            result = work()
            committing = not is_reading()
            session().commit()
        except PoolTimeout as error:
            _abandon()
            raise TryAgain(
                "The database is busy. Nothing was changed; try again in a moment.", retry_after=2
            ) from error
        except (DBAPIError, StaleDataError) as error:
            _abandon()
            if not is_passing(error):
                raise
            if committing and _code(error) in LOST_IN_COMMIT:
                # Done again, it might be done twice: a COMMIT whose answer is lost may stand.
                raise TryAgain(
                    "The connection was lost while saving. Look whether it was done, then try again."
                ) from error
            log.info("transaction retried", extra={"attempt": attempt, "reason": str(error)[:200]})
            if attempt == TRIES and isinstance(error, IntegrityError):
                raise Conflict("Somebody else has taken this already. Choose another value.") from error
            if attempt == TRIES:
                raise TryAgain(
                    "The database is busy. Nothing was changed; try again in a moment.", retry_after=2
                ) from error
            time.sleep(min(0.02 * 2**attempt, 0.5) * (0.5 + random()))
        except BaseException:
            _abandon()
            _run_in_own_transaction(g.after_refusal)
            raise
        else:
            g.pop("answers", None)
            for follow_up in g.after_commit:
                follow_up()
            return result
    raise AssertionError("unreachable")


def after_commit(follow_up: Callable[[], Any]) -> None:
    """Have `follow_up` run once the current transaction stands. It must not write."""
    if "after_commit" in g:
        g.after_commit.append(follow_up)


def after_refusal(deed: Callable[[], Any]) -> None:
    """Have `deed` written, in a transaction of its own, if the current one is refused (a counted wrong secret)."""
    if "after_refusal" in g:
        g.after_refusal.append(deed)


def in_advance(deed: Callable[[], T]) -> T:
    """Commit `deed` at once, before the rest of the work begins to write: it stands even if the work is refused, and what
    comes next (hashing a password) holds no lock.
    """
    queued = g.get("after_commit", []), g.get("after_refusal", []), g.get("attempt", 1)
    try:
        return atomic(deed)
    finally:
        g.after_commit, g.after_refusal, g.attempt = queued


def is_done_again() -> bool:
    """Whether this work was begun before and undone, as after a deadlock; what it did in advance stands."""
    return bool(g.get("attempt", 1) > 1)


def is_passing(error: Exception) -> bool:
    """Whether the same work may succeed when it is done again."""
    if isinstance(error, StaleDataError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    if (code := _code(error)) is not None:
        return code in RETRIED_MYSQL_CODES
    return "locked" in str(error.orig) or "UNIQUE constraint failed" in str(error.orig)


def _code(error: Exception) -> int | None:
    """The number that MariaDB or MySQL gives the error; None for SQLite."""
    args = getattr(getattr(error, "orig", None), "args", ())
    return args[0] if args and isinstance(args[0], int) else None


def _abandon() -> None:
    session().rollback()
    session().expunge_all()
    for fact in ("actor", "session_row", "standing", "_login_user", "answers", "lasting_answers"):
        g.pop(fact, None)


def _run_in_own_transaction(deeds: list[Callable[[], Any]]) -> None:
    if not deeds:
        return

    def all_deeds() -> None:
        for deed in deeds:
            deed()

    atomic(all_deeds)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    # A plain BEGIN that reads and then writes fails as "locked" whatever the timeout.
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
