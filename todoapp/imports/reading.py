"""Reading a foreign file whole or not at all: what is too large, damaged or of another kind is refused before we write."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from marshmallow import Schema, ValidationError

from todoapp.kit.errors import BadInput
from todoapp.kit.fields import LONGEST_TIME

LARGEST = 64 * 1024 * 1024
SHOWN_FAULTS = 5
LONGEST_FAULT = 200
NULL = ("", r"\N")


class BrokenFile(BadInput):
    """The file is not what it should be. Nothing of it was taken."""

    def __init__(self, name: str, sentence: str):
        super().__init__(f"{name}: {sentence} Nothing was taken.")


def read_bytes(path: Path) -> bytes:
    """What the file holds, unpacked where its name ends in .gz; at most 64 MB."""
    try:
        with path.open("rb") as packed:
            file = gzip.GzipFile(fileobj=packed) if path.suffix == ".gz" else packed
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise BrokenFile(path.name, "There is no such file.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise BrokenFile(path.name, "The file is damaged or cut off; it cannot be unpacked.") from None
    except OSError as error:
        raise BrokenFile(path.name, f"The file cannot be read ({error.strerror}).") from None
    if len(content) > LARGEST:
        raise BrokenFile(path.name, f"The file is larger than {LARGEST // 1024 // 1024} MB.")
    return content


def read_json(path: Path, schema: Schema) -> Any:
    """What `schema` makes of the JSON in the file."""
    try:
        return schema.load(orjson.loads(read_bytes(path).removeprefix(b"\xef\xbb\xbf")))
    except orjson.JSONDecodeError as error:
        raise BrokenFile(path.name, f"This is not JSON, or it is cut off ({error}).") from None
    except ValidationError as error:
        raise BrokenFile(path.name, "This is not an export that we can read. " + _faults(error.messages)) from None


def _faults(messages: Any) -> str:
    found = [f"{place}: {sentence}"[:LONGEST_FAULT] for place, sentence in _flat(messages)]
    more = f" And {len(found) - SHOWN_FAULTS} more." if len(found) > SHOWN_FAULTS else ""
    return " ".join(found[:SHOWN_FAULTS]) + more


def _flat(messages: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _flat(inner, f"{place}.{key}" if place else str(key))
    else:
        for sentence in messages if isinstance(messages, list) else [messages]:
            yield place.removeprefix("_schema") or "the file", str(sentence)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; each way to read a value says where the line stands when it cannot be read."""

    file: str
    line: int
    values: dict[str, str]

    def key(self, column: str) -> str:
        """A short name or number that identifies something."""
        value = self.values[column].strip()
        if not value or len(value) > 30 or not value.isascii() or not value.isprintable():
            raise self.fault(column, "is no key")
        return value

    def text(self, column: str) -> str:
        """Words on one line; empty where the table has nothing."""
        value = " ".join(self.values[column].split())
        if value in NULL:
            return ""
        if len(value) > 50 or not value.isprintable():
            raise self.fault(column, "is no text of at most 50 characters")
        return value

    def seconds(self, column: str) -> int:
        """Minutes, as seconds."""
        try:
            length = round(float(self.values[column]) * 60)
        except (ValueError, OverflowError):
            raise self.fault(column, "is no number of minutes") from None
        if not 0 <= length <= LONGEST_TIME:
            raise self.fault(column, "is no number of minutes between none and ten years")
        return length

    def instant(self, column: str) -> datetime:
        """A time as spreadsheets write it, 9/4/2012 3:53. The files name no zone; it is taken as UTC."""
        try:
            found = datetime.strptime(self.values[column].strip(), "%m/%d/%Y %H:%M").replace(tzinfo=UTC)
        except ValueError:
            raise self.fault(column, "is no time like 9/4/2012 3:53") from None
        if not 1970 <= found.year <= 9998:
            raise self.fault(column, "is no time of our age")
        return found

    def maybe_instant(self, column: str) -> datetime | None:
        """The same, where the table may have nothing."""
        return None if self.values[column].strip() in NULL else self.instant(column)

    def fault(self, column: str, what: str) -> BrokenFile:
        """The refusal that names the place and the value."""
        return BrokenFile(self.file, f"Line {self.line}: {column} {what}: {self.values[column][:40]!r}.")


def read_table(path: Path, columns: Sequence[str]) -> list[Row]:
    """The lines of a CSV file that has at least these columns."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise BrokenFile(path.name, f"The columns {', '.join(missing)} are missing.")
        return [_row(path.name, reader.line_num, found) for found in reader]
    except UnicodeDecodeError:
        raise BrokenFile(path.name, "This is not a table in UTF-8.") from None
    except csv.Error as error:
        raise BrokenFile(path.name, f"This is not a table that we can read ({error}).") from None


def _row(file: str, line: int, found: dict[Any, Any]) -> Row:
    if None in found or None in found.values():
        raise BrokenFile(file, f"Line {line} has more or fewer fields than the head.")
    return Row(file, line, found)
