"""Making, changing, archiving, restoring and ordering custom fields, by verb and through the API."""

import pytest
from sqlalchemy import select

from tests.fields.conftest import FIELDS
from todoapp.activity.models import ActivityLog
from todoapp.activity.queries import as_entries
from todoapp.extensions import db
from todoapp.fields import actions
from todoapp.fields.actions import (
    archive_custom_field,
    create_custom_field,
    reorder_custom_fields,
    restore_custom_field,
    update_custom_field,
)
from todoapp.fields.models import CustomField
from todoapp.kit.errors import BadInput, Conflict, Forbidden, NotFound
from todoapp.permissions import find


def keys():
    """The keys of the fields in use, in their order."""
    query = select(CustomField.key).where(CustomField.archived_at.is_(None))
    return list(db.session.scalars(query.order_by(CustomField.position, CustomField.id)))


def test_the_account_is_told_of_every_deed(cast, acting):
    sven = acting(cast.sven)
    field = create_custom_field(sven, name="Region", kind="select", options=["North", "South"])
    other = create_custom_field(sven, name="Customer", kind="text")
    update_custom_field(sven, field, name="Area", options=["North", "West"])
    archive_custom_field(sven, field)
    archive_custom_field(sven, field)
    restore_custom_field(sven, field)
    reorder_custom_fields(sven, custom_field_ids=[other.id])
    reorder_custom_fields(sven, custom_field_ids=[other.id])
    about = ActivityLog.action.startswith("custom_field")
    events = db.session.scalars(select(ActivityLog).where(about).order_by(ActivityLog.id)).all()
    assert [entry.sentence.removeprefix("Sven Northwind ") for entry in as_entries(events)] == [
        "made the custom field Region",
        "made the custom field Customer",
        "changed the name and the options of the custom field Region",
        "archived the custom field Area",
        "restored the custom field Area",
        "put the custom fields in another order",
    ]
    assert events[2].changes == {
        "name": ["Region", "Area"],
        "options": [["North", "South"], ["North", "West"]],
    }
    assert field.version == 4 and keys() == ["customer", "region"], "the key stays when the name changes"


@pytest.mark.parametrize("who", ["mara", "uma", "nina"])
def test_others_see_the_fields_and_change_none(cast, acting, defined, who):
    actor, field = acting(cast.people[who]), defined["region"]
    assert find(actor, CustomField, field.id) is field
    for deed in (
        lambda: create_custom_field(actor, name="New", kind="text"),
        lambda: update_custom_field(actor, field, name="New"),
        lambda: archive_custom_field(actor, field),
        lambda: restore_custom_field(actor, field),
        lambda: reorder_custom_fields(actor, custom_field_ids=[field.id]),
    ):
        with pytest.raises(Forbidden, match="Only super managers and owners"):
            deed()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Priority code", "priority_code"),
        ("  Größe (m²) ", "groe_m2"),
        ("日本", "field"),
        ("2nd phase", "field_2nd_phase"),
        ("🎈", "field"),
        ("x" * 60, "x" * 32),
        ("a.b-c/d", "a_b_c_d"),
    ],
)
def test_a_key_is_made_of_the_name(api, cast, name, key):
    olga = api(cast.olga)
    made = olga.post("/v1/custom-fields", json={"name": name, "kind": "text"}).json
    assert made["key"] == key
    other = olga.post("/v1/custom-fields", json={"name": f"{name[:50]} !", "kind": "text"}).json
    assert other["key"] == f"{key}_2"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "name"),
        ({"name": "A"}, "kind"),
        ({"name": " ", "kind": "text"}, "name"),
        ({"name": "x" * 61, "kind": "text"}, "name"),
        ({"name": "A", "kind": "file"}, "kind"),
        ({"name": "A", "kind": "text", "key": "A b"}, "key"),
        ({"name": "A", "kind": "text", "key": "1a"}, "key"),
        ({"name": "A", "kind": "text", "key": "a\n"}, "key"),
        ({"name": "A", "kind": "text", "key": "k" * 41}, "key"),
        ({"name": "A", "kind": "text", "options": ["a"]}, "options"),
        ({"name": "A", "kind": "select"}, "options"),
        ({"name": "A", "kind": "select", "options": []}, "options"),
        ({"name": "A", "kind": "select", "options": ["a", " A "]}, "options"),
        ({"name": "A", "kind": "select", "options": ["x" * 101]}, "options"),
        ({"name": "A", "kind": "select", "options": [str(n) for n in range(101)]}, "options"),
        ({"name": "A", "kind": "text", "position": 1}, "position"),
    ],
)
def test_what_is_wrong_is_said_by_field(api, cast, wrong, field):
    answer = api(cast.olga).post("/v1/custom-fields", json=wrong)
    assert answer.status_code == 422 and field in answer.json["fields"], answer.json


