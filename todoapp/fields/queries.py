"""Reading the account's custom fields."""

from typing import Any

from sqlalchemy import select

from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.fields.models import CustomField
from todoapp.kit.paging import Page, page_of
from todoapp.permissions import visible

Known = dict[str, CustomField]
IN_ORDER = (CustomField.position, CustomField.id)


def known_fields() -> Known:
    """All fields of the account by key, the archived ones too, in their order."""
    return {field.key: field for field in db.session.scalars(select(CustomField).order_by(*IN_ORDER))}


def in_use(known: Known) -> list[CustomField]:
    """Those that are not archived."""
    return [field for field in known.values() if field.archived_at is None]


def list_fields(actor: Actor, filters: dict[str, Any]) -> Page:
    """One page of fields in their order; `filters` holds archived, page and per_page."""
    archived = CustomField.archived_at.is_not(None) if filters["archived"] else CustomField.archived_at.is_(None)
    conditions = (visible(actor, CustomField), archived)
    query = select(CustomField).where(*conditions).order_by(*IN_ORDER)
    return page_of(query, select(CustomField.id).where(*conditions), **filters)
