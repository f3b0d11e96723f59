"""Every door: how it opens, to whom, and what it says to nonsense. Swept from the URL map and the API's description."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.house.approval import approved
from tests.house.doors import UNSAFE, Door, Field, House
from tests.house.photograph import differences
from tests.house.visiting import COUNTED, Answer, Furnished, Granted, Visit
from todoapp.kit.doors import ACCESS

ASK_A_SECRET = {"POST /v1/auth/login", "POST /v1/auth/refresh", "POST /login"}
"""Public doors that answer 401 to a wrong secret."""

UNREADY = {"GET /readyz"}
"""Doors that may answer 503 where the test's database was not migrated."""

MEGABYTE = "a" * 1_000_000


def unsafe(house: House, *, api: bool) -> list[Door]:
    """The doors through which something can be changed."""
    return [door for door in house.doors if door.method in UNSAFE and door.is_api == api]


def test_every_door_is_declared(house: House) -> None:
    assert {door.name for door in house.doors if door.access not in ACCESS} == set()


def test_the_public_doors_are_the_approved_ones(house: House, request: pytest.FixtureRequest) -> None:
    public = sorted(door.name for door in house.doors if door.access == "public")
    approved(request, "public_doors.txt", "\n".join(public) + "\n")


def test_nobody_passes_any_other_door(furnished: Furnished) -> None:
    wrong = []
    for door in furnished.house.doors:
        visit = next(furnished.visits(door, furnished.theirs))
        answer = furnished.nobody.go(door, visit)
        refused = is_unauthorized(answer) if door.is_api else answer.asks_to_sign_in
        if door.access == "public":
            if is_broken(door, answer) or (refused and door.name not in ASK_A_SECRET):
                wrong.append(f"{door.name} is public and answers {answer.status}")
        elif not refused:
            wrong.append(f"{door.name}: {answer.status} {answer.headers} {answer.body[:100]}")
        elif moved := furnished.what_moved():
            wrong.append(f"{door.name} changed {moved}")
        furnished.put_back()
    assert not wrong, "\n".join(wrong)


def is_broken(door: Door, answer: Answer) -> bool:
    """Whether the server failed."""
    return answer.status >= 500 and door.name not in UNREADY


def is_unauthorized(answer: Answer) -> bool:
    """401 as the API says it."""
    return is_problem(answer) and answer.status == 401 and "Bearer" in answer.headers.get("WWW-Authenticate", "")


def is_problem(answer: Answer) -> bool:
    """An error of the API in its one shape."""
    if answer.headers.get("Content-Type") != "application/problem+json":
        return False
    return answer.json["status"] == answer.status and {"type", "title", "code", "detail"} <= answer.json.keys()


@pytest.mark.parametrize("who", ["zoe", "zak", "nobody"])
def test_a_look_changes_nothing(furnished: Furnished, who: str) -> None:
    wrong = []
    for door in furnished.house.doors:
        if door.method in UNSAFE:
            continue
        for visit in furnished.visits(door, furnished.theirs, limit=3):
            answer = getattr(furnished, who).go(door, visit)
            if is_broken(door, answer):
                wrong.append(f"{door.name} {visit.ids}: {answer.status}")
        if moved := furnished.what_moved():
            wrong.append(f"{door.name} changed {moved}")
    assert not wrong, "\n".join(wrong)


FORGED: dict[str, dict[str, Any]] = {
    "without a token": {"data": {}},
    "with a wrong token": {"data": {"csrf_token": "IjEi.aaaa.bbbb"}},
    "from another site": {"headers": {"Origin": "https://evil.example"}},
    "from a sandbox": {"headers": {"Origin": "null"}},
    "from another port": {"headers": {"Origin": "http://localhost:8080"}},
}


@pytest.mark.parametrize("how", FORGED)
def test_no_forged_form_is_taken(furnished: Furnished, how: str) -> None:
    wrong = []
    for door in unsafe(furnished.house, api=False):
        visit = next(furnished.visits(door, furnished.theirs))
        answer = furnished.zoe.go(door, visit, **FORGED[how])
        if answer.status != 403:
            wrong.append(f"{door.name} {how}: {answer.status}")
        if moved := furnished.what_moved():
            wrong.append(f"{door.name} {how}: changed {moved}")
    assert not wrong, "\n".join(wrong)


UNDESCRIBED = {"GET /v1/live"}
"""What OpenAPI has no words for: the address of the WebSocket."""


