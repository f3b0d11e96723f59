"""What is remembered is never older than the last commit, is nobody else's, and ends with the right to see it."""

import logging
from datetime import timedelta

import pytest

from todoapp.extensions import db
from todoapp.freshness import AccountVersion, changed_table
from todoapp.remembered import LARGEST_TOGETHER
from todoapp.tenancy import across_accounts
from todoapp.users.sessions import end_sessions_of

OWN = ("X-Request-Id", "Vary")


@pytest.fixture
def statements(app):
    """The statements that the application sends from now on, those about where somebody stands left out."""
    from sqlalchemy import Engine, event

    sent = []

    def note(_conn, _cursor, statement, *_rest):
        if "account_versions" not in statement and not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def make(api):
    """`make(by, to, title=…)`: a task made through the API; its id."""

    def build(by, to, **fields):
        answer = api(by).post("/v1/tasks", json={"title": "Report", "assigned_to_id": to.user_id} | fields)
        assert answer.status_code == 201, answer.json
        return answer.json["id"]

    return build


@pytest.fixture
def task(make, cast):
    return make(cast.mara, cast.uma, visibility="account")


@pytest.mark.parametrize("path", ["/v1/tasks", "/v1/tasks/{id}", "/v1/boards/my-board"])
def test_the_second_answer_is_the_first_and_asks_for_no_task(api, cast, task, statements, at, path):
    at("2026-11-24T09:00:00Z")
    uma, path = api(cast.uma), path.format(id=task)
    first = uma.get(path)
    del statements[:]
    again = uma.get(path)
    assert (again.status_code, again.data) == (200, first.data)
    assert statements == []
    told, told_again = ({name: value for name, value in one.headers if name not in OWN} for one in (first, again))
    assert told_again == told and again.vary.as_set() == {"origin", "accept"}
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    unchanged = uma.get(path, headers={"If-None-Match": first.headers["ETag"], "X-Request-Id": "my-own-number"})
    assert (unchanged.status_code, unchanged.data, statements) == (304, b"", [])
    assert unchanged.headers["ETag"] == first.headers["ETag"] and "Content-Type" not in unchanged.headers
    assert unchanged.headers["X-Request-Id"] == "my-own-number"


def test_who_wants_it_anew_gets_it_anew(api, cast, task, statements):
    uma = api(cast.uma)
    first = uma.get("/v1/tasks")
    del statements[:]
    assert uma.get("/v1/tasks", headers={"Cache-Control": "no-cache"}).json == first.json
    assert statements


@pytest.mark.parametrize("path", ["/v1/tasks", "/v1/tasks/{id}", "/v1/boards/user/{uma}"])
def test_what_anybody_changes_shows_at_once(api, cast, task, path):
    uma, mara, path = api(cast.uma), api(cast.mara), path.format(id=task, uma=cast.uma.user_id)
    assert "Report" in uma.get(path).text and "Report" in mara.get(path).text
    for number in range(3):
        assert mara.patch(f"/v1/tasks/{task}", json={"title": f"Edit {number}"}).status_code == 200
        assert f"Edit {number}" in uma.get(path).text and f"Edit {number}" in mara.get(path).text


def test_somebodys_new_name_shows_at_once(api, cast, task):
    uma, mara = api(cast.uma), api(cast.mara)
    assert "Renamed" not in mara.get("/v1/tasks").text
    assert uma.patch("/v1/users/me", json={"first_name": "Renamed"}).status_code == 200
    assert "Renamed" in mara.get("/v1/tasks").text


def test_a_running_clock_runs(api, cast, task, at):
    at("2026-11-24T09:00:00Z")
    uma = api(cast.uma)
    uma.post(f"/v1/tasks/{task}/start", json={})
    assert uma.get(f"/v1/tasks/{task}").json["actual_time"] == 0
    at("2026-11-24T09:00:01Z")
    assert uma.get(f"/v1/tasks/{task}").json["actual_time"] == 1
    assert uma.get("/v1/tasks").json["tasks"][0]["actual_time"] == 1
    at("2026-11-24T09:01:00Z")
    assert uma.get("/v1/boards/my-board").json["columns"][1]["tasks"][0]["actual_time"] == 60


def test_a_part_that_runs_shows_in_the_whole(api, cast, task, at):
    at("2026-11-24T09:00:00Z")
    uma = api(cast.uma)
    part = uma.post("/v1/tasks", json={"title": "Part", "parent_task_id": task}).json["id"]
    uma.post(f"/v1/tasks/{part}/start", json={})
    assert uma.get(f"/v1/tasks/{task}").json["subtasks"]["actual_time"] == 0
    at("2026-11-24T09:00:05Z")
    assert uma.get(f"/v1/tasks/{task}").json["subtasks"]["actual_time"] == 5


def test_a_task_that_becomes_late_counts_at_once(api, cast, make, at):
    at("2026-11-24T09:00:00Z")
    uma = api(cast.uma)
    uma.post("/v1/tasks", json={"title": "Soon", "due_date": "2026-11-24T09:00:02+00:00"})
    assert uma.get("/v1/boards/my-board").json["facts"]["late"] == 0
    at("2026-11-24T09:00:03Z")
    assert uma.get("/v1/boards/my-board").json["facts"]["late"] == 1


