"""What external clients may count on: doing it once, unchanged answers, versions, cursors, cross-origin reads."""

import base64
import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest


def make(client, **kw):
    return client.post("/v1/tasks", json={"title": "Once"}, headers=kw)


def test_a_lost_answer_is_asked_again_and_the_deed_is_done_once(api, cast):
    uma = api(cast.uma)
    first = make(uma, **{"Idempotency-Key": "k1"})
    again = make(uma, **{"Idempotency-Key": "k1"})
    assert first.status_code == again.status_code == 201
    assert again.json == first.json and again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    assert make(uma, **{"Idempotency-Key": "k2"}).json["id"] != first.json["id"]
    assert make(api(cast.udo), **{"Idempotency-Key": "k1"}).json["id"] != first.json["id"], "keys are a person's own"
    assert uma.get("/v1/tasks").json["meta"]["total_count"] == 2


def test_a_key_is_not_used_for_another_request(api, cast):
    uma = api(cast.uma)
    make(uma, **{"Idempotency-Key": "k1"})
    other = uma.post("/v1/tasks", json={"title": "Other"}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 422 and "another request" in other.json["detail"]
    assert make(uma, **{"Idempotency-Key": "x" * 201}).status_code == 422


def test_a_refusal_is_not_kept(api, cast):
    uma = api(cast.uma)
    task = uma.post("/v1/tasks", json={"title": "t"}).json
    path, key = f"/v1/tasks/{task['id']}/pause", {"Idempotency-Key": "p"}
    assert uma.post(path, json={"reason": "x"}, headers=key).status_code == 409
    assert uma.post(f"/v1/tasks/{task['id']}/start", json={}).status_code == 200
    assert uma.post(path, json={"reason": "x"}, headers=key).status_code == 200


def test_two_at_once_under_one_key_make_one(api, cast):
    clients = [api(cast.uma) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: make(client, **{"Idempotency-Key": "race"}), clients))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert clients[0].get("/v1/tasks").json["meta"]["total_count"] == 1


def test_an_unchanged_answer_is_a_304(api, cast):
    uma = api(cast.uma)
    task = make(uma).json
    for path in ("/v1/tasks", f"/v1/tasks/{task['id']}", "/v1/boards/my-board"):
        first = uma.get(path)
        again = uma.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304 and again.data == b""
        uma.patch(f"/v1/tasks/{task['id']}", json={"title": f"for {path}"})
        assert uma.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_change_may_insist_on_the_version_that_was_read(api, cast):
    uma = api(cast.uma)
    path = f"/v1/tasks/{make(uma).json['id']}"
    tag = uma.get(path).headers["ETag"]
    first = uma.patch(path, json={"title": "a"}, headers={"If-Match": tag})
    assert first.status_code == 200
    late = uma.patch(path, json={"priority": "low"}, headers={"If-Match": tag})
    assert late.status_code == 412 and late.json["details"]["version"] == first.json["version"]
    assert uma.get(path).json["priority"] == "medium"
    assert uma.post(f"{path}/start", json={}, headers={"If-Match": tag}).status_code == 412
    assert uma.delete(path, headers={"If-Match": tag}).status_code == 412
    assert uma.patch(path, json={"priority": "low"}, headers={"If-Match": first.headers["ETag"]}).status_code == 200
    assert uma.patch(path, json={"priority": "high"}, headers={"If-Match": "*"}).status_code == 200
    for odd in ("", "garbage", '""', 'W/"", "", "2g"', ","):
        assert uma.patch(path, json={"priority": "low"}, headers={"If-Match": odd}).status_code == 412, odd


def test_the_version_can_stand_in_the_accept_header(api, cast):
    uma = api(cast.uma)
    make(uma)
    for path in ("/tasks", "/v1/tasks"):
        answer = uma.get(path, headers={"Accept": "application/vnd.taskapp.v1+json"})
        assert answer.status_code == 200 and answer.mimetype == "application/vnd.taskapp.v1+json"
        assert answer.get_json(force=True)["tasks"][0]["title"] == "Once"


