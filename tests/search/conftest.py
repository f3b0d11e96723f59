"""Searching as people do: tasks are made through the API, the worker writes their words down, somebody looks for them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tasks_queue import drain
from tests.cast import Person
from tests.pages.conftest import visit  # noqa: F401 - a fixture


@pytest.fixture
def make(api: Callable[[Person], Any]) -> Callable[..., int]:
    """`make(by, title, …)`: a task of theirs, not yet indexed; its number."""

    def made(by: Person, title: str, **fields: Any) -> int:
        answer = api(by).post("/v1/tasks", json={"title": title} | fields)
        assert answer.status_code == 201, answer.json
        return int(answer.json["id"])

    return made


@pytest.fixture
def found(app: Flask, api: Callable[[Person], Any]) -> Callable[..., list[int]]:
    """`found(by, text)`: what the API finds for them once the worker is through, in its order."""

    def search(by: Person, text: str, **query: Any) -> list[int]:
        drain(app)
        answer = api(by).get("/v1/tasks", query_string={"search": text} | query)
        assert answer.status_code == 200, answer.json
        return [task["id"] for task in answer.json["tasks"]]

    return search
