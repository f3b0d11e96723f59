"""The activity log through its JSON door: who sees which events, with what in them, by which filters."""

import pytest

from tests.activity.conftest import all_pages
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.errors import Forbidden
from todoapp.kit.transaction import atomic
from todoapp.permissions import find
from todoapp.permissions.matrix import MATRIX
from todoapp.tasks.actions.archiving import delete_task
from todoapp.tasks.actions.assigning import assign_task
from todoapp.tasks.actions.editing import update_task
from todoapp.tasks.actions.progressing import pause_task, start_task
from todoapp.tasks.models import Task


@pytest.fixture
def story(cast, acting, make, at):
    """A week: Mara hands two tasks to Uma, who works on one; Olga keeps one of her own; Zoe has hers."""
    at("2026-11-23T09:00:00Z")
    report = make(cast.mara, cast.uma, title="Report")
    letter = make(cast.mara, cast.uma, title="Letter")
    at("2026-11-24T09:00:00Z")
    start_task(acting(cast.uma), report)
    at("2026-11-24T23:30:00Z")
    pause_task(acting(cast.uma, via="web"), report, reason="late")
    secret = make(cast.olga, title="Secret")
    at("2026-11-25T09:00:00Z")
    update_task(acting(cast.mara), letter, title="Longer letter", priority="high")
    make(cast.zoe, title="Theirs")
    db.session.commit()
    at("2026-11-26T09:00:00Z")
    return {"report": report.id, "letter": letter.id, "secret": secret.id}


@pytest.fixture
def get(api):
    """`get(person, path, **query)`: the events that the door shows."""

    def ask(person, path="", status=200, **query):
        answer = api(person).get(f"/v1/activity-logs{path}", query_string=query)
        assert answer.status_code == status, answer.json
        return answer.json["activity_logs"] if status == 200 else answer.json

    return ask


def actions(events):
    return [event["action"] for event in events]


def test_the_account_log_is_for_super_managers_and_owners(cast, story, get):
    for person in (cast.uma, cast.mara, cast.nina):
        assert "super managers and owners" in get(person, status=403)["detail"]
    everything = get(cast.olga)
    assert actions(everything) == [
        "task_updated",
        "task_created",
        "task_paused",
        "task_started",
        "task_accepted",
        "task_assigned",
        "task_created",
        "task_assigned",
        "task_created",
    ]
    assert {event["resource"]["name"] for event in get(cast.sven)} == {"Report", "Longer letter"}, "Olga's own is hers"
    assert [event["resource"]["name"] for event in get(cast.zoe)] == ["Theirs"]


def test_an_entry_says_everything(cast, story, get):
    event = get(cast.olga, action="task_updated")[0]
    entry_id = event.pop("id")
    assert event == {
        "action": "task_updated",
        "at": "2026-11-25T09:00:00+00:00",
        "by": {"id": cast.mara.user_id, "name": "Mara Northwind"},
        "on_behalf_of": None,
        "cause_id": None,
        "via": "api",
        "ip_address": None,
        "user_agent": None,
        "session_id": None,
        "resource": {"type": "Task", "id": story["letter"], "name": "Longer letter"},
        "changes": {"title": ["Letter", "Longer letter"], "priority": ["medium", "high"]},
        "sentence": "Mara Northwind changed the priority and the title",
        "denied": False,
        "attempted": None,
    }
    assert entry_id


def test_where_it_came_from_is_for_super_managers_and_owners(cast, get, api):
    client = api(cast.mara)
    task_id = client.post("/v1/tasks", json={"title": "x"}, headers={"User-Agent": "mara's phone"}).json["id"]
    for person, shown in ((cast.olga, True), (cast.sven, True), (cast.mara, False)):
        [event] = [one for one in get(person, f"/task/{task_id}") if one["action"] == "task_created"]
        origin = (event["ip_address"], event["user_agent"], event["session_id"])
        assert origin == (("127.0.0.1", "mara's phone", client.session.id) if shown else (None, None, None))


def test_a_tasks_log_is_for_whoever_sees_the_task(cast, story, get):
    path = f"/task/{story['report']}"
    for person in (cast.uma, cast.mara, cast.sven, cast.olga):
        assert actions(get(person, path)) == [
            "task_paused",
            "task_started",
            "task_accepted",
            "task_assigned",
            "task_created",
        ]
    for person in (cast.udo, cast.milo, cast.nina, cast.zoe):
        get(person, path, status=404)
    get(cast.olga, "/task/999999", status=404)


