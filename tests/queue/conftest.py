"""What tests of background work share: events with reactions of our choosing, and workers that are real processes."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.queue import echoes
from todoapp.activity import reactions
from todoapp.activity.models import OutboxEntry
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.transaction import atomic
from todoapp.tenancy import across_accounts, inside
from todoapp.users.models import User

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _fresh(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    echoes.heard.clear()
    yield
    shutil.rmtree(app.config["MAIL_DIR"], ignore_errors=True)


@pytest.fixture
def reacting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`reacting("task_created", "echo", …)`: what follows from an event, out of `tests/queue/echoes.py`."""

    def choose(event: str, *names: str) -> None:
        monkeypatch.setitem(reactions.REACTIONS, event, tuple(f"tests.queue.echoes.{name}" for name in names))

    return choose


@pytest.fixture
def happened(app: Flask) -> Callable[..., int]:
    """`happened(person, "user_activated")`: record that event, committed; returns its id."""

    def write(person: Any, event: str = "user_activated", **details: Any) -> int:
        with app.app_context(), inside(person.account_id):

            def deed() -> int:
                actor = Actor(person.account_id, person.user_id, person.role, person.key)
                return record(actor, event, db.session.get(User, person.user_id), **details).id

            return atomic(deed)

    return write


@pytest.fixture
def waiting(app: Flask) -> Callable[[], int]:
    """How many outbox entries there are."""

    def count() -> int:
        with app.app_context(), across_accounts("tests look everywhere"):
            return db.session.scalar(select(func.count(OutboxEntry.id))) or 0

    return count


@pytest.fixture
def workers(app: Flask) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """`workers()`: a worker in a process of its own, on the database under test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(**settings: str) -> subprocess.Popen[bytes]:
        environ = os.environ | {
            "TODO_INSTANCE_DIR": str(app.config["INSTANCE_DIR"]),
            "DATABASE_URL": str(app.config["SQLALCHEMY_DATABASE_URI"]),
            "SECRET_KEY": str(app.config["SECRET_KEY"]),
            "BASE_URL": str(app.config["BASE_URL"]),
            "PYTHONPATH": str(ROOT),
            **settings,
        }
        command = [sys.executable, "-m", "tests.queue.worker"]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environ))
        return started[-1]

    yield start
    for worker in started:
        if worker.poll() is None:
            worker.kill()
        worker.wait(10)


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for other processes; the only place where a test watches the clock on the wall."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
