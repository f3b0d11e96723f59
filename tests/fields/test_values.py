"""What may stand in a task's custom fields: by kind, patch by patch, with two people at it, and over time."""

from datetime import UTC, datetime

import pytest

from todoapp.activity.queries import history_of
from todoapp.extensions import db
from todoapp.fields.actions import archive_custom_field, update_custom_field
from todoapp.kit.errors import BadInput, Conflict
from todoapp.permissions import find
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.actions.editing import update_task
from todoapp.tasks.actions.progressing import pause_task, start_task
from todoapp.tasks.models import Task
from todoapp.tasks.past import state_at
from todoapp.tasks.queries import snapshots_of

TAKEN = [
    ("customer", "  ACME   Ltd ", "ACME Ltd"),
    ("customer", "x" * 500, "x" * 500),
    ("customer", "<b>日本</b> {{ 7*7 }}", "<b>日本</b> {{ 7*7 }}"),
    ("amount", 12, 12),
    ("amount", -0.5, -0.5),
    ("amount", 12.0, 12),
    ("amount", 10**15 - 1, 10**15 - 1),
    ("signed_on", "2026-11-27", "2026-11-27"),
    ("region", "North", "North"),
    ("reviewed", True, True),
    ("reviewed", False, False),
    ("contract", "https://example.com/a?b=1#c", "https://example.com/a?b=1#c"),
    ("contract", "HTTP://EXAMPLE.com", "HTTP://EXAMPLE.com"),
]
REFUSED = [
    ("customer", "", "1 to 500"),
    ("customer", " ", "1 to 500"),
    ("customer", "x" * 501, "1 to 500"),
    ("customer", 12, "Give a text"),
    ("customer", ["a"], "Give a text"),
    ("amount", "12", "Give a number"),
    ("amount", True, "Give a number"),
    ("amount", 10**15, "at most 15 digits"),
    ("amount", [1], "Give a number"),
    ("signed_on", "27.11.2026", "2026-11-27"),
    ("signed_on", "2026-02-30", "2026-11-27"),
    ("signed_on", "2026-11-27T10:00:00Z", "2026-11-27"),
    ("signed_on", "0001-01-01", "2026-11-27"),
    ("signed_on", 20261127, "2026-11-27"),
    ("region", "north", "Choose one of: North, South."),
    ("region", ["North"], "Choose one of"),
    ("reviewed", "yes", "true or false"),
    ("reviewed", 1, "true or false"),
    ("contract", "javascript:alert(1)", "http://"),
    ("contract", "https:\\\\evil.test", "http://"),
    ("contract", "ftp://example.com", "http://"),
    ("contract", "https://", "http://"),
    ("contract", "https://exa mple.com", "http://"),
    ("contract", 'https://example.com/">', "http://"),
    ("contract", "https://[::1", "http://"),
    ("contract", "https://example.com/" + "x" * 2000, "http://"),
    ("nonsense", "x", "There are: customer, amount, signed_on, region, reviewed, contract."),
    ("nonsense", None, "There is no such field"),
    ("Customer", "x", "There is no such field"),
]


@pytest.mark.parametrize(("key", "value", "kept"), TAKEN)
def test_what_fits_its_kind_is_taken(api, cast, a_task, key, value, kept):
    task = a_task(**{key: value})
    assert task["custom_fields"] == {key: kept} and type(task["custom_fields"][key]) is type(kept)
    path = f"/v1/tasks/{task['id']}"
    assert api(cast.uma).get(path).json["custom_fields"] == {key: kept}
    cleared = api(cast.uma).patch(path, json={"custom_fields": {key: None}})
    assert cleared.json["custom_fields"] == {}


@pytest.mark.parametrize(("key", "value", "why"), REFUSED)
def test_what_does_not_is_refused_under_its_name(api, cast, a_task, key, value, why):
    task, uma = a_task(customer="ACME"), api(cast.uma)
    for answer in (
        uma.patch(f"/v1/tasks/{task['id']}", json={"title": "Other", "custom_fields": {key: value}}),
        *([uma.post("/v1/tasks", json={"title": "Other", "custom_fields": {key: value}})] if value is not None else []),
    ):
        assert answer.status_code == 422, answer.json
        assert set(answer.json["fields"]) == {f"custom_fields.{key}"}
        assert why in answer.json["fields"][f"custom_fields.{key}"][0]
    assert uma.get(f"/v1/tasks/{task['id']}").json == task


