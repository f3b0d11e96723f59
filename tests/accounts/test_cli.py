"""`flask account create`, as somebody at a shell types it."""

import pytest
from sqlalchemy import select

from todoapp.accounts.models import Account, AccountMembership
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.tenancy import across_accounts
from todoapp.users.links import read_link
from todoapp.users.models import User
from todoapp.users.passwords import verify

PASSWORD = "seven wild geese over water"


@pytest.fixture
def flask(app):
    """`flask("account", "create", …)`: run a command and return what it printed and its exit status."""

    def run(*words):
        return app.test_cli_runner().invoke(args=list(words))

    return run


def create(flask, *more, name="Northwind", email="Olga@Northwind.test"):
    return flask("account", "create", "--name", name, "--email", email, *more)


def rows(model):
    with across_accounts("the test looks at everything"):
        return db.session.scalars(select(model)).all()


def test_a_fresh_server_gets_its_first_owner(app, flask):
    done = create(flask, "--first-name", "Olga", "--last-name", "Ost", "--password", PASSWORD)
    assert done.exit_code == 0, done.output
    assert done.output == (
        "Created the account Northwind (slug northwind). Its owner is Olga Ost <olga@northwind.test>.\n"
    )
    with app.app_context():
        user, account, membership = rows(User)[0], rows(Account)[0], rows(AccountMembership)[0]
        assert verify(user.password_hash, PASSWORD)
        assert user.activated_at
        assert (membership.user_id, membership.account_id, membership.role) == (user.id, account.id, "owner")
        assert [(event.action, event.via) for event in rows(ActivityLog)] == [("account_created", "cli")]


def test_without_a_password_a_link_is_printed(app, flask):
    done = create(flask)
    assert done.exit_code == 0, done.output
    link = done.output.splitlines()[-1]
    assert link.startswith("http://localhost/reset/")
    with app.app_context():
        assert read_link("reset", link.rpartition("/")[2]).user.email == "olga@northwind.test"
        assert rows(User)[0].name == "olga"


def test_a_known_person_gets_another_account_and_keeps_their_password(app, flask):
    create(flask, "--password", PASSWORD)
    refused = create(flask, "--password", "another password of mine")
    assert refused.exit_code == 1
    assert "signs in here already" in refused.output
    done = create(flask)
    assert done.exit_code == 0
    assert "(slug northwind-2)" in done.output
    with app.app_context():
        assert len(rows(Account)) == 2
        assert verify(rows(User)[0].password_hash, PASSWORD)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"email": "no address"}, "--email: This is not an e-mail address."),
        ({"name": "  "}, "--name: "),
        ({"name": "x" * 121}, "--name: "),
    ],
)
def test_bad_input_is_refused_by_name_and_changes_nothing(app, flask, options, sentence):
    refused = create(flask, **options)
    assert refused.exit_code == 1
    assert sentence in refused.output
    with app.app_context():
        assert rows(User) == rows(Account) == []


def test_a_weak_password_is_refused(app, flask):
    refused = create(flask, "--password", "password1234")
    assert refused.exit_code == 1
    assert "--password: " in refused.output
    with app.app_context():
        assert rows(User) == []
