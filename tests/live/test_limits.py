"""Limits: on sockets, on talk, on size, and on slow ears. Whoever is over them is told, and the others hear on."""

import time

import pytest

from tests.live.talk import CLOSE, PING, Talker, until
from todoapp.extensions import db
from todoapp.live.limits import MESSAGES_AT_ONCE, SOCKETS_PER_PERSON, SUBSCRIPTIONS, Bucket

TASK = "TaskChannel"


@pytest.fixture
def task(api, cast):
    """A task that everybody may see."""
    fields = {"title": "Write the report", "assigned_to_id": cast.uma.user_id, "visibility": "account"}
    return api(cast.mara).post("/v1/tasks", json=fields).get_json()


def test_a_person_has_so_many_sockets(talk, cast, port, signed_in, hub):
    talkers = [talk(cast.uma) for _ in range(SOCKETS_PER_PERSON)]
    _session, token = signed_in(cast.uma)
    one_more = Talker(port, Authorization=f"Bearer {token}")
    end = one_more.closed()
    assert (end.code, "too many" in end.reason) == (4429, True)
    assert talk(cast.udo).ask("ping") == {"type": "pong"}
    talkers[0].close()
    until(lambda: len(hub.houses[cast.account_id].connections) == SOCKETS_PER_PERSON)
    assert talk(cast.uma).ask("ping") == {"type": "pong"}


def test_who_talks_too_fast_is_cut_off(talk, cast):
    uma = talk(cast.uma)
    for _ in range(MESSAGES_AT_ONCE):
        assert uma.ask("ping") == {"type": "pong"}
    for _ in range(MESSAGES_AT_ONCE):
        uma.say("ping")
    end = uma.closed()
    assert (end.code, end.reason) == (4429, "At most 20 messages a second.")
    assert uma.hung_up()


def test_a_flood_is_kept_waiting_not_kept_in_memory(talk, cast, hub):
    """Thousands of messages at once: the first too many ends it, and the others were never read."""
    uma = talk(cast.uma)
    (connection,) = hub.houses[cast.account_id].connections
    most = 0
    try:
        for _ in range(2000):
            uma.send_frame(1, b'{"type": "ping"}' + b" " * 2000)
            most = max(most, len(connection.ws.input_buffer))
    except OSError:
        pass
    assert most <= 70
    until(lambda: not hub.houses)


def test_pings_are_answered_no_faster_than_messages(talk, cast):
    uma = talk(cast.uma)
    began = time.monotonic()
    for _ in range(260):
        uma.send_frame(PING, b"x")
    for _ in range(260):
        uma.frame()
    assert time.monotonic() - began > 0.5


def test_a_socket_listens_to_so_many_channels(talk, cast, task, monkeypatch):
    monkeypatch.setattr("todoapp.live.connection.SUBSCRIPTIONS", 2)
    assert SUBSCRIPTIONS == 100
    uma = talk(cast.uma)
    uma.subscribe(board_id="me")
    uma.subscribe(task_id=task["id"])
    uma.subscribe(task_id=task["id"])
    answer = uma.ask("subscribe", channel="BoardChannel", board_id="account")
    assert (answer["type"], answer["code"], answer["board_id"]) == ("refused", "too_many", "account")
    assert uma.ask("unsubscribe", channel=TASK, task_id=task["id"])["type"] == "unsubscribed"
    assert uma.ask("subscribe", channel="BoardChannel", board_id="account")["code"] == "forbidden"


def test_slow_ears_are_dropped_and_the_others_hear_on(talk, cast, task, api, hub, monkeypatch):
    monkeypatch.setattr("todoapp.live.wire.MOST_WAITING_FRAMES", 5)
    slow = talk(cast.udo, receive_buffer=4096)
    slow.subscribe(task_id=task["id"])
    (ears,) = hub.houses[cast.account_id].connections
    quick = talk(cast.uma)
    since = quick.subscribe(task_id=task["id"])["sequence"]
    mara, edits = api(cast.mara), 0
    while not ears.wire.over:
        assert edits < 100
        body = {"description": f"{edits} " + "x" * 45_000}
        assert mara.patch(f"/v1/tasks/{task['id']}", json=body).status_code == 200
        message = quick.hear(3)
        assert message["payload"]["task"]["description"].startswith(f"{edits} ")
        edits += 1
    until(lambda: len(hub.houses[cast.account_id].connections) == 1)
    assert edits > 5
    again = talk(cast.udo)
    again.subscribe(task_id=task["id"], since=since)
    assert again.hear_until(lambda one: one.get("sequence") == message["sequence"])


def test_who_does_not_read_at_all_is_dropped_after_a_while(talk, cast, task, api, hub, monkeypatch):
    monkeypatch.setattr("todoapp.live.usher.STUCK_AFTER", 0.3)
    slow = talk(cast.udo, receive_buffer=4096)
    slow.subscribe(task_id=task["id"])
    (ears,) = hub.houses[cast.account_id].connections
    mara = api(cast.mara)
    for edit in range(20):
        mara.patch(f"/v1/tasks/{task['id']}", json={"description": f"{edit} " + "x" * 49_000})
    until(lambda: not hub.houses)
    assert ears.wire.over


def test_silence_is_asked_and_the_dead_are_dropped(talk, cast, hub, monkeypatch):
    monkeypatch.setattr("todoapp.live.usher.PING_AFTER", 0.2)
    alive, dead = talk(cast.uma), talk(cast.udo)
    fin, opcode, payload = alive.frame(3)
    assert (fin, opcode, payload) == (True, PING, b"")
    monkeypatch.setattr("todoapp.live.usher.DEAD_AFTER", 0.6)
    until_then = time.monotonic() + 1.5
    while time.monotonic() < until_then:
        alive.say("ping")
        while alive.frame()[1] == PING:
            pass
        time.sleep(0.1)
    assert [one.hearer.user_id for one in hub.houses[cast.account_id].connections] == [cast.uma.user_id]
    with pytest.raises(Exception, match="None"):
        while True:
            dead.frame(1)


def test_who_does_not_answer_the_close_is_hung_up_on(talk, cast, hub):
    uma = talk(cast.uma)
    uma.send_frame(2, b"binary")
    _fin, opcode, _payload = uma.frame()
    assert opcode == CLOSE
    assert uma.hung_up(5)


def test_open_sockets_hold_no_database_connection(talk, cast, task, app):
    talkers = [talk(cast.uma) for _ in range(20)]
    for talker in talkers:
        talker.subscribe(task_id=task["id"])
    with app.app_context():
        pool = db.engine.pool
    until(lambda: pool.checkedout() == 0)


def test_a_bucket_gives_so_much_a_second_and_some_at_once():
    bucket = Bucket(10, 3)
    assert [bucket.take() for _ in range(3)] == [0, 0, 0]
    assert bucket.take() == pytest.approx(0.1, abs=0.05)
    bucket.seen_at -= 0.2
    assert bucket.take() == 0
    assert bucket.take() > 0
    bucket.seen_at -= 100
    assert [bucket.take() for _ in range(3)] == [0, 0, 0]
    assert bucket.take() > 0