def test_all_that_is_wrong_is_said_at_once(api, cast, ids):
    wrong = {"amount": "much", "region": "West", "customer": "ACME"}
    answer = api(cast.uma).post("/v1/tasks", json={"title": "Deal", "custom_fields": wrong})
    assert set(answer.json["fields"]) == {"custom_fields.amount", "custom_fields.region"}


def test_an_account_without_fields_says_so(api, cast):
    answer = api(cast.uma).post("/v1/tasks", json={"title": "Deal", "custom_fields": {"a": 1}})
    assert answer.json["fields"] == {"custom_fields.a": ["This account has no custom fields yet."]}
    for odd in (None, [], "a", {"": 1}, {"a" * 65: 1}):
        answer = api(cast.uma).post("/v1/tasks", json={"title": "Deal", "custom_fields": odd})
        assert answer.status_code == 422 and set(answer.json["fields"]) == {"custom_fields"}, odd


def test_a_patch_leaves_the_others_alone(api, cast, a_task):
    task = a_task(customer="ACME", amount=3)
    path, uma = f"/v1/tasks/{task['id']}", api(cast.uma)
    changed = uma.patch(path, json={"custom_fields": {"amount": 4, "region": "North", "signed_on": None}}).json
    assert changed["custom_fields"] == {"customer": "ACME", "amount": 4, "region": "North"}
    assert changed["version"] == task["version"] + 1
    same = uma.patch(path, json={"custom_fields": changed["custom_fields"]}).json
    assert same["version"] == changed["version"], "an edit that changes nothing leaves no event"
    assert uma.patch(path, json={"custom_fields": {}}).json["version"] == changed["version"]


def test_edits_of_different_fields_merge_and_of_the_same_one_conflict(api, cast, a_task):
    task = a_task(customer="ACME", amount=3)
    path, mara, uma = f"/v1/tasks/{task['id']}", api(cast.mara), api(cast.uma)
    first = mara.patch(path, json={"custom_fields": {"customer": "Beta"}, "version": task["version"]})
    second = uma.patch(path, json={"custom_fields": {"amount": 5}, "version": task["version"]})
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json["custom_fields"] == {"customer": "Beta", "amount": 5}
    late = uma.patch(
        path, json={"custom_fields": {"customer": "Gamma", "amount": 6}, "version": second.json["version"]}
    )
    assert late.status_code == 200
    refused = mara.patch(path, json={"custom_fields": {"customer": None}, "version": first.json["version"]})
    assert refused.status_code == 409
    assert refused.json["details"]["conflicts"] == {"custom_fields.customer": {"theirs": "Gamma", "yours": None}}
    assert uma.get(path).json["custom_fields"] == {"customer": "Gamma", "amount": 6}


def test_history_names_the_fields_as_they_are_called_now(cast, acting, defined):
    uma = acting(cast.uma)
    task = create_task(uma, title="Deal", custom_fields={"customer": "ACME"})
    update_task(uma, task, title="Big deal", custom_fields={"customer": "Beta", "amount": 12.5, "reviewed": True})
    update_task(uma, task, custom_fields={"customer": None, "reviewed": False, "signed_on": "2026-11-27"})
    update_task(uma, task, custom_fields={"reviewed": None, "customer": "long " * 50})
    update_custom_field(acting(cast.olga), defined["customer"], name="Client")
    assert [entry.sentence.removeprefix("Uma Northwind ") for entry in history_of(task).rows] == [
        "created this task",
        "changed the title, set Client to Beta, set Amount to 12.5 and ticked Reviewed",
        "cleared Client, set Signed on to Fri 27 Nov 2026 and unticked Reviewed",
        "set Client to long long long long long long long long long long long long… and cleared Reviewed",
    ]