@pytest.mark.parametrize("sort", ["created_at", "due_date", "priority", "title", "updated_at", "position"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_cursor_leads_through_the_whole_list_once(api, cast, sort, order):
    uma = api(cast.uma)
    for number in range(7):
        fields = {"title": f"t{number % 3}", "priority": ["low", "high"][number % 2]}
        uma.post("/v1/tasks", json=fields | ({"due_date": "2026-11-27"} if number % 2 else {}))
    path = f"/v1/tasks?sort={sort}&order={order}&per_page=2"
    seen, cursor = [], None
    while True:
        answer = uma.get(path + (f"&cursor={cursor}" if cursor else "")).json
        seen += [task["id"] for task in answer["tasks"]]
        cursor = answer["meta"]["next_cursor"]
        if cursor is None:
            break
    assert seen == [task["id"] for task in uma.get(f"/v1/tasks?sort={sort}&order={order}").json["tasks"]]


@pytest.mark.parametrize("sort", ["created_at", "due_date", "priority", "title", "updated_at", "position"])
def test_a_forged_cursor_is_refused(api, cast, sort):
    uma = api(cast.uma)
    for number in range(3):
        uma.post("/v1/tasks", json={"title": f"t{number}"})
    cursor = uma.get(f"/v1/tasks?per_page=1&sort={sort}").json["meta"]["next_cursor"]
    forged = [unsigned([sort, True, value, key]) for value in FORGED_VALUES for key in (1, 0, 2**63)]
    queries = [f"sort={sort}&cursor={wrong}" for wrong in ("x", "%00", "é", "A" * 2001, cursor[:-3], *forged)]
    queries += [f"sort={sort}&order=asc&cursor={cursor}"]
    queries += [f"sort={other}&cursor={cursor}" for other in ("created_at", "title") if other != sort]
    for query in queries:
        answer = uma.get(f"/v1/tasks?{query}")
        assert answer.status_code == 422 and "cursor" in answer.json["fields"], query


FORGED_VALUES = [
    "abc",
    1,
    10**30,
    "a\ud800",
    True,
    None,
    1.5,
    {},
    {"at": "2026-01-01"},
    {"at": "0001-01-01T00:00:00+23:59"},
]


def unsigned(position):
    return base64.urlsafe_b64encode(bytes(12) + json.dumps(position).encode()).decode().rstrip("=")


def test_somebody_elses_cursor_is_but_a_place(api, cast):
    for person in (cast.uma, cast.zoe):
        for number in range(3):
            api(person).post("/v1/tasks", json={"title": f"{person.key} {number}"})
    path = "/v1/tasks?sort=title&order=asc&per_page=1"
    cursor = api(cast.uma).get(path).json["meta"]["next_cursor"]
    for person in (cast.udo, cast.zoe):
        seen = api(person).get(f"{path}&cursor={cursor}").json["tasks"]
        assert all(task["title"].startswith(person.key) for task in seen)


def test_a_cursor_leads_past_the_longest_title(api, cast):
    uma = api(cast.uma)
    for letter in "🦉🦊":
        assert uma.post("/v1/tasks", json={"title": letter * 255}).status_code == 201
    path = "/v1/tasks?sort=title&order=asc&per_page=1"
    cursor = uma.get(path).json["meta"]["next_cursor"]
    assert uma.get(f"{path}&cursor={cursor}").json["tasks"][0]["title"] == "🦊" * 255


def test_other_origins_read_only_where_the_list_allows(api, app, cast, monkeypatch):
    uma = api(cast.uma)
    monkeypatch.setitem(app.config, "CORS_ORIGINS", frozenset({"https://good.example"}))
    good = uma.get("/v1/tasks", headers={"Origin": "https://good.example"})
    assert good.headers["Access-Control-Allow-Origin"] == "https://good.example"
    assert "Access-Control-Allow-Credentials" not in good.headers
    bad = uma.get("/v1/tasks", headers={"Origin": "https://good.example.evil"})
    assert "Access-Control-Allow-Origin" not in bad.headers
    asked = app.test_client().options("/v1/tasks", headers={"Origin": "https://good.example"})
    assert asked.status_code == 200 and "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in asked.headers["Access-Control-Allow-Headers"]


VERSION = "application/vnd.taskapp.v1+json"


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
        (f"application/json, {VERSION};q=0.5", "application/json"),
        (f"{VERSION}; charset=utf-8", VERSION),
        (VERSION.upper(), VERSION),
        (f"{VERSION};q=0", None),
        ("application/vnd.taskapp.v2+json", None),
        ("text/html", None),
        ("garbage;;;", None),
    ],
)
def test_a_client_gets_a_type_that_it_takes_or_is_told_which_there_are(api, cast, accept, given):
    answer = api(cast.uma).get("/v1/tasks", headers={"Accept": accept} if accept else {})
    if given is None:
        assert answer.status_code == 406 and VERSION in answer.json["detail"]
    else:
        assert (answer.status_code, answer.mimetype) == (200, given)


