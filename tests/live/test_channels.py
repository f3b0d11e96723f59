"""Subscribing, and hearing what happens to tasks and on boards: what one may see, never more."""

from functools import partial

import pytest

from tests.live.talk import until
from todoapp.live import bulletin, usher

BOARD, TASK = "BoardChannel", "TaskChannel"


@pytest.fixture
def told(hub, cast, settled):
    """`told()`: everybody who listens was told everything."""
    return lambda: cast.account_id in hub.houses and settled()


@pytest.fixture
def make(api, told):
    """`make(by, to, **fields)`: a task made through the API, and everybody told."""

    def build(by, to=None, **fields):
        body = {"title": "Write the report"} | fields | ({"assigned_to_id": to.user_id} if to else {})
        answer = api(by).post("/v1/tasks", json=body)
        assert answer.status_code == 201, answer.get_json()
        told()
        return answer.get_json()

    return build


@pytest.fixture
def do(api, told):
    """`do(by, task, verb, **fields)`: a verb through the API, and everybody told: what is done at once may be one news."""

    def act(by, task, verb, **fields):
        answer = api(by).post(f"/v1/tasks/{task['id']}/{verb}", json=fields)
        assert answer.status_code == 200, answer.get_json()
        told()
        return answer.get_json()

    return act


@pytest.fixture
def edit(api, told):
    """`edit(by, task, **fields)`: an edit through the API, and everybody told."""

    def act(by, task, **fields):
        assert api(by).patch(f"/v1/tasks/{task['id']}", json=fields).status_code == 200
        told()

    return act


def brief(message):
    """A message without what tests do not compare."""
    return {name: message[name] for name in ("channel", "board_id", "event", "task_id") if name in message}


def on_board(board_id, event, task):
    return {"channel": BOARD, "board_id": board_id, "event": event, "task_id": task["id"]}


def test_a_task_tells_its_life(talk, cast, make, do):
    task = make(cast.mara, cast.uma)
    mara, uma = talk(cast.mara), talk(cast.uma)
    for talker in (mara, uma):
        answer = talker.subscribe(task_id=task["id"])
        assert answer["sequence"] > 0
    do(cast.uma, task, "accept")
    do(cast.uma, task, "start")
    do(cast.uma, task, "pause", reason="waiting for numbers")
    do(cast.mara, task, "complete")
    for talker in (mara, uma):
        heard = talker.hear_until(lambda message: message["event"] == "task_completed")
        assert [message["event"] for message in heard] == [
            "task_accepted",
            "task_started",
            "task_paused",
            "task_completed",
        ]
        assert {message["task_id"] for message in heard} == {task["id"]}
        sequences = [message["sequence"] for message in heard]
        assert sequences == sorted(set(sequences)) and sequences[0] > answer["sequence"]
        paused = heard[2]["payload"]
        assert paused["by"] == {"id": cast.uma.user_id, "name": "Uma Northwind"}
        assert paused["sentence"] == "Uma Northwind paused: waiting for numbers"
        assert paused["changes"] == {"status": ["in_progress", "paused"]}


def test_the_payload_is_what_the_api_shows(talk, cast, make, do, api):
    task = make(cast.mara, cast.uma)
    uma = talk(cast.uma)
    uma.subscribe(task_id=task["id"])
    api(cast.mara).patch(f"/v1/tasks/{task['id']}", json={"title": "Another title"})
    message = uma.hear()
    assert message["event"] == "task_updated"
    shown = api(cast.uma).get(f"/v1/tasks/{task['id']}").get_json()
    own_sums = {"subtasks": None} if "subtasks" in shown else {}  # they differ by reader
    assert message["payload"]["task"] == shown | own_sums
    assert message["payload"]["changes"] == {"title": ["Write the report", "Another title"]}
    assert (message["status"], message["version"]) == (shown["status"], shown["version"])


