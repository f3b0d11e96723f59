"""The JSON doors of accounts, members and invitations, as a client meets them."""

import pytest
from sqlalchemy import select

from tests.cast import PASSWORD
from todoapp.accounts.models import Account, AccountMembership, Invitation
from todoapp.extensions import db
from todoapp.tenancy import across_accounts
from todoapp.users.links import make_token

ROLES = {"olga": "owner", "sven": "super_manager", "mara": "manager", "uma": "user"}
NEW = "seven wild geese over water"

# Each door of a member's account by role; the letters are the answers of owner, super manager, manager and user.
DOORS = {
    ("GET", ""): (200, 200, 200, 200),
    ("PATCH", ""): (200, 200, 403, 403),
    ("DELETE", ""): (200, 403, 403, 403),
    ("GET", "/settings"): (200, 200, 403, 403),
    ("PATCH", "/settings"): (200, 200, 403, 403),
    ("GET", "/members"): (200, 200, 200, 200),
    ("POST", "/members"): (201, 201, 403, 403),
    ("GET", "/members/{nina}"): (200, 200, 200, 200),
    ("PATCH", "/members/{nina}"): (200, 200, 403, 403),
    ("DELETE", "/members/{nina}"): (204, 204, 403, 403),
    ("GET", "/invitations"): (200, 200, 403, 403),
    ("GET", "/invitations/{invitation}"): (200, 200, 403, 403),
    ("DELETE", "/invitations/{invitation}"): (204, 204, 403, 403),
}
BODIES = {
    ("PATCH", ""): {"name": "Southwind"},
    ("PATCH", "/settings"): {"hue": 7},
    ("POST", "/members"): {"email": "more@new.test"},
    ("PATCH", "/members/{nina}"): {"role": "manager"},
}


def home(person):
    return f"/v1/accounts/{person.account_id}"


@pytest.fixture
def ids(api, cast):
    """What stands in the addresses of `DOORS`."""
    made = api(cast.olga).post(f"{home(cast.olga)}/members", json={"email": "new@new.test"})
    assert made.status_code == 201, made.json
    return {"nina": cast.nina.user_id, "invitation": made.json["id"]}


def photograph(app):
    """Everything that these doors could change."""
    with app.app_context(), across_accounts("the test looks at everything"):
        return [
            [
                tuple(getattr(row, column.key) for column in model.__table__.columns)
                for row in db.session.scalars(select(model).order_by(model.id))
            ]
            for model in (Account, AccountMembership, Invitation)
        ]


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("door", DOORS, ids=" ".join)
def test_doors_open_by_role(app, api, cast, ids, door, who):
    method, path = door
    before = photograph(app)
    client = api(getattr(cast, who))
    answer = client.open(home(cast.olga) + path.format(**ids), method, json=BODIES.get(door))
    assert answer.status_code == DOORS[door][list(ROLES).index(who)], answer.text
    if answer.status_code >= 400 or method == "GET":
        assert photograph(app) == before
    if answer.status_code == 403:
        assert answer.mimetype == "application/problem+json"
        assert answer.json["detail"]


@pytest.mark.parametrize("door", DOORS, ids=" ".join)
def test_another_account_does_not_exist(app, api, cast, ids, door):
    method, path = door
    before = photograph(app)
    for base in (home(cast.olga), "/v1/accounts/999999"):
        answer = api(cast.zoe).open(base + path.format(**ids), method, json=BODIES.get(door))
        assert answer.status_code == 404
        assert answer.json["detail"] == "There is nothing here that you may see."
    assert photograph(app) == before


