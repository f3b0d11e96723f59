"""Pages of a list: numbered, with totals that are exact up to 1,000 and capped beyond."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import Select, func, select

from todoapp.extensions import db
from todoapp.kit.fields import Query

CAP = 1000
LARGEST_PAGE = 100


class PageQuery(Query):
    """Which page of a list."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, 10_000))
    per_page = fields.Integer(load_default=20, validate=validate.Range(1, LARGEST_PAGE))


class MetaOut(Query):
    """Where a page stands in its list. With `total_capped`, there are more than `total_count`."""

    total_count = fields.Integer(required=True)
    total_capped = fields.Boolean(required=True)
    page = fields.Integer(required=True)
    per_page = fields.Integer(required=True)
    total_pages = fields.Integer(required=True)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list and where they stand in it."""

    rows: list[Any]
    page: int
    per_page: int
    total_count: int
    total_capped: bool = False

    @property
    def meta(self) -> dict[str, Any]:
        """The `meta` of a list answer."""
        return {
            "total_count": self.total_count,
            "total_capped": self.total_capped,
            "page": self.page,
            "per_page": self.per_page,
            "total_pages": ceil(self.total_count / self.per_page),
        }


def capped_count(query: Select[Any]) -> tuple[int, bool]:
    """How many rows `query` has, counted up to the cap, and whether there are more."""
    inner = query.order_by(None).options().limit(CAP + 1).subquery()
    count = db.session.scalar(select(func.count()).select_from(inner)) or 0
    return min(count, CAP), count > CAP


def page_of(query: Select[Any], ids: Select[Any], *, page: int = 1, per_page: int = 20) -> Page:
    """One page of `query`; `ids` is the same condition selecting only the key, for the count."""
    rows = list(db.session.scalars(query.limit(per_page).offset((page - 1) * per_page)).unique())
    if page == 1 and len(rows) < per_page:
        return Page(rows, page, per_page, len(rows))
    count, capped = capped_count(ids)
    return Page(rows, page, per_page, count, capped)
