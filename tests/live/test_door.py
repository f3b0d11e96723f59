"""Who may open a socket, and how the others are told."""

import pytest

from tests.live.talk import Closed, Refused, Talker, until
from todoapp.extensions import db
from todoapp.users.sessions import end_session, open_session
from todoapp.users.tokens import access_token


@pytest.fixture(autouse=True)
def _swept(hub):
    """Every test leaves the hub empty."""


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_a_bearer_token_opens_it(port, cast, signed_in):
    _session, token = signed_in(cast.uma)
    talker = Talker(port, **bearer(token))
    welcome = talker.hear()
    assert welcome["type"] == "welcome"
    assert (welcome["user_id"], welcome["account_id"]) == (cast.uma.user_id, cast.account_id)
    assert welcome["expires_at"]
    talker.close()


def test_a_cookie_opens_it_for_our_own_pages_only(port, cast, cookie, monkeypatch):
    monkeypatch.setattr("todoapp.live.connection.SECONDS_TO_SAY_WHO", 0.1)
    baked = cookie(cast.uma)
    own = Talker(port, Cookie=baked, Origin=f"http://127.0.0.1:{port}")
    assert own.hear() == {
        "type": "welcome",
        "user_id": cast.uma.user_id,
        "account_id": cast.account_id,
        "expires_at": None,
    }
    base = Talker(port, Cookie=baked, Origin="http://localhost")
    assert base.hear()["type"] == "welcome"
    without = Talker(port, Cookie=baked)
    assert without.closed().code == 4401, "a cookie without an Origin was sent by no browser"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example", "http://[", "http://localhost:81"]
)
def test_a_foreign_page_is_refused_at_the_handshake(port, cast, cookie, signed_in, origin):
    for credentials in ({}, {"Cookie": cookie(cast.uma)}, bearer(signed_in(cast.uma)[1])):
        with pytest.raises(Refused) as refused:
            Talker(port, Origin=origin, **credentials)
        assert refused.value.status == 403
        assert refused.value.headers["content-type"] == "application/problem+json"
        assert "another site" in refused.value.body


def test_an_allowed_page_needs_a_token(app, port, cast, cookie, signed_in, monkeypatch):
    monkeypatch.setitem(app.config, "CORS_ORIGINS", frozenset({"https://partner.example"}))
    monkeypatch.setattr("todoapp.live.connection.SECONDS_TO_SAY_WHO", 0.1)
    with_cookie = Talker(port, Origin="https://partner.example", Cookie=cookie(cast.uma))
    assert with_cookie.closed().code == 4401, "the cookie counts for our own pages only"
    monkeypatch.setattr("todoapp.live.connection.SECONDS_TO_SAY_WHO", 5)
    with_token = Talker(port, Origin="https://partner.example")
    assert with_token.ask("auth", token=signed_in(cast.uma)[1])["type"] == "welcome"


def test_the_first_message_may_say_who(port, cast, signed_in):
    talker = Talker(port)
    assert talker.ask("auth", token=signed_in(cast.uma)[1])["user_id"] == cast.uma.user_id
    assert talker.subscribe(board_id="me")["board_id"] == f"user-{cast.uma.user_id}"


def test_who_does_not_say_who_they_are_is_shown_out(port, monkeypatch):
    monkeypatch.setattr("todoapp.live.connection.SECONDS_TO_SAY_WHO", 0.1)
    end = Talker(port).closed()
    assert end.code == 4401
    assert "auth" in end.reason


def test_nothing_is_answered_before(port):
    for kind, content in (("subscribe", {"channel": "BoardChannel", "board_id": "me"}), ("ping", {})):
        talker = Talker(port)
        talker.say(kind, **content)
        assert talker.closed().code == 4401


def test_wrong_secrets_are_shown_out(app, port, cast, signed_in, cookie):
    session, token = signed_in(cast.uma)
    baked = cookie(cast.uma)
    for bad in ("nonsense", token[:-2], "", "x" * 5000):
        assert Talker(port, **bearer(bad)).closed().code == 4401
    talker = Talker(port)
    talker.say("auth", token=token[:-2] + "xx")
    assert talker.closed().code == 4401
    with app.app_context():
        end_session(session, "signed_out")
        db.session.commit()
    end = Talker(port, **bearer(token)).closed()
    assert (end.code, bool(end.reason)) == (4401, True)
    tampered = baked[:-3] + ("AAA" if baked[-3:] != "AAA" else "BBB")
    stranger = Talker(port, Cookie=tampered, Origin=f"http://127.0.0.1:{port}")
    assert stranger.ask("auth", token=signed_in(cast.uma)[1])["type"] == "welcome", "a broken cookie is no cookie"


