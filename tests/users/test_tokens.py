"""What is not an access token of ours, and what becomes of refresh tokens."""

import base64
import json
import threading
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import select

from tests.cast import PASSWORD
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.kit.secrets import key_for
from todoapp.tenancy import across_accounts
from todoapp.users.models import RefreshToken, Session
from todoapp.users.sessions import open_session
from todoapp.users.tokens import access_token


@pytest.fixture
def tokens(client, cast):
    return client.post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD}).json


def status(client, token):
    return client.get("/v1/users/me", headers={"Authorization": f"Bearer {token}"}).status_code


def claims_of(app, cast, **changes):
    with app.app_context():
        session, _refresh = open_session(cast.mara.user_id, cast.account_id, kind="api")
        db.session.commit()
        good = jwt.decode(access_token(session), options={"verify_signature": False})
        claims = {name: value for name, value in (good | changes).items() if value is not ...}
        return claims, key_for("access token")


def test_the_control_opens(app, client, cast):
    claims, key = claims_of(app, cast)
    assert status(client, jwt.encode(claims, key, "HS256")) == 200


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "iat", "jti", "sub", "sid", "account", "typ"])
def test_every_claim_is_required(app, client, cast, claim):
    claims, key = claims_of(app, cast, **{claim: ...})
    assert status(client, jwt.encode(claims, key, "HS256")) == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "http://evil.example"},
        {"aud": "http://localhost/v2"},
        {"aud": []},
        {"typ": "refresh"},
        {"sub": "share:1"},
        {"sub": "user:999999"},
        {"sub": "user:x"},
        {"sub": "user:"},
        {"sid": 999999},
        {"sid": "x"},
        {"sid": None},
        {"account": 999999},
        {"account": None},
        {"account": "x"},
        {"exp": 0},
        {"iat": 99999999999},
        {"nbf": 99999999999},
    ],
)
def test_wrong_claims_open_nothing(app, client, cast, changes):
    claims, key = claims_of(app, cast, **changes)
    assert status(client, jwt.encode(claims, key, "HS256")) == 401


def test_a_token_of_one_person_does_not_open_the_session_of_another(app, client, cast):
    with app.app_context():
        theirs, _refresh = open_session(cast.zoe.user_id, cast.other_id, kind="api")
        db.session.commit()
    claims, key = claims_of(app, cast, sid=theirs.id)
    assert status(client, jwt.encode(claims, key, "HS256")) == 401


@pytest.mark.filterwarnings("ignore:The HMAC key")
def test_forged_tokens_open_nothing(app, client, cast):
    claims, key = claims_of(app, cast)

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    body = part(claims)
    with app.app_context():
        other = key_for("link: reset")
    forged = [
        f"{part({'alg': 'none', 'typ': 'JWT'})}.{body}.",
        f"{part({'alg': 'None'})}.{body}.",
        jwt.encode(claims, key, "HS512"),
        jwt.encode(claims, app.config["SECRET_KEY"], "HS256"),
        jwt.encode(claims, other, "HS256"),
        jwt.encode(claims, "x" * 32, "HS256", headers={"kid": "../../etc/passwd", "jku": "http://evil.example"}),
        jwt.encode(claims, key, "HS256")[:-2],
        "x.y.z",
        "...",
        "",
        "\x00",
        "a" * 10000,
    ]
    for token in forged:
        assert status(client, token) == 401, token[:60]


def test_an_access_token_lasts_fifteen_minutes(client, cast, at):
    at("2026-11-24T09:00:00Z")
    tokens = client.post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD}).json
    at("2026-11-24T09:14:59Z")
    assert status(client, tokens["access_token"]) == 200
    at("2026-11-24T09:15:00Z")
    assert status(client, tokens["access_token"]) == 401


def test_refresh_tokens_are_no_access_tokens_and_the_other_way_round(client, tokens):
    assert status(client, tokens["refresh_token"]) == 401
    answer = client.post("/v1/auth/refresh", json={"refresh_token": tokens["access_token"]})
    assert answer.status_code == 401


