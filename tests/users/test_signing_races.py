"""Two at once, on a real database: nobody sees a fault, and what may exist once exists once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import PASSWORD
from tests.users.conftest import NEWCOMER
from tests.users.mailbox import mails, token_in
from todoapp.accounts.models import Account, AccountMembership
from todoapp.extensions import db
from todoapp.tenancy import across_accounts
from todoapp.users.models import User


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same time; returns what each answered."""
    barrier, answers = threading.Barrier(len(deeds)), [None] * len(deeds)

    def do(number: int, deed: Callable[[], Any]) -> None:
        barrier.wait()
        answers[number] = deed()

    threads = [threading.Thread(target=do, args=(number, deed)) for number, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def posting(app, path, **body):
    return lambda: app.test_client().post(path, json=body).status_code


def test_one_address_registered_by_five_at_once_is_one_person(app, cast):
    answers = at_once(*[posting(app, "/v1/auth/register", **NEWCOMER) for _person in range(5)])
    assert answers == [202] * 5
    with app.app_context(), across_accounts("tests look everywhere"):
        users = db.session.scalars(select(User).where(User.email == NEWCOMER["email"])).all()
        assert len(users) == 1
        members = db.session.scalars(select(AccountMembership).where(AccountMembership.user_id == users[0].id)).all()
        assert len(members) == 1


def test_one_name_taken_by_five_at_once_gives_five_slugs(app, cast):
    deeds = [posting(app, "/v1/auth/register", **NEWCOMER | {"email": f"n{n}@fjord.example"}) for n in range(5)]
    assert at_once(*deeds) == [202] * 5
    with app.app_context():
        slugs = db.session.scalars(select(Account.slug).where(Account.name == NEWCOMER["account_name"])).all()
    assert len(slugs) == len(set(slugs)) == 5


def test_a_link_used_by_five_at_once_is_used_once(app, client):
    client.post("/v1/auth/register", json=NEWCOMER)
    token = token_in(mails(app)[0])
    answers = at_once(*[posting(app, "/v1/auth/activate", token=token) for _person in range(5)])
    assert sorted(answers) == [200, 410, 410, 410, 410]


def test_a_reset_link_used_by_five_at_once_sets_one_password(app, client, cast):
    client.post("/v1/auth/password/forgot", json={"email": cast.mara.email})
    token = token_in(mails(app)[0])
    passwords = [f"blue kettle mango number {number}" for number in range(5)]
    answers = at_once(*[posting(app, "/v1/auth/password/reset", token=token, password=each) for each in passwords])
    assert sorted(answers) == [200, 410, 410, 410, 410]
    chosen = passwords[answers.index(200)]
    assert posting(app, "/v1/auth/login", email=cast.mara.email, password=chosen)() == 200


def test_five_sign_ins_at_once_are_counted(app, client, cast):
    deeds = [posting(app, "/v1/auth/login", email=cast.mara.email, password=PASSWORD) for _device in range(5)]
    assert at_once(*deeds) == [200] * 5
    with app.app_context():
        assert db.session.get(User, cast.mara.user_id).sign_in_count == 5


def test_preferences_set_at_once_all_stay(app, cast, api):
    clients = [api(cast.mara) for _tab in range(5)]

    def setting(client, number):
        return lambda: client.patch("/v1/users/me/preferences", json={f"key{number}": number}).status_code

    assert at_once(*[setting(client, number) for number, client in enumerate(clients)]) == [200] * 5
    kept = clients[0].get("/v1/users/me/preferences").json["preferences"]
    assert kept == {f"key{number}": number for number in range(5)}


def test_a_mobile_number_claimed_by_two_at_once_goes_to_one(app, cast, api):
    people = [api(person) for person in (cast.mara, cast.uma, cast.zoe)]

    def claiming(client):
        return lambda: client.patch("/v1/users/me", json={"mobile": "+491711234567"}).status_code

    assert sorted(at_once(*[claiming(client) for client in people])) == [200, 422, 422]


def test_a_password_changed_while_somebody_signs_in_leaves_no_old_session(app, cast, api):
    mara = api(cast.mara)
    change = {"current_password": PASSWORD, "password": "blue kettle mango seven"}
    tokens: list[str] = []

    def sign_in():
        answer = app.test_client().post("/v1/auth/login", json={"email": cast.mara.email, "password": PASSWORD})
        if answer.status_code == 200:
            tokens.append(answer.json["access_token"])
        return answer.status_code

    answers = at_once(lambda: mara.post("/v1/users/me/password", json=change).status_code, sign_in, sign_in)
    assert answers[0] == 204
    assert set(answers[1:]) <= {200, 401}
    for token in tokens:
        stale = {"Authorization": f"Bearer {token}"}
        assert app.test_client().get("/v1/users/me", headers=stale).status_code == 401


@pytest.mark.parametrize("path", ["/v1/auth/switch-account"])
def test_no_token_is_kept_for_a_repeated_request(app, cast, api, path):
    from todoapp.idempotency.models import GivenAnswer

    answer = api(cast.mara).post(path, json={"account": "northwind"}, headers={"Idempotency-Key": "again"})
    assert answer.status_code == 200
    with app.app_context():
        assert db.session.scalars(select(GivenAnswer)).all() == []
