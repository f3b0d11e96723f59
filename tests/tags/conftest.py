"""Shorthand for tests of tags."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import Person
from todoapp.extensions import db
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.models import Tag, Task


@pytest.fixture
def tagged(acting: Callable[..., Any]) -> Callable[..., Task]:
    """`tagged(by, "red", "blue")`: a task of that person's own with these tags."""
    return lambda by, *tags, **fields: create_task(acting(by), **{"title": "Report"} | fields, tags=list(tags))


@pytest.fixture
def tag(ctx: None) -> Callable[[str], Tag]:
    """`tag("red")`: the tag of this name in the cast's account."""
    return lambda name: db.session.scalars(select(Tag).where(Tag.name == name)).one()


@pytest.fixture
def make_tag(api: Callable[[Person], Any]) -> Callable[..., dict[str, Any]]:
    """`make_tag(by, name)`: a tag made through the API, as it is shown."""

    def make(by: Person, name: str, **fields: Any) -> dict[str, Any]:
        answer = api(by).post("/v1/tags", json={"name": name} | fields)
        assert answer.status_code == 201, answer.json
        return answer.json  # type: ignore[no-any-return]

    return make
