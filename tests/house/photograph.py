"""What stands in the database, row by row: to see that nothing changed, and to put back what a test moved."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from todoapp.extensions import db

Photograph = dict[str, tuple[tuple[Any, ...], ...]]

UNSEEN = {"sessions": {"last_seen_at"}}
"""Columns that a look may change: when a session was last seen is written after the answer."""

UNSEEN_ROWS = {"activity_logs": "action <> 'act_denied'"}
"""A refusal for want of permission is written down; nothing else may change with it."""


class Camera:
    """Takes photographs of one application's database, and puts a photograph back."""

    def __init__(self, app: Flask):
        with app.app_context():
            self.engine: Engine = db.engine
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.tables = {table.name: table for table in db.metadata.sorted_tables}

    def take(self) -> Photograph:
        """All rows of all tables, without the columns that a look may change."""
        with self._cursor() as cursor:
            return {name: tuple(self._rows(cursor, name)) for name in self.tables}

    def put_back(self, photograph: Photograph, after: Photograph | None = None) -> None:
        """Make the database as it was on `photograph`; `after` is how it stands now, where that is known."""
        moved = [name for name, rows in (after or self.take()).items() if rows != photograph[name]]
        if not moved:
            return
        with self._cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys=OFF" if self.is_sqlite else "SET FOREIGN_KEY_CHECKS=0")
            cursor.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
            for name in moved:
                self._replace(cursor, name, photograph[name])
            cursor.execute("COMMIT")
            cursor.execute("PRAGMA foreign_keys=ON" if self.is_sqlite else "SET FOREIGN_KEY_CHECKS=1")

    def _replace(self, cursor: Any, name: str, rows: tuple[tuple[Any, ...], ...]) -> None:
        cursor.execute(f"DELETE FROM {name}")
        columns = [*self.columns(name), *sorted(UNSEEN.get(name, ()))]
        mark = "?" if self.is_sqlite else "%s"
        if rows:
            # What is not on the photograph takes the value of created_at.
            since = self.columns(name).index("created_at") if name in UNSEEN else None
            filled = [row + tuple(row[since] for _ in UNSEEN.get(name, ())) for row in rows]  # type: ignore[index]
            names = ", ".join(self._quoted(column) for column in columns)
            cursor.executemany(f"INSERT INTO {name} ({names}) VALUES ({', '.join([mark] * len(columns))})", filled)

    def _rows(self, cursor: Any, name: str) -> list[tuple[Any, ...]]:
        keys = ", ".join(self._quoted(column.name) for column in self.tables[name].primary_key)
        names = ", ".join(self._quoted(column) for column in self.columns(name))
        seen = UNSEEN_ROWS.get(name, "1 = 1")
        cursor.execute(f"SELECT {names} FROM {name} WHERE {seen} ORDER BY {keys}")
        return [tuple(row) for row in cursor.fetchall()]

    def columns(self, name: str) -> list[str]:
        """The columns of a table, in the order of its photographed rows."""
        return [column.name for column in self.tables[name].columns if column.name not in UNSEEN.get(name, ())]

    def _quoted(self, name: str) -> str:
        return f'"{name}"' if self.is_sqlite else f"`{name}`"

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        with closing(self.engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            yield cursor


def differences(before: Photograph, after: Photograph) -> dict[str, dict[str, list[tuple[Any, ...]]]]:
    """By table: the rows that are gone and the rows that are new."""
    return {
        name: {
            "gone": [row for row in rows if row not in after[name]],
            "new": [row for row in after[name] if row not in rows],
        }
        for name, rows in before.items()
        if rows is not after[name] and rows != after[name]
    }
