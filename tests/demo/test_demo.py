"""The demo: done by the real verbs, believable, and only into an empty database."""

import pytest
from sqlalchemy import select

from todoapp.accounts.models import AccountMembership
from todoapp.demo.people import PASSPHRASE
from todoapp.demo.telling import load_demo
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import Conflict
from todoapp.tasks.clockwork import stretches_of, total_worked
from todoapp.tasks.models import Task, TaskPause
from todoapp.tenancy import across_accounts, inside
from todoapp.users.models import User


@pytest.fixture
def demo(app):
    with app.app_context():
        yield load_demo()
        db.session.rollback()


def test_there_is_a_sign_in_for_each_role_and_a_stranger(demo, app):
    assert [sign_in.role for sign_in in demo] == ["owner", "super manager", "manager", "user", "another account"]
    for sign_in in demo:
        answer = app.test_client().post("/v1/auth/login", json={"email": sign_in.email, "password": PASSPHRASE})
        assert answer.status_code == 200, answer.json


def test_clocks_are_exact_and_nothing_happens_tomorrow(demo):
    with across_accounts("look at the whole demo"):
        accounts = set(db.session.scalars(select(Task.account_id)))
    seen = 0
    for account_id in accounts:
        with inside(account_id):
            for task in db.session.scalars(select(Task)):
                assert task.created_at <= now() and task.actual_time == total_worked(task)
                for stretch in stretches_of(task):
                    assert stretch.worked + stretch.paused == stretch.elapsed
                    seen += 1
    assert seen > 15


def test_it_shows_what_the_product_can_do(demo):
    with across_accounts("look at the whole demo"):
        tasks = list(db.session.scalars(select(Task)))
        assert {task.status for task in tasks} == {"pending", "in_progress", "paused", "completed"}
        assert sum(1 for task in tasks if task.is_open and task.due_date_time and task.due_date_time < now()) >= 8
        assert db.session.scalars(select(TaskPause).where(TaskPause.waiting_for_user_id.is_not(None))).first()
        running = [task.assigned_to_id for task in tasks if task.status == "in_progress"]
        assert len(running) == len(set(running)) >= 3, "one running task a person"
        asha = db.session.scalars(select(User).where(User.first_name == "Asha")).one()
        managed = select(AccountMembership).where(AccountMembership.manager_id == asha.id)
        assert len(db.session.scalars(managed).all()) == 5


def test_it_goes_into_an_empty_database_only(demo, app):
    with pytest.raises(Conflict, match="empty database"):
        load_demo()
    ran = app.test_cli_runner().invoke(args=["demo"])
    assert ran.exit_code == 1 and "--yes" in ran.output
    ran = app.test_cli_runner().invoke(args=["demo", "--yes"])
    assert ran.exit_code == 1 and "empty database" in ran.output
