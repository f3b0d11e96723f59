"""`flask demo`: into an empty database, never twice, and outside development not without a question."""

import pytest
from sqlalchemy import select

from tests.house.photograph import Camera
from todoapp.accounts.models import Account
from todoapp.demo.people import PASSPHRASE
from todoapp.demo.telling import load_demo
from todoapp.extensions import db
from todoapp.kit.errors import Conflict


@pytest.fixture
def flask(app):
    """`flask("demo", …)`: run a command."""
    return lambda *words: app.test_cli_runner().invoke(args=list(words))


def test_a_command_outside_development_asks_and_uses_a_password_of_its_own(app, flask):
    refused = flask("demo")
    assert refused.exit_code == 1 and "--yes" in refused.output
    with app.app_context():
        assert db.session.scalars(select(Account)).all() == []
    loaded = flask("demo", "--yes")
    assert loaded.exit_code == 0 and "asha.menon@northwind.test" in loaded.output
    assert PASSPHRASE not in loaded.output
    word = loaded.output.split()[-1]
    answer = app.test_client().post("/v1/auth/login", json={"email": "asha.menon@northwind.test", "password": word})
    assert answer.status_code == 200


def test_a_command_in_development_prints_the_known_one(app, flask, monkeypatch):
    monkeypatch.setitem(app.config, "DEVELOPMENT", True)
    loaded = flask("demo")
    assert loaded.exit_code == 0 and loaded.output.count(PASSPHRASE) == 5


def test_it_goes_into_an_empty_database_unless_told_otherwise(app, cast, flask):
    before = Camera(app).take()
    with app.app_context(), pytest.raises(Conflict, match="empty database"):
        load_demo()
    refused = flask("demo", "--yes")
    assert refused.exit_code == 1 and "--again" in refused.output
    assert Camera(app).take() == before


def test_again_adds_nothing_twice(app, flask):
    assert flask("demo", "--again", "--yes").exit_code == 0
    before = Camera(app).take()
    again = flask("demo", "--again", "--yes")
    assert again.exit_code == 0 and "Nothing was added." in again.output
    assert Camera(app).take() == before


def test_again_leaves_a_house_alone_that_has_the_same_name(app, cast, flask):
    """The cast has an account with the slug northwind, and one with the slug zebra."""
    before = Camera(app).take()
    assert flask("demo", "--again", "--yes").exit_code == 0
    assert Camera(app).take() == before
