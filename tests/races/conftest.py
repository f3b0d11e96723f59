"""Several people at once: real threads, each with a client of its own, let go at the same moment."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from tests.cast import Cast
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.tasks.chain import chain_of, hand_overs_of
from todoapp.tasks.clockwork import stretches_of
from todoapp.tasks.models import ChainLink, Task, TaskPause, TimeEntry
from todoapp.tenancy import enter


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all deeds at once, each in a thread; their results in order. What one raises is raised."""
    ready = Barrier(len(deeds))

    def at_once(deed: Callable[[], Any]) -> Any:
        ready.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(at_once, deed) for deed in deeds]]


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


def statuses(answers: Sequence[Any]) -> list[int]:
    """The statuses of answers, smallest first."""
    return sorted(answer.status_code for answer in answers)


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


def check_task(task: Task) -> None:
    """The state, the hand-overs, the chain, the clock and the events of a task tell one story."""
    hand_overs = hand_overs_of([task.id])[task.id]
    current = [row for row in hand_overs if row.is_current]
    assert [row.assigned_to_id for row in current] == ([task.assigned_to_id] if task.assigned_to_id else [])
    links = set(db.session.scalars(select(ChainLink.user_id).where(ChainLink.task_id == task.id)))
    assert links == set(chain_of(hand_overs))
    running = count_of(TimeEntry, TimeEntry.task_id == task.id, TimeEntry.ended_at.is_(None))
    standing = count_of(TaskPause, TaskPause.task_id == task.id, TaskPause.resumed_at.is_(None))
    assert (running, standing) == {"in_progress": (1, 0), "paused": (0, 1)}.get(task.status, (0, 0))
    assert all(stretch.worked + stretch.paused == stretch.elapsed for stretch in stretches_of(task))
    events = select(ActivityLog.details).where(ActivityLog.resource_type == "Task", ActivityLog.resource_id == task.id)
    versions = [
        details["version"] for details in db.session.scalars(events.order_by(ActivityLog.id)) if "version" in details
    ]
    assert versions == list(range(1, task.version + 1)), "every change is one version, and none is lost"


def count_of(model: Any, *which: Any) -> int:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model).where(*which)) or 0
