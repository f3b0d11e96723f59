"""The fast ways to read give what the schema says of the rows, for every role, on generated accounts."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from tests.conftest import ApiClient, empty_database
from tests.house.rules import Organisation, Work
from tests.house.test_reach_property import Saved, organisations
from todoapp.accounts.models import Account, AccountMembership
from todoapp.actor import actor_for
from todoapp.boards.queries import board_of
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import Forbidden
from todoapp.permissions import visible
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.actions.progressing import complete_task, pause_task, start_task
from todoapp.tasks.models import STATUSES, Task
from todoapp.tasks.parts import with_parts
from todoapp.tasks.queries import SHOWN
from todoapp.tasks.schemas import TaskOut
from todoapp.tenancy import across_accounts, enter
from todoapp.users.sessions import open_session

QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
STARTS, PAUSES, COMPLETES = range(1, 4)


class Kept(Saved):
    """A generated account that stays until the database is emptied, with work done on its tasks."""

    def __init__(self, organisation: Organisation, works: list[Work]):
        with across_accounts("a new account"):
            account = Account(name="Generated", slug="generated", settings={})
            db.session.add(account)
            db.session.flush()
        enter(account.id)
        self.account_id = account.id
        super().__init__(organisation, works)
        for number, task in enumerate(self.tasks):
            self._work_on(task, number)
        db.session.commit()

    def _work_on(self, task: Task, number: int) -> None:
        parent = self.tasks[0] if number % 2 else None
        task.parent_task_id = parent.id if parent is not None else None
        db.session.flush()
        holder = next((one for one in self.members.values() if one.user_id == task.assigned_to_id), None)
        if holder is None or holder.left_at is not None:
            return
        actor = actor_for(holder, via="api")
        if number % 4 >= STARTS:
            start_task(actor, task)
        if number % 4 == PAUSES:
            pause_task(actor, task, reason="Waiting", progress_percentage=30, waiting_for_user_id=task.created_by_id)
        if number % 4 == COMPLETES:
            complete_task(actor, task)


def slowly(actor: Any, *conditions: Any) -> list[dict[str, Any]]:
    """The tasks that the actor sees, each row as the schema shows it."""
    query = select(Task).where(visible(actor), Task.deleted_at.is_(None), *conditions).options(*SHOWN)
    found = list(db.session.scalars(query.order_by(Task.id).execution_options(populate_existing=True)).unique())
    with_parts(actor, found)
    return TaskOut(many=True).dump(found)  # type: ignore[no-any-return]


def by_id(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(tasks, key=lambda task: task["id"])


def compare(app: Flask, organisation: Organisation, works: list[Work]) -> None:
    """Ask every door as everybody, twice: anew, and from what is remembered."""
    with app.app_context():
        saved = Kept(organisation, works)
        at_work = [member.user_id for member in saved.members.values() if member.left_at is None]
        sessions = {user_id: open_session(user_id, saved.account_id, kind="api")[0] for user_id in at_work}
        db.session.commit()
    for user_id, session in sessions.items():
        client = ApiClient(app, session)
        with app.app_context():
            expected = expectations(saved.account_id, user_id)
        for path, content in [*expected.items(), *expected.items()]:
            answer = client.get(path)
            assert content == shape_of(answer.json) if answer.status_code != 403 else content is None, path


def expectations(account_id: int, user_id: int) -> dict[str, Any]:
    """What each address must answer to this person, by the slow way."""
    enter(account_id)
    member = db.session.scalars(select(AccountMembership).where(AccountMembership.user_id == user_id)).one()
    actor = actor_for(member, via="api")
    everything = slowly(actor)
    pending = [task for task in everything if task["status"] == "pending"]
    expected = {f"/v1/tasks/{task['id']}": task for task in everything}
    expected |= {"/v1/tasks?per_page=100": everything, "/v1/tasks?status=pending&per_page=100": pending}
    for kind, path in (("my", "my-board"), ("team", "team"), ("account", "account")):
        try:
            held = slowly(actor, board_of(actor, kind).holds.condition)
        except Forbidden:
            held = None
        columns = held and {one: [task for task in held if task["status"] == one] for one in STATUSES}
        expected[f"/v1/boards/{path}?per_page=100"] = {one: [] for one in STATUSES} if held == [] else columns
        expected[f"/v1/boards/{path}?per_page=100&view=list"] = held
    return expected


def shape_of(answer: Any) -> Any:
    """The tasks of an answer by their ids, as lists; those of a board by column."""
    if "columns" in answer:
        assert all(column["total_count"] == len(column["tasks"]) for column in answer["columns"])
        return {column["status"]: by_id(column["tasks"]) for column in answer["columns"]}
    return by_id(answer["tasks"]) if "tasks" in answer else answer


@pytest.fixture
def empty(app: Flask, at: Any) -> Flask:
    at("2026-11-24T09:00:00Z")
    return app


@settings(max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=QUIET)
@given(generated=organisations())
def test_fast_answers_are_the_slow_ones(empty: Flask, generated: tuple[Organisation, list[Work]]) -> None:
    try:
        compare(empty, *generated)
    finally:
        with empty.app_context():
            empty_database()


@pytest.mark.long
@settings(max_examples=300, deadline=None, database=None, suppress_health_check=QUIET)
@given(generated=organisations())
def test_fast_answers_are_the_slow_ones_at_length(empty: Flask, generated: tuple[Organisation, list[Work]]) -> None:
    try:
        compare(empty, *generated)
    finally:
        with empty.app_context():
            empty_database()


def test_everything_that_is_shown_of_a_task(app, cast, api, at):
    """One with tags, custom fields, a pause, an estimate and a due date, which generated ones lack."""
    at("2026-11-24T09:00:00Z")
    with app.app_context():
        enter(cast.account_id)
        mara, uma = (
            actor_for(db.session.query(AccountMembership).filter_by(user_id=one.user_id).one(), via="api")
            for one in (cast.mara, cast.uma)
        )
        task = create_task(
            mara,
            title="Ä “quoted” \U0001f642",
            description="a\nb\t\\ \u2028",
            estimated_time=3600,
            tags=["zeta", "Alpha"],
            due_date=now(),
            assigned_to_id=cast.uma.user_id,
        )
        start_task(uma, task)
        pause_task(uma, task, reason="Lunch", comment="Back soon", waiting_for_user_id=cast.mara.user_id)
        task.custom_fields = {"customer": "Ä", "n": 1.5, "nothing": None}
        db.session.commit()
        slow = slowly(uma, Task.id == task.id)
    assert slow[0]["tags"] == ["Alpha", "zeta"] and slow[0]["pause"]["comment"] == "Back soon"
    assert api(cast.uma).get(f"/v1/tasks/{slow[0]['id']}").json == slow[0]
    assert api(cast.uma).get("/v1/tasks").json["tasks"] == slow


def test_a_search_for_nothing_is_a_list(cast, api):
    uma = api(cast.uma)
    for nothing in ("", "%00", "%20"):
        for path in ("/v1/tasks", "/v1/boards/my-board"):
            assert uma.get(f"{path}?search={nothing}").status_code == 200
