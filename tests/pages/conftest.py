"""Pages without a browser: a client that follows forms as a person would."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cast import Person
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.tasks.actions.creating import create_task

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
SPRITE = Path(__file__).parents[2] / "static/vendor/icons.svg"
CREATED = re.compile(r"#(\d+) was created")


def icons_of(page: str) -> set[str]:
    """The icons that a page draws."""
    return set(re.findall(r'<use href="[^"#]*#([\w-]+)"', page))


class Visitor:
    """One person in a browser: `get` pages, `post` forms with the token of a page."""

    def __init__(self, client: FlaskClient):
        self.client = client
        self.token = ""

    def get(self, path: str, **kw: Any) -> TestResponse:
        """Open a page."""
        page = self.client.get(path, **kw)
        found = TOKEN.search(page.text)
        self.token = found[1] if found else self.token
        assert icons_of(page.text) <= set(re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text()))
        return page

    def post(self, path: str, /, **data: Any) -> TestResponse:
        """Send a form; lists send a field several times."""
        if not self.token:
            self.get("/boards/me")
        return self.client.post(path, data={"csrf_token": self.token, **data})

    def sent(self, path: str, /, **data: Any) -> TestResponse:
        """Send a form that must be taken, and open the page that it leads to."""
        answer = self.post(path, **data)
        assert answer.status_code == 303, answer.text[:2000]
        return self.get(answer.location)

    def makes(self, title: str, **data: Any) -> int:
        """Create a task; answers its number."""
        found = CREATED.search(self.sent("/tasks/new", title=title, **data).text)
        assert found
        return int(found[1])


@pytest.fixture
def visit(browser: Callable[[Person], FlaskClient]) -> Callable[[Person], Visitor]:
    """`visit(person)`: that person, signed in with a browser."""
    return lambda person: Visitor(browser(person))


@pytest.fixture
def done_many(app: Flask, acting: Callable[..., Actor]) -> Callable[[Person, int], None]:
    """`done_many(person, count)`: that many tasks of their own, saved."""

    def make(person: Person, count: int) -> None:
        actor = acting(person)
        for number in range(count):
            create_task(actor, title=f"Task {number}")
        db.session.commit()

    return make
