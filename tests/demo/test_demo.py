"""The demo: done by the real verbs, and believable."""

import pytest
from sqlalchemy import func, select

from tests.conftest import empty_database
from todoapp.accounts.models import Account, AccountMembership
from todoapp.activity.models import ActivityLog
from todoapp.comments.models import Comment
from todoapp.demo.people import PASSPHRASE
from todoapp.demo.telling import load_demo
from todoapp.extensions import db
from todoapp.kit import clock
from todoapp.kit.clock import now
from todoapp.tasks.chain import chain_of
from todoapp.tasks.clockwork import stretches_of, total_worked
from todoapp.tasks.models import ChainLink, Task, TaskPause, TaskSnapshot
from todoapp.tasks.queries import assignments_of
from todoapp.tenancy import across_accounts, enter, inside
from todoapp.users.models import User
from todoapp.users.passwords import refuse_weak


@pytest.fixture(scope="module")
def loaded(the_app):
    """The demo, loaded once for all tests that look at it."""
    with the_app.app_context():
        sign_ins = load_demo()
    yield sign_ins
    with the_app.app_context():
        empty_database()


@pytest.fixture
def demo(loaded, the_app):
    with the_app.app_context():
        yield loaded
        db.session.rollback()


def accounts():
    with across_accounts("look at the whole demo"):
        return {account.slug: account.id for account in db.session.scalars(select(Account))}


def sign_in(app, email):
    answer = app.test_client().post("/v1/auth/login", json={"email": email, "password": PASSPHRASE})
    assert answer.status_code == 200, answer.json
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def test_there_is_a_sign_in_for_each_role_and_a_stranger(demo, the_app):
    assert [each.role for each in demo] == ["owner", "super manager", "manager", "user", "another account"]
    for each in demo:
        assert sign_in(the_app, each.email)
        assert str(each).split() == [*each.role.split(), each.email, *PASSPHRASE.split()]


def test_the_passphrase_passes_our_own_rule():
    refuse_weak(PASSPHRASE)


def test_clocks_are_exact_and_nothing_happens_tomorrow(demo):
    seen = 0
    for account_id in accounts().values():
        with inside(account_id):
            for task in db.session.scalars(select(Task)):
                assert task.created_at <= task.updated_at <= now() and task.actual_time == total_worked(task)
                assert task.worked_seconds() < 12 * 3600, "nobody forgot a clock"
                for stretch in stretches_of(task):
                    assert stretch.worked + stretch.paused == stretch.elapsed
                    seen += 1
            for event in db.session.scalars(select(ActivityLog)):
                assert event.created_at <= now()
            assert all(row.created_at < now() for row in db.session.scalars(select(TaskSnapshot)))
    assert seen > 25


def test_hand_overs_and_chains_hang_together(demo):
    enter(accounts()["northwind"])
    for task in db.session.scalars(select(Task)):
        chain = set(db.session.scalars(select(ChainLink.user_id).where(ChainLink.task_id == task.id)))
        assert chain == set(chain_of(assignments_of(task)))
    delegated = db.session.scalars(select(Task).where(Task.title.startswith("Migrate session store"))).one()
    assert len(assignments_of(delegated)) == 2


def test_it_shows_what_the_product_can_do(demo):
    enter(accounts()["northwind"])
    tasks = list(db.session.scalars(select(Task)))
    assert len(tasks) >= 60
    assert {task.status for task in tasks} == {"pending", "in_progress", "paused", "completed"}
    assert {task.visibility for task in tasks} == {"private", "team", "account"}
    assert {task.priority for task in tasks} == {"low", "medium", "high"}
    assert {task.assignment_state for task in tasks} == {"waiting", "accepted", None}
    assert any(task.archived_at for task in tasks) and any(task.parent_task_id for task in tasks)
    assert any(task.custom_fields for task in tasks)
    assert {tag.colour for task in tasks for tag in task.tags} >= {"red", "pink", "grey"}
    assert any(task.tags for task in tasks) and any(task.estimated_time for task in tasks)
    told = set(db.session.scalars(select(ActivityLog.action)))
    assert {"task_rejected", "task_reassigned", "task_reopened", "task_clock_corrected", "task_commented"} <= told
    assert db.session.scalars(select(TaskPause).where(TaskPause.waiting_for_user_id.is_not(None))).first()
    assert db.session.scalar(select(func.count(Comment.id))) >= 4
    running = [task.assigned_to_id for task in tasks if task.status == "in_progress"]
    assert len(running) == len(set(running)) >= 3, "one running task a person"


def test_the_manager_finds_her_people_as_in_the_pictures(demo, the_app):
    enter(accounts()["northwind"])
    asha = db.session.scalars(select(User).where(User.first_name == "Asha")).one()
    managed = select(AccountMembership).where(AccountMembership.manager_id == asha.id)
    people = {member.user.name: member.user_id for member in db.session.scalars(managed)}
    assert people.keys() == {"Dilip Rao", "Lena Fischer", "Omar Haddad", "Mei Tanaka", "Sofia Costa"}
    late = {
        name: db.session.scalar(
            select(func.count(Task.id)).where(
                Task.assigned_to_id == user_id, Task.due_date_time < now(), Task.status != "completed"
            )
        )
        for name, user_id in people.items()
    }
    assert late == {"Dilip Rao": 2, "Lena Fischer": 0, "Omar Haddad": 4, "Mei Tanaka": 1, "Sofia Costa": 0}
    db.session.rollback()
    board = (
        the_app.test_client().get(f"/v1/boards/user/{people['Dilip Rao']}", headers=sign_in(the_app, asha.email)).json
    )
    counts = {column["status"]: column["total_count"] for column in board["columns"]}
    assert counts["paused"] == 2 and counts["in_progress"] >= 1


def test_the_stranger_finds_nothing_of_northwind(demo, the_app):
    ids = accounts()
    with inside(ids["northwind"]):
        task_id = db.session.scalar(select(func.min(Task.id)))
        user_id = db.session.scalar(select(func.min(AccountMembership.user_id)))
    db.session.rollback()
    headers, client = sign_in(the_app, "zoe.zimmer@zebra.test"), the_app.test_client()
    assert client.get(f"/v1/tasks/{task_id}", headers=headers).status_code == 404
    assert client.get(f"/v1/boards/user/{user_id}", headers=headers).status_code == 404
    assert client.get("/v1/tasks", headers=headers).json["meta"]["total_count"] == 2


def test_it_is_another_hour_only_inside():
    then = clock.now().replace(year=2001)
    with clock.at(then):
        assert now() == then
        with clock.at(then.replace(year=2002)):
            assert now().year == 2002
        assert now() == then
    assert now() > then.replace(year=2020)
