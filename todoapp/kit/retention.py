"""Deleting what was kept for a time only, in small transactions."""

from typing import Any

from sqlalchemy import ColumnElement, delete, select

from todoapp.kit.database import session
from todoapp.kit.transaction import atomic

AT_A_TIME = 500


def delete_all(model: Any, *which: ColumnElement[bool]) -> int:
    """Delete the rows of no tenant that meet the conditions, a few hundred in each transaction."""
    key = model.__mapper__.primary_key[0]
    deleted = 0
    while True:
        batch = atomic(lambda: _delete_some(model, key, which))
        deleted += batch
        if batch < AT_A_TIME:
            return deleted


def _delete_some(model: Any, key: Any, which: tuple[ColumnElement[bool], ...]) -> int:
    ids = session().scalars(select(key).where(*which).limit(AT_A_TIME)).all()
    if ids:
        session().execute(delete(model).where(key.in_(ids)), execution_options={"synchronize_session": False})
    return len(ids)