def refresh(client, token):
    return client.post("/v1/auth/refresh", json={"refresh_token": token})


def test_a_refresh_token_is_spent_once(app, client, cast, at):
    at("2026-11-24T09:00:00Z")
    first = client.post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD}).json
    at("2026-11-24T09:20:00Z")
    second = refresh(client, first["refresh_token"]).json
    assert second["refresh_token"] != first["refresh_token"]
    assert status(client, second["access_token"]) == 200
    with app.app_context():
        kept = str(db.session.execute(select(RefreshToken.__table__)).all())
    assert first["refresh_token"] not in kept
    assert second["refresh_token"] not in kept


def test_two_tabs_that_refresh_at_once_stay_signed_in(client, cast, at):
    at("2026-11-24T09:00:00Z")
    first = client.post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD}).json
    at("2026-11-24T09:20:00Z")
    one = refresh(client, first["refresh_token"])
    at("2026-11-24T09:20:10Z")
    other = refresh(client, first["refresh_token"])
    assert one.status_code == other.status_code == 200
    at("2026-11-24T09:40:00Z")
    assert refresh(client, one.json["refresh_token"]).status_code == 200
    assert refresh(client, other.json["refresh_token"]).status_code == 200


def test_a_spent_token_that_comes_back_ends_the_family_and_is_audited(app, client, cast, at):
    at("2026-11-24T09:00:00Z")
    first = client.post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD}).json
    elsewhere = client.post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD}).json
    second = refresh(client, first["refresh_token"]).json
    at("2026-11-24T09:00:11Z")
    assert refresh(client, first["refresh_token"]).status_code == 401
    assert status(client, second["access_token"]) == 401
    assert refresh(client, second["refresh_token"]).status_code == 401
    assert status(client, elsewhere["access_token"]) == 200, "another family"
    with app.app_context(), across_accounts("tests look everywhere"):
        events = db.session.scalars(select(ActivityLog.action).order_by(ActivityLog.id)).all()
        ended = db.session.scalars(select(Session.end_reason).order_by(Session.id)).all()
    assert events.count("refresh_token_reused") == 1
    assert ended == ["refresh_token_reused", None]


def test_a_family_lives_seven_days_however_often_it_is_refreshed(client, cast, at):
    at("2026-11-01T09:00:00Z")
    tokens = client.post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD}).json
    for day in range(2, 8):
        at(f"2026-11-0{day}T09:00:00Z")
        tokens = refresh(client, tokens["refresh_token"]).json
    at("2026-11-08T08:50:00Z")
    tokens = refresh(client, tokens["refresh_token"]).json
    assert tokens["expires_in"] == 600
    at("2026-11-08T09:00:00Z")
    assert refresh(client, tokens["refresh_token"]).status_code == 401
    assert status(client, tokens["access_token"]) == 401


def test_the_last_seen_moves_at_most_every_five_minutes_and_not_within_a_get(app, cast, api, at):
    at("2026-11-24T09:00:00Z")
    mara = api(cast.mara)

    def last_seen():
        with app.app_context():
            return db.session.scalar(select(Session.last_seen_at))

    start = last_seen()
    at("2026-11-24T09:04:59Z")
    mara.get("/v1/users/me")
    assert last_seen() == start
    at("2026-11-24T09:05:00Z")
    mara.get("/v1/users/me")
    assert last_seen() == start + timedelta(minutes=5)


def test_many_tabs_at_once(app, client, tokens):
    answers = []
    barrier = threading.Barrier(6)

    def tab():
        barrier.wait()
        answers.append(refresh(app.test_client(), tokens["refresh_token"]).status_code)

    tabs = [threading.Thread(target=tab) for _tab in range(6)]
    for one in tabs:
        one.start()
    for one in tabs:
        one.join()
    assert answers == [200] * 6