def test_the_api_and_its_description_agree_on_what_there_is(house: House) -> None:
    described = {
        (method.upper(), path)
        for path, methods in house.document["paths"].items()
        for method in methods
        if method != "parameters"
    }
    there_is = {
        (door.method, path_of(door))
        for door in house.doors
        if door.rule.startswith("/v1/") and door.name not in UNDESCRIBED
    }
    assert described == there_is


def path_of(door: Door) -> str:
    """The address as the description writes it."""
    path = door.rule
    for name in door.parameters:
        path = path.replace(path[path.index("<") : path.index(">") + 1], "{" + name + "}", 1)
    return path


def test_every_id_like_field_is_classified(furnished: Furnished) -> None:
    """`Unclassified` is raised where a new parameter may be a row's id: say what it is in doors.py."""
    kinds = [item.kind for door in furnished.house.doors for item in furnished.fields_of(door)]
    kinds += [kind for door in furnished.house.doors for kind in door.row_parameters.values()]
    assert {"people", "tasks", "accounts"} <= set(kinds)


NONSENSE: dict[str, dict[str, Any]] = {
    "half a document": {"data": '{"title": ', "content_type": "application/json"},
    "no document": {"data": "", "content_type": "application/json"},
    "not UTF-8": {"data": b'{"title": "\xff\xfe"}', "content_type": "application/json"},
    "a list": {"json": [1, 2, 3]},
    "a word": {"json": "word"},
    "null": {"json": None},
    "a deep list": {"data": "[" * 100_000, "content_type": "application/json"},
    "a deep object": {"data": '{"a":' * 50_000 + "1" + "}" * 50_000, "content_type": "application/json"},
    "too many digits": {"data": '{"title": ' + "9" * 5000 + "}", "content_type": "application/json"},
    "an unknown field": {"json": {"no_such_field": 1}},
    "text": {"data": "title=x", "content_type": "text/plain"},
    "a form": {"data": {"title": "x"}},
    "XML": {"data": "<title>x</title>", "content_type": "application/xml"},
}
FITTING = {"an unknown field"}
"""What a door may take whose body is any object."""
MAY_BE_EMPTY = {"no document", "null"}
"""What a verb that needs nothing said may take for nothing."""


@pytest.mark.parametrize("what", NONSENSE)
def test_the_api_refuses_a_nonsensical_body(furnished: Furnished, what: str) -> None:
    wrong, swept = [], 0
    for door in unsafe(furnished.house, api=True):
        granted = furnished.granted(door)
        visit = granted.visit if granted else next(furnished.visits(door, furnished.theirs))
        schema = furnished.house.body_schema(door)
        if schema is None or (what in FITTING and schema.get("additionalProperties") is not False):
            continue
        answer = (granted.visitor if granted else furnished.zoe).go(door, visit, **NONSENSE[what])
        swept += 1
        may = what in MAY_BE_EMPTY and not furnished.house.filled(furnished.house.body_schema(door))
        wrong += complaints(furnished, door, what, answer, may_pass=may)
    assert not wrong, "\n".join(wrong)
    assert swept > 20


def complaints(furnished: Furnished, door: Door, what: str, answer: Answer, *, may_pass: bool) -> list[str]:
    """What is wrong with the answer to nonsense."""
    found = []
    passed = may_pass and answer.is_done
    if not passed and not (400 <= answer.status < 500 and is_problem(answer)):
        found.append(f"{door.name} {what}: {answer.status} {answer.headers.get('Content-Type')} {answer.body[:150]}")
    if not is_documented(furnished.house, door, answer):
        found.append(f"{door.name} {what}: {answer.status} is not documented")
    moved = set(furnished.what_moved()) - (COUNTED if asks_a_secret(furnished, door) else set())
    if moved and not passed:
        found.append(f"{door.name} {what}: {answer.status}, changed {moved}")
    return found


def asks_a_secret(furnished: Furnished, door: Door) -> bool:
    """Whether tries are counted at a door."""
    return door.access == "public" or any("password" in item.name for item in furnished.fields_of(door))


def is_documented(house: House, door: Door, answer: Answer) -> bool:
    """Whether the description names this status at this door."""
    operation = house.operation(door)
    return operation is None or str(answer.status) in operation["responses"]


def deep(levels: int) -> Any:
    """A list in a list in a list."""
    value: Any = 1
    for _level in range(levels):
        value = [value]
    return value


