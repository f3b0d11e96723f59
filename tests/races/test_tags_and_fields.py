"""Two who run the account at once, and people who use its tags and fields meanwhile: never a failure, never two of one."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import Cast
from tests.races.crowd import count_of, statuses, together
from todoapp.extensions import db
from todoapp.fields.models import CustomField
from todoapp.tasks.models import Tag, TaskTag
from todoapp.tenancy import enter

ROUNDS = 5
Make, Inspected = Callable[..., int], Callable[[], dict[str, int]]


@pytest.fixture(autouse=True, params=["as it comes", pytest.param("overlapping", marks=pytest.mark.long)])
def pace(request: pytest.FixtureRequest) -> None:
    """At length, also with transactions that overlap in full."""
    if request.param == "overlapping":
        request.getfixturevalue("overlapping")


@pytest.fixture
def keepers(api: Callable[..., Any], cast: Cast) -> tuple[Any, Any]:
    """Olga and Sven, each with a client."""
    return api(cast.olga), api(cast.sven)


def tag_of(client: Any, name: str) -> str:
    """The address of a new tag."""
    return f"/v1/tags/{client.post('/v1/tags', json={'name': name}).json['id']}"


def test_two_make_the_same_tag(keepers: Any, inspected: Inspected) -> None:
    for number in range(ROUNDS):
        made = together(*(lambda one=one: one.post("/v1/tags", json={"name": f"bug {number}"}) for one in keepers))
        assert statuses(made) == [201, 409]
    assert inspected()["tag_created"] == ROUNDS


def test_two_rename_to_the_same_name(keepers: Any, inspected: Inspected) -> None:
    olga, sven = keepers
    for number in range(ROUNDS):
        one, other = tag_of(olga, f"one {number}"), tag_of(olga, f"other {number}")
        answers = together(
            lambda: olga.patch(one, json={"name": f"Same {number}"}),
            lambda: sven.patch(other, json={"name": f"same {number}"}),
        )
        assert statuses(answers) == [200, 409]
    assert inspected()["tag_updated"] == ROUNDS


def test_two_merge_two_tags_into_each_other(app: Flask, cast: Cast, keepers: Any, inspected: Inspected) -> None:
    olga, sven = keepers
    for number in range(ROUNDS):
        one, other = tag_of(olga, f"one {number}"), tag_of(olga, f"other {number}")
        for name in ("one", "other"):
            olga.post("/v1/tasks", json={"title": "t", "tags": [f"{name} {number}"]})
        answers = together(
            lambda: olga.post(f"{one}/merge", json={"into_tag_id": int(other.rsplit("/", 1)[1])}),
            lambda: sven.post(f"{other}/merge", json={"into_tag_id": int(one.rsplit("/", 1)[1])}),
        )
        assert statuses(answers) == [200, 404]
    inspected()
    with app.app_context():
        enter(cast.account_id)
        assert count_of(Tag) == ROUNDS and count_of(TaskTag) == 2 * ROUNDS


def test_a_tag_is_deleted_while_tasks_get_it(
    app: Flask, cast: Cast, api: Callable[..., Any], keepers: Any, make: Make, inspected: Inspected
) -> None:
    olga, uma = keepers[0], api(cast.uma)
    for number in range(ROUNDS):
        address, task_id = tag_of(olga, f"bug {number}"), make("mara", "uma", tags=[f"bug {number}"])
        gone, made, edited = together(
            lambda: olga.delete(address),
            lambda: uma.post("/v1/tasks", json={"title": "t", "tags": [f"bug {number}"]}),
            lambda: uma.patch(f"/v1/tasks/{task_id}", json={"tags": [f"bug {number}", "web"]}),
        )
        assert (gone.status_code, made.status_code, edited.status_code) == (204, 201, 200)
    inspected()
    with app.app_context():
        enter(cast.account_id)
        tags = set(db.session.scalars(select(Tag.id)))
        assert set(db.session.scalars(select(TaskTag.tag_id))) <= tags


def test_two_make_the_same_field(keepers: Any, inspected: Inspected) -> None:
    for number in range(ROUNDS):
        body = {"name": f"Customer {number}", "kind": "text"}
        made = together(*(lambda one=one: one.post("/v1/custom-fields", json=body) for one in keepers))
        assert statuses(made) == [201, 409]
    assert inspected()["custom_field_created"] == ROUNDS


def test_the_last_place_for_a_field_is_given_once(
    app: Flask, cast: Cast, keepers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("todoapp.fields.actions.MOST_FIELDS", ROUNDS)
    for number in range(ROUNDS):
        bodies = [{"name": f"{word} {number}", "kind": "text"} for word in ("one", "other")]
        together(
            *(
                lambda one=one, body=body: one.post("/v1/custom-fields", json=body)
                for one, body in zip(keepers, bodies, strict=True)
            )
        )
    with app.app_context():
        enter(cast.account_id)
        assert count_of(CustomField) == ROUNDS
        keys = list(db.session.scalars(select(CustomField.position)))
        assert len(set(keys)) == len(keys), "each has a place of its own"


def test_two_change_one_field_and_order_the_fields(keepers: Any, inspected: Inspected) -> None:
    olga, sven = keepers
    ids = [olga.post("/v1/custom-fields", json={"name": f"F{n}", "kind": "text"}).json["id"] for n in range(4)]
    for number in range(ROUNDS):
        address = f"/v1/custom-fields/{ids[number % 4]}"
        answers = together(
            lambda: olga.patch(address, json={"name": f"Name {number}"}),
            lambda: sven.post("/v1/custom-fields/reorder", json={"custom_field_ids": ids[:: 1 - 2 * (number % 2)]}),
            lambda: sven.delete(address),
        )
        assert [answer.status_code for answer in answers] == [200, 200, 204]
        assert olga.post(f"{address}/restore", json={}).status_code == 200
    inspected()


def test_two_set_two_fields_of_one_task(keepers: Any, make: Make, inspected: Inspected) -> None:
    olga, sven = keepers
    for name in ("One", "Other"):
        olga.post("/v1/custom-fields", json={"name": name, "kind": "text"})
    for number in range(ROUNDS):
        path = f"/v1/tasks/{make('mara', 'uma')}"
        version = olga.get(path).json["version"]
        both = together(
            lambda: olga.patch(path, json={"custom_fields": {"one": "a"}, "version": version}),
            lambda: sven.patch(path, json={"custom_fields": {"other": "b"}, "version": version}),
        )
        assert statuses(both) == [200, 200]
        assert olga.get(path).json["custom_fields"] == {"one": "a", "other": "b"}
        version = olga.get(path).json["version"]
        same = together(
            lambda: olga.patch(path, json={"custom_fields": {"one": f"c {number}"}, "version": version}),
            lambda: sven.patch(path, json={"custom_fields": {"one": f"d {number}"}, "version": version}),
        )
        assert statuses(same) == [200, 409]
        won, lost = sorted(same, key=lambda answer: answer.status_code)
        theirs = lost.json["details"]["conflicts"]["custom_fields.one"]["theirs"]
        assert theirs == won.json["custom_fields"]["one"]
    inspected()