def test_without_payload_only_ids_are_said(talk, cast, make, api):
    task = make(cast.mara, cast.uma, title="A secret plan")
    uma = talk(cast.uma)
    uma.subscribe(task_id=task["id"], payload=False)
    uma.subscribe(board_id="me", payload=False)
    api(cast.mara).patch(f"/v1/tasks/{task['id']}", json={"description": "A secret text"})
    for message in (uma.hear(), uma.hear()):
        assert set(message) - {"task_id", "board_id"} == {
            "type", "channel", "event", "sequence", "at", "status", "version",
        }  # fmt: skip


SHUT = (
    ("ulla", {"channel": TASK, "task_id": "THE TASK"}, "not_found"),
    ("zoe", {"channel": TASK, "task_id": "THE TASK"}, "not_found"),
    ("uma", {"channel": TASK, "task_id": 10**15}, "not_found"),
    ("uma", {"channel": BOARD, "board_id": "user-UDO"}, "forbidden"),
    ("uma", {"channel": BOARD, "board_id": "team"}, "forbidden"),
    ("mara", {"channel": BOARD, "board_id": "account"}, "forbidden"),
    ("milo", {"channel": BOARD, "board_id": "user-UDO"}, "forbidden"),
    ("zoe", {"channel": BOARD, "board_id": "user-UDO"}, "not_found"),
    ("olga", {"channel": BOARD, "board_id": "user-999999999"}, "not_found"),
    ("uma", {"channel": "AIChannel", "task_id": 1}, "invalid"),
    ("uma", {"channel": TASK}, "invalid"),
    ("uma", {"channel": TASK, "task_id": "x"}, "invalid"),
    ("uma", {"channel": TASK, "task_id": 2**63}, "invalid"),
    ("uma", {"channel": TASK, "task_id": 1, "board_id": "me"}, "invalid"),
    ("uma", {"channel": BOARD, "board_id": "user-0"}, "invalid"),
    ("uma", {"channel": BOARD, "board_id": "user-9999999999999999999"}, "not_found"),
    ("uma", {"channel": BOARD, "board_id": 5}, "invalid"),
    ("uma", {"channel": BOARD, "board_id": "me", "since": -1}, "invalid"),
    ("uma", {"channel": BOARD, "board_id": "me", "payload": "no"}, "invalid"),
    ("uma", {"channel": BOARD, "board_id": "me", "colour": "red"}, "invalid"),
    ("uma", {}, "invalid"),
)


def test_what_does_not_open_is_refused_with_a_sentence(talk, cast, make):
    task = make(cast.mara, cast.uma)
    stand_ins = {"THE TASK": task["id"], "user-UDO": f"user-{cast.udo.user_id}"}
    talkers = {who: talk(cast.people[who]) for who in {row[0] for row in SHUT}}
    for who, asked, code in SHUT:
        names = {
            name: stand_ins.get(value, value) if isinstance(value, str) else value for name, value in asked.items()
        }
        answer = talkers[who].ask("subscribe", **names)
        assert (answer["type"], answer["code"]) == ("refused", code), (asked, answer)
        assert len(answer["message"]) > 10
        for name in ("channel", "task_id", "board_id"):
            assert answer.get(name, names.get(name)) == names.get(name)


def test_a_foreign_task_is_refused_like_a_missing_one(talk, cast, make):
    task = make(cast.mara, cast.uma)
    zoe = talk(cast.zoe)
    foreign, missing = (zoe.ask("subscribe", channel=TASK, task_id=task_id) for task_id in (task["id"], 10**15))
    assert foreign | {"task_id": 0} == missing | {"task_id": 0}


NONSENSE = (
    "",
    "nonsense",
    "[]",
    "1",
    "null",
    '"ping"',
    "{}",
    '{"type": 5}',
    '{"type": "dance"}',
    '{"type": ["ping"]}',
    '{"type": "ping", "x": 1}',
    "[" * 60_000,
    '{"type": "ping"',
    '{"type": "subscribe", "channel": {"a": 1}}',
    '{"type":"subscribe","channel":"TaskChannel","task_id":1e400}',
)


