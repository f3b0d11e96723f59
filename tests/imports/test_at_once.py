"""Imports beside other work: two at once, with reactions in place, and with people who claim what was theirs."""

from threading import Thread

import pytest
from sqlalchemy import func, select

from tests.cast import PASSWORD, Person
from tests.imports.boards import added, board, card, commented, list_, person, save
from tests.imports.running import actor_of
from todoapp.accounts.models import Invitation
from todoapp.activity.models import ActivityLog, Delivery, OutboxEntry
from todoapp.activity.reactions import REACTIONS
from todoapp.comments.actions import comment_task
from todoapp.extensions import db
from todoapp.permissions import find
from todoapp.tasks.models import Task
from todoapp.tenancy import across_accounts, enter
from todoapp.users.links import make_link
from todoapp.users.models import User

TODO, ANN = list_("To Do"), person("Ann Ash")


@pytest.fixture
def path(tmp_path):
    cards = [card(f"card {number}", TODO, ANN) for number in range(20)]
    actions = [added("2019-05-01T09:00:00Z", ANN, each, ANN) for each in cards]
    actions += [commented("2019-05-02T09:00:00Z", ANN, each, "hello") for each in cards]
    return save(tmp_path, board([TODO], cards, [ANN], actions=actions))


def count(model):
    with across_accounts("the test counts everything"):
        return db.session.scalar(select(func.count()).select_from(model))


def test_two_imports_of_one_file_at_once_take_it_once(app, take, path):
    results = []
    threads = [Thread(target=lambda: results.append(take("trello", path))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.exit_code for result in results] == [0, 0, 0], [result.output for result in results]
    with app.app_context():
        assert count(Task) == 20
        with across_accounts("the test counts everything"):
            assert db.session.scalar(select(func.count(User.id)).where(User.email.is_(None))) == 1
            imported = select(func.count(ActivityLog.id)).where(ActivityLog.action == "account_imported")
            assert db.session.scalar(imported) == 1


def test_no_reaction_follows_even_where_one_is_named(app, cast, take, path, monkeypatch):
    for event in ("task_imported", "task_assigned", "task_taken", "task_commented", "account_imported"):
        monkeypatch.setitem(REACTIONS, event, ("todoapp.accounts.reactions.send_invitation",))
    assert take("trello", path).exit_code == 0
    with app.app_context():
        assert count(OutboxEntry) == count(Delivery) == 0
        olga = actor_of(cast.olga)
        comment_task(olga, find(olga, Task, db.session.scalar(select(func.min(Task.id)))), body="now from here")
        assert count(OutboxEntry) == 1, "the same event from a page is reacted to"
        db.session.rollback()


def test_a_placeholder_is_invited_and_goes_on_with_what_was_theirs(app, cast, take, path, api):
    assert take("trello", path).exit_code == 0
    with app.app_context():
        enter(cast.account_id)
        ann_id = db.session.scalar(select(User.id).where(User.email.is_(None)))
    assert app.test_client().post("/v1/auth/login", json={"email": "", "password": PASSWORD}).status_code == 422
    asked = {"email": "ann@ash.test", "role": "user", "placeholder_id": ann_id}
    invited = api(cast.olga).post(f"/v1/accounts/{cast.account_id}/members", json=asked)
    assert invited.status_code == 201, invited.json
    with app.app_context(), across_accounts("the link of an invitation"):
        token = make_link("invite", db.session.scalars(select(Invitation)).one()).rpartition("/")[2]
    joined = app.test_client().post("/v1/invitations/accept", json={"token": token, "password": PASSWORD})
    assert joined.status_code == 200, joined.json
    ann = api(Person("ann", ann_id, cast.account_id, "ann@ash.test", "user"))
    mine = ann.get(f"/v1/tasks?assigned_to={ann_id}").json
    assert mine["meta"]["total_count"] == 20
    started = ann.post(f"/v1/tasks/{mine['tasks'][0]['id']}/start", json={})
    assert started.status_code == 200 and started.json["status"] == "in_progress"
    assert take("trello", path).exit_code == 0
