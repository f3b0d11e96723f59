"""The two databases, below the product: made, filled in bulk and asked directly."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path
from sqlite3 import Connection, connect
from typing import Any

import pymysql
from sqlalchemy import make_url

AT_A_TIME = 5000
EPOCH = date(1970, 1, 1).toordinal()
Row = Sequence[Any]


class Instant(int):
    """Seconds since 1970, written as the database keeps an instant."""


class Database:
    """One database of one measured account."""

    kind: str
    url: str
    without_checks: tuple[str, ...] = ()

    def __init__(self, name: str):
        self.name = name

    def connection(self) -> Any:
        """A plain connection, committing each statement."""
        raise NotImplementedError

    def remake(self) -> None:
        """Leave it there and empty."""
        raise NotImplementedError

    def exists(self) -> bool:
        """Whether it is there."""
        raise NotImplementedError

    def version(self) -> str:
        """What program it is, and what matters most of its settings."""
        raise NotImplementedError

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements; the rows of the last one."""
        with closing(self.connection()) as connection, closing(connection.cursor()) as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def value(self, statement: str) -> Any:
        """The one value that a statement asks for."""
        return self.run(statement)[0][0]

    def append(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        """Add rows to a table; returns how many."""
        raise NotImplementedError

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        """Put rows into an empty table, as fast as the database can; returns how many."""
        raise NotImplementedError

    def stop_queries(self) -> None:
        """End what still runs for somebody who has stopped waiting."""


class MariaDB(Database):
    """A schema of its own on a MariaDB server."""

    kind = "mariadb"
    without_checks = ("SET foreign_key_checks=0",)

    def __init__(self, server: str, name: str):
        super().__init__(name)
        self.server = make_url(server)
        self.url = self.server.set(database=name).render_as_string(hide_password=False)

    def connection(self, database: str | None = None) -> Any:
        server = self.server
        return pymysql.connect(
            host=server.host or "127.0.0.1",
            port=server.port or 3306,
            user=server.username,
            password=server.password or "",
            database=database if database is not None else self.name,
            charset="utf8mb4",
            init_command="SET time_zone = '+00:00'",
            autocommit=True,
        )

    def remake(self) -> None:
        with closing(self.connection("")) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS `{self.name}`")
            cursor.execute(f"CREATE DATABASE `{self.name}` CHARACTER SET utf8mb4")

    def exists(self) -> bool:
        with closing(self.connection("")) as connection, closing(connection.cursor()) as cursor:
            return bool(cursor.execute("SHOW DATABASES LIKE %s", self.name))

    def version(self) -> str:
        program, pool = self.run("SELECT VERSION(), @@innodb_buffer_pool_size")[0]
        return f"MariaDB {program.split('-')[0]}, buffer pool of {pool >> 20} MiB"

    def append(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        head, count, rows = f"INSERT INTO {table} ({', '.join(map(_quoted, columns))}) VALUES ", 0, iter(rows)
        with closing(self.connection()) as connection, closing(connection.cursor()) as cursor:
            for statement in self.without_checks:
                cursor.execute(statement)
            while chunk := list(islice(rows, AT_A_TIME)):
                cursor.execute(head + ",".join(f"({','.join(map(literal, row))})" for row in chunk))
                count += len(chunk)
        return count

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        count = self.append(table, columns, rows)
        self.run(f"ANALYZE TABLE {table}")  # the server does it by itself, a little later
        return count

    def stop_queries(self) -> None:
        mine = (
            "SELECT id FROM information_schema.processlist WHERE command = 'Query' AND id <> CONNECTION_ID() AND db = "
        )
        for (number,) in self.run(f"{mine}'{self.name}'"):
            self.run(f"KILL QUERY {number}")


class SQLite(Database):
    """A file in the bench's folder."""

    kind = "sqlite"
    without_checks = ("PRAGMA foreign_keys=OFF",)

    def __init__(self, folder: Path, name: str):
        super().__init__(name)
        self.file = folder / f"{name}.sqlite3"
        self.url = f"sqlite:///{self.file}"

    def connection(self) -> Any:
        return connect_sqlite(self.file, "synchronous=OFF", "cache_size=-1000000")

    def remake(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        for left in self.file.parent.glob(f"{self.file.name}*"):
            left.unlink()

    def exists(self) -> bool:
        return self.file.exists()

    def version(self) -> str:
        return f"SQLite {self.value('SELECT sqlite_version()')}"

    def append(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        marks = ", ".join("?" * len(columns))
        filling = f"INSERT INTO {table} ({', '.join(map(_quoted, columns))}) VALUES ({marks})"
        counted = Counted(rows)
        with closing(self.connection()) as connection:
            connection.execute("BEGIN")
            connection.executemany(filling, (tuple(map(plain, row)) for row in counted))
            connection.execute("COMMIT")
        return counted.count

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        wanted = f"type = 'index' AND sql IS NOT NULL AND tbl_name = '{table}'"
        indexes = self.run(f"SELECT name, sql FROM sqlite_master WHERE {wanted}")
        self.run(*(f"DROP INDEX {name}" for name, _sql in indexes))
        count = self.append(table, columns, rows)
        self.run(*(sql for _name, sql in indexes))
        return count


class Counted:
    """An iterable that knows how much was taken from it."""

    def __init__(self, rows: Iterable[Row]):
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.count += 1
            yield row


def connect_sqlite(file: Path | str, *pragmas: str, **options: Any) -> Connection:
    """A connection that commits each statement."""
    connection = connect(file, isolation_level=None, timeout=60, **options)
    for pragma in ("journal_mode=WAL", *pragmas):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def literal(value: Any) -> str:
    """A value as MariaDB reads it in a statement."""
    if value is None:
        return "NULL"
    if isinstance(value, Instant):
        return f"'{iso(value)}'"
    if isinstance(value, str):
        doubled = value.replace("\\", "\\\\").replace("'", "''")
        return f"'{doubled}'"
    return str(int(value))


def plain(value: Any) -> Any:
    """A value as SQLite keeps it."""
    return iso(value) + ".000000" if isinstance(value, Instant) else value


def iso(instant: int) -> str:
    """Seconds since 1970 as both databases write them."""
    day, second = divmod(instant, 86400)
    return f"{_date(day)} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


@lru_cache(maxsize=4096)
def _date(day: int) -> str:
    return date.fromordinal(day + EPOCH).isoformat()


def _quoted(name: str) -> str:
    return f"`{name}`"