def test_nonsense_is_refused_and_the_talk_goes_on(talk, cast):
    uma = talk(cast.uma)
    for text in NONSENSE:
        uma.send_frame(1, text.encode())
        answer = uma.hear()
        assert (answer["type"], answer["code"]) == ("refused", "invalid"), text[:80]
        assert answer["message"]
    assert uma.ask("ping") == {"type": "pong"}


def test_unsubscribing_ends_the_hearing(talk, cast, make, do, settled):
    task = make(cast.mara, cast.uma)
    uma = talk(cast.uma)
    uma.subscribe(task_id=task["id"])
    uma.subscribe(board_id="me")
    assert uma.ask("unsubscribe", channel=TASK, task_id=task["id"])["type"] == "unsubscribed"
    do(cast.uma, task, "accept")
    settled()
    assert [brief(message) for message in uma.silence()] == [
        on_board(f"user-{cast.uma.user_id}", "task_updated", task),
    ]


def test_a_board_tells_how_cards_come_move_and_go(talk, cast, make, do, settled):
    hers = f"user-{cast.uma.user_id}"
    his = f"user-{cast.udo.user_id}"
    mara, uma = talk(cast.mara), talk(cast.uma)
    mara.subscribe(board_id=hers)
    mara.subscribe(board_id=his)
    assert uma.subscribe(board_id="me")["board_id"] == hers

    task = make(cast.mara, cast.uma)
    do(cast.uma, task, "start")
    do(cast.uma, task, "pause", reason="lunch")
    do(cast.olga, task, "reassign", assigned_to_id=cast.udo.user_id)
    do(cast.olga, task, "archive")
    do(cast.olga, task, "restore")
    settled()

    on_hers = [on_board(hers, event, task) for event in ("task_added", "task_moved", "task_moved", "task_removed")]
    heard = [brief(message) for message in mara.silence()]
    assert [message for message in heard if message["board_id"] == hers] == on_hers
    assert [message for message in heard if message["board_id"] == his] == [
        on_board(his, event, task) for event in ("task_added", "task_removed", "task_added")
    ]
    assert [brief(message) for message in uma.silence()] == on_hers


def test_what_went_carries_its_id_only(talk, cast, make, do):
    task = make(cast.mara, cast.uma)
    uma = talk(cast.uma)
    uma.subscribe(board_id="me")
    do(cast.olga, task, "reassign", assigned_to_id=cast.ulla.user_id)
    message = uma.hear()
    assert message["event"] == "task_removed"
    assert set(message) == {"type", "channel", "board_id", "event", "task_id", "sequence", "at"}


def test_the_team_board_tells_of_those_below(talk, cast, make, do, settled):
    mara, milo = talk(cast.mara), talk(cast.milo)
    sven = talk(cast.sven)
    for talker in (mara, milo, sven):
        talker.subscribe(board_id="team")
    for_uma = make(cast.mara, cast.uma)
    for_ulla = make(cast.milo, cast.ulla)
    own = make(cast.mara)
    ninas = make(cast.olga, cast.nina)
    do(cast.sven, for_uma, "reassign", assigned_to_id=cast.ulla.user_id)
    settled()
    assert [brief(message) for message in mara.silence()] == [
        on_board("team", "task_added", for_uma),
        on_board("team", "task_added", own),
        on_board("team", "task_removed", for_uma),
    ]
    assert [brief(message) for message in milo.silence()] == [
        on_board("team", "task_added", for_ulla),
        on_board("team", "task_added", for_uma),
    ]
    assert [message["task_id"] for message in sven.silence()] == [
        for_uma["id"],
        for_ulla["id"],
        own["id"],
        for_uma["id"],
    ]
    assert ninas["id"] not in {for_uma["id"], own["id"]}