@pytest.mark.parametrize("door", [door for door in DOORS if "{" in door[1]], ids=" ".join)
def test_ids_of_another_account_do_not_exist_in_ones_own(app, api, cast, ids, door):
    method, path = door
    before = photograph(app)
    answer = api(cast.zoe).open(home(cast.zoe) + path.format(**ids), method, json=BODIES.get(door))
    assert answer.status_code == 404
    assert photograph(app) == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/members", {"email": "x@new.test", "manager_id": "{zoe}"}),
        ("POST", "/members", {"email": "x@new.test", "placeholder_id": "{zoe}"}),
        ("PATCH", "/members/{nina}", {"manager_id": "{zoe}"}),
        ("PATCH", "/members/{mara}", {"role": "user", "successor_id": "{zoe}"}),
        ("PATCH", "/members/{nina}", {"role": "user", "successor_id": "{zoe}"}),
        ("DELETE", "/members/{nina}", {"successor_id": "{zoe}"}),
        ("DELETE", "/members/{nina}?successor_id={zoe}", None),
        ("GET", "/members?manager_id={zoe}", None),
    ],
)
def test_people_of_another_account_do_not_exist_in_body_and_query(app, api, cast, method, path, body):
    ids = {name: person.user_id for name, person in cast.people.items()}
    before = photograph(app)
    body = body and {name: ids["zoe"] if value == "{zoe}" else value for name, value in body.items()}
    answer = api(cast.olga).open(home(cast.olga) + path.format(**ids), method, json=body)
    assert answer.status_code == 404, answer.text
    assert photograph(app) == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {}),
        ("PATCH", "", {"name": ""}),
        ("PATCH", "", {"name": "\u202e"}),
        ("PATCH", "", {"name": None}),
        ("PATCH", "", {"name": "x" * 121}),
        ("PATCH", "", {"name": "a\ud800b"}),
        ("PATCH", "", {"slug": "Über uns"}),
        ("PATCH", "", {"slug": "a--b"}),
        ("PATCH", "", {"slug": "a" * 81}),
        ("PATCH", "", {"slug": "ok\n"}),
        ("PATCH", "", {"max_users": 1000}),
        ("PATCH", "", {"subscription_tier": "enterprise"}),
        ("PATCH", "", {"status": "active", "deleted_at": None}),
        ("PATCH", "/settings", {}),
        ("PATCH", "/settings", {"admin": True}),
        ("PATCH", "/settings", {"hue": 12}),
        ("PATCH", "/settings", {"hue": "blue"}),
        ("PATCH", "/settings", {"default_timezone": "Mars/Olympus"}),
        ("PATCH", "/settings", {"default_timezone": "../../etc/passwd"}),
        ("PATCH", "/settings", {"language": "xx"}),
        ("PATCH", "/settings", {"working_hours": {"start": "18:00"}}),
        ("PATCH", "/settings", {"working_hours": {"start": "8:00"}}),
        ("PATCH", "/settings", {"working_hours": {"end": "24:00"}}),
        ("PATCH", "/settings", {"working_hours": {"start": None}}),
        ("PATCH", "/settings", {"working_hours": {"days": []}}),
        ("PATCH", "/settings", {"working_hours": {"days": [7]}}),
        ("PATCH", "/settings", {"working_hours": {"lunch": "12:00"}}),
        ("PATCH", "/settings", [1]),
        ("POST", "/members", {}),
        ("POST", "/members", {"email": "nobody"}),
        ("POST", "/members", {"email": "a@b.test\r\nBcc: all@northwind.test"}),
        ("POST", "/members", {"email": ["a@b.test"]}),
        ("POST", "/members", {"email": "x" * 300 + "@b.test"}),
        ("POST", "/members", {"email": "a@b.test", "role": "admin"}),
        ("POST", "/members", {"email": "a@b.test", "role": None}),
        ("POST", "/members", {"email": "a@b.test", "account_id": 2}),
        ("POST", "/members", {"email": "a@b.test", "manager_id": 1.5}),
        ("POST", "/members", {"email": "a@b.test", "manager_id": 2**63}),
        ("PATCH", "/members/{nina}", {}),
        ("PATCH", "/members/{nina}", {"successor_id": 1}),
        ("PATCH", "/members/{nina}", {"user_id": 1}),
        ("PATCH", "/members/{nina}", {"left_at": None}),
        ("PATCH", "/members/{nina}", {"can_reassign_tasks": "perhaps"}),
        ("DELETE", "/members/{nina}", {"successor_id": -1}),
        ("DELETE", "/members/{nina}", {"succesor_id": 1}),
        ("DELETE", "/members/{nina}?successor_id=x", None),
        ("GET", "/members?role=boss", None),
        ("GET", "/members?per_page=1000", None),
        ("GET", "/members?page=0", None),
        ("GET", "/invitations?page=x", None),
    ],
)
def test_hostile_input_is_refused_and_changes_nothing(app, api, cast, method, path, body):
    before = photograph(app)
    answer = api(cast.olga).open(home(cast.olga) + path.format(nina=cast.nina.user_id), method, json=body)
    assert answer.status_code == 422, answer.text
    assert photograph(app) == before


