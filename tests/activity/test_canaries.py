"""No secret and no token ever stands in the activity log, nor in what was written beside it."""

import json
import logging
import shutil
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from tests.cast import PASSWORD
from tests.users.mailbox import mails, token_in
from todoapp.extensions import db

SECRETS = {
    "password": "canary kettle mango seven",
    "second": "canary kettle mango eight",
    "third": "canary kettle mango ten",
    "wrong": "canary horse battery wrong",
    "guest": "canary guest battery nine",
}
WRITTEN = ("activity_logs", "activity_chains", "activity_tombstones", "outbox")


@pytest.fixture(autouse=True)
def _empty_mailbox(app: Flask) -> Iterator[None]:
    yield
    shutil.rmtree(app.config["MAIL_DIR"], ignore_errors=True)


class Spy:
    """A client that remembers every secret that it sent, got by mail or was answered with."""

    def __init__(self, app):
        self.app, self.client, self.seen = app, app.test_client(), set(SECRETS.values())
        self.access = None

    def post(self, path, status, body):
        headers = (
            {"Authorization": f"Bearer {self.access}", "Idempotency-Key": f"canary-key {path}"} if self.access else {}
        )
        answer = self.client.post(path, json=body, headers=headers)
        assert answer.status_code == status, (path, answer.text)
        shown = answer.json if answer.data else {}
        self.seen |= {shown[name] for name in ("access_token", "refresh_token") if name in shown}
        return shown

    def signs_in(self, email, password):
        self.access = None
        shown = self.post("/v1/auth/login", 200, {"email": email, "password": password})
        self.access = shown["access_token"]
        return shown

    def mailed(self):
        token = token_in(mails(self.app)[-1])
        self.seen.add(token)
        return token


@pytest.fixture
def spy(app, cast, caplog):
    """Somebody who took every step that has a secret in it."""
    caplog.set_level(logging.DEBUG)
    spy, email = Spy(app), "nora@fjord.example"
    newcomer = {"email": email, "first_name": "Nora", "last_name": "Berg", "account_name": "Fjord"}
    spy.post("/v1/auth/register", 202, newcomer | {"password": SECRETS["password"]})
    spy.post("/v1/auth/activate", 200, {"token": spy.mailed()})
    spy.post("/v1/auth/login", 401, {"email": email, "password": SECRETS["wrong"]})
    refresh = spy.signs_in(email, SECRETS["password"])["refresh_token"]
    spy.access = spy.post("/v1/auth/refresh", 200, {"refresh_token": refresh})["access_token"]
    change = {"current_password": SECRETS["password"], "password": SECRETS["second"]}
    spy.post("/v1/users/me/password", 204, change)
    spy.post("/v1/auth/password/forgot", 202, {"email": email})
    spy.post("/v1/auth/password/reset", 200, {"token": spy.mailed(), "password": SECRETS["third"]})
    spy.signs_in(cast.olga.email, PASSWORD)
    spy.post(f"/v1/accounts/{cast.account_id}/members", 201, {"email": "guest@northwind.test", "role": "user"})
    guest = {"token": spy.mailed(), "password": SECRETS["guest"], "first_name": "Gus", "last_name": "Guest"}
    olga, spy.access = spy.access, None
    spy.post("/v1/invitations/accept", 200, guest)
    spy.access = olga
    spy.post("/v1/auth/logout", 204, {})
    return spy


def test_no_secret_is_written_down(app, spy, caplog):
    with app.app_context():
        with db.engine.connect().execution_options(tenancy="test") as connection:
            rows = {name: connection.execute(text(f"SELECT * FROM {name}")).fetchall() for name in WRITTEN}
        written = json.dumps({name: [list(map(str, row)) for row in found] for name, found in rows.items()})
        actions = {row.action for row in rows["activity_logs"]}
    assert {"user_registered", "signed_in", "password_changed", "member_invited", "member_joined"} <= actions
    assert len(spy.seen) > 10
    logged = " ".join(str(vars(record)) for record in caplog.get_records("setup"))
    assert "/v1/auth/login" in logged
    for secret in spy.seen:
        assert secret not in written
        assert secret not in logged
    for sign in ("Bearer", "argon2", "canary", "eyJ"):
        assert sign not in written
