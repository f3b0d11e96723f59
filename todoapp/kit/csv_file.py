"""Tables as CSV files that a spreadsheet opens as text, whatever somebody wrote into a cell."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import Response

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
BLANKS = " \u00a0"


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A download of this table: UTF-8 with its mark, quoted after RFC 4180."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    answer = Response(text.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers and instants are ours."""
    if isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str):
        return "" if value is None else value
    shown = value.replace("\0", "")
    return f"'{shown}" if value.lstrip(BLANKS).startswith(FORMULAS) or value.startswith(FORMULAS) else shown
