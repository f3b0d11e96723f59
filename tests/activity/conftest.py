"""Shorthand for tests of the event log."""

from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest
from flask import has_app_context
from sqlalchemy import select, text

from tasks_queue import drain
from tests.cast import Cast, Person
from todoapp.activity.auditing import Audit, audit
from todoapp.activity.models import ActivityLog
from todoapp.activity.sealing import seal_all
from todoapp.extensions import db
from todoapp.kit.transaction import atomic, reading
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.actions.progressing import complete_task, start_task
from todoapp.tasks.models import Task


@pytest.fixture
def make(acting: Callable[..., Any]) -> Callable[..., Task]:
    """`make(by, to=…)`: a task made by one person for another (nobody with to=None, oneself by default)."""

    def build(by: Person, to: Person | None | str = "oneself", title: str = "Write the report", **fields: Any) -> Task:
        if to != "oneself":
            fields["assigned_to_id"] = to.user_id if isinstance(to, Person) else None
        return create_task(acting(by), title=title, **fields)

    return build


@pytest.fixture
def api(api: Callable[..., Any]) -> Callable[..., Any]:
    """`api(person)`: a client whose requests each have a context of their own, though the test has one open too."""

    def client(person: Person) -> Any:
        apart = api(person)
        send = apart.open

        def open_apart(*args: Any, **kw: Any) -> Any:
            if has_app_context():
                db.session.rollback()
            return Context().run(send, *args, **kw)

        apart.open = open_apart
        return apart

    return client


@pytest.fixture
def walked(ctx: None, cast: Cast) -> Callable[..., Audit]:
    """`walked()`: what an audit of our account finds."""

    def walk(account_id: int | None = None, expected: str | None = None) -> Audit:
        with reading():
            return atomic(lambda: audit(account_id or cast.account_id, expected))

    return walk


@pytest.fixture
def sql(ctx: None) -> Callable[..., Any]:
    """`sql("UPDATE …", id=1)`: what somebody does to the database past the application."""

    def run(statement: str, **values: Any) -> Any:
        db.session.rollback()
        with db.engine.connect().execution_options(tenancy="test") as connection:
            found = connection.execute(text(statement), values)
            rows = found.fetchall() if found.returns_rows else None
            connection.commit()
        db.session.expire_all()
        return rows

    return run


@pytest.fixture
def history(app, cast, acting, make):
    """Nine sealed events of our account, from which all has followed; their ids, oldest first."""
    for person in (cast.uma, cast.udo):
        task = make(cast.mara, person, title="Grüße 🎈", description='ünïcode\u2028 \\ "quoted"', tags=["Röt"])
        start_task(acting(person), task)
    complete_task(acting(cast.udo), task)
    db.session.commit()
    drain(app)
    assert seal_all() == 9
    return db.session.scalars(select(ActivityLog.id).order_by(ActivityLog.seal_number)).all()


def sentences(found):
    return [finding.sentence for finding in found.findings]


def all_pages(client: Any, path: str, noun: str, **query: Any) -> list[int]:
    """The ids on every page of a list, followed along its cursor."""
    found: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get(path, query_string={**query, **cursor}).json
        found += [row["id"] for row in page[noun]]
        if page["meta"]["next_cursor"] is None:
            return found
        cursor = {"cursor": page["meta"]["next_cursor"]}
