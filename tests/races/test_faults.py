"""The database fails in the middle: deadlocks, locks, lost connections. What is asked is done once, or nothing is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select, text

from tests.cast import Cast
from tests.races.crowd import count_of, together
from todoapp.extensions import db
from todoapp.kit.transaction import atomic
from todoapp.tasks.models import Task, TaskAssignment
from todoapp.tenancy import enter

Make, Inspected = Callable[..., int], Callable[[], dict[str, int]]


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


@pytest.fixture
def server(engine: Engine) -> Engine:
    """The engine of a database that has a server."""
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no server whose connections could be lost, and no two writers that could deadlock")
    return engine


def test_a_deadlock_is_done_again(app: Flask, cast: Cast, server: Engine, make: Make) -> None:
    """Two lock two tasks in opposite order, both holding the first when they reach for the second."""
    one, other = make(), make()
    both_hold_one = Barrier(2)
    tries: list[str] = []

    def lock_in_order(name: str, first: int, second: int) -> None:
        def work() -> None:
            enter(cast.account_id)
            tries.append(name)
            lock(first).description += f"{name} "
            db.session.flush()
            if tries.count(name) == 1:
                both_hold_one.wait(timeout=30)
            lock(second).description += f"{name} "

        with app.app_context():
            atomic(work)

    together(lambda: lock_in_order("there", one, other), lambda: lock_in_order("back", other, one))
    assert len(tries) == 3, "one of them was the victim, and was done again"
    with app.app_context():
        enter(cast.account_id)
        texts = db.session.scalars(select(Task.description).where(Task.id.in_([one, other]))).all()
    assert [sorted(words.split()) for words in texts] == [["back", "there"]] * 2, "nothing is lost, nothing done twice"


def lock(task_id: int) -> Task:
    """A task, locked."""
    return db.session.scalars(select(Task).where(Task.id == task_id).with_for_update()).unique().one()


class Killer:
    """Kills, from outside, the connection that runs its n-th statement from now; again on each try, if told so."""

    def __init__(self, engine: Engine, at: int, *, times: int = 1):
        self.engine, self.at, self.times = engine, at, times
        self.passed, self.killed = 0, 0
        self.busy = False

    def strike(self, connection: Any, *_facts: Any) -> None:
        """One statement is about to run."""
        if self.busy or self.killed >= self.times:
            return
        self.passed += 1
        if self.passed == self.at:
            self.busy, self.passed = True, 0
            thread_id = connection.connection.driver_connection.thread_id()
            with self.engine.connect() as outside:
                outside.execute(text(f"KILL {int(thread_id)}"))
            self.killed += 1
            self.busy = False

    @contextmanager
    def loose(self) -> Iterator["Killer"]:
        """Let it strike."""
        event.listen(self.engine, "before_cursor_execute", self.strike)
        try:
            yield self
        finally:
            event.remove(self.engine, "before_cursor_execute", self.strike)


@pytest.mark.parametrize("moment", [1, 2, 3, 5, 8, 12])
def test_a_lost_connection_is_done_again(
    cast: Cast, server: Engine, make: Make, api: Callable[..., Any], inspected: Inspected, moment: int
) -> None:
    task_id, sven = make("mara", "uma"), api(cast.sven)
    with Killer(server, moment).loose() as killer:
        answer = sven.post(f"/v1/tasks/{task_id}/assign", json={"assigned_to_id": cast.ulla.user_id})
    assert killer.killed == 1
    assert answer.status_code == 200, answer.json
    assert answer.json["assigned_to"]["id"] == cast.ulla.user_id
    assert inspected()["task_reassigned"] == 1


def test_a_database_that_keeps_hanging_up_changes_nothing(
    app: Flask, cast: Cast, server: Engine, make: Make, api: Callable[..., Any], inspected: Inspected
) -> None:
    task_id, sven = make("mara", "uma"), api(cast.sven)
    with Killer(server, 4, times=100).loose() as killer:
        answer = sven.post(f"/v1/tasks/{task_id}/assign", json={"assigned_to_id": cast.ulla.user_id})
    assert killer.killed > 1
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "try_again"
    assert "task_reassigned" not in inspected()
    with app.app_context():
        enter(cast.account_id)
        assert count_of(TaskAssignment, TaskAssignment.task_id == task_id) == 1


def test_a_connection_that_died_in_the_pool_is_not_noticed(cast: Cast, server: Engine, api: Callable[..., Any]) -> None:
    uma = api(cast.uma)
    assert uma.get("/v1/tasks").status_code == 200
    with server.connect() as outside:
        mine = outside.connection.driver_connection.thread_id()
        query = "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> :mine"
        for (thread_id,) in outside.execute(text(query), {"mine": mine}).all():
            outside.execute(text(f"KILL {int(thread_id)}"))
    assert [uma.get("/v1/tasks").status_code for _ in range(6)] == [200] * 6


def test_a_reader_does_not_wait_for_a_writer(app: Flask, cast: Cast, make: Make, api: Callable[..., Any]) -> None:
    """Somebody holds the task, unsaved; to look at it one does not wait until they are done."""
    task_id, uma = make("mara", "uma"), api(cast.uma)
    holds, looked = Barrier(2), Barrier(2)

    def hold() -> str:
        def work() -> str:
            enter(cast.account_id)
            lock(task_id).title = "not saved yet"
            db.session.flush()
            holds.wait(timeout=30)
            try:
                looked.wait(timeout=10)
            except BrokenBarrierError:
                return "nobody could look"
            return "looked at meanwhile"

        with app.app_context():
            return atomic(work)

    def look() -> str:
        holds.wait(timeout=30)
        title = uma.get(f"/v1/tasks/{task_id}").json["title"]
        looked.wait(timeout=30)
        return str(title)

    assert together(hold, look) == ["looked at meanwhile", "Race"]


def test_sqlite_never_says_that_it_is_locked(
    engine: Engine, cast: Cast, make: Make, api: Callable[..., Any], inspected: Inspected
) -> None:
    """Six threads that read and then write the same row, which a plain BEGIN fails in half of the cases."""
    if engine.dialect.name != "sqlite":
        pytest.skip("the one-writer database alone can be locked as a whole")
    task_id = make("mara", "uma")
    rounds = 15

    def write(name: str) -> Callable[[], list[int]]:
        client = api(cast.people[name])

        def work() -> list[int]:
            path = f"/v1/tasks/{task_id}/comments"
            return [client.post(path, json={"body": f"{name} {number}"}).status_code for number in range(rounds)]

        return work

    # All of them see the task; two hold two sessions each.
    answers = together(*(write(name) for name in ("olga", "sven", "mara", "mara", "uma", "uma")))
    assert answers == [[201] * rounds] * 6
    assert inspected()["task_commented"] == 6 * rounds
