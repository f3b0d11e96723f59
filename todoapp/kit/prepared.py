"""Questions that are put to the database again and again: written once, then sent as they are, with other values.

What SQLAlchemy does for each statement (expressions, criteria, keys of its caches) is half of what a hot read computes. Here
it is done the first time a question comes. The statement goes through the engine's guards like any other.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached
from sqlalchemy import BindParameter, Connection, Dialect, Select, bindparam

MOST = 1000
SIZES = (1, 20, 50, 100, 200, 500)
"""How many values a list holds that is given late; the last one fills what is left."""
Processor = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement, its values by name, where the late ones go, and how each column is read."""

    text: str
    values: Mapping[str, Any]
    order: Sequence[str] | None
    bind: Mapping[str, Processor]
    read: Sequence[tuple[int, Processor]]

    def ask(self, connection: Connection, options: Mapping[str, Any], late: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows, with `late` values in the places of those that it was prepared with."""
        values = {**self.values, **{name: self._bound(name, value) for name, value in late.items()}}
        given: Any = tuple(values[name] for name in self.order) if self.order is not None else values
        # The text is what SQLAlchemy wrote of a statement of the models.
        rows = connection.exec_driver_sql(self.text, given, execution_options=dict(options)).all()  # nosemgrep: raw-sql
        return [self._row(row) for row in rows] if self.read else [tuple(row) for row in rows]

    def _bound(self, name: str, value: Any) -> Any:
        process = self.bind.get(name)
        return process(value) if process else value

    def _row(self, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for place, process in self.read:
            values[place] = process(values[place])
        return tuple(values)


@cached(LRUCache(MOST), key=lambda question, _dialect, _write: question, lock=Lock())
def prepared(question: Hashable, dialect: Dialect, write: Callable[[], Select[Any]]) -> Prepared:
    """The statement of `question`, written now if it is new. Equal questions must be written equally."""
    return prepare(write(), dialect)


def prepare(statement: Select[Any], dialect: Dialect) -> Prepared:
    """Compile `statement` for the driver."""
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    bind = {
        name: process
        for name in compiled.params
        if (process := _type_of(compiled, name).dialect_impl(dialect).bind_processor(dialect)) is not None
    }
    values = {name: bind[name](value) if name in bind else value for name, value in compiled.params.items()}
    columns = (column.type.dialect_impl(dialect) for column in statement.selected_columns)
    read = [(place, process) for place, kind in enumerate(columns) if (process := kind.result_processor(dialect, None))]
    return Prepared(str(compiled), values, compiled.positiontup, bind, read)


def one_of_many(name: str, values: Sequence[Any]) -> BindParameter[Any]:
    """A list in a prepared statement, whose values are given late, by `numbered`."""
    return bindparam(name, _filled(values), expanding=True)


def numbered(name: str, values: Sequence[Any]) -> dict[str, Any]:
    """The late values of a list that was prepared with `size_for(len(values))` of them; the last is repeated."""
    return {f"{name}_{number}": value for number, value in enumerate(_filled(values), 1)}


def size_for(count: int) -> int:
    """How many values a list of `count` is prepared for, so that lists of all lengths need but a few statements."""
    return next((size for size in SIZES if size >= count), count)


def _filled(values: Sequence[Any]) -> list[Any]:
    return [*values, *[values[-1]] * (size_for(len(values)) - len(values))]


def _type_of(compiled: Any, name: str) -> Any:
    found = compiled.binds.get(name)
    return (compiled.binds[name.rpartition("_")[0]] if found is None else found).type
