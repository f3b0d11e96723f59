"""The scaled-out shape: gunicorn with two gevent workers, MariaDB and Redis, seen from outside."""

import os
import shutil
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from tests.live.rfc import CLOSE_CODES, RUDE, check_closing, check_manners, check_rudeness
from tests.live.servers import Gunicorn, Redis
from tests.live.talk import Closed, Talker, until
from todoapp.extensions import db

pytestmark = [pytest.mark.mariadb, pytest.mark.redis]
SOON = 5.0


@pytest.fixture(scope="module")
def redis(settings: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A Redis of our own, so that it can be stopped."""
    if not str(settings["SQLALCHEMY_DATABASE_URI"]).startswith("mysql"):
        pytest.skip("several processes need MariaDB: TEST_DATABASE=mariadb")
    if not shutil.which("redis-server"):
        pytest.skip("LEFT OUT: there is no redis-server")
    server = Redis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def two_workers(redis: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """gunicorn, not started yet."""
    server = Gunicorn(tmp_path_factory.mktemp("gunicorn"))
    yield server
    server.stop(signal.SIGQUIT)


@pytest.fixture
def gunicorn(two_workers: Gunicorn, redis: Redis, app: Any, settings: dict[str, Any]) -> Gunicorn:
    """Two workers on the database of the tests."""
    if not two_workers.is_running():
        two_workers.start_on(settings, redis.url)
    return two_workers


@pytest.fixture
def connect(gunicorn: Gunicorn, app: Any, signed_in: Callable[..., Any]) -> Iterator[Callable[..., Talker]]:
    """`connect(person)`: a socket to one of the workers, and to which is up to them."""
    talkers: list[Talker] = []

    def open_one(person: Any, server: Gunicorn = gunicorn) -> Talker:
        talker = Talker(server.port, Authorization=f"Bearer {signed_in(person)[1]}")
        talkers.append(talker)
        assert talker.hear()["type"] == "welcome"
        return talker

    yield open_one
    for talker in talkers:
        talker.close()


@pytest.fixture
def in_both(gunicorn: Gunicorn, connect: Callable[..., Talker]) -> Callable[..., dict[int, Talker]]:
    """`in_both(person)`: a socket to each worker, by its process id."""

    def open_some(person: Any) -> dict[int, Talker]:
        found: dict[int, Talker] = {}

        def one_more() -> bool:
            talker = connect(person)
            if found.setdefault(gunicorn.worker_of(talker) or 0, talker) is not talker:
                talker.close()
            return len(found) == 2

        until(one_more, 30)  # a worker that was just started listens late
        assert sorted(found) == sorted(gunicorn.pids())
        return found

    return open_some


@pytest.fixture
def task(gunicorn: Gunicorn, cast: Any, signed_in: Callable[..., Any]) -> dict[str, Any]:
    """A task that Mara gave Uma."""
    _session, token = signed_in(cast.mara)
    status, made = gunicorn.ask("POST", "/v1/tasks", token, title="Report", assigned_to_id=cast.uma.user_id)
    assert status == 201, made
    return made


def test_the_rfc_is_kept(connect, cast):
    for name in RUDE:
        check_rudeness(connect(cast.uma), name)
    for code in CLOSE_CODES:
        check_closing(connect(cast.udo), code)
    check_manners(connect(cast.uma))


def test_what_one_worker_writes_is_heard_in_the_other(gunicorn, in_both, cast, task, signed_in):
    hearers = in_both(cast.uma)
    for talker in hearers.values():
        talker.subscribe(task_id=task["id"])
    _session, token = signed_in(cast.mara)
    spans = []
    for edit in range(9):
        began = time.monotonic()
        gunicorn.ask("PATCH", f"/v1/tasks/{task['id']}", token, title=f"Report {edit}")
        heard = [talker.hear(SOON) for talker in hearers.values()]
        spans.append(time.monotonic() - began)
        assert [message["payload"]["task"]["title"] for message in heard] == [f"Report {edit}"] * 2
    assert statistics.median(spans) < 0.7, "over Redis, not by the next sweep"


def test_each_hears_only_what_they_may_see(gunicorn, in_both, connect, cast, task, signed_in):
    uma, ulla, zoe = in_both(cast.uma), in_both(cast.ulla), connect(cast.zoe)
    for talker in [*uma.values(), *ulla.values(), zoe]:
        talker.subscribe(board_id="me")
    assert zoe.ask("subscribe", channel="TaskChannel", task_id=task["id"])["code"] == "not_found"
    _session, token = signed_in(cast.olga)
    gunicorn.ask("POST", f"/v1/tasks/{task['id']}/reassign", token, assigned_to_id=cast.ulla.user_id)
    for talkers, event in ((uma, "task_removed"), (ulla, "task_added")):
        for talker in talkers.values():
            assert talker.hear(SOON)["event"] == event
            assert talker.silence() == []
    assert zoe.silence() == []


def test_signing_out_ends_the_sockets_of_both_workers(gunicorn, app, cast, signed_in):
    _session, token = signed_in(cast.uma)
    talkers = [Talker(gunicorn.port, Authorization=f"Bearer {token}") for _ in range(10)]
    assert len({gunicorn.worker_of(talker) for talker in talkers}) == 2
    began = time.monotonic()
    assert gunicorn.ask("POST", "/v1/auth/logout", token)[0] in (200, 204)
    assert {talker.closed(SOON).code for talker in talkers} == {4401}
    assert time.monotonic() - began < SOON


def test_a_person_has_so_many_sockets_over_all_workers(gunicorn, connect, cast, signed_in):
    talkers = [connect(cast.uma) for _ in range(20)]
    assert len({gunicorn.worker_of(talker) for talker in talkers}) == 2
    token = signed_in(cast.uma)[1]
    assert Talker(gunicorn.port, Authorization=f"Bearer {token}").closed(SOON).code == 4429
    assert connect(cast.udo).ask("ping") == {"type": "pong"}
    talkers[0].close()

    def let_in() -> bool:
        try:
            return bool(connect(cast.uma))
        except Closed:
            return False

    until(let_in)


def test_a_socket_holds_no_database_connection(gunicorn, connect, cast, app, task):
    """30 sockets, though a worker has 15 connections; and none of them is in a transaction."""
    talkers = [connect(cast.people[name]) for name in ("uma", "mara") for _ in range(15)]
    for talker in talkers:
        talker.subscribe(task_id=task["id"])
    with app.app_context():
        name = db.engine.url.database
        query = text(
            "SELECT (SELECT count(*) FROM information_schema.processlist WHERE db = :db), "
            "(SELECT count(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist p "
            "ON p.id = t.trx_mysql_thread_id WHERE p.db = :db AND p.time > 1)"
        )
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connections, transactions = connection.execute(query, {"db": name}).one()
    assert connections < 20
    assert transactions == 0


def test_while_redis_is_away_news_come_by_the_database(gunicorn, redis, in_both, cast, task, signed_in):
    hearers = in_both(cast.uma)
    for talker in hearers.values():
        talker.subscribe(task_id=task["id"])
    _session, token = signed_in(cast.mara)
    redis.stop()
    try:
        began = time.monotonic()
        status, _task = gunicorn.ask("PATCH", f"/v1/tasks/{task['id']}", token, title="Without Redis")
        assert (status, time.monotonic() - began < 3) == (200, True)
        assert [talker.hear(SOON)["event"] for talker in hearers.values()] == ["task_updated"] * 2
        assert next(iter(hearers.values())).ask("ping") == {"type": "pong"}
    finally:
        redis.start()
    spans = []

    def quick_again() -> bool:
        began = time.monotonic()
        gunicorn.ask("PATCH", f"/v1/tasks/{task['id']}", token, title=f"With Redis {began}")
        for talker in hearers.values():
            talker.hear(SOON)
        spans.append(time.monotonic() - began)
        return len(spans) > 3 and statistics.median(spans[-3:]) < 0.7

    until(quick_again, 30)


def test_who_lost_their_worker_misses_nothing(gunicorn, in_both, connect, cast, task, signed_in):
    _session, token = signed_in(cast.mara)
    hearers = in_both(cast.uma)
    for talker in hearers.values():
        since = talker.subscribe(task_id=task["id"])["sequence"]
    victim, bereaved = next(iter(hearers.items()))
    os.kill(victim, signal.SIGKILL)
    with pytest.raises(Closed) as end:
        bereaved.hear(SOON)
    assert end.value.code is None
    gunicorn.ask("PATCH", f"/v1/tasks/{task['id']}", token, title="Meanwhile")
    back = connect(cast.uma)
    back.subscribe(task_id=task["id"], since=since)
    assert back.hear_until(lambda message: message.get("event") == "task_updated")
    until(lambda: len(gunicorn.pids()) == 2 and victim not in gunicorn.pids())


def test_a_server_that_stops_says_so(gunicorn, connect, cast):
    hearers = [connect(cast.uma) for _ in range(4)]
    assert gunicorn.process is not None
    gunicorn.process.send_signal(signal.SIGTERM)
    for talker in hearers:
        end = talker.closed(SOON)
        assert (end.code, end.reason) == (1001, "The server restarts. Connect again.")
    assert gunicorn.stop() < 10
