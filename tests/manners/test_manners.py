"""What external clients may count on: doing it once, unchanged answers, versions, cursors, cross-origin reads."""

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


def test_a_forged_cursor_is_refused(api, cast):
    uma = api(cast.uma)
    for number in range(3):
        uma.post("/v1/tasks", json={"title": f"t{number}"})
    cursor = uma.get("/v1/tasks?per_page=1").json["meta"]["next_cursor"]
    for wrong in ("x", "%00", cursor[:-3], cursor + "&sort=title", cursor + "&order=asc", "W10", "WzEsMiwzLDRd", "é"):
        answer = uma.get(f"/v1/tasks?cursor={wrong}")
        assert answer.status_code == 422 and "cursor" in answer.json["fields"], wrong


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


def test_every_answer_has_a_request_id(api, app, cast):
    assert len({api(cast.uma).get("/v1/tasks").headers["X-Request-Id"] for _ in range(3)}) == 3
    refused = app.test_client().get("/v1/tasks")
    assert refused.json["request_id"] == refused.headers["X-Request-Id"]
