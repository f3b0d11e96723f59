"""All doors of the house, read from the URL map and from the API's own description, so that a new door joins by itself."""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Flask
from marshmallow import Schema

from todoapp.kit.describing import Describer
from todoapp.kit.doors import access_of
from todoapp.kit.fields import LARGEST_ID
from todoapp.tenancy import Tenant

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
PARAMETER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
CHOICE = re.compile(r"<any\((\w+)[^<>]*\):(\w+)>")
MISSING_ID = 10**15

PEOPLE = {
    "user_id",
    "user_ids",
    "member_id",
    "person_id",
    "manager_id",
    "successor_id",
    "placeholder_id",
    "assigned_to",
    "assigned_to_id",
    "assigned_by",
    "created_by",
    "created_by_id",
    "waiting_for_user_id",
}
"""Names under which doors take a person of the account."""

NOT_ROWS = {
    "filename": "css/base.css",
    "token": "not-a-token",
    "invitation_token": "not-a-token",
}
"""Path parameters that are no row's id, with a value to send."""

NUMBERS = {"page", "per_page", "version", "estimated_time", "progress_percentage", "hue", "days", "answer_within_hours"}
"""Whole numbers that count something."""

UNTYPED = {"due_date", "due_date_from", "due_date_to", "from", "to"}
"""Fields without a type in the description that are no ids: a day or an instant."""


OTHER_ROWS = {"resource_id": "tasks"}
"""Names that do not say of which table: an event's subject is a task unless its type says otherwise."""


class Unclassified(Exception):
    """A parameter that may be a row's id and is not named above."""


def kind_of(name: str) -> str | None:
    """What rows a parameter of this name names: people, accounts, sessions or a table; None for no row's id."""
    if name in PEOPLE:
        return "people"
    if name == "account_id":
        return "accounts"
    if name in OTHER_ROWS:
        return OTHER_ROWS[name]
    stem = name.removesuffix("_ids").removesuffix("_id")
    if stem == name:
        return None
    tables = {model.__table__.name for model in Tenant.__subclasses__()} | {"sessions"}
    fitting = [table for table in tables if stem == table[:-1] or stem.endswith("_" + table[:-1])]
    if fitting:
        return max(fitting, key=len)
    raise Unclassified(name)


@dataclass(frozen=True)
class Field:
    """One thing that a door takes: where (query, json, form), its path inside, its schema."""

    place: str
    path: tuple[str, ...]
    schema: dict[str, Any]

    @property
    def name(self) -> str:
        """The last word of the path that is a name."""
        return [step for step in self.path if step != "[]"][-1]

    @property
    def kind(self) -> str | None:
        """What rows it names, if any; `Unclassified` where nobody said."""
        kind = kind_of(self.name)
        if kind is None and self._may_be_an_id and self.name not in NUMBERS | UNTYPED:
            raise Unclassified(f"{self.place} {self.name}: {self.schema}")
        return kind

    @property
    def _may_be_an_id(self) -> bool:
        kind = self.schema.get("type")
        kinds = set(kind if isinstance(kind, list) else [kind])
        return kinds & {"integer", "number", None} != set() or self.schema.get("maximum") == LARGEST_ID

    def put(self, holder: dict[str, Any], value: Any) -> dict[str, Any]:
        """`holder` with `value` in this field's place."""
        return _put(json.loads(json.dumps(holder)), self.path, value)