def test_a_deleted_tasks_log_stays(cast, story, get, acting):
    mara = acting(cast.mara)
    delete_task(mara, db.session.get(Task, story["report"]))
    db.session.commit()
    assert actions(get(cast.mara, f"/task/{story['report']}"))[0] == "task_deleted"


def test_a_persons_log_is_for_themselves_and_who_opens_their_board(cast, story, get):
    mine = get(cast.uma, f"/user/{cast.uma.user_id}")
    assert actions(mine) == ["task_paused", "task_started", "task_accepted"]
    for person in (cast.mara, cast.sven, cast.olga):
        assert get(person, f"/user/{cast.uma.user_id}") != []
    for person in (cast.udo, cast.milo, cast.nina):
        assert "may open their board" in get(person, f"/user/{cast.uma.user_id}", status=403)["detail"]
    get(cast.uma, f"/user/{cast.mara.user_id}", status=403)
    get(cast.zoe, f"/user/{cast.uma.user_id}", status=404)


def test_what_one_sees_no_more_is_not_shown(cast, story, get, acting):
    """Uma did it, and the task went elsewhere: her own log shows only what she may see now."""
    sven = acting(cast.sven)
    assign_task(sven, db.session.get(Task, story["report"]), assigned_to_id=cast.ulla.user_id)
    db.session.commit()
    assert get(cast.uma, f"/user/{cast.uma.user_id}") == []
    assert actions(get(cast.olga, f"/user/{cast.uma.user_id}")) == ["task_paused", "task_started", "task_accepted"]
    assert len(get(cast.mara, f"/user/{cast.uma.user_id}")) == 3, "she made the task"


def test_sign_ins_are_for_oneself_and_for_who_sees_the_accounts_log(cast, get, app):
    from tests.cast import PASSWORD

    body = {"email": cast.uma.email, "password": PASSWORD}
    assert app.test_client().post("/v1/auth/login", json=body).status_code == 200
    assert actions(get(cast.uma, f"/user/{cast.uma.user_id}")) == ["signed_in"]
    assert actions(get(cast.olga, f"/user/{cast.uma.user_id}")) == ["signed_in"]
    assert get(cast.mara, f"/user/{cast.uma.user_id}") == []
    [event] = get(cast.olga)
    assert event["resource"] == {"type": "User", "id": cast.uma.user_id, "name": "Uma Northwind"}


@pytest.fixture
def refusal(cast, acting, story):
    actor = acting(cast.uma)
    with pytest.raises(Forbidden):
        atomic(lambda: assign_task(actor, find(actor, Task, story["report"]), assigned_to_id=cast.udo.user_id))
    return story["report"]


def test_what_was_refused_shows_to_oneself_and_to_who_sees_the_accounts_log(cast, refusal, get):
    [event] = get(cast.olga, denied="true")
    assert event["denied"] is True and event["attempted"] == "task.reassign"
    assert event["sentence"] == "Uma Northwind was not allowed to reassign the task"
    assert event["resource"]["id"] == refusal
    assert "act_denied" not in actions(get(cast.olga, denied="false"))
    for path in (f"/task/{refusal}", f"/user/{cast.uma.user_id}"):
        assert len(get(cast.uma, path, denied="true")) == 1
        assert len(get(cast.sven, path, denied="true")) == 1
        assert get(cast.mara, path, denied="true") == []


def test_a_tasks_own_history_and_its_merging_of_edits_know_nothing_of_refusals(cast, refusal, api):
    read = api(cast.mara).get(f"/v1/tasks/{refusal}/timeline").json
    assert "act_denied" not in actions(read["events"])
    version = api(cast.mara).get(f"/v1/tasks/{refusal}").json["version"]
    assert api(cast.mara).patch(f"/v1/tasks/{refusal}", json={"title": "A"}).status_code == 200
    body = {"title": "B", "version": version}
    assert api(cast.sven).patch(f"/v1/tasks/{refusal}", json=body).status_code == 409


def test_filters(cast, story, get):
    def found(**query):
        return actions(get(cast.olga, **query))

    assert found(action="task_paused,task_started") == ["task_paused", "task_started"]
    assert found(user_id=cast.uma.user_id) == ["task_paused", "task_started", "task_accepted"]
    assert found(via="web") == ["task_paused"]
    assert found(resource_type="Task", resource_id=story["secret"]) == ["task_created"]
    assert found(resource_id=story["secret"]) == ["task_created"]
    assert found(resource_type="Account") == []
    assert found(**{"from": "2026-11-25"}) == ["task_updated"]
    assert found(**{"from": "2026-11-24", "to": "2026-11-24"}) == [
        "task_created",
        "task_paused",
        "task_started",
        "task_accepted",
    ]
    assert found(to="2026-11-23T09:00:00+00:00") == ["task_assigned", "task_created"] * 2
    assert found(user_id=cast.uma.user_id, via="api", **{"from": "2026-11-24"}) == ["task_started", "task_accepted"]


