"""Somebody who goes from door to door, each time with a fresh hand: a token or a cookie, a CSRF token, a body."""

import html
import itertools
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from marshmallow import Schema

from tests.cast import PASSWORD, Person
from tests.house.doors import UNSAFE, Door, Field, House
from tests.house.furnishing import Ids
from tests.house.photograph import Camera, Photograph
from todoapp.extensions import db
from todoapp.kit.fields import Query
from todoapp.users.models import Session
from todoapp.users.sessions import open_session
from todoapp.users.tokens import access_token

COUNTED = {"secret_tries", "sign_ins"}
"""Where tries are written down, of secrets at public doors."""

ZOE = {"email": "zoe@zebra.test", "password": PASSWORD}
KNOWN_BODIES: dict[str, dict[str, Any]] = {"POST /login": ZOE, "POST /v1/auth/login": ZOE}
"""What a door wants to know that no description can say."""


@dataclass(frozen=True)
class Answer:
    """What a door answered. `body` is the text without the request's own number."""

    status: int
    body: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.body)

    @property
    def is_done(self) -> bool:
        """Whether the door did it: 2xx, or a redirect to anywhere but the sign-in page."""
        return self.status < 300 or (self.status in (302, 303) and not self.asks_to_sign_in)

    @property
    def asks_to_sign_in(self) -> bool:
        """Whether it sends an anonymous person to the sign-in page."""
        return self.status in (302, 303) and self.headers.get("Location", "").startswith("/login")

    @property
    def everything(self) -> str:
        """All that reaches the person, in small letters."""
        return html.unescape(self.body).lower() + json.dumps(self.headers).lower()

    def shows(self, marker: str) -> bool:
        """Whether `marker` is anywhere in it."""
        return marker in self.everything


@dataclass
class Visit:
    """One way to use a door: ids in the path, query, and a body (JSON or form, as the door speaks)."""

    ids: dict[str, int] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)

    def with_field(self, item: Field, value: Any) -> "Visit":
        """The same visit with `value` in one field."""
        if item.place == "query":
            return Visit(self.ids, self.query | {item.name: value}, self.body)
        return Visit(self.ids, self.query, item.put(self.body, value))


class Visitor:
    """One person, or nobody, at all doors."""

    def __init__(self, app: Flask, person: Person | None):
        self.app, self.person = app, person
        self.raw_csrf = secrets.token_hex(20)
        self.csrf_token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(self.raw_csrf)
        self.api_session: Session | None = None
        self.secret: str | None = None
        if person:
            with app.app_context():
                self.api_session, _refresh = open_session(person.user_id, person.account_id, kind="api")
                _browser, self.secret = open_session(person.user_id, person.account_id, kind="browser")
                db.session.commit()

    def go(self, door: Door, visit: Visit | None = None, **kw: Any) -> Answer:
        """Use a door as a well-behaved client does."""
        visit = visit or Visit()
        if "data" not in kw and door.method in UNSAFE:
            if door.is_api:
                kw["json"] = kw.get("json", visit.body)
            else:
                kw["data"] = {"csrf_token": self.csrf_token} | _as_form(visit.body)
        return self.send(door, door.path(visit.ids), query_string=visit.query, **kw)

    def send(self, door: Door, path: str, headers: dict[str, str] | None = None, **kw: Any) -> Answer:
        """Send a request of any shape."""
        client = self.app.test_client(use_cookies=not door.is_api)
        headers = dict(headers or {})
        if door.is_api and self.api_session:
            with self.app.app_context():
                headers.setdefault("Authorization", f"Bearer {access_token(self.api_session)}")
        elif not door.is_api:
            with client.session_transaction() as cookie:
                cookie["csrf_token"] = self.raw_csrf
                if self.secret:
                    cookie["_user_id"] = self.secret
        answer = client.open(path, method=door.method, headers=headers, **kw)
        number = answer.headers.get("X-Request-Id") or "-"
        kept = {name: text for name, text in answer.headers.items() if name not in ("X-Request-Id", "Set-Cookie")}
        text = answer.get_data(as_text=True).replace(number, "NUMBER")
        return Answer(answer.status_code, text.replace(self.csrf_token, "TOKEN"), kept)


def _as_form(body: dict[str, Any]) -> dict[str, Any]:
    return {name: "" if value is None else value for name, value in body.items()}


@dataclass(frozen=True)
class Granted:
    """A visit that was granted: whose, how, with what answer, and how the houses stood then."""

    visitor: Visitor
    visit: Visit
    answer: Answer | None
    after: Photograph


