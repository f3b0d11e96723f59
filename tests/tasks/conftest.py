"""Shorthand for tests that hand tasks around."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Person
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.models import Task


@pytest.fixture
def make(acting: Callable[..., Any]) -> Callable[..., Task]:
    """`make(by, to=…)`: a task made by one person for another (nobody with to=None, oneself by default)."""

    def build(by: Person, to: Person | None | str = "oneself", title: str = "Write the report", **fields: Any) -> Task:
        if to != "oneself":
            fields["assigned_to_id"] = to.user_id if isinstance(to, Person) else None
        return create_task(acting(by), title=title, **fields)

    return build
