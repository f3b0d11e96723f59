"""What the product is compared with, on the same server: an empty JSON view, and one indexed query of 20 rows (Y2).

Both are plain Flask without anything of ours: no sign-in, no permission, no ORM.
"""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pymysql
from flask import Flask, Response, jsonify
from sqlalchemy import make_url

from bench.databases import connect_sqlite
from bench.people import ACCOUNT_ID, PEOPLE

PREFIX = "/bench"
EMPTY, QUERY = f"{PREFIX}/empty", f"{PREFIX}/query"
ROWS = 20
COLUMNS = "id, title, status, priority, visibility, due_date_time, created_by_id, assigned_to_id, created_at, version"
LIST = (
    f"SELECT {COLUMNS} FROM tasks WHERE account_id = {ACCOUNT_ID} AND assigned_to_id = {PEOPLE[-1].id} "
    f"AND status = 'pending' ORDER BY due_sort, id LIMIT {ROWS}"
)


def yardsticks(database_url: str) -> Flask:
    """An application with the two views."""
    app = Flask("yardsticks")
    names = COLUMNS.split(", ")
    pool = Pool(_connector(database_url))

    @app.get(EMPTY)
    def empty() -> Response:
        return jsonify({})

    @app.get(QUERY)
    def query() -> Response:
        with pool.connection() as connection:
            cursor = connection.cursor()
            cursor.execute(LIST)
            rows = [dict(zip(names, map(_plain, row), strict=True)) for row in cursor.fetchall()]
            cursor.close()
        return jsonify(tasks=rows)

    return app


class Pool:
    """Connections that are kept and lent to one request at a time."""

    def __init__(self, connect: Callable[[], Any]):
        self.connect = connect
        self.free: queue.LifoQueue[Any] = queue.LifoQueue()

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """One of them, a new one if all are lent."""
        try:
            connection = self.free.get_nowait()
        except queue.Empty:
            connection = self.connect()
        yield connection
        self.free.put(connection)


def _connector(url: str) -> Callable[[], Any]:
    if url.startswith("sqlite"):
        return lambda: connect_sqlite(url.removeprefix("sqlite:///"), check_same_thread=False)
    server = make_url(url)
    return lambda: pymysql.connect(
        host=server.host,
        port=server.port or 3306,
        user=server.username,
        password=server.password or "",
        database=server.database,
        charset="utf8mb4",
        autocommit=True,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
