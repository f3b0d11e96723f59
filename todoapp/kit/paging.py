"""Pages of a list: numbered, with totals that are exact up to 1,000 and capped beyond, or along a cursor."""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from todoapp.kit.database import session
from todoapp.kit.errors import BadInput
from todoapp.kit.fields import Query, Whole
from todoapp.kit.secrets import key_for

CAP = 1000
LARGEST_PAGE = 100
LONGEST_CURSOR = 2000
SEAL = 12


class PageQuery(Query):
    """Which page of a list: by number, or the one behind a `cursor`."""

    page = Whole(1, 10_000, load_default=1)
    per_page = Whole(1, LARGEST_PAGE, load_default=20)


class CursorQuery(PageQuery):
    """A list that can be followed to its end: send `next_cursor` of the last answer as `cursor`; `page` then counts not."""

    cursor = fields.String(validate=validate.Length(1, LONGEST_CURSOR), metadata={"format": "cursor"})


class MetaOut(Query):
    """Where a page stands in its list. With `total_capped`, there are more than `total_count`."""

    total_count = fields.Integer(required=True)
    total_capped = fields.Boolean(required=True)
    page = fields.Integer(required=True)
    per_page = fields.Integer(required=True)
    total_pages = fields.Integer(required=True)


class CursorMetaOut(MetaOut):
    """Where a page stands, and the cursor of the next one; null at the end."""

    next_cursor = fields.String(required=True, allow_none=True)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list and where they stand in it."""

    rows: list[Any]
    page: int
    per_page: int
    total_count: int
    total_capped: bool = False
    next_cursor: str | None = None

    @property
    def meta(self) -> dict[str, Any]:
        """The `meta` of a list answer."""
        return {
            "total_count": self.total_count,
            "total_capped": self.total_capped,
            "page": self.page,
            "per_page": self.per_page,
            "total_pages": ceil(self.total_count / self.per_page),
            "next_cursor": self.next_cursor,
        }


@dataclass(frozen=True, slots=True)
class Order:
    """A total order: by `column`, then by `key` (unique)."""

    name: str
    column: ColumnElement[Any]
    key: ColumnElement[Any]
    descending: bool = False

    @property
    def terms(self) -> list[ColumnElement[Any]]:
        """What to order by."""
        return [column.desc() if self.descending else column for column in (self.column, self.key)]

    def apply(self, query: Select[Any]) -> Select[Any]:
        """`query` in this order."""
        return query.order_by(*self.terms)

    def behind(self, cursor: str) -> ColumnElement[bool]:
        """The condition for rows behind `cursor`."""
        value, key = self._read(cursor)
        if self.descending:
            return or_(self.column < value, and_(self.column == value, self.key < key))
        return or_(self.column > value, and_(self.column == value, self.key > key))

    def place_of(self, row: Any) -> tuple[Any, int]:
        """Where a row stands: its value of `column`, which the database tells where it is computed, and its key."""
        if isinstance(self.column, InstrumentedAttribute):
            return getattr(row, self.column.key), row.id
        return tuple(session().execute(select(self.column, self.key).where(self.key == row.id)).one())

    def cursor_at(self, value: Any, key: int) -> str:
        """The cursor that stands at a row."""
        plain = {"at": value.isoformat()} if isinstance(value, datetime) else value
        packed = json.dumps([self.name, self.descending, plain, key], ensure_ascii=False).encode()
        return base64.urlsafe_b64encode(_seal(packed) + packed).decode().rstrip("=")

    def _read(self, cursor: str) -> tuple[Any, int]:
        try:
            name, descending, value, key = _unsealed(cursor)
            if (name, descending) != (self.name, self.descending):
                raise ValueError(cursor)
        except ValueError:
            raise BadInput(
                fields={"cursor": ["Send the next_cursor of an answer with the same sort and order."]}
            ) from None
        return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value, key


def _unsealed(cursor: str) -> list[Any]:
    """What is in a cursor that came from here; a ValueError for any other, so that no column meets a value it does not know."""
    sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    packed = sealed[SEAL:]
    if not hmac.compare_digest(sealed[:SEAL], _seal(packed)):
        raise ValueError(cursor)
    return list(json.loads(packed))


def _seal(packed: bytes) -> bytes:
    return hmac.digest(key_for("cursor"), packed, "sha256")[:SEAL]


def capped_count(query: Select[Any]) -> tuple[int, bool]:
    """How many rows `query` has, counted up to the cap, and whether there are more."""
    count = session().scalar(counting(query)) or 0
    return min(count, CAP), count > CAP


def counting(query: Select[Any]) -> Select[Any]:
    """The query that counts the rows of `query`, one beyond the cap at most."""
    return select(func.count()).select_from(query.order_by(None).options().limit(CAP + 1).subquery())


def narrowed(
    query: Select[Any], *, page: int, per_page: int, order: Order | None = None, cursor: str | None = None
) -> Select[Any]:
    """`query` in its order, narrowed to a page and one row more, which tells whether there is a next page."""
    if order is not None:
        query = order.apply(query)
    if cursor is not None and order is not None:
        query, page = query.where(order.behind(cursor)), 1
    return query.limit(per_page + 1).offset((page - 1) * per_page)


def page_of(
    query: Select[Any],
    ids: Select[Any],
    *,
    page: int = 1,
    per_page: int = 20,
    order: Order | None = None,
    cursor: str | None = None,
    **_filters: Any,
) -> Page:
    """One page of `query`; `ids` is the same condition selecting only the key, for the count.

    With `order`, the page ends in a cursor, and `cursor` asks for the page behind one.
    """
    place: dict[str, Any] = {"page": page, "per_page": per_page, "order": order, "cursor": cursor}
    return page_from(
        lambda: list(session().scalars(narrowed(query, **place)).unique()),
        lambda: session().scalar(counting(ids)) or 0,
        **place,
    )


def page_from(
    fetch: Callable[[], list[Any]],
    count: Callable[[], int],
    *,
    page: int,
    per_page: int,
    order: Order | None = None,
    cursor: str | None = None,
) -> Page:
    """The page whose rows, and one more, `fetch` gets as `narrowed` has it; `count` counts as `counting` does."""
    page = 1 if cursor is not None and order is not None else page
    rows = fetch()
    more, rows = len(rows) > per_page, rows[:per_page]
    next_cursor = order.cursor_at(*order.place_of(rows[-1])) if more and order is not None else None
    if page == 1 and cursor is None and not more:
        return Page(rows, page, per_page, len(rows))
    total = count()
    return Page(rows, page, per_page, min(total, CAP), total > CAP, next_cursor)