def test_a_past_state_has_the_values_of_then(cast, acting, defined, at):
    at("2026-11-24T09:00:00Z")
    uma = acting(cast.uma)
    task = create_task(uma, title="Deal", custom_fields={"customer": "ACME"})
    at("2026-11-24T10:00:00Z")
    update_task(uma, task, custom_fields={"customer": None, "amount": 1})
    at("2026-11-24T11:00:00Z")
    update_task(uma, task, custom_fields={"customer": "Beta"})
    hours = {hour: state_at(task, datetime(2026, 11, 24, hour, tzinfo=UTC))["custom_fields"] for hour in (9, 10, 11)}
    assert hours == {9: {"customer": "ACME"}, 10: {"amount": 1}, 11: {"amount": 1, "customer": "Beta"}}
    start_task(uma, task)
    pause_task(uma, task, reason="lunch")
    assert snapshots_of(task).rows[0].state_data["custom_fields"] == {"amount": 1, "customer": "Beta"}


def test_what_is_no_longer_offered_stays_until_it_is_changed(cast, acting, defined):
    uma, olga = acting(cast.uma), acting(cast.olga)
    task = create_task(uma, title="Deal", custom_fields={"region": "North", "customer": "ACME"})
    update_custom_field(olga, defined["region"], options=["South", "West"])
    archive_custom_field(olga, defined["customer"])
    kept = {"region": "North", "customer": "ACME"}
    update_task(uma, task, title="Other", custom_fields=kept)
    assert task.custom_fields == kept
    for patch, why in (({"customer": "Beta"}, "archived"), ({"region": "East"}, "South, West")):
        with pytest.raises(BadInput) as refused:
            update_task(uma, task, custom_fields=patch)
        assert why in refused.value.fields[f"custom_fields.{next(iter(patch))}"][0]
    update_task(uma, task, custom_fields={"customer": None, "region": "West"})
    assert task.custom_fields == {"region": "West"}
    with pytest.raises(BadInput):
        create_task(uma, title="New", custom_fields={"customer": "ACME"})


def test_what_an_import_left_under_no_field_is_kept_and_can_be_cleared(cast, acting, defined):
    uma = acting(cast.uma)
    task = create_task(uma, title="Deal")
    task.custom_fields = {"trello_members": ["Ann"], "amount": "many"}
    db.session.flush()
    update_task(uma, task, custom_fields={"trello_members": ["Ann"], "amount": "many", "customer": "ACME"})
    with pytest.raises(BadInput):
        update_task(uma, task, custom_fields={"trello_members": ["Ben"]})
    update_task(uma, task, custom_fields={"trello_members": None, "amount": 3})
    assert task.custom_fields == {"amount": 3, "customer": "ACME"}


def test_two_editors_conflict_also_after_an_archiving(cast, acting, defined):
    uma = acting(cast.uma)
    task = create_task(uma, title="Deal", custom_fields={"customer": "ACME"})
    seen = task.version
    update_task(uma, task, custom_fields={"customer": "Beta"})
    archive_custom_field(acting(cast.olga), defined["customer"])
    with pytest.raises(Conflict):
        update_task(uma, find(uma, Task, task.id), custom_fields={"customer": None}, version=seen)


def test_all_values_of_a_task_have_a_size(cast, acting, defined, monkeypatch):
    monkeypatch.setattr("todoapp.fields.values.MOST_BYTES", 600)
    with pytest.raises(BadInput) as refused:
        create_task(
            acting(cast.uma),
            title="Deal",
            custom_fields={"customer": "x" * 500, "contract": "https://a.test/" + "y" * 200},
        )
    assert "at most 600 bytes" in refused.value.fields["custom_fields"][0]


def test_each_account_has_its_own_fields(api, cast, ids):
    answer = api(cast.zoe).post("/v1/tasks", json={"title": "Deal", "custom_fields": {"customer": "ACME"}})
    assert answer.json["fields"] == {"custom_fields.customer": ["This account has no custom fields yet."]}
    assert api(cast.zoe).get("/v1/custom-fields").json["custom_fields"] == []
    assert api(cast.zoe).get(f"/v1/custom-fields/{ids['customer']}").status_code == 404
