"""The live door on a real server: threads, in the process of the tests."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import make_server

from tests.cast import Cast, Person
from tests.live.talk import Talker, until
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.live.hub import Hub
from todoapp.users.models import Session
from todoapp.users.sessions import open_session
from todoapp.users.tokens import access_token


@pytest.fixture(scope="session")
def port(the_app: Flask) -> Iterator[int]:
    """The threaded server's port."""
    server = make_server("127.0.0.1", 0, the_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join(5)


@pytest.fixture
def hub(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub, which sweeps often; emptied afterwards."""
    monkeypatch.setattr("todoapp.live.usher.SWEEP_EVERY", 0.2)
    hub: Hub = app.extensions["live"].hub
    hub.news.put((0, []))  # an usher that waits for a slow sweep looks at the clock anew
    yield hub
    until = time.monotonic() + 10
    while (hub.houses or hub.unknown) and time.monotonic() < until:
        for connection in [*hub.unknown, *(one for house in hub.houses.values() for one in house.connections)]:
            connection.wire.drop()
        time.sleep(0.02)
    assert not hub.houses and not hub.unknown


@pytest.fixture
def signed_in(app: Flask) -> Callable[..., tuple[Session, str]]:
    """`signed_in(person, kind="api")`: a session, and its access token or the secret of its cookie."""

    def open_one(person: Person, kind: str = "api") -> tuple[Session, str]:
        with app.app_context():
            session, secret = open_session(person.user_id, person.account_id, kind=kind)
            db.session.commit()
            return session, access_token(session) if kind == "api" else secret

    return open_one


@pytest.fixture
def cookie(app: Flask, signed_in: Callable[..., tuple[Session, str]]) -> Callable[[Person], str]:
    """`cookie(person)`: the Cookie header of a browser in which that person is signed in."""

    def bake(person: Person) -> str:
        _session, secret = signed_in(person, "browser")
        serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({'_user_id': secret})}"

    return bake


@pytest.fixture
def talk(port: int, hub: Hub, signed_in: Callable[..., tuple[Session, str]]) -> Iterator[Callable[..., Talker]]:
    """`talk(person)`: a socket on which that person has been welcomed."""
    talkers: list[Talker] = []

    def connect(person: Person, **kw: Any) -> Talker:
        _session, token = signed_in(person)
        talker = Talker(port, Authorization=f"Bearer {token}", **kw)
        talkers.append(talker)
        assert talker.hear()["type"] == "welcome"
        return talker

    yield connect
    for talker in talkers:
        talker.close()


@pytest.fixture
def settled(app: Flask, hub: Hub, cast: Cast) -> Callable[[], None]:
    """`settled()`: everything that has happened in the cast's account has been told."""

    def wait() -> None:
        with app.app_context():
            query = select(func.max(ActivityLog.id)).where(ActivityLog.account_id == cast.account_id)
            newest = db.session.execute(query, execution_options={"tenancy": "test"}).scalar() or 0
        until(lambda: newest <= hub.houses[cast.account_id].last)

    return wait
