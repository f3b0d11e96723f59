"""Signing in and out, choosing accounts, and the log of it."""

import pytest

from tests.cast import PASSWORD
from tests.users.conftest import STRONG
from todoapp.accounts.models import Account, AccountMembership
from todoapp.extensions import db
from todoapp.tenancy import across_accounts
from todoapp.users.models import User


def bearer(answer):
    return {"Authorization": f"Bearer {answer['access_token']}"}


def join(app, user_id, account_id, role="user"):
    with app.app_context(), across_accounts("tests make members"):
        db.session.add(AccountMembership(account_id=account_id, user_id=user_id, role=role))
        db.session.commit()


def test_signing_in_answers_both_tokens_and_who_and_where(client, cast):
    answer = client.post("/v1/auth/login", json={"email": "MARA@northwind.test", "password": PASSWORD}).json
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 900
    assert answer["user"]["email"] == cast.mara.email
    assert (answer["account"]["slug"], answer["account"]["role"]) == ("northwind", "manager")
    assert "password" not in str(answer)
    me = client.get("/v1/users/me", headers=bearer(answer)).json
    assert me["id"] == cast.mara.user_id
    assert me["sign_in_count"] == 1


@pytest.mark.parametrize(
    "login",
    [
        {"email": "mara@northwind.test", "password": "wrong horse battery staple"},
        {"email": "nobody@northwind.test", "password": PASSWORD},
        {"email": "mara@northwind.test", "password": PASSWORD + " "},
    ],
)
def test_wrong_secrets_and_unknown_addresses_get_one_answer(client, cast, login):
    answer = client.post("/v1/auth/login", json=login)
    assert answer.status_code == 401
    assert answer.json["detail"] == "This e-mail address and password do not belong together."


def test_a_placeholder_cannot_sign_in(app, client, cast):
    with app.app_context():
        db.session.get(User, cast.uma.user_id).password_hash = None
        db.session.commit()
    answer = client.post("/v1/auth/login", json={"email": cast.uma.email, "password": PASSWORD})
    assert answer.status_code == 401


def test_signing_out_ends_both_tokens(client, cast):
    answer = client.post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD}).json
    assert client.post("/v1/auth/logout", headers=bearer(answer)).status_code == 204
    assert client.get("/v1/users/me", headers=bearer(answer)).status_code == 401
    refreshed = client.post("/v1/auth/refresh", json={"refresh_token": answer["refresh_token"]})
    assert refreshed.status_code == 401


def test_the_account_is_that_of_last_time_or_the_one_named(app, client, cast):
    join(app, cast.mara.user_id, cast.other_id)
    login = {"email": cast.mara.email, "password": PASSWORD}
    assert client.post("/v1/auth/login", json=login).json["account"]["id"] == cast.account_id
    for named in ({"account_id": cast.other_id}, {"account": "zebra"}):
        assert client.post("/v1/auth/login", json=login | named).json["account"]["slug"] == "zebra"
    both = login | {"account_id": cast.other_id, "account": "zebra"}
    assert client.post("/v1/auth/login", json=both).status_code == 422


@pytest.mark.parametrize("named", [{"account": "zebra"}, {"account_id": 2**62}, {"account": "missing"}])
def test_an_account_of_others_does_not_exist(client, cast, named):
    answer = client.post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD} | named)
    assert answer.status_code == 404


def test_switching_exchanges_the_token(app, client, cast):
    join(app, cast.mara.user_id, cast.other_id)
    old = client.post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD}).json
    answer = client.post("/v1/auth/switch-account", json={"account_id": cast.other_id}, headers=bearer(old))
    assert answer.status_code == 200
    assert (answer.json["account"]["slug"], answer.json["account"]["role"]) == ("zebra", "user")
    assert client.get("/v1/users/me", headers=bearer(old)).status_code == 401, "the old token was exchanged"
    assert client.get("/v1/users/me", headers=bearer(answer.json)).status_code == 200
    refreshed = client.post("/v1/auth/refresh", json={"refresh_token": old["refresh_token"]}).json
    assert refreshed["account"]["slug"] == "zebra"
    again = client.post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD}).json
    assert again["account"]["slug"] == "zebra", "that of last time"


def test_nobody_switches_into_an_account_of_others(client, cast, api):
    mara = api(cast.mara)
    for named in ({"account_id": cast.other_id}, {"account": "zebra"}, {"account_id": 999999}):
        assert mara.post("/v1/auth/switch-account", json=named).status_code == 404
    assert mara.post("/v1/auth/switch-account", json={}).status_code == 422
    assert mara.get("/v1/users/me").status_code == 200


def test_one_sees_the_accounts_one_works_in(app, cast, api):
    join(app, cast.mara.user_id, cast.other_id)
    answer = api(cast.mara).get("/v1/users/me/accounts").json
    assert [(row["slug"], row["role"]) for row in answer["accounts"]] == [("northwind", "manager"), ("zebra", "user")]
    assert answer["meta"]["total_count"] == 2
    second = api(cast.mara).get("/v1/users/me/accounts?per_page=1&page=2").json
    assert [row["slug"] for row in second["accounts"]] == ["zebra"]


