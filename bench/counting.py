"""Statements per request, CPU per request, and memory: read from the outside wherever that is possible."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymysql.connections import Connection
from pymysql.constants.COMMAND import COM_QUERY
from sqlalchemy import Engine, event

ASKED, QUERIES, TRIPS = "X-Bench-Count", "X-Bench-Queries", "X-Bench-Trips"
CLOSING = ("BEGIN", "COMMIT", "ROLLBACK", "SET ", "SAVEPOINT", "RELEASE")
TICKS = os.sysconf("SC_CLK_TCK")
App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Counting:
    """WSGI layer: a request with the header `X-Bench-Count` is told what it sent to the database; others are let through."""

    def __init__(self, wsgi_app: App):
        self.wsgi_app = wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "HTTP_X_BENCH_COUNT" not in environ:
            return self.wsgi_app(environ, start_response)
        held: list[Any] = []
        with statements() as seen:
            body = b"".join(
                self.wsgi_app(environ, lambda status, headers, exc_info=None: held.extend((status, headers)))
            )
        status, headers = held
        start_response(status, [*headers, (QUERIES, str(len(seen.queries))), (TRIPS, str(seen.trips))])
        return [body]


@dataclass(slots=True)
class Seen:
    """What was sent to the database: statements, those aside that only open and close a transaction, and how often we
    waited for an answer of any kind (on SQLite, that is the same).
    """

    queries: list[str] = field(default_factory=list)
    trips: int = 0

    def note(self, statement: str) -> None:
        """One statement."""
        self.trips += 1
        if not statement.upper().startswith(CLOSING):
            self.queries.append(statement)


@contextmanager
def statements() -> Iterator[Seen]:
    """What this process sends to any database meanwhile. On MariaDB the driver is listened to, so that nothing slips past."""
    seen, plain = Seen(), Connection._execute_command

    def noting(connection: Any, command: int, sql: Any) -> Any:
        if command == COM_QUERY:
            seen.note(sql if isinstance(sql, str) else bytes(sql).decode(errors="replace"))
        else:
            seen.trips += 1
        return plain(connection, command, sql)

    def note(conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if conn.dialect.name == "sqlite":
            seen.note(statement)

    Connection._execute_command = noting
    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        Connection._execute_command = plain


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


def cpu_seconds(pids: Iterable[int]) -> float:
    """How long these processes have computed, in user and system mode."""
    return sum(_ticks(pid) for pid in pids) / TICKS


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def megabytes(pids: Iterable[int]) -> float:
    """The memory of these processes together: what they share counts once (PSS)."""
    return sum(_pss(pid) for pid in pids) / 1024


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