def test_the_account_board_tells_each_what_they_may_see(talk, cast, make, edit, do, settled):
    """The owner sees everything, the super manager no private task of the owner."""
    olga, sven = talk(cast.olga), talk(cast.sven)
    olga.subscribe(board_id="account")
    sven.subscribe(board_id="account")
    private = make(cast.olga, title="Sell the company")
    nobodys = make(cast.olga, assigned_to_id=None)
    for_sven = make(cast.olga, cast.sven)
    edit(cast.olga, private, visibility="account")
    edit(cast.olga, private, visibility="private")
    do(cast.olga, private, "start")
    settled()
    assert [(message["event"], message["task_id"]) for message in olga.silence()] == [
        ("task_added", private["id"]),
        ("task_added", nobodys["id"]),
        ("task_added", for_sven["id"]),
        ("task_updated", private["id"]),
        ("task_updated", private["id"]),
        ("task_moved", private["id"]),
    ]
    heard = sven.silence()
    assert [(message["event"], message["task_id"]) for message in heard] == [
        ("task_added", nobodys["id"]),
        ("task_added", for_sven["id"]),
        ("task_added", private["id"]),
        ("task_removed", private["id"]),
    ]
    assert "Sell the company" not in str(heard[-1])


def test_a_team_secret_that_closes_asks_who_may_have_seen_it_to_look_again(talk, cast, make, edit, settled):
    """Sven and the owners' board: whether he saw it as a colleague of the assignee is not kept."""
    sven = talk(cast.sven)
    sven.subscribe(board_id="account")
    task = make(cast.olga, visibility="team")
    edit(cast.olga, task, visibility="private")
    settled()
    assert [(message["type"], message.get("task_id")) for message in sven.silence()] == [("resync", None)]


def test_nobody_hears_of_another_account(talk, cast, make, api, settled):
    zoe = talk(cast.zoe)
    zoe.subscribe(board_id="account")
    zoe.subscribe(board_id="team")
    task = make(cast.olga, visibility="account")
    theirs = make(cast.zoe)
    assert {message["task_id"] for message in (zoe.hear(), zoe.hear())} == {theirs["id"]}
    assert zoe.silence() == []
    assert task["id"] != theirs["id"]


def test_an_unseen_task_is_not_heard_of(talk, cast, make, do, settled):
    """Colleagues, a foreign manager and strangers hear nothing, though they listen to all that opens for them."""
    hearers = [talk(cast.people[name]) for name in ("udo", "milo", "ulla", "nina", "zak")]
    for talker in hearers:
        talker.subscribe(board_id="me")
    hearers[1].subscribe(board_id="team")
    task = make(cast.mara, cast.uma)
    do(cast.uma, task, "start")
    do(cast.uma, task, "complete")
    settled()
    assert [talker.silence() for talker in hearers] == [[]] * 5


def test_one_commit_is_one_news_of_a_board(talk, cast, make, do, settled):
    """Making for somebody is two events; starting accepts, and pauses what ran: five events, three cards."""
    uma = talk(cast.uma)
    uma.subscribe(board_id="me")
    first, second = make(cast.mara, cast.uma), make(cast.mara, cast.uma)
    do(cast.uma, first, "start")
    do(cast.uma, second, "start")
    settled()
    assert [(message["event"], message["task_id"]) for message in uma.silence()] == [
        ("task_added", first["id"]),
        ("task_added", second["id"]),
        ("task_moved", first["id"]),
        ("task_moved", first["id"]),
        ("task_moved", second["id"]),
    ]


def test_what_was_refused_is_not_news(talk, cast, make, api, settled):
    task = make(cast.mara, cast.uma)
    uma = talk(cast.uma)
    uma.subscribe(task_id=task["id"])
    assert api(cast.mara).post(f"/v1/tasks/{task['id']}/start", json={}).status_code == 403
    settled()
    assert uma.silence() == []