def test_names_and_keys_are_had_once(api, cast, ids):
    olga = api(cast.olga)
    taken = olga.post("/v1/custom-fields", json={"name": " cusTOMer", "kind": "date"})
    assert taken.status_code == 409 and "“Customer”" in taken.json["fields"]["name"][0]
    renamed = olga.patch(f"/v1/custom-fields/{ids['amount']}", json={"name": "REGION"})
    assert renamed.status_code == 409
    key = olga.post("/v1/custom-fields", json={"name": "Client", "kind": "text", "key": "customer"})
    assert key.status_code == 409 and "“Customer”" in key.json["fields"]["key"][0]
    assert olga.delete(f"/v1/custom-fields/{ids['customer']}").status_code == 204
    again = olga.post("/v1/custom-fields", json={"name": "Customer", "kind": "text"})
    assert again.status_code == 409 and "Restore it" in again.json["detail"]


def test_a_kind_never_changes_and_only_a_select_has_options(api, cast, ids):
    olga, path = api(cast.olga), f"/v1/custom-fields/{ids['customer']}"
    assert "kind" in olga.patch(path, json={"kind": "number"}).json["fields"]
    assert "key" in olga.patch(path, json={"key": "client"}).json["fields"]
    assert "no options" in olga.patch(path, json={"options": ["a"]}).json["fields"]["options"][0]
    assert olga.patch(path, json={"version": 1}).status_code == 422
    assert olga.get(path).json["kind"] == "text"


def test_nobody_overwrites_options_that_they_have_not_seen(api, cast, ids):
    olga, sven, path = api(cast.olga), api(cast.sven), f"/v1/custom-fields/{ids['region']}"
    seen = olga.get(path)
    first = sven.patch(path, json={"options": ["North", "South", "East"], "version": seen.json["version"]})
    assert first.status_code == 200 and first.json["version"] == seen.json["version"] + 1
    late = olga.patch(path, json={"options": ["North"], "version": seen.json["version"]})
    assert late.status_code == 409 and late.json["details"]["version"] == first.json["version"]
    tag = seen.headers["ETag"]
    assert olga.patch(path, json={"name": "Area"}, headers={"If-Match": tag}).status_code == 412
    assert olga.delete(path, headers={"If-Match": tag}).status_code == 412
    assert olga.get(path).json["options"] == ["North", "South", "East"]


def test_the_list_has_what_is_in_use_in_its_order(api, cast, ids):
    olga, uma = api(cast.olga), api(cast.uma)

    def listed(query=""):
        return [one["key"] for one in uma.get(f"/v1/custom-fields{query}").json["custom_fields"]]

    assert listed() == list(FIELDS)
    answer = olga.post("/v1/custom-fields/reorder", json={"custom_field_ids": [ids["contract"], ids["amount"]]})
    rest = [key for key in FIELDS if key not in ("contract", "amount")]
    assert [one["key"] for one in answer.json["custom_fields"]] == listed() == ["contract", "amount", *rest]
    olga.delete(f"/v1/custom-fields/{ids['contract']}")
    assert listed() == ["amount", *rest] and listed("?archived=true") == ["contract"]
    assert listed("?per_page=2&page=2") == rest[1:3]
    back = olga.post(f"/v1/custom-fields/{ids['contract']}/restore", json={}).json
    assert back["archived_at"] is None and listed()[0] == "contract", "it is where it was"


def test_there_are_at_most_so_many(cast, acting, monkeypatch):
    monkeypatch.setattr(actions, "MOST_FIELDS", 3)
    olga = acting(cast.olga)
    fields = [create_custom_field(olga, name=f"F{number}", kind="text") for number in range(3)]
    with pytest.raises(Conflict, match="at most 3"):
        create_custom_field(olga, name="One more", kind="text")
    archive_custom_field(olga, fields[0])
    create_custom_field(olga, name="One more", kind="text")
    with pytest.raises(Conflict, match="at most 3"):
        restore_custom_field(olga, fields[0])
    assert actions.MOST_FIELDS == 3 and len(keys()) == 3


def test_strangers_fields_are_not_there(cast, acting, defined):
    ours = defined["customer"].id
    zoe = acting(cast.zoe)
    theirs = create_custom_field(zoe, name="Customer", kind="number")
    assert theirs.key == "customer"
    for deed in (
        lambda: find(zoe, CustomField, ours),
        lambda: reorder_custom_fields(zoe, custom_field_ids=[theirs.id, ours]),
    ):
        with pytest.raises(NotFound):
            deed()
    with pytest.raises(BadInput):
        update_custom_field(zoe, theirs, options=["a"])