def test_names_are_kept_as_they_were_written(api, cast):
    name = "<img src=x onerror=alert(1)> 日本 'Ost' \"&\" ;--"
    answer = api(cast.olga).patch(home(cast.olga), json={"name": name})
    assert answer.json["name"] == name
    assert api(cast.uma).get(home(cast.uma)).json["name"] == name


def test_another_account_is_created_listed_and_switched_to(api, cast):
    uma = api(cast.uma)
    made = uma.post("/v1/accounts", json={"name": "日本"})
    assert made.status_code == 201
    assert made.json["role"] == "owner"
    assert made.json["slug"]
    rows = uma.get("/v1/accounts").json
    assert [(row["name"], row["role"]) for row in rows["accounts"]] == [("Northwind", "user"), ("日本", "owner")]
    assert rows["meta"]["total_count"] == 2
    assert uma.get(f"/v1/accounts/{made.json['id']}").status_code == 404, "the token is for the other account"
    assert [row["id"] for row in api(cast.zoe).get("/v1/accounts").json["accounts"]] == [cast.other_id]


def test_a_taken_slug_is_a_conflict(api, cast):
    answer = api(cast.olga).patch(home(cast.olga), json={"name": "Nordwind", "slug": "zebra"})
    assert answer.status_code == 409
    assert list(answer.json["fields"]) == ["slug"]
    assert api(cast.olga).get(home(cast.olga)).json["name"] == "Northwind"
    assert api(cast.olga).patch(home(cast.olga), json={"slug": "north-wind"}).json["slug"] == "north-wind"


def test_settings_merge_and_go_back_to_their_defaults(api, cast):
    sven, path = api(cast.sven), f"{home(cast.sven)}/settings"
    before = sven.get(path).json
    assert before == {
        "allow_rejection": True,
        "managers_can_reassign": False,
        "several_running_tasks": False,
        "answer_within_hours": None,
        "return_unanswered": False,
        "hue": 0,
        "default_timezone": "UTC",
        "language": "en",
        "holidays": [],
        "working_hours": {"start": "09:00", "end": "17:00", "days": [0, 1, 2, 3, 4]},
    }
    sven.patch(path, json={"hue": 3, "allow_rejection": False})
    after = sven.patch(path, json={"working_hours": {"start": "08:30"}, "default_timezone": "Europe/Berlin"})
    assert after.json == before | {
        "hue": 3,
        "allow_rejection": False,
        "default_timezone": "Europe/Berlin",
        "working_hours": {"start": "08:30", "end": "17:00", "days": [0, 1, 2, 3, 4]},
    }
    reset = dict.fromkeys(before)
    assert sven.patch(path, json=reset).json == before


def test_settings_decide_what_members_may(api, cast):
    task = api(cast.mara).post("/v1/tasks", json={"title": "Report", "assigned_to_id": cast.uma.user_id}).json["id"]
    api(cast.olga).patch(f"{home(cast.olga)}/settings", json={"allow_rejection": False})
    assert api(cast.uma).post(f"/v1/tasks/{task}/reject", json={"reason": "no"}).status_code == 403
    api(cast.olga).patch(f"{home(cast.olga)}/settings", json={"allow_rejection": None})
    assert api(cast.uma).post(f"/v1/tasks/{task}/reject", json={"reason": "no"}).status_code == 200