def test_what_was_missed_is_told_again(talk, cast, make, do, settled):
    task = make(cast.mara, cast.uma)
    uma = talk(cast.uma)
    uma.subscribe(task_id=task["id"])
    do(cast.uma, task, "accept")
    last = uma.hear()["sequence"]
    uma.close()

    do(cast.uma, task, "start")
    do(cast.uma, task, "pause", reason="lunch")
    other = make(cast.mara, cast.uma)
    back = talk(cast.uma)
    back.subscribe(task_id=task["id"], since=last)
    back.subscribe(board_id="me", since=last)
    heard = back.silence()
    names = [message["event"] for message in heard if message["channel"] == TASK]
    assert names[-2:] == ["task_started", "task_paused"]
    # What was recorded shortly before `since` may come again: ids do not arrive in commit order.
    assert [message["event"] for message in heard if message["sequence"] <= last] == [
        name for name in ["task_created", "task_assigned", "task_accepted"] if name in names
    ]
    board = [message for message in heard if message["channel"] == BOARD]
    assert [brief(message)["task_id"] for message in board] == [task["id"], other["id"]]
    do(cast.uma, task, "resume")
    assert {message["event"] for message in (back.hear(), back.hear())} == {"task_resumed", "task_moved"}


def test_only_what_one_may_see_now_is_told_again(talk, cast, make, do):
    task = make(cast.mara, cast.uma)
    uma = talk(cast.uma)
    since = uma.subscribe(board_id="me")["sequence"]
    do(cast.olga, task, "reassign", assigned_to_id=cast.ulla.user_id)
    uma.close()
    back = talk(cast.uma)
    assert back.ask("subscribe", channel=TASK, task_id=task["id"], since=since)["code"] == "not_found"
    back.subscribe(board_id="me", since=since)
    (message,) = back.silence()
    assert (message["event"], "payload" in message) == ("task_removed", False)


def test_who_missed_too_much_starts_anew(talk, cast, make, monkeypatch):
    monkeypatch.setattr("todoapp.live.opening.MOST_MISSED", 3)
    task = make(cast.mara, cast.uma)
    uma = talk(cast.uma)
    since = uma.subscribe(task_id=task["id"])["sequence"]
    for _ in range(3):
        make(cast.mara)
    uma.subscribe(task_id=task["id"], since=since)
    assert {message["type"] for message in uma.silence()} == {"event"}
    make(cast.mara)
    newest = uma.subscribe(task_id=task["id"], since=since)["sequence"]
    assert uma.hear() == {"type": "resync", "channel": TASK, "task_id": task["id"], "sequence": newest}
    uma.subscribe(task_id=task["id"], since=newest + 1000)
    assert uma.hear()["type"] == "resync", "a sequence from another database"


def test_many_cards_at_once_are_one_resync(talk, cast, make, do, settled, monkeypatch):
    monkeypatch.setattr("todoapp.live.bulletin.MANY_CARDS", 1)
    uma = talk(cast.uma)
    first, second = make(cast.mara, cast.uma), make(cast.mara, cast.uma)
    since = uma.subscribe(board_id="me")["sequence"]
    uma.subscribe(task_id=first["id"])
    do(cast.uma, first, "start")
    do(cast.uma, second, "start")
    settled()
    heard = uma.silence()
    assert [message.get("event", message["type"]) for message in heard if message["channel"] == BOARD] == [
        "task_moved",
        "resync",
    ]
    assert "task_paused" in [message.get("event") for message in heard], "its own channel still tells"
    uma.subscribe(board_id="me", since=since)
    assert [message["type"] for message in uma.silence()] == ["resync"]


