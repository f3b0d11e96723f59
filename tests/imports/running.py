"""Running imports on the cast's accounts, as somebody at a shell types them."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from click.testing import Result
from flask import Flask

from tests.cast import Person, assemble
from tests.conftest import empty_database
from todoapp.accounts.models import AccountMembership
from todoapp.actor import Actor, actor_for
from todoapp.extensions import db
from todoapp.tenancy import enter

TRELLO = ("trello", "gocd_test_drive.trello.json")


def run_import(app: Flask, kind: str, path: Any, by: str = "olga@northwind.test", account: str = "northwind") -> Result:
    """`flask import KIND PATH --account … --as …`."""
    return app.test_cli_runner().invoke(args=["import", kind, str(path), "--account", account, "--as", by])


def actor_of(person: Person) -> Actor:
    """The person as an actor, in an app context; enters their account."""
    enter(person.account_id)
    member = db.session.query(AccountMembership).filter_by(user_id=person.user_id).one()
    return actor_for(member, via="web")


def imported_once(app: Flask, kind: str, path: Any) -> Iterator[SimpleNamespace]:
    """The cast's account with one import in it, for all tests of a module; the database is emptied at the end."""
    with app.app_context():
        cast = assemble()
    result = run_import(app, kind, path)
    assert result.exit_code == 0, result.output
    yield SimpleNamespace(app=app, cast=cast, output=result.output, path=path)
    with app.app_context():
        empty_database()