def _put(holder: Any, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    step, *rest = path
    if step == "[]":
        return [_put({}, tuple(rest), value)]
    holder = holder if isinstance(holder, dict) else {}
    return holder | {step: _put(holder.get(step, {}), tuple(rest), value)}


@dataclass(frozen=True)
class Door:
    """One method of one address."""

    endpoint: str
    rule: str
    method: str
    access: str | None

    @property
    def name(self) -> str:
        """As it is written in a list: POST /v1/tasks."""
        return f"{self.method} {self.rule}"

    @property
    def is_api(self) -> bool:
        """Whether it answers in JSON."""
        return self.rule.startswith(("/v1/", "/api/")) or self.endpoint.startswith("health.")

    @property
    def parameters(self) -> list[str]:
        """The names in its path."""
        return PARAMETER.findall(self.rule)

    @property
    def row_parameters(self) -> dict[str, str]:
        """The names in its path that are a row's id, with their kinds; `Unclassified` where nobody said."""
        kinds = {name: kind_of(name) for name in self.parameters if name not in NOT_ROWS | self._choices}
        if None in kinds.values():
            raise Unclassified(f"{self.name}: {kinds}")
        return kinds  # type: ignore[return-value]

    def path(self, values: dict[str, Any] | None = None) -> str:
        """Its address with `values` in it."""
        known = NOT_ROWS | self._choices | (values or {})
        return PARAMETER.sub(lambda found: str(known[found[1]]), self.rule)

    @property
    def _choices(self) -> dict[str, str]:
        return {name: first for first, name in CHOICE.findall(self.rule)}


class House:
    """The doors of an application and what they take."""

    def __init__(self, app: Flask):
        self.app = app
        self.converter: Any = None

    @cached_property
    def doors(self) -> list[Door]:
        """Every method of every address, HEAD, OPTIONS and sockets aside."""
        return sorted(
            (
                Door(rule.endpoint, rule.rule, method, access_of(self.app, rule.endpoint))
                for rule in self.app.url_map.iter_rules()
                if not rule.websocket
                for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
            ),
            key=lambda door: (door.rule, door.method),
        )

    @cached_property
    def document(self) -> dict[str, Any]:
        """The API's description of itself, as a client gets it."""
        return self.app.test_client().get("/api/openapi.json").get_json()  # type: ignore[no-any-return]

    def operation(self, door: Door) -> dict[str, Any] | None:
        """What the description says of a door of the API."""
        path = PARAMETER.sub(r"{\1}", door.rule)
        return self.document["paths"].get(path, {}).get(door.method.lower())  # type: ignore[no-any-return]

    def body_schema(self, door: Door) -> dict[str, Any] | None:
        """The JSON schema of what a door of the API takes in its body."""
        content = (self.operation(door) or {}).get("requestBody", {}).get("content", {})
        return self.resolved(content["application/json"]["schema"]) if "application/json" in content else None

    def query_fields(self, door: Door) -> list[Field]:
        """The parameters that a door of the API takes in its query string."""
        parameters = (self.operation(door) or {}).get("parameters", [])
        return [
            Field("query", (parameter["name"],), _item(self.resolved(parameter["schema"])))
            for parameter in parameters
            if parameter.get("in") == "query"
        ]

    def required_query(self, door: Door) -> dict[str, Any]:
        """What a door of the API must be told in its query string."""
        parameters = (self.operation(door) or {}).get("parameters", [])
        return {
            parameter["name"]: self.value(parameter["name"], parameter["schema"])
            for parameter in parameters
            if parameter.get("in") == "query" and parameter.get("required")
        }

    def json_fields(self, door: Door) -> list[Field]:
        """Every leaf of the body that a door of the API takes."""
        schema = self.body_schema(door)
        return [Field("json", path, leaf) for path, leaf in self._leaves(schema)] if schema else []

    def schema_fields(self, schema: Schema, place: str) -> list[Field]:
        """Every leaf of a schema that a page reads."""
        return [Field(place, path, leaf) for path, leaf in self._leaves(self.described(schema))]

    def described(self, schema: Schema) -> dict[str, Any]:
        """A marshmallow schema as a JSON schema, nested ones written out."""
        if self.converter is None:
            self.converter = Describer("3.1.0", lambda _schema: None, None)  # type: ignore[arg-type]
        return self.converter.schema2jsonschema(schema)  # type: ignore[no-any-return]

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A schema, or the one that it refers to."""
        if schema.get("properties"):
            return schema
        for part in schema.get("allOf", []) + schema.get("anyOf", []) + schema.get("oneOf", []):
            if part.get("type") != "null":
                return self.resolved(part)
        if "$ref" not in schema:
            return schema
        return self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]  # type: ignore[no-any-return]

    def _leaves(self, schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict]]:
        schema = self.resolved(schema)
        if schema.get("properties"):
            for name, part in schema["properties"].items():
                if not part.get("readOnly"):
                    yield from self._leaves(part, (*path, name))
        elif "items" in schema:
            yield from self._leaves(schema["items"], (*path, "[]"))
        elif path:
            yield path, schema

    def filled(self, schema: dict[str, Any] | None) -> dict[str, Any]:
        """The smallest valid body: what is required, with plausible values."""
        schema = self.resolved(schema or {})
        return {name: self.value(name, schema["properties"][name]) for name in schema.get("required", [])}

    def patched(self, schema: dict[str, Any] | None) -> dict[str, Any]:
        """A valid body that says something: what is required, else the first field that is no row's id."""
        body, properties = self.filled(schema), self.resolved(schema or {}).get("properties", {})
        plain = (name for name, part in properties.items() if not kind_of(name) and not _is_nested(self.resolved(part)))
        return body or {name: self.value(name, properties[name]) for name in itertools.islice(plain, 1)}

    def value(self, name: str, schema: dict[str, Any]) -> Any:
        """A valid value for a field that names no row."""
        schema = self.resolved(schema)
        kind = schema.get("type")
        kind = next((one for one in kind if one != "null"), None) if isinstance(kind, list) else kind
        if name in SAMPLES:
            return SAMPLES[name]
        if schema.get("enum"):
            return schema["enum"][0]
        if kind == "array":
            return [self.value(name, schema["items"])]
        if kind == "object":
            return self.filled(schema) if schema.get("properties") else {"colour": "green"}
        plain = {"integer": schema.get("minimum", 1), "number": 1, "boolean": True, None: "2026-12-01"}
        if schema.get("format") in ("date-time", "date"):
            return "2026-12-01" if schema["format"] == "date" else "2026-12-01T10:00:00Z"
        return plain.get(kind, f"a {name}")


SAMPLES: dict[str, Any] = {
    "email": "new@zebra-works.com",
    "password": "correct horse battery staple",
    "new_password": "another correct horse battery staple",
    "current_password": "correct horse battery staple",
    "timezone": "Europe/Berlin",
    "default_timezone": "Europe/Berlin",
    "language": "de",
    "mobile": "+4915112345678",
    "avatar_url": "https://example.com/a.png",
    "slug": "another-slug",
    "allow_rejection": False,
    "start": "08:00",
    "end": "16:00",
    "days": 3,
    "stopped_at": "2026-11-24T10:00:00Z",
}
"""Valid values where a schema alone does not say enough."""


def _item(schema: dict[str, Any]) -> dict[str, Any]:
    return schema["items"] if schema.get("type") == "array" and "items" in schema else schema


def _is_nested(schema: dict[str, Any]) -> bool:
    return bool(schema.get("properties"))
