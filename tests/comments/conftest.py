"""Shorthand for tests of comments."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast, Person
from tests.tasks.conftest import make
from todoapp.comments.actions import comment_task
from todoapp.comments.models import Comment
from todoapp.tasks.models import Task

__all__ = ["make"]


@pytest.fixture
def say(acting: Callable[..., Any]) -> Callable[..., Comment]:
    """`say(person, task, body, to=…)`: a comment by that person, or their answer to one."""

    def write(person: Person, task: Task, body: str = "Looks good", to: Comment | None = None) -> Comment:
        return comment_task(acting(person), task, body=body, parent_comment_id=to.id if to else None)

    return write


@pytest.fixture
def shared(make: Callable[..., Task], cast: Cast, ctx: None) -> Task:
    """A task of Uma's that Mara handed to her: Sven and Olga see it too, Udo, Milo, Ulla and Nina do not."""
    return make(cast.mara, cast.uma)