def test_days_are_days_where_the_reader_is(cast, story, get, acting):
    acting(cast.olga)
    from todoapp.users.models import User

    db.session.get(User, cast.olga.user_id).timezone = "Europe/Berlin"
    db.session.commit()
    found = get(cast.olga, **{"from": "2026-11-25", "to": "2026-11-25"})
    assert actions(found) == ["task_updated", "task_created", "task_paused"], (
        "half past eleven in UTC is the next day in Berlin"
    )


@pytest.mark.parametrize(
    "query",
    [
        {"action": "task_flown"},
        {"user_id": "x"},
        {"resource_id": "0"},
        {"from": "yesterday"},
        {"to": "2026-11-24T09:00:00"},
        {"denied": "perhaps"},
        {"per_page": 101},
        {"cursor": "abc"},
        {"resource_type": "T" * 33},
    ],
)
def test_a_bad_filter_is_named(cast, get, query):
    assert set(get(cast.olga, status=422, **query)["fields"]) == set(query)


def test_another_accounts_rows_are_missing_in_filters(cast, story, get):
    get(cast.zoe, status=404, user_id=cast.uma.user_id)
    get(cast.zoe, status=404, resource_id=story["report"])
    get(cast.zoe, status=404, resource_type="Member", resource_id=cast.uma.user_id)
    assert get(cast.zoe, resource_type="Account", resource_id=cast.account_id) == []


def test_pages_and_cursors_reach_every_event_once(cast, story, get, api):
    everything = [event["id"] for event in get(cast.olga)]
    assert all_pages(api(cast.olga), "/v1/activity-logs", "activity_logs", per_page=3) == everything
    numbered = api(cast.olga).get("/v1/activity-logs", query_string={"per_page": 3, "page": 3}).json
    assert [event["id"] for event in numbered["activity_logs"]] == everything[6:]
    assert numbered["meta"] == {
        "total_count": 9,
        "total_capped": False,
        "page": 3,
        "per_page": 3,
        "total_pages": 3,
        "next_cursor": None,
    }


def test_who_was_behind_an_automatic_act_is_told(cast, acting, make, get):
    from dataclasses import replace

    from todoapp.activity.record import record

    task = make(cast.mara, cast.uma)
    cause = record(acting(cast.uma), "task_accepted", task)
    rule: Actor = replace(acting(cast.olga), via="automation", cause_id=cause.id)
    update_task(rule, task, priority="high")
    db.session.commit()
    [event] = get(cast.olga, via="automation")
    assert event["cause_id"] == cause.id
    assert event["on_behalf_of"] == {"id": cast.uma.user_id, "name": "Uma Northwind"}


def test_members_are_known_by_their_user_id(cast, get, api):
    answer = api(cast.olga).patch(
        f"/v1/accounts/{cast.account_id}/members/{cast.uma.user_id}", json={"manager_id": cast.milo.user_id}
    )
    assert answer.status_code == 200, answer.json
    [event] = get(cast.olga, resource_type="Member", resource_id=cast.uma.user_id)
    assert event["resource"] == {"type": "Member", "id": cast.uma.user_id, "name": "Uma Northwind"}
    assert event["changes"] == {"manager_id": [cast.mara.user_id, cast.milo.user_id]}


def test_the_matrix_says_the_same_of_a_log_as_of_what_it_is_about():
    assert MATRIX["activity.view_task"].cells == MATRIX["task.view"].cells
    assert MATRIX["activity.view_person"].cells == MATRIX["board.view"].cells


def test_the_number_of_queries_does_not_grow_with_the_page(cast, make, api, count_queries):
    for number in range(3):
        make(cast.mara, cast.uma, title=f"a{number}")
    db.session.commit()
    client = api(cast.olga)
    few = count_queries(lambda: client.get("/v1/activity-logs?per_page=2"))
    for number in range(20):
        make(cast.mara, cast.udo, title=f"b{number}")
    db.session.commit()
    many = count_queries(lambda: client.get("/v1/activity-logs?per_page=40"))
    assert many <= few
