"""Deed and event share one fate: a process that is killed at any moment leaves both or neither."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import Cast
from todoapp.accounts.models import Invitation
from todoapp.activity.models import ActivityLog, OutboxEntry
from todoapp.activity.reactions import REACTIONS
from todoapp.extensions import db
from todoapp.tasks.models import ChainLink, Task, TaskAssignment
from todoapp.tenancy import enter
from todoapp.users.tokens import access_token

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def moments(app: Flask, cast: Cast, api: Callable[..., Any], settings: dict[str, Any]) -> dict[str, int]:
    """How many moments there were to die in, per deed; at each of them a process died."""
    mara, olga = api(cast.mara), api(cast.olga)
    with app.app_context():
        tokens = {"mara": access_token(mara.session), "olga": access_token(olga.session)}
    headers = {name: {"Authorization": f"Bearer {token}"} for name, token in tokens.items()}
    told = {
        "settings": {
            "TODO_INSTANCE_DIR": str(settings["INSTANCE_DIR"]),
            "DATABASE_URL": settings["SQLALCHEMY_DATABASE_URI"],
            "SECRET_KEY": settings["SECRET_KEY"],
            "BASE_URL": settings["BASE_URL"],
        },
        "requests": {
            "task": {
                "path": "/v1/tasks",
                "headers": headers["mara"],
                "json": {"title": "killed at MOMENT", "assigned_to_id": cast.uma.user_id, "tags": ["MOMENT"]},
            },
            "invitation": {
                "path": f"/v1/accounts/{cast.account_id}/members",
                "headers": headers["olga"],
                "json": {"email": "moment-MOMENT@example.com", "role": "user"},
            },
        },
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.house.dying"],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_deed_and_event_share_one_fate(app: Flask, cast: Cast, moments: dict[str, int]) -> None:
    assert moments["task"] > 15, "there must be moments before, between and after"
    assert moments["invitation"] > 10
    with app.app_context():
        enter(cast.account_id)
        events = {(row.action, row.resource_id): row for row in db.session.scalars(select(ActivityLog))}
        tasks = {task.id for task in db.session.scalars(select(Task))}
        assert {key for key in events if key[0].startswith("task_")} == {
            (name, task_id) for name in ("task_created", "task_assigned") for task_id in tasks
        }
        assert set(db.session.scalars(select(TaskAssignment.task_id))) == tasks
        assert set(db.session.scalars(select(ChainLink.task_id))) == tasks
        invited = {row.id for row in db.session.scalars(select(Invitation))}
        told = {row.id for key, row in events.items() if key[0] in REACTIONS}
        assert {row_id for name, row_id in events if name == "member_invited"} == invited
        assert set(db.session.scalars(select(OutboxEntry.event_id))) == told
    # The undisturbed one at the end, and those that were killed after their commit.
    assert 1 <= len(tasks) < moments["task"]
    assert 1 <= len(invited) < moments["invitation"]
    assert f"killed at {moments['task']}" in titles(app, cast)
    assert "killed at 0" not in titles(app, cast)


def titles(app: Flask, cast: Cast) -> set[str]:
    """What the tasks that stand are called."""
    with app.app_context():
        enter(cast.account_id)
        return set(db.session.scalars(select(Task.title)))