def test_a_page_stays_a_page_where_the_version_is_not_wanted(app):
    for accept in (f"text/html, {VERSION};q=0", "application/vnd.taskapp.v10+json"):
        assert "/login" in app.test_client().get("/settings/security", headers={"Accept": accept}).headers["Location"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a-client.request_01", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("short", False),
        ("two words of it", False),
        ("<script>alert(1)</script>", False),
        ("ümläutümläut", False),
        ('{"level": "error"}', False),
    ],
)
def test_a_request_keeps_the_number_that_its_client_gave_it(api, app, cast, given, kept):
    sent = {"X-Request-Id": given.encode().decode("latin-1")}
    assert (api(cast.uma).get("/v1/tasks", headers=sent).headers["X-Request-Id"] == given) == kept
    refused = app.test_client().get("/v1/tasks", headers=sent)
    assert (refused.json["request_id"] == given) == kept


@pytest.mark.parametrize("odd", [1.5, True, "60", "", [], {}, -1, 10**30])
def test_a_number_in_json_is_a_number(api, cast, odd):
    answer = api(cast.uma).post("/v1/tasks", json={"title": "t", "estimated_time": odd})
    assert answer.status_code == 422 and list(answer.json["fields"]) == ["estimated_time"]


def test_sixty_seconds_with_a_point_are_sixty_seconds(api, cast):
    answer = api(cast.uma).post("/v1/tasks", json={"title": "t", "estimated_time": 60.0})
    assert (answer.status_code, answer.json["estimated_time"]) == (201, 60)


@pytest.mark.parametrize("odd", [1, 0, "true", "yes", "", None, []])
def test_a_yes_in_json_is_true(api, cast, odd):
    path = f"/v1/accounts/{cast.account_id}/members/{cast.mara.user_id}"
    answer = api(cast.olga).patch(path, json={"can_reassign_tasks": odd})
    assert answer.status_code == 422 and list(answer.json["fields"]) == ["can_reassign_tasks"]


def test_a_body_that_does_not_say_how_long_it_is_is_measured(api, cast):
    uma = api(cast.uma)
    streamed = {"content_type": "application/json", "environ_overrides": {"wsgi.input_terminated": True}}
    for size, status in ((10, 201), (3_000_000, 413)):
        body = io.BytesIO(json.dumps({"title": "t", "description": "a" * 10, "tags": []}).encode() + b" " * size)
        assert uma.post("/v1/tasks", input_stream=body, **streamed).status_code == status


def test_health_has_no_version(app):
    assert app.test_client().get("/healthz", headers={"Accept": VERSION}).status_code == 200


def test_a_problem_names_the_field_wherever_it_is(api, cast):
    olga = api(cast.olga)
    hours = {"working_hours": {"start": "8:00", "days": [1, 9]}}
    fields = olga.patch(f"/v1/accounts/{cast.account_id}/settings", json=hours).json["fields"]
    assert set(fields["working_hours"]) == {"start", "days"} and list(fields["working_hours"]["days"]) == ["1"]
    tags = olga.post("/v1/tasks", json={"title": "t", "tags": ["ok", "", "x" * 51]}).json["fields"]["tags"]
    assert list(tags) == ["1", "2"]


def test_an_id_that_cannot_be_is_missing_whatever_the_method(api, cast):
    for method in ("GET", "PATCH", "DELETE"):
        assert api(cast.uma).open("/v1/tasks/0", method, json={"title": "t"}).status_code == 404


def test_every_answer_has_a_request_id(api, app, cast):
    assert len({api(cast.uma).get("/v1/tasks").headers["X-Request-Id"] for _ in range(3)}) == 3
    refused = app.test_client().get("/v1/tasks")
    assert refused.json["request_id"] == refused.headers["X-Request-Id"]