def test_a_token_in_the_address_is_no_token(app, port, cast, signed_in, monkeypatch):
    monkeypatch.setattr("todoapp.live.connection.SECONDS_TO_SAY_WHO", 0.1)
    _session, token = signed_in(cast.uma)
    monkeypatch.setattr(
        Talker,
        "raw",
        lambda self, data: self.socket.sendall(data.replace(b"/live ", b"/live?token=" + token.encode() + b" ", 1)),
    )
    assert Talker(port).closed().code == 4401


def test_a_session_without_an_account_is_shown_out(app, port, cast):
    with app.app_context():
        session, _secret = open_session(cast.uma.user_id, None, kind="api")
        db.session.commit()
        token = access_token(session)
    end = Talker(port, **bearer(token)).closed()
    assert (end.code, end.reason) == (4401, "Choose an account first.")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_WebSocket_Version": "8"}, 426),
        ({"Sec_WebSocket_Version": None}, 426),
        ({"Sec_WebSocket_Key": None}, 400),
        ({"Sec_WebSocket_Key": "short"}, 400),
        ({"Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==é"}, 400),
        ({"Transfer_Encoding": "chunked"}, 400),
        ({"Content_Length": "5"}, 400),
        ({"Host": "a" * 80 + ".example"}, 400),
    ],
)
def test_a_handshake_that_is_none_is_told_what_is_wrong(port, headers, status):
    with pytest.raises(Refused) as refused:
        Talker(port, **headers)
    assert refused.value.status == status, refused.value.body


def test_without_a_websocket_the_address_says_what_it_is_for(api, cast, app):
    answer = api(cast.uma).get("/v1/live")
    assert answer.status_code == 426
    assert answer.get_json()["code"] == "upgrade_required"
    assert answer.headers["Upgrade"] == "websocket"
    assert app.test_client().get("/v1/live").status_code == 401


def test_no_compression_is_agreed(port, cast, signed_in):
    talker = Talker(
        port, Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits", **bearer(signed_in(cast.uma)[1])
    )
    assert "sec-websocket-extensions" not in talker.headers
    assert talker.hear()["type"] == "welcome"


def test_a_fresh_token_prolongs_and_an_old_one_ends(app, port, cast, signed_in, hub, monkeypatch):
    session, token = signed_in(cast.uma)
    talker = Talker(port, **bearer(token))
    first = talker.hear()["expires_at"]
    (connection,) = next(iter(hub.houses.values())).connections
    later = connection.hearer.expires_at.replace(year=2100)
    monkeypatch.setattr("todoapp.live.connection.now", lambda: later)
    end = talker.closed()
    assert (end.code, "expired" in end.reason) == (4401, True)

    monkeypatch.undo()
    talker = Talker(port, **bearer(token))
    talker.hear()
    with app.app_context():
        fresh = access_token(session)
    answer = talker.ask("auth", token=fresh)
    assert (answer["type"], answer["expires_at"] >= first) == ("welcome", True)
    _other, others = signed_in(cast.mara)
    answer = talker.ask("auth", token=others)
    assert (answer["type"], answer["code"]) == ("refused", "invalid")
    assert talker.subscribe(board_id="me")["board_id"] == f"user-{cast.uma.user_id}"


def test_too_many_who_do_not_say_who_they_are(port, monkeypatch, cast, signed_in, hub):
    monkeypatch.setattr("todoapp.live.socket.UNKNOWN_SOCKETS", 2)
    first, second = Talker(port), Talker(port)
    until(lambda: len(hub.unknown) == 2)
    with pytest.raises(Refused) as refused:
        Talker(port)
    assert refused.value.status == 503
    assert first.ask("auth", token=signed_in(cast.uma)[1])["type"] == "welcome"
    third = Talker(port)
    for talker in (second, third):
        talker.close()


def test_it_is_gone_when_the_client_is_gone(port, cast, signed_in, hub):
    talker = Talker(port, **bearer(signed_in(cast.uma)[1]))
    talker.hear()
    talker.subscribe(board_id="me")
    assert hub.houses
    talker.send_frame(8, b"\x03\xe8bye")
    with pytest.raises(Closed) as end:
        talker.hear()
    assert (end.value.code, end.value.reason) == (1000, "bye")
    assert talker.hung_up()
