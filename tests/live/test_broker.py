"""Both brokers: news arrive, sockets are counted, and nobody waits for a Redis that is away."""

import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.live.servers import Redis
from tests.live.talk import until
from todoapp.live.broker import InProcess, OverRedis
from todoapp.live.limits import SOCKETS_PER_PERSON


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A Redis of our own."""
    if not shutil.which("redis-server"):
        pytest.skip("LEFT OUT: there is no redis-server")
    server = Redis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["in process", "redis"])
def brokers(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """The broker of who writes and the broker of who listens: one in a process, two over Redis."""
    if request.param == "in process":
        alone = InProcess()
        return alone, alone
    url = request.getfixturevalue("redis").url
    return OverRedis(url, "live:test"), OverRedis(url, "live:test")


def test_news_arrive(brokers):
    writing, listening = brokers
    heard = []
    writing.publish(1, [0])
    listening.listen(lambda *news: heard.append(news))

    def arrives():
        writing.publish(7, [1, 2])
        return heard

    until(arrives)
    assert set(map(str, heard)) == {"(7, [1, 2])"}


def test_sockets_of_a_person_are_counted(brokers):
    here, there = brokers
    for number in range(SOCKETS_PER_PERSON):
        assert (here, there)[number % 2].admit(5, f"socket {number}")
    assert not here.admit(5, "one more") and not there.admit(5, "one more")
    assert here.admit(6, "somebody else's")
    here.keep([(5, "socket 1"), (6, "somebody else's")])
    there.dismiss(5, "socket 0")
    assert here.admit(5, "one more")
    assert not there.admit(5, "yet another")


def test_sockets_of_a_process_that_died_are_forgotten(redis, monkeypatch):
    here = OverRedis(redis.url, "live:dead")
    for number in range(SOCKETS_PER_PERSON):
        here.admit(5, f"socket {number}")
    assert not here.admit(5, "one more")
    later = time.time() + 60
    monkeypatch.setattr("todoapp.live.broker.time.time", lambda: later)
    here.keep([(5, "socket 1")])
    monkeypatch.setattr("todoapp.live.broker.time.time", lambda: later + 60)
    assert here.admit(5, "one more")
    assert here.speaking.zcard("live:dead:sockets:5") == 2


def test_installations_that_share_a_redis_do_not_hear_each_other(redis):
    ours, theirs, heard = OverRedis(redis.url, "live:ours"), OverRedis(redis.url, "live:theirs"), []
    ours.listen(lambda *news: heard.append(news))

    def arrives():
        theirs.publish(1, [1])
        ours.publish(2, [2])
        return heard

    until(arrives)
    assert {account_id for account_id, _ids in heard} == {2}


def test_nobody_waits_for_a_redis_that_is_away(tmp_path):
    if not shutil.which("redis-server"):
        pytest.skip("LEFT OUT: there is no redis-server")
    server = Redis(tmp_path)
    server.start()
    broker, heard = OverRedis(server.url, "live:test"), []
    broker.listen(lambda *news: heard.append(news))
    broker.publish(1, [1])
    server.stop()
    began = time.monotonic()
    for _ in range(50):
        broker.publish(1, [2])
        assert broker.admit(1, "a socket")
    assert time.monotonic() - began < 1.5
    server.start()

    def arrives():
        broker.publish(1, [3])
        return (1, [3]) in heard

    until(arrives, 15)
    server.stop()


def test_a_message_that_is_none_does_not_deafen(redis):
    broker, heard = OverRedis(redis.url, "live:noise"), []
    broker.listen(lambda *news: heard.append(news))

    def arrives():
        for noise in (b"{not json", b"[1]", b'["a", [1]]', b"[1, null]", b"7"):
            broker.speaking.publish("live:noise", noise)
        broker.publish(1, [3])
        return heard

    until(arrives)


def test_one_commit_is_announced_once_and_a_refused_one_not(app, cast, api, monkeypatch):
    published = []
    monkeypatch.setattr(app.extensions["live"].broker, "publish", lambda *news: published.append(news))
    mara = api(cast.mara)
    assert mara.post("/v1/tasks", json={"title": "x", "assigned_to_id": cast.uma.user_id}).status_code == 201
    ((account_id, event_ids),) = published
    assert (account_id, len(event_ids)) == (cast.account_id, 2)
    assert mara.post("/v1/tasks", json={"title": "x", "assigned_to_id": cast.olga.user_id}).status_code == 403
    assert mara.get("/v1/tasks").status_code == 200
    assert len(published) == 1