@dataclass
class Furnished:
    """Both houses, furnished, with a camera, a photograph of how they stand, and who goes round."""

    app: Flask
    house: House
    camera: Camera
    photograph: Photograph
    ours: Ids
    theirs: Ids
    zoe: Visitor
    zak: Visitor
    olga: Visitor
    nobody: Visitor
    read: dict[Door, list[Schema]] = field(default_factory=dict)
    known_fields: dict[Door, list[Field]] = field(default_factory=dict)
    known_grants: dict[Door, Granted | None] = field(default_factory=dict)

    def put_back(self) -> bool:
        """Undo what happened since the photograph; whether anything had."""
        return bool(self.what_moved())

    def what_moved(self) -> list[str]:
        """The tables that differ from the photograph; they are put back."""
        after = self.camera.take()
        moved = sorted(name for name, rows in after.items() if rows != self.photograph[name])
        if moved:
            self.camera.put_back(self.photograph, after)
        return moved

    def fields_of(self, door: Door) -> list[Field]:
        """Everything that a door takes besides its path: as the API describes it, or as the page itself reads it."""
        if door not in self.known_fields:
            self.known_fields[door] = self._fields_of(door)
        return self.known_fields[door]

    def _fields_of(self, door: Door) -> list[Field]:
        if door.is_api:
            return self.house.query_fields(door) + self.house.json_fields(door)
        place = "form" if door.method in UNSAFE else "query"
        return [item for schema in self.read_by(door) for item in self.house.schema_fields(schema, place)]

    @staticmethod
    def _is_read_from(schema: Schema, door: Door) -> bool:
        """A refused form may come back on a list, which reads the query string while it is shown again."""
        return not (door.method in UNSAFE and isinstance(schema, Query))

    def read_by(self, door: Door) -> list[Schema]:
        """The schemas with which a page reads its form or its query string, seen while it does."""
        if door not in self.read:
            with reading_schemas() as read:
                for visit in self._ways(door, self.theirs, {}, limit=3):
                    self.zoe.go(door, visit)
            self.put_back()
            read = [schema for schema in read if self._is_read_from(schema, door)]
            self.read[door] = list({type(schema): schema for schema in read}.values())
        return self.read[door]

    def visits(self, door: Door, ids: Ids, limit: int = 24) -> Iterator[Visit]:
        """Ways to use a door with ids of one account in its path and the smallest valid body."""
        return self._ways(door, ids, self._body(door, ids) if door.method in UNSAFE else {}, limit)

    def willing(self, door: Door, item: Field | None = None) -> Granted | None:
        """A visit that a door of their house grants, with an own id in `item`; nothing is changed by the search."""
        for visitor, visit in itertools.islice(self._tries(door, item), 120):
            answer = visitor.go(door, visit)
            after = self.camera.take()
            self.camera.put_back(self.photograph, after)
            if answer.status < 300 or (answer.is_done and door.method in UNSAFE):
                return Granted(visitor, visit, answer, after)
        return None

    def _tries(self, door: Door, item: Field | None) -> Iterator[tuple[Visitor, Visit]]:
        """What may be granted, the likeliest first: for a field, the visit that is granted without it."""
        if item is None:
            yield from itertools.product((self.zoe, self.zak), self.visits(door, self.theirs))
            return
        likely = self.granted(door)
        values = self.theirs.of(item.kind) if item.kind else [None]
        ways = [(likely.visitor, likely.visit)] if likely else []
        for visitor, visit in [*ways, *itertools.product((self.zoe, self.zak), self.visits(door, self.theirs))]:
            for value in values:
                yield visitor, visit.with_field(item, value)
                if visit.body and item.place != "query":
                    yield visitor, Visit(visit.ids, visit.query, {}).with_field(item, value)

    def granted(self, door: Door) -> Granted | None:
        """The first visit that the door grants, remembered."""
        if door not in self.known_grants:
            self.known_grants[door] = self.willing(door)
        return self.known_grants[door]

    def _ways(self, door: Door, ids: Ids, body: dict[str, Any], limit: int) -> Iterator[Visit]:
        kinds = door.row_parameters
        choices = [ids.of(kind) if kind == "people" else ids.of(kind)[::-1] for kind in kinds.values()]
        for chosen in itertools.islice(itertools.product(*choices), limit):
            query = self.house.required_query(door) if door.is_api else {}
            yield Visit(dict(zip(kinds, chosen, strict=True)), query, body)

    def _body(self, door: Door, ids: Ids) -> dict[str, Any]:
        if door.is_api:
            schemas = [self.house.body_schema(door)]
        else:
            schemas = [self.house.described(schema) for schema in self.read_by(door)]
        body: dict[str, Any] = {}
        for schema in schemas:
            body |= self.house.patched(schema)
        body |= KNOWN_BODIES.get(door.name, {})
        kinds = {item.path[0]: item.kind for item in self.fields_of(door) if len(item.path) == 1}
        return {name: ids.of(kinds[name])[-1] if kinds.get(name) else value for name, value in body.items()}  # type: ignore[arg-type]


@contextmanager
def reading_schemas() -> Iterator[list[Schema]]:
    """Every schema that loads something meanwhile, the inner ones of nested fields aside."""
    read: list[Schema] = []
    inside: list[Schema] = []
    load = Schema.load

    def seen(self: Schema, *args: Any, **kw: Any) -> Any:
        if not inside:
            read.append(self)
        inside.append(self)
        try:
            return load(self, *args, **kw)
        finally:
            inside.pop()

    with mock.patch.object(Schema, "load", seen):
        yield read