def test_members_are_listed_filtered_and_found(api, cast, placeholder):
    uma, path = api(cast.uma), f"{home(cast.uma)}/members"
    page = uma.get(f"{path}?per_page=3").json
    assert [row["name"].split()[0] for row in page["members"]] == ["Mara", "Milo", "Nina"]
    assert page["meta"] == {"total_count": 9, "total_capped": False, "page": 1, "per_page": 3, "total_pages": 3}

    def names(query):
        return [row["name"].split()[0] for row in uma.get(f"{path}?{query}").json["members"]]

    assert names("role=owner,super_manager") == ["Olga", "Sven"]
    assert names(f"manager_id={cast.mara.user_id}") == ["Paul", "Udo", "Uma"]
    assert names("search=UMA") == ["Uma"]
    assert names("search=udo@northwind") == ["Udo"]
    assert names("search=%25") == names("search=_") == names("search='; DROP TABLE users") == []
    assert names("search=northwind ma") == ["Mara", "Uma"]
    row = next(row for row in uma.get(path).json["members"] if row["user_id"] == cast.uma.user_id)
    joined = row.pop("joined_at")
    assert joined.endswith("+00:00")
    assert row == {
        "user_id": cast.uma.user_id,
        "name": "Uma Northwind",
        "email": "uma@northwind.test",
        "is_placeholder": False,
        "role": "user",
        "manager": {"id": cast.mara.user_id, "name": "Mara Northwind"},
        "can_reassign_tasks": False,
        "suspended_at": None,
    }
    paul = uma.get(f"{path}/{placeholder.user_id}").json
    assert (paul["email"], paul["is_placeholder"]) == (None, True)


def test_an_invitation_from_the_door_to_the_account(app, api, cast):
    made = api(cast.sven).post(
        f"{home(cast.sven)}/members",
        json={"email": " New@New.Test ", "role": "manager", "manager_id": cast.sven.user_id},
    )
    assert made.status_code == 201, made.json
    assert made.json["email"] == "new@new.test"
    assert made.json["manager"] == made.json["invited_by"] == {"id": cast.sven.user_id, "name": "Sven Northwind"}
    listed = api(cast.olga).get(f"{home(cast.olga)}/invitations").json
    assert [row["id"] for row in listed["invitations"]] == [made.json["id"]]
    with app.app_context(), across_accounts("the test reads the mail"):
        token = make_token("invite", db.session.get_one(Invitation, made.json["id"]))
    accept = {"token": token, "first_name": "Nora", "last_name": "Neu", "password": NEW}
    stranger = app.test_client()
    joined = stranger.post("/v1/invitations/accept", json=accept)
    assert joined.status_code == 200, joined.json
    assert (joined.json["account"]["id"], joined.json["account"]["role"]) == (cast.account_id, "manager")
    assert joined.json["member"]["name"] == "Nora Neu"
    assert stranger.post("/v1/invitations/accept", json=accept).status_code == 410
    signed_in = stranger.post("/v1/auth/login", json={"email": "new@new.test", "password": NEW})
    assert signed_in.status_code == 200, signed_in.json


def test_a_known_person_accepts_with_a_token_or_a_password(app, api, cast):
    for who, proof in (("zak", "token"), ("zoe", "password")):
        person = getattr(cast, who)
        made = api(cast.olga).post(f"{home(cast.olga)}/members", json={"email": person.email})
        with app.app_context(), across_accounts("the test reads the mail"):
            token = make_token("invite", db.session.get_one(Invitation, made.json["id"]))
        assert app.test_client().post("/v1/invitations/accept", json={"token": token}).status_code == 401
        assert api(cast.uma).post("/v1/invitations/accept", json={"token": token}).status_code == 403
        if proof == "token":
            joined = api(person).post("/v1/invitations/accept", json={"token": token})
        else:
            joined = app.test_client().post("/v1/invitations/accept", json={"token": token, "password": PASSWORD})
        assert joined.status_code == 200, joined.json
        assert joined.json["member"]["user_id"] == person.user_id


@pytest.mark.parametrize("token", ["", "x" * 501, None, 7, ["a"]])
def test_a_token_of_no_shape_is_bad_input(app, cast, token):
    assert app.test_client().post("/v1/invitations/accept", json={"token": token}).status_code == 422


