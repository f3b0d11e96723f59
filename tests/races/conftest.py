"""Several people at once: real threads, each with a client of its own, let go at the same moment."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from tests.cast import Cast
from tests.races.crowd import check_task
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.tasks.models import Task
from todoapp.tenancy import enter


@pytest.fixture
def overlapping(app: Flask) -> Iterator[None]:
    """Two transactions of one test overlap in full, where nothing keeps them apart: each commit waits a moment for the
    other's. What a lock keeps apart goes on after that moment.
    """
    with app.app_context():
        engine = db.engine
    waiting = Barrier(2)

    def wait_for_the_other(_connection: Any) -> None:
        with suppress(BrokenBarrierError):
            waiting.wait(timeout=0.2)
        if waiting.broken:
            waiting.reset()

    event.listen(engine, "commit", wait_for_the_other)
    yield
    event.remove(engine, "commit", wait_for_the_other)


@pytest.fixture
def make(api: Callable[..., Any], cast: Cast) -> Callable[..., int]:
    """`make(by, to)`: the id of a task that one person made for another."""
    clients: dict[str, Any] = {}

    def build(by: str = "mara", to: str | None = None, **fields: Any) -> int:
        client = clients.setdefault(by, api(cast.people[by]) if by not in clients else None)
        if to:
            fields["assigned_to_id"] = cast.people[to].user_id
        answer = client.post("/v1/tasks", json={"title": "Race"} | fields)
        assert answer.status_code == 201, answer.json
        return int(answer.json["id"])

    return build


@pytest.fixture
def inspected(app: Flask, cast: Cast) -> Callable[[], dict[str, int]]:
    """`inspected()`: look at every task of the account; each must be whole. Returns how many of each event there are."""

    def inspect() -> dict[str, int]:
        with app.app_context():
            enter(cast.account_id)
            for task in db.session.scalars(select(Task)).unique():
                check_task(task)
            counts = select(ActivityLog.action, func.count()).group_by(ActivityLog.action)
            return {row.action: row[1] for row in db.session.execute(counts)}

    return inspect
