"""Asking the server as one of the account's people, one request at a time."""

import http.client
import time
from dataclasses import dataclass
from typing import Any

from flask import Flask

from bench.counting import ASKED, QUERIES, TRIPS
from bench.loading import Shot
from bench.people import ACCOUNT_ID, PEOPLE, Member
from todoapp.extensions import db
from todoapp.users.sessions import API, BROWSER, open_session
from todoapp.users.tokens import access_token

PATIENCE = 60


class Visitors:
    """Everybody of the account, signed in with a token and with a cookie."""

    def __init__(self, app: Flask):
        self.app = app
        sealed = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        with app.app_context():
            self.sessions = {one.id: open_session(one.id, ACCOUNT_ID, kind=API)[0] for one in PEOPLE}
            secrets = {one.id: open_session(one.id, ACCOUNT_ID, kind=BROWSER)[1] for one in PEOPLE}
            db.session.commit()
            db.session.expunge_all()
        self.cookies = {user_id: sealed.dumps({"_user_id": secret}) for user_id, secret in secrets.items()}

    def token(self, member: Member) -> dict[str, str]:
        """Headers with a fresh access token."""
        with self.app.app_context():
            return {"Authorization": f"Bearer {access_token(self.sessions[member.id])}"}

    def cookie(self, member: Member) -> dict[str, str]:
        """Headers with the cookie of a browser."""
        return {"Cookie": f"{self.app.config['SESSION_COOKIE_NAME']}={self.cookies[member.id]}"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to one request, how long it took, and what was asked of the database for it."""

    status: int
    body: bytes
    size: int
    milliseconds: float
    etag: str | None
    queries: int
    trips: int


class TooSlow(Exception):
    """Nothing was answered in a minute."""


def visit(port: int, shot: Shot, *, place: int = 0, counted: bool = True) -> Answer:
    """Fire one shot by hand. `size` is what came over the wire, head and body."""
    headers = shot.headers | ({ASKED: "yes"} if counted else {})
    if shot.keyed:
        headers |= {"Idempotency-Key": f"by-hand-{time.time_ns()}"}
    path = shot.path.replace("{id}", str((shot.first or 0) + place))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    began = time.perf_counter()
    try:
        connection.request(shot.method, path, shot.body, headers)
        answer = connection.getresponse()
        body = answer.read()
    except TimeoutError:
        raise TooSlow(path) from None
    finally:
        connection.close()
    return _answer(answer, body, (time.perf_counter() - began) * 1000)


def _answer(answer: Any, body: bytes, milliseconds: float) -> Answer:
    told = answer.headers
    ours = sum(len(f"{name}: {value}\r\n") for name, value in told.items() if name not in (QUERIES, TRIPS))
    return Answer(
        status=answer.status,
        body=body,
        size=ours + len(body) + len(f"HTTP/1.1 {answer.status} {answer.reason}\r\n\r\n"),
        milliseconds=milliseconds,
        etag=told["ETag"],
        queries=int(told[QUERIES] or 0),
        trips=int(told[TRIPS] or 0),
    )
