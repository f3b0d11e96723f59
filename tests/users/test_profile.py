"""What people say of themselves."""

import pytest

from todoapp.extensions import db
from todoapp.users.models import User


def test_one_sees_oneself(cast, api):
    me = api(cast.uma).get("/v1/users/me").json
    assert (me["id"], me["email"], me["name"]) == (cast.uma.user_id, cast.uma.email, "Uma Northwind")
    assert "password_hash" not in me


def test_one_changes_oneself(cast, api):
    uma = api(cast.uma)
    changes = {
        "first_name": "  Úma ",
        "last_name": "",
        "mobile": "+49 (171) 123-4567",
        "timezone": "Asia/Kathmandu",
        "language": "de",
        "avatar_url": "https://pictures.example/uma.png",
    }
    answer = uma.patch("/v1/users/me", json=changes)
    assert answer.status_code == 200, answer.json
    expected = changes | {"first_name": "Úma", "mobile": "+491711234567"}
    shown = uma.get("/v1/users/me").json
    assert {name: shown[name] for name in expected} == expected
    assert shown["name"] == "Úma"
    assert uma.patch("/v1/users/me", json={"mobile": None, "avatar_url": None}).json["mobile"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"first_name": ""},
        {"first_name": None},
        {"first_name": "x" * 81},
        {"mobile": "0171 1234567"},
        {"mobile": "+0123456789"},
        {"mobile": "+49١٧١١٢٣٤٥٦٧"},
        {"mobile": "+1234567890123456"},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc/passwd"},
        {"timezone": "localtime"},
        {"language": "xx"},
        {"avatar_url": "http://pictures.example/uma.png"},
        {"avatar_url": "javascript:alert(1)"},
        {"avatar_url": "https://" + "x" * 500 + ".example"},
        {"email": "other@northwind.test"},
        {"password_hash": "x"},
        {"activated_at": None},
        {"id": 1},
        {"default_account_id": 1},
        {"sign_in_count": 0},
        {"preferences": {}},
        [],
        "x",
    ],
)
def test_what_cannot_be_used_changes_nothing(cast, api, changes):
    uma = api(cast.uma)
    before = uma.get("/v1/users/me").json
    assert uma.patch("/v1/users/me", json=changes).status_code in (400, 422)
    assert uma.get("/v1/users/me").json == before


def test_a_mobile_number_belongs_to_one_person(app, cast, api):
    assert api(cast.zoe).patch("/v1/users/me", json={"mobile": "+491711234567"}).status_code == 200
    answer = api(cast.uma).patch("/v1/users/me", json={"mobile": "+49 171 1234567", "first_name": "Changed"})
    assert answer.status_code == 422
    assert "mobile" in answer.json["fields"]
    with app.app_context():
        assert db.session.get(User, cast.uma.user_id).first_name == "Uma"


def test_preferences_merge(cast, api):
    uma = api(cast.uma)
    assert uma.get("/v1/users/me/preferences").json == {"preferences": {}}
    uma.patch("/v1/users/me/preferences", json={"theme": "dark", "columns": {"wide": ["done"]}})
    answer = uma.patch("/v1/users/me/preferences", json={"theme": "light", "dense": True})
    merged = {"theme": "light", "columns": {"wide": ["done"]}, "dense": True}
    assert answer.json == {"preferences": merged}
    assert uma.patch("/v1/users/me/preferences", json={"columns": None}).json["preferences"] == {
        "theme": "light",
        "dense": True,
    }
    assert api(cast.udo).get("/v1/users/me/preferences").json == {"preferences": {}}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"theme": "pink"},
        {"nan": float("nan")},
        {"nested": [{"inf": float("inf")}]},
        {"lone": "\ud800"},
        {"\ud800": 1},
        {"x": "y" * 20_000},
        {"x" * 65: 1},
        {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": 1}}}}}}}}},
        [1],
    ],
)
def test_preferences_stay_small(cast, api, changes):
    uma = api(cast.uma)
    assert uma.patch("/v1/users/me/preferences", json=changes).status_code in (400, 422)
    assert uma.get("/v1/users/me/preferences").json == {"preferences": {}}


def test_preferences_stay_small_in_sum(cast, api):
    uma = api(cast.uma)
    assert uma.patch("/v1/users/me/preferences", json={"a": "x" * 10_000}).status_code == 200
    assert uma.patch("/v1/users/me/preferences", json={"b": "x" * 10_000}).status_code == 422
    assert set(uma.get("/v1/users/me/preferences").json["preferences"]) == {"a"}