def test_nobody_gets_what_somebody_else_was_given(api, cast, task):
    uma, zoe = api(cast.uma), api(cast.zoe)
    assert uma.get(f"/v1/tasks/{task}").status_code == 200
    assert zoe.get(f"/v1/tasks/{task}").status_code == 404
    assert uma.get("/v1/tasks").json["meta"]["total_count"] == 1
    assert zoe.get("/v1/tasks").json["meta"]["total_count"] == 0


def test_it_ends_with_the_session(app, api, cast, task):
    uma = api(cast.uma)
    assert [uma.get("/v1/tasks").status_code for _ in range(2)] == [200, 200]
    with app.app_context():
        end_sessions_of(cast.uma.user_id, reason="test")
        db.session.commit()
    assert uma.get("/v1/tasks").status_code == 401


def test_it_ends_with_the_token(api, cast, task, at):
    at("2026-11-24T09:00:00Z")
    uma = api(cast.uma)
    header = {"Authorization": f"Bearer {uma.fresh_token()}"}
    assert [uma.client.get("/v1/tasks", headers=header).status_code for _ in range(2)] == [200, 200]
    at("2026-11-24T09:15:00Z")
    assert uma.client.get("/v1/tasks", headers=header).status_code == 401


def test_it_ends_with_the_membership_and_the_role(api, cast, task):
    uma, sven = api(cast.uma), api(cast.sven)
    assert uma.get("/v1/tasks").status_code == 200
    assert sven.get("/v1/boards/account").status_code == 200
    assert sven.post(f"/v1/accounts/{cast.account_id}/members/{cast.uma.user_id}/suspend", json={}).status_code == 200
    assert uma.get("/v1/tasks").status_code == 401
    olga = api(cast.olga)
    role = olga.patch(f"/v1/accounts/{cast.account_id}/members/{cast.sven.user_id}", json={"role": "user"})
    assert role.status_code == 200, role.json
    assert sven.get("/v1/boards/account").status_code == 403


def test_a_task_that_one_may_no_longer_see_is_gone(api, cast, make):
    secret = make(cast.mara, cast.uma, title="Secret", visibility="private")
    uma, mara = api(cast.uma), api(cast.mara)
    assert uma.get(f"/v1/tasks/{secret}").status_code == 200
    taken = mara.post(f"/v1/tasks/{secret}/take-back", json={})
    assert taken.status_code == 200, taken.json
    assert uma.get(f"/v1/tasks/{secret}").status_code == 404


def test_a_session_that_only_repeats_itself_is_still_seen(app, api, cast, task, at):
    from todoapp.users.models import Session

    at("2026-11-24T09:00:00Z")
    uma = api(cast.uma)
    uma.get("/v1/tasks")
    at("2026-11-24T09:06:00Z")
    uma.get("/v1/tasks")
    with app.app_context():
        seen = db.session.get_one(Session, uma.session.id).last_seen_at
    assert seen - uma.session.last_seen_at == timedelta(minutes=6)


def test_answers_from_memory_are_logged_as_others(api, cast, task, caplog):
    uma = api(cast.uma)
    uma.get(f"/v1/tasks/{task}")
    with caplog.at_level(logging.INFO, "todoapp.requests"):
        uma.get(f"/v1/tasks/{task}")
    (line,) = [record for record in caplog.records if record.name == "todoapp.requests"]
    assert (line.route, line.status, line.user_id) == ("/v1/tasks/<int:task_id>", 200, cast.uma.user_id)
    assert line.account_id == cast.account_id and line.request_id


def test_memory_has_an_end(app, api, cast, make):
    from todoapp.remembered import Remembering

    for _ in range(30):
        make(cast.uma, cast.uma, description="y" * 40_000)
    uma = api(cast.uma)
    for number in range(100):
        uma.get(f"/v1/tasks?per_page=5&page=1&nr={number}")
    layer = app.wsgi_app
    while not isinstance(layer, Remembering):
        layer = layer.wsgi_app
    assert 0 < sum(one.size for one in layer.kept.values()) <= LARGEST_TOGETHER


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("SELECT 1", None),
        ("INSERT INTO tasks (id) VALUES (1)", "tasks"),
        ("INSERT IGNORE INTO `task_tags` VALUES (1)", "task_tags"),
        ("UPDATE tasks SET title=%s WHERE tasks.id = %s", "tasks"),
        ("DELETE FROM task_tags WHERE id = ?", "task_tags"),
        ("UPDATE outbox SET attempts=?", None),
        ("UPDATE users SET last_sign_in_at=?, sign_in_count=?, updated_at=? WHERE users.id = ?", None),
        ("UPDATE users SET first_name=?, updated_at=? WHERE users.id = ?", "users"),
        ("WITH x AS (SELECT 1) DELETE FROM tasks WHERE id IN (SELECT * FROM x)", "?"),
        ("UPDATE sessions SET ended_at=? WHERE id = ?", None),
    ],
)
def test_which_statements_change_what_is_shown(statement, table):
    assert changed_table(statement) == table


def test_a_commit_raises_its_accounts_version_alone_and_a_rollback_none(app, api, cast, task):
    def versions():
        with app.app_context(), across_accounts("the test looks at all"):
            return {one.account_id: one.version for one in db.session.query(AccountVersion)}

    before = versions()
    assert api(cast.uma).patch(f"/v1/tasks/{task}", json={"title": ""}).status_code == 422
    assert versions() == before
    assert api(cast.mara).patch(f"/v1/tasks/{task}", json={"title": "New"}).status_code == 200
    after = versions()
    assert {account for account in after if after[account] != before.get(account)} == {cast.account_id}
