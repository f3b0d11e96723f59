"""A real application on a real database: SQLite, or MariaDB with TEST_DATABASE=mariadb."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

import config
from tests.cast import Cast, Person, assemble
from todoapp import create_app
from todoapp.actor import Actor, actor_for
from todoapp.extensions import db
from todoapp.kit.clock import FAR_FUTURE, now
from todoapp.tenancy import across_accounts, enter

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--approve", action="store_true", help="write the files of tests/house/approved anew")


def database_url(folder: Path) -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if os.environ.get("TEST_DATABASE") != "mariadb":
        return f"sqlite:///{folder / 'test.sqlite3'}"
    server = os.environ.get("TEST_MARIADB_URL", "mysql+pymysql://root@127.0.0.1:3306/").rsplit("/", 1)[0]
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:8] or os.getpid()
    return f"{server}/todo_test_{run}_{worker}"


def on_server(url: str, statement: str) -> None:
    """Run a statement about the database of `url` on its server."""
    server, name = url.rsplit("/", 1)
    engine = create_engine(server + "/")
    with engine.begin() as connection:
        connection.execute(text(statement.format(name)))
    engine.dispose()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The settings of the application under test."""
    shm = Path("/dev/shm")
    base = tmp_path_factory.mktemp("instance")
    folder = base
    if shm.is_dir() and os.access(shm, os.W_OK):
        folder = shm / f"todo-test-{os.getpid()}"
        folder.mkdir(exist_ok=True)
    settings = config.load(
        {
            "TODO_INSTANCE_DIR": str(base),
            "DATABASE_URL": database_url(folder),
            "SECRET_KEY": "a test secret that is long enough to pass 0123456789",
            "BASE_URL": "http://localhost",
        }
    )
    return settings | {"TESTING": True, "PROPAGATE_EXCEPTIONS": True}


@pytest.fixture(scope="session")
def the_app(settings: dict[str, Any]) -> Iterator[Flask]:
    url = str(settings["SQLALCHEMY_DATABASE_URI"])
    if url.startswith("mysql"):
        on_server(url, "CREATE DATABASE {} CHARACTER SET utf8mb4")
    app = create_app(settings)
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    if url.startswith("mysql"):
        on_server(url, "DROP DATABASE {}")
    if url.startswith("sqlite"):
        for left in Path(url.removeprefix("sqlite:///")).parent.glob("test.sqlite3*"):
            left.unlink()


@pytest.fixture
def app(the_app: Flask) -> Iterator[Flask]:
    """The application on an empty database, outside of any app context."""
    yield the_app
    with the_app.app_context():
        empty_database()


def empty_database() -> None:
    """Delete all rows of all tables."""
    db.session.remove()
    mysql = db.engine.dialect.name != "sqlite"
    with db.engine.connect().execution_options(tenancy="test") as connection:
        if mysql:
            connection.execute(text("SET FOREIGN_KEY_CHECKS=0"))
        else:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        for table in db.metadata.sorted_tables:
            connection.execute(table.delete())
        connection.commit()
        if mysql:
            connection.execute(text("SET FOREIGN_KEY_CHECKS=1"))
        else:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The people of two accounts, saved."""
    with app.app_context():
        return assemble()


@pytest.fixture
def ctx(app: Flask, cast: Cast) -> Iterator[None]:
    """An app context inside the cast's account, for tests that call actions."""
    with app.app_context():
        enter(cast.account_id)
        yield
        db.session.rollback()


@pytest.fixture
def acting(ctx: None) -> Callable[..., Actor]:
    """`acting(person)`: that person as an actor, read afresh."""

    def act(person: Person, via: str = "api") -> Actor:
        from todoapp.accounts.models import AccountMembership

        with across_accounts("tests act as anybody"):
            membership = (
                db.session.query(AccountMembership)
                .filter_by(account_id=person.account_id, user_id=person.user_id)
                .one()
            )
        enter(person.account_id)
        return actor_for(membership, via=via)

    return act


class ApiClient:
    """A client that sends an access token of one session, and a fresh one when that is old, as a well-behaved program does."""

    def __init__(self, app: Flask, session: Any):
        self.app, self.session, self.client = app, session, app.test_client(use_cookies=False)
        self.token, self.since = "", FAR_FUTURE

    def open(self, path: str, method: str = "GET", **kw: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.fresh_token()}"} | kw.pop("headers", {})
        return self.client.open(path, method=method, headers=headers, **kw)

    def fresh_token(self) -> str:
        from todoapp.users.tokens import access_token

        if not timedelta() <= now() - self.since < timedelta(minutes=10):
            with self.app.app_context():
                self.token, self.since = access_token(self.session), now()
        return self.token

    def get(self, path: str, **kw: Any) -> Any:
        return self.open(path, "GET", **kw)

    def post(self, path: str, **kw: Any) -> Any:
        return self.open(path, "POST", **kw)

    def patch(self, path: str, **kw: Any) -> Any:
        return self.open(path, "PATCH", **kw)

    def delete(self, path: str, **kw: Any) -> Any:
        return self.open(path, "DELETE", **kw)


@pytest.fixture
def api(app: Flask) -> Callable[[Person], ApiClient]:
    """`api(person)`: a client that sends that person's access token."""
    from todoapp.users.sessions import open_session

    def client(person: Person) -> ApiClient:
        with app.app_context():
            session, _secret = open_session(person.user_id, person.account_id, kind="api")
            db.session.commit()
            return ApiClient(app, session)

    return client


@pytest.fixture
def browser(app: Flask) -> Callable[[Person], FlaskClient]:
    """`browser(person)`: a client with that person's session cookie; CSRF is checked as in life, see `tests.pages.post`."""
    from todoapp.users.sessions import open_session

    def client(person: Person) -> FlaskClient:
        with app.app_context():
            _session, secret = open_session(person.user_id, person.account_id, kind="browser")
            db.session.commit()
        signed_in = app.test_client()
        with signed_in.session_transaction() as cookie:
            cookie["_user_id"] = secret
        return signed_in

    return client


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`at("2026-11-24T09:00:00Z")`: set the clock everywhere; nothing sleeps."""
    import time_machine

    travellers: list[Any] = []

    def go(instant: str) -> None:
        for traveller in travellers:
            traveller.stop()
        travellers[:] = [time_machine.travel(instant, tick=False)]
        travellers[0].start()

    yield go  # type: ignore[misc]
    for traveller in travellers:
        traveller.stop()


@pytest.fixture
def count_queries(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """`count_queries(work)`: how many statements `work` sends to the database."""
    from sqlalchemy import Engine, event

    def count(work: Callable[[], Any]) -> int:
        seen: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            work()
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len([statement for statement in seen if not statement.startswith("BEGIN")])

    return count


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data."""
    folder = Path(os.environ.get("TODO_DATA_DIR") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("LEFT OUT: no real data; set TODO_DATA_DIR")
    return folder