@pytest.mark.parametrize("ending", ["left", "suspended", "deleted"])
def test_the_end_of_a_membership_or_account_is_the_end_of_its_tokens(app, client, cast, api, ending):
    tokens = client.post("/v1/auth/login", json={"email": cast.uma.email, "password": PASSWORD}).json
    with app.app_context(), across_accounts("tests end things"):
        from todoapp.kit.clock import now

        account = db.session.get(Account, cast.account_id)
        member = db.session.query(AccountMembership).filter_by(user_id=cast.uma.user_id).one()
        if ending == "left":
            member.left_at = now()
        elif ending == "suspended":
            account.status = "suspended"
        else:
            account.deleted_at = now()
        db.session.commit()
    assert client.get("/v1/users/me", headers=bearer(tokens)).status_code == 401
    assert client.get("/v1/users/me/sessions", headers=bearer(tokens)).status_code == 401
    assert client.post("/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).status_code == 401
    answer = client.post("/v1/auth/login", json={"email": cast.uma.email, "password": PASSWORD})
    assert answer.json["account"] is None, "the person stays, without an account"


def test_a_sign_in_without_an_account_sees_oneself_and_nothing_else(app, client, cast):
    with app.app_context(), across_accounts("tests end things"):
        db.session.query(AccountMembership).filter_by(user_id=cast.uma.user_id).delete()
        db.session.commit()
    tokens = client.post("/v1/auth/login", json={"email": cast.uma.email, "password": PASSWORD}).json
    assert client.get("/v1/users/me", headers=bearer(tokens)).status_code == 200
    assert client.get("/v1/tasks", headers=bearer(tokens)).status_code == 401


def test_tries_to_sign_in_are_logged_for_the_person_only(client, cast, api):
    client.post("/v1/auth/login", json={"email": cast.mara.email, "password": "x"}, headers={"User-Agent": "curl/8"})
    client.post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD})
    client.post("/v1/auth/login", json={"email": "nobody@northwind.test", "password": PASSWORD})
    log = api(cast.mara).get("/v1/users/me/sign-ins").json
    assert [(one["succeeded"], one["reason"]) for one in log["sign_ins"]] == [(True, None), (False, "wrong_password")]
    assert log["sign_ins"][1]["device"] == "curl"
    assert log["sign_ins"][1]["ip_address"] == "127.0.0.1"
    assert log["meta"] == {"total_count": 2, "total_capped": False, "page": 1, "per_page": 20, "total_pages": 1}
    assert api(cast.uma).get("/v1/users/me/sign-ins").json["sign_ins"] == []


def test_sessions_are_ones_own(client, cast, api):
    mara = api(cast.mara)
    client.post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD})
    zoe = api(cast.zoe)
    rows = mara.get("/v1/users/me/sessions").json["sessions"]
    assert len(rows) == 2
    [current] = [row for row in rows if row["current"]]
    [other] = [row for row in rows if not row["current"]]
    [theirs] = zoe.get("/v1/users/me/sessions").json["sessions"]
    foreign = mara.delete(f"/v1/users/me/sessions/{theirs['id']}")
    missing = mara.delete("/v1/users/me/sessions/999999")
    assert foreign.status_code == missing.status_code == 404
    assert {**foreign.json, "request_id": ""} == {**missing.json, "request_id": ""}
    assert zoe.get("/v1/users/me").status_code == 200
    assert mara.delete(f"/v1/users/me/sessions/{other['id']}").status_code == 204
    assert mara.delete(f"/v1/users/me/sessions/{other['id']}").status_code == 404
    assert mara.delete(f"/v1/users/me/sessions/{current['id']}").status_code == 204
    assert mara.get("/v1/users/me").status_code == 401


def test_bcrypt_hashes_of_the_old_application_verify_and_are_renewed(app, client, cast):
    import bcrypt

    long = "migrated " * 12
    with app.app_context():
        user = db.session.get(User, cast.mara.user_id)
        user.password_hash = bcrypt.hashpw(long.encode()[:72], bcrypt.gensalt(4, prefix=b"2a")).decode()
        assert user.password_hash.startswith("$2a$")
        db.session.commit()
    login = {"email": cast.mara.email, "password": long}
    assert client.post("/v1/auth/login", json=login | {"password": "x" + long}).status_code == 401
    assert client.post("/v1/auth/login", json=login).status_code == 200
    with app.app_context():
        assert db.session.get(User, cast.mara.user_id).password_hash.startswith("$argon2id$")
    assert client.post("/v1/auth/login", json=login).status_code == 200
    assert client.post("/v1/auth/login", json=login | {"password": long[:72]}).status_code == 401, "whole from now on"


def test_a_newcomer_signs_in(newcomer, sign_in):
    assert sign_in()["user"]["email"] == newcomer["email"]
    assert STRONG not in str(sign_in())


@pytest.mark.parametrize("secret", ["\ud800", "", "x" * 2000, "a\x00b"])
def test_odd_passwords_are_refused_without_a_fault(client, cast, secret):
    answer = client.post("/v1/auth/login", json={"email": cast.mara.email, "password": secret})
    assert answer.status_code in (401, 422)