def test_custom_fields_are_told_by_their_names(talk, cast, api, make, edit):
    olga = api(cast.olga)
    olga.post("/v1/custom-fields", json={"name": "Customer", "kind": "text"})
    task = make(cast.mara, cast.uma)
    uma = talk(cast.uma)
    uma.subscribe(task_id=task["id"])
    edit(cast.mara, task, custom_fields={"customer": "ACME"})
    payload = uma.hear()["payload"]
    assert payload["sentence"] == "Mara Northwind set Customer to ACME"
    assert payload["changes"] == {"custom_fields.customer": [None, "ACME"]}
    assert payload["task"]["custom_fields"] == {"customer": "ACME"}


def test_boards_look_again_when_a_tag_is_renamed_and_hear_what_lost_one(talk, cast, api, make, settled):
    task = make(cast.mara, cast.uma, tags=["bug"])
    olga, uma = api(cast.olga), talk(cast.uma)
    bug = f"/v1/tags/{olga.get('/v1/tags').json['tags'][0]['id']}"
    uma.subscribe(board_id="me")
    assert olga.patch(bug, json={"name": "Defect"}).status_code == 200
    settled()
    assert [message["type"] for message in uma.silence()] == ["resync"]
    assert olga.delete(bug).status_code == 204
    settled()
    assert [brief(message) for message in uma.silence()] == [on_board(f"user-{cast.uma.user_id}", "task_updated", task)]


def test_subscribing_twice_is_hearing_once(talk, cast, make, do, settled):
    task = make(cast.mara, cast.uma)
    uma = talk(cast.uma)
    for _ in range(3):
        uma.subscribe(task_id=task["id"])
    do(cast.uma, task, "accept")
    settled()
    assert len(uma.silence()) == 1


def test_a_deleted_task_says_so_and_no_more(talk, cast, make, api, settled):
    task = make(cast.mara, cast.uma, title="Gone soon")
    uma = talk(cast.uma)
    uma.subscribe(task_id=task["id"])
    uma.subscribe(board_id="me")
    assert api(cast.mara).delete(f"/v1/tasks/{task['id']}").status_code == 204
    settled()
    deleted, removed = uma.silence()
    assert (deleted["event"], deleted["payload"]["task"]) == ("task_deleted", None)
    assert removed["event"] == "task_removed"
    assert uma.ask("subscribe", channel=TASK, task_id=task["id"])["code"] == "not_found"


def test_a_frame_is_encoded_once_for_all_who_hear_the_same(talk, cast, make, do, monkeypatch, hub, settled):
    encoded = []
    plain = bulletin.Bulletin._encode
    monkeypatch.setattr(bulletin.Bulletin, "_encode", lambda self, *args: encoded.append(args) or plain(self, *args))
    task = make(cast.mara, cast.uma, visibility="account")
    talkers = [talk(cast.people[name]) for name in ("uma", "udo", "mara", "olga", "nina", "uma")]
    for talker in talkers:
        talker.subscribe(task_id=task["id"])
    do(cast.uma, task, "accept")
    settled()
    assert [len(talker.silence()) for talker in talkers] == [1] * 6
    assert len(encoded) == 1


def test_the_number_of_queries_does_not_grow_with_the_hearers(talk, cast, make, do, hub, settled, app, count_queries):
    task = make(cast.mara, cast.uma, visibility="account")
    counts = []
    for names in (("uma",), ("udo", "mara", "olga", "nina", "sven", "milo")):
        for name in names:
            talker = talk(cast.people[name])
            talker.subscribe(task_id=task["id"])
            talker.subscribe(board_id="me")
        house = hub.houses[cast.account_id]
        ids, listening = [house.last], hub.listening(house)
        look = partial(usher.inside_account, app, cast.account_id, partial(usher._look, ids, listening))
        counts.append(min(count_queries(look) for _ in range(5)))  # the usher itself may sweep meanwhile
    assert counts[0] == counts[1]
    assert counts[1] < 15


def test_the_room_is_empty_when_all_are_gone(talk, cast, hub):
    uma = talk(cast.uma)
    uma.subscribe(board_id="me")
    assert hub.houses[cast.account_id].rooms
    uma.close()
    until(lambda: not hub.houses)