BAD_VALUES: dict[str, Any] = {
    "2**63": 2**63,
    "10**30": 10**30,
    "-(10**30)": -(10**30),
    "a megabyte": MEGABYTE,
    "deep": deep(200),
}
DOUBTFUL_VALUES: dict[str, Any] = {
    "NUL": "a\0b",
    "a lone surrogate": "a\ud800b",
    "infinite": float("inf"),
    "not a number": float("nan"),
    "minus one": -1,
    "zero": 0,
    "half": 1.5,
    "true": True,
    "empty": "",
    "null": None,
    "a list": [],
    "an object": {},
    "an odd object": {"a\0b": "c\ud800d"},
    "an object with an odd number": {"a": [float("nan"), float("inf")]},
    "an object with a long number": {"a": 10**400},
    "an odd list": ["a\0b\ud800"],
}
"""Values that some fields may take; then neither NUL nor half a character is kept."""


def test_the_api_refuses_a_bad_value_in_any_field(furnished: Furnished) -> None:
    wrong, swept = [], 0
    for door, item, granted in body_fields(furnished):
        for what, value in BAD_VALUES.items():
            answer = granted.visitor.go(door, granted.visit.with_field(item, value))
            wrong += complaints(furnished, door, f"{item.name} {what}", answer, may_pass=False)
            swept += 1
    assert not wrong, "\n".join(wrong)
    assert swept > 100


def test_the_api_keeps_no_broken_text_and_never_fails(furnished: Furnished) -> None:
    wrong, swept = [], 0
    for door, item, granted in body_fields(furnished):
        for what, value in DOUBTFUL_VALUES.items():
            answer = granted.visitor.go(door, granted.visit.with_field(item, value))
            swept += 1
            if answer.is_done and any(sign in repr(value) for sign in ("x00", "ud800")):
                new = json.dumps(differences(furnished.photograph, furnished.camera.take()), default=str)
                if any(sign in new for sign in ("\\u0000", "\\ud800", "\\\\u0000", "\\\\ud800")):
                    wrong.append(f"{door.name} {item.name} {what}: kept")
            wrong += complaints(furnished, door, f"{item.name} {what}", answer, may_pass=True)
    assert not wrong, "\n".join(wrong)
    assert swept > 300


def body_fields(furnished: Furnished) -> Iterator[tuple[Door, Field, Granted]]:
    """Every field of every body of the API, with a visit that is granted, or at least well-formed."""
    for door in unsafe(furnished.house, api=True):
        granted = furnished.granted(door)
        if granted is None:
            granted = Granted(furnished.zoe, next(furnished.visits(door, furnished.theirs)), None, furnished.photograph)
        for item in furnished.house.json_fields(door):
            yield door, item, granted


ODD_QUERIES = [
    "9223372036854775808",
    str(10**30),
    "-1",
    "1.5",
    "%00",
    "a%00b",
    "%ff%fe",
    "%ED%A0%80",
    "[]",
    "%27--",
    "a" * 5000,
    "",
]


@pytest.mark.parametrize("odd", ODD_QUERIES, ids=lambda odd: odd[:20] or "empty")
def test_no_query_string_makes_a_door_fail(furnished: Furnished, odd: str) -> None:
    """The API gets it in one parameter at a time, a page in all at once."""
    wrong = []
    for door in furnished.house.doors:
        names = [item.name for item in furnished.fields_of(door) if item.place == "query"]
        queries = [f"{name}={odd}" for name in names] if door.is_api else ["&".join(f"{name}={odd}" for name in names)]
        for query in filter(None, queries):
            visit = next(furnished.visits(door, furnished.theirs))
            answer = furnished.zoe.send(door, f"{door.path(visit.ids)}?{query}")
            if is_broken(door, answer) or (door.is_api and answer.status >= 400 and not is_problem(answer)):
                wrong.append(f"{door.name} {query[:60]}: {answer.status} {answer.body[:100]}")
            if door.is_api and not is_documented(furnished.house, door, answer):
                wrong.append(f"{door.name} {query[:60]}: {answer.status} is not documented")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "odd", ["0", "-1", "9223372036854775807", "9223372036854775808", str(10**30), "x", "%00", "1.0", "1e3"]
)
def test_an_odd_id_in_a_path_is_missing(furnished: Furnished, odd: str) -> None:
    wrong = []
    for door in furnished.house.doors:
        for name in door.row_parameters:
            visit = next(furnished.visits(door, furnished.theirs))
            answer = furnished.zoe.go(door, Visit(visit.ids | {name: odd}, body=visit.body))  # type: ignore[dict-item]
            if answer.status != 404 or (door.is_api and not is_problem(answer)):
                wrong.append(f"{door.name} {name}={odd}: {answer.status}")
    assert not wrong, "\n".join(wrong)