def test_who_is_removed_is_out_at_the_next_request(api, cast):
    uma, udo = api(cast.uma), api(cast.udo)
    assert uma.get("/v1/boards/my-board").status_code == 200
    assert api(cast.sven).delete(f"{home(cast.sven)}/members/{cast.uma.user_id}").status_code == 204
    for path in ("/v1/boards/my-board", "/v1/tasks", home(cast.uma), f"{home(cast.uma)}/members", "/v1/accounts"):
        assert uma.get(path).status_code == 401
    assert udo.get("/v1/boards/my-board").status_code == 200


def test_leaving_one_account_leaves_the_others(app, api, cast):
    uma = api(cast.uma)
    own = uma.post("/v1/accounts", json={"name": "Mine"}).json["id"]
    switched = uma.post("/v1/auth/switch-account", json={"account": str(own)})
    assert switched.status_code == 200, switched.json
    assert api(cast.uma).delete(f"{home(cast.uma)}/members/{cast.uma.user_id}").status_code == 204
    elsewhere = {"Authorization": f"Bearer {switched.json['access_token']}"}
    with app.app_context():
        listed = app.test_client().get("/v1/accounts", headers=elsewhere)
    assert [row["id"] for row in listed.json["accounts"]] == [own]


def test_a_new_role_counts_at_the_next_request(api, cast):
    nina, sven = api(cast.nina), api(cast.sven)
    task = api(cast.mara).post("/v1/tasks", json={"title": "Report", "assigned_to_id": cast.uma.user_id}).json["id"]
    assert nina.get(f"/v1/boards/user/{cast.uma.user_id}").status_code == 403
    for change in ({"role": "manager"},):
        assert sven.patch(f"{home(cast.sven)}/members/{cast.nina.user_id}", json=change).json["role"] == "manager"
    sven.patch(f"{home(cast.sven)}/members/{cast.uma.user_id}", json={"manager_id": cast.nina.user_id})
    assert nina.get(f"/v1/boards/user/{cast.uma.user_id}").status_code == 200
    assert nina.get(f"/v1/tasks/{task}").status_code == 200
    sven.patch(f"{home(cast.sven)}/members/{cast.nina.user_id}", json={"role": "user"})
    assert nina.get(f"/v1/tasks/{task}").status_code == 404


def test_a_deleted_account_is_closed_to_all_and_restored_by_an_owner(api, cast, at):
    at("2026-11-01T09:00:00Z")
    olga, sven, uma = api(cast.olga), api(cast.sven), api(cast.uma)
    gone = olga.delete(home(cast.olga))
    assert gone.json["deleted_at"] == "2026-11-01T09:00:00+00:00"
    assert gone.json["restorable_until"] == "2026-12-01T09:00:00+00:00"
    for client in (olga, sven, uma):
        for path in (home(cast.olga), "/v1/tasks", "/v1/boards/my-board", f"{home(cast.olga)}/members"):
            assert client.get(path).status_code == 401
    assert [row["deleted_at"] for row in olga.get("/v1/accounts").json["accounts"]] == [gone.json["deleted_at"]]
    assert uma.get("/v1/accounts").json["accounts"] == []
    assert sven.post(f"{home(cast.sven)}/restore").status_code == 403
    assert api(cast.zoe).post(f"{home(cast.olga)}/restore").status_code == 404
    at("2026-11-07T09:00:00Z")
    again = api(cast.olga)
    assert again.post(f"{home(cast.olga)}/restore").json["deleted_at"] is None
    assert again.post(f"{home(cast.olga)}/restore").status_code == 200
    assert api(cast.uma).get("/v1/tasks").status_code == 200


def test_after_thirty_days_nothing_comes_back(api, cast, at):
    at("2026-11-01T09:00:00Z")
    api(cast.olga).delete(home(cast.olga))
    at("2026-12-01T09:00:00Z")
    assert api(cast.olga).post(f"{home(cast.olga)}/restore").status_code == 410
