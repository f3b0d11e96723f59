"""Health doors and logs."""

import io
import json
import logging

import pytest
from flask_migrate import stamp

import config
from todoapp import create_app
from todoapp.extensions import db
from todoapp.kit.logs import JsonLines
from todoapp.signed_in import current_session


def test_the_process_answers(app):
    assert app.test_client().get("/healthz").json == {"status": "ok"}


def test_not_ready_until_the_schema_is_migrated(app):
    with app.app_context():
        stamp(revision="base")
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503 and answer.json["checks"]["migrations"] == "failing"
    with app.app_context():
        stamp(revision="head")
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200 and answer.json["checks"] == {
        "broker": "ok",
        "database": "ok",
        "migrations": "ok",
    }


def test_not_ready_without_the_broker_that_is_configured(app, monkeypatch):
    monkeypatch.setitem(app.config, "REDIS_URL", "redis://127.0.0.1:1/0")
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503 and answer.json["checks"]["broker"] == "failing"


@pytest.fixture
def lines():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("todoapp.requests")
    logger.addHandler(handler)
    logger.setLevel("INFO")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)


def test_a_request_is_one_json_line_with_its_ids_and_no_secret(api, app, cast, lines):
    answer = api(cast.uma).get("/v1/tasks?search=secret-word")
    app.test_client().get("/activate/a-secret-token")
    first, second = lines()
    assert first["request_id"] == answer.headers["X-Request-Id"]
    assert (first["account_id"], first["user_id"]) == (cast.account_id, cast.uma.user_id)
    assert (first["method"], first["route"], first["status"]) == ("GET", "/v1/tasks", 200)
    assert "secret" not in json.dumps([first, second])


def test_a_refusal_and_a_failure_say_whose_they_were(api, app, cast, lines, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    uma = api(cast.uma)
    ids = (cast.account_id, cast.uma.user_id)
    for path, body, status in (("/v1/tasks", {}, 422), ("/v1/tasks/999999999/start", {}, 404)):
        assert uma.post(path, json=body).status_code == status
    uma.get("/v1/accounts")
    app.test_client().get("/v1/accounts")
    monkeypatch.setattr("todoapp.users.api.current_person", lambda: 1 / 0 if current_session() else None)
    assert uma.get("/v1/users/me").status_code == 500
    *known, nobody, failed = lines()
    assert [(line["account_id"], line["user_id"]) for line in [*known, failed]] == [ids] * 4
    assert "account_id" not in nobody


def test_a_start_without_a_good_secret_is_refused_with_what_to_set(tmp_path):
    base = {"TODO_INSTANCE_DIR": str(tmp_path), "BASE_URL": "https://tasks.example.com"}
    for secret in ({}, {"SECRET_KEY": "short"}, {"SECRET_KEY": "a" * 64}):
        with pytest.raises(config.ConfigError, match="Set SECRET_KEY to at least 32 random characters"):
            config.load(base | secret)
    with pytest.raises(config.ConfigError, match="Set BASE_URL"):
        config.load({"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz"})


def test_development_makes_and_keeps_a_secret_of_its_own(tmp_path):
    first = config.load({"TODO_INSTANCE_DIR": str(tmp_path)}, development=True)["SECRET_KEY"]
    assert first == config.load({"TODO_INSTANCE_DIR": str(tmp_path)}, development=True)["SECRET_KEY"]
    assert len(str(first)) >= 32 and (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_cookies_are_host_bound_and_secure_behind_https(tmp_path):
    settings = config.load(
        {
            "TODO_INSTANCE_DIR": str(tmp_path),
            "BASE_URL": "https://tasks.example.com",
            "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
            "DATABASE_URL": "sqlite://",
        }
    )
    app = create_app(settings)
    with app.app_context():
        db.create_all()
    answer = app.test_client().get("/login", base_url="https://tasks.example.com")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]