BAD_IN_FORMS = {
    "2**63": 2**63,
    "a megabyte": MEGABYTE[:900_000],
    "NUL": "a\0b",
    "a lone surrogate": "a\ud800b",
    "empty": "",
}


@pytest.mark.parametrize("what", BAD_IN_FORMS)
def test_no_form_makes_a_page_fail(furnished: Furnished, what: str) -> None:
    """All fields of a form hold it at once."""
    wrong, swept = [], 0
    for door in unsafe(furnished.house, api=False):
        fields = furnished.fields_of(door)
        if not fields:
            continue
        granted = furnished.granted(door)
        visit = granted.visit if granted else next(furnished.visits(door, furnished.theirs))
        body = visit.body | {item.path[0]: as_typed(BAD_IN_FORMS[what]) for item in fields}
        answer = (granted.visitor if granted else furnished.zoe).go(door, Visit(visit.ids, visit.query, body))
        swept += 1
        if answer.status >= 500:
            wrong.append(f"{door.name}: {answer.status}")
        elif not answer.is_done and set(furnished.what_moved()) - COUNTED:
            wrong.append(f"{door.name}: {answer.status} and changed")
        furnished.put_back()
    assert not wrong, "\n".join(wrong)
    assert swept > 10


def as_typed(value: Any) -> Any:
    """A value as bytes of a form; half a character as some clients send it."""
    return str(value).encode("utf-8", "surrogatepass")


NOT_TO_SAY: dict[str, Any] = {
    "id": 77_777,
    "role": "owner",
    "owner": True,
    "is_admin": True,
    "account_id": 77_777,
    "user_id": 77_777,
    "created_by_id": 77_777,
    "created_at": "1999-01-01T00:00:00+00:00",
    "updated_at": "1999-01-01T00:00:00+00:00",
    "deleted_at": "1999-01-01T00:00:00+00:00",
    "archived_at": "1999-01-01T00:00:00+00:00",
    "status": "completed",
    "version": 77_777,
    "actual_time": 77_777,
    "position": 77_777,
    "subscription_tier": "enterprise",
    "max_users": 77_777,
    "password_hash": "77777",
    "activated_at": "1999-01-01T00:00:00+00:00",
    "is_current": False,
    "via": "import",
}


def test_the_api_stores_nothing_that_it_was_not_asked_for(furnished: Furnished) -> None:
    wrong, swept = [], 0
    for door in unsafe(furnished.house, api=True):
        for name in NOT_TO_SAY:
            if furnished.granted(door) and furnished.house.body_schema(door) is not None:
                wrong += said(furnished, door, {name})
                swept += 1
    assert not wrong, "\n".join(wrong)
    assert swept > 300


def test_no_page_stores_what_it_was_not_asked_for(furnished: Furnished) -> None:
    """Pages read forms with the same schemas; here all is said at once."""
    wrong = []
    for door in unsafe(furnished.house, api=False):
        if furnished.granted(door):
            wrong += said(furnished, door, set(NOT_TO_SAY))
    assert not wrong, "\n".join(wrong)


def said(furnished: Furnished, door: Door, names: set[str]) -> list[str]:
    """What is wrong after a door was told things that are not its business."""
    granted = furnished.granted(door)
    assert granted
    extra = {name: NOT_TO_SAY[name] for name in names - {item.name for item in furnished.fields_of(door)}}
    answer = granted.visitor.go(door, Visit(granted.visit.ids, granted.visit.query, granted.visit.body | extra))
    after = furnished.camera.take()
    furnished.camera.put_back(furnished.photograph, after)
    if answer.is_done:
        return [
            f"{door.name} stored {table}.{name}"
            for name, value in extra.items()
            for table in stored(furnished, after, name, value)
        ]
    changed = set(differences(furnished.photograph, after)) - COUNTED
    return [f"{door.name} {sorted(names)}: {answer.status} and changed {sorted(changed)}"] if changed else []


def stored(furnished: Furnished, after: Any, name: str, value: Any) -> list[str]:
    """The tables in which a row now holds `value` under `name`."""
    found = []
    for table, rows in differences(furnished.photograph, after).items():
        columns = furnished.camera.columns(table)
        if name in columns:
            place = columns.index(name)
            was = {row[place] for row in rows["gone"]}
            found += [table for row in rows["new"] if row[place] not in was and str(row[place])[:4] == str(value)[:4]]
    return found
