"""The session at hand and the column types that both databases keep alike."""

import json
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app
from sqlalchemy import (
    JSON,
    URL,
    DateTime,
    Engine,
    Integer,
    SmallInteger,
    String,
    Text,
    TypeDecorator,
    create_engine,
    event,
    type_coerce,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

READING = "reading_engine"
ONLY_READING = {
    "isolation_level": "AUTOCOMMIT",
    "skip_autocommit_rollback": True,
    "pool_reset_on_return": None,
    "pool_pre_ping": False,  # what only reads is simply asked again when the connection was lost
}


def session() -> Session:
    """The session of this app context."""
    return current_app.extensions["sqlalchemy"].session()


def reading_engine() -> Engine | None:
    """The engine of what only reads, on a database server: no transaction to open and to end. None on SQLite."""
    return current_app.extensions.get(READING)


def open_reading_engine(app: Flask, url: URL, options: dict[str, Any]) -> Engine | None:
    """Make it for `app`."""
    if url.get_backend_name() == "sqlite":
        return None
    engine = create_engine(url, **options | ONLY_READING)
    # Each statement stands by itself: a COMMIT would be a round trip for nothing.
    event.listen(engine, "connect", lambda connection, _record: setattr(connection, "commit", lambda: None))
    app.extensions[READING] = engine
    return engine


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant in whole seconds."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None, microsecond=0)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value and value.replace(tzinfo=UTC)


class Ranked(TypeDecorator[str]):
    """A name kept as its place in `names`, so that the database sorts by rank."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, *names: str):
        super().__init__()
        self.names = names

    def process_bind_param(self, value: str | None, dialect: Any) -> int | None:
        return None if value is None else self.names.index(value)

    def process_result_value(self, value: int | None, dialect: Any) -> str | None:
        return None if value is None else self.names[value]


def Key(length: int) -> String:
    """A string that is compared letter by letter, also where the database folds case and accents."""
    return String(length).with_variant(mysql.VARCHAR(length, collation="utf8mb4_bin"), "mysql", "mariadb")


def LongText() -> Text:
    """Text of up to 4 GB; plain TEXT stops at 64 KiB on MariaDB."""
    return Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


class seconds_between(FunctionElement[int]):
    """The whole seconds from one instant to another, computed by the database: `seconds_between(since, until)`."""

    type = Integer()
    inherit_cache = True

    def __init__(self, since: Any, until: Any):
        super().__init__(type_coerce(since, Instant), type_coerce(until, Instant))


@compiles(seconds_between)
def _timestampdiff(element: Any, compiler: Any, **kw: Any) -> str:
    return f"TIMESTAMPDIFF(SECOND, {compiler.process(element.clauses, **kw)})"


@compiles(seconds_between, "sqlite")
def _unixepoch(element: Any, compiler: Any, **kw: Any) -> str:
    since, until = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(CAST(strftime('%s', {until}) AS INTEGER) - CAST(strftime('%s', {since}) AS INTEGER))"


def json_size(value: object) -> int:
    """Bytes that `value` takes as JSON."""
    return len(json.dumps(value, default=str).encode())


Json = JSON
