"""Limits on tries: per subject and per address, for every secret, also for the right one, across restarts and workers."""

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from tests.cast import PASSWORD
from tests.users.conftest import NEWCOMER
from tests.users.mailbox import mails, token_in
from todoapp import create_app
from todoapp.extensions import db
from todoapp.kit.transaction import atomic
from todoapp.users.models import SecretTries
from todoapp.users.tries import count_try

WRONG = "wrong horse battery staple"


def login(client, email, password=WRONG, ip="127.0.0.1"):
    return client.post("/v1/auth/login", json={"email": email, "password": password}, environ_base={"REMOTE_ADDR": ip})


def test_ten_failures_pause_an_address_of_mail_also_for_the_right_secret(client, cast, at):
    at("2026-11-24T09:00:00Z")
    for _try in range(10):
        assert login(client, cast.mara.email).status_code == 401
    at("2026-11-24T09:04:30Z")
    refused = login(client, cast.mara.email.upper(), PASSWORD, ip="192.0.2.9")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == str(10 * 60 + 30)
    assert refused.json["details"]["retry_after"] == 10 * 60 + 30
    assert refused.json["detail"] == "Too many tries. Wait 11 minutes before you try again."
    assert login(client, cast.uma.email, PASSWORD).status_code == 200, "others go on"
    at("2026-11-24T09:15:00Z")
    assert login(client, cast.mara.email, PASSWORD).status_code == 200


def test_the_pause_begins_with_the_last_failure(client, cast, at):
    for minute in range(10):
        at(f"2026-11-24T09:0{minute}:00Z")
        login(client, cast.mara.email)
    at("2026-11-24T09:23:59Z")
    assert login(client, cast.mara.email, PASSWORD).status_code == 429
    at("2026-11-24T09:24:00Z")
    assert login(client, cast.mara.email, PASSWORD).status_code == 200


def test_the_last_tries_are_announced(client, cast):
    said = [login(client, cast.mara.email).json["detail"] for _try in range(10)]
    assert said[5] == "This e-mail address and password do not belong together."
    assert said[6].endswith("After 3 more tries we pause sign-in for 15 minutes.")
    assert said[8].endswith("After 1 more try we pause sign-in for 15 minutes.")
    assert said[9].endswith("We pause sign-in for 15 minutes.")


def test_success_clears_the_count_of_the_person(client, cast):
    for _round in range(3):
        for _try in range(9):
            assert login(client, cast.mara.email).status_code == 401
        assert login(client, cast.mara.email, PASSWORD).status_code == 200


def test_unknown_addresses_are_paused_alike(client, cast):
    known = [login(client, cast.mara.email).status_code for _try in range(11)]
    unknown = [login(client, "nobody@northwind.test", ip="192.0.2.1").status_code for _try in range(11)]
    assert known == unknown == [401] * 10 + [429]


@pytest.mark.parametrize(("first", "same"), [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")])
def test_fifty_failures_pause_a_network_address(client, cast, first, same):
    for number in range(50):
        assert login(client, f"p{number}@northwind.test", ip=first).status_code == 401
    assert login(client, cast.mara.email, PASSWORD, ip=same).status_code == 429
    assert login(client, cast.mara.email, PASSWORD, ip="198.51.100.1").status_code == 200
    assert login(client, cast.mara.email, PASSWORD, ip="2001:db8:1:3::1").status_code == 200


def test_ones_own_account_does_not_reset_the_count_of_the_network_address(client, cast):
    for number in range(49):
        login(client, f"p{number}@northwind.test")
        assert login(client, cast.zak.email, PASSWORD).status_code == 200
    login(client, "p50@northwind.test")
    assert login(client, cast.zak.email, PASSWORD).status_code == 429


def test_counts_survive_a_restart_and_hold_across_workers(app, client, cast, settings):
    for _try in range(10):
        login(client, cast.mara.email)
    other = create_app(settings)
    assert login(other.test_client(), cast.mara.email, PASSWORD).status_code == 429


def test_parallel_tries_do_not_slip_past_the_limit(app, cast):
    answers = []
    barrier = threading.Barrier(16)

    def guess():
        barrier.wait()
        answers.append(login(app.test_client(), cast.mara.email).status_code)

    threads = [threading.Thread(target=guess) for _guess in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [401] * 10 + [429] * 6


SECRETS = {
    "activate": ("/v1/auth/activate", {"token": "1.x"}, 410),
    "reset": ("/v1/auth/password/reset", {"token": "1.x", "password": PASSWORD}, 410),
    "refresh": ("/v1/auth/refresh", {"refresh_token": "x"}, 401),
}


@pytest.mark.parametrize("kind", SECRETS)
def test_fifty_wrong_tokens_pause_the_address_also_for_the_right_one(app, client, cast, kind):
    path, body, refused = SECRETS[kind]
    client.post("/v1/auth/register", json=NEWCOMER)
    right = {
        "activate": lambda: token_in(mails(app)[0]),
        "reset": lambda: _reset_token(app, client),
        "refresh": lambda: _refresh(client, cast),
    }
    token = right[kind]()
    for _try in range(50):
        assert client.post(path, json=body).status_code == refused
    field = "refresh_token" if kind == "refresh" else "token"
    answer = client.post(path, json=body | {field: token})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert client.post(path, json=body | {field: token}, environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 200


def _reset_token(app, client):
    client.post("/v1/auth/password/forgot", json={"email": NEWCOMER["email"]})
    return token_in(mails(app)[-1])


def _refresh(client, cast):
    return login(client, cast.mara.email, PASSWORD).json["refresh_token"]


def test_right_tokens_do_not_use_up_the_tries(client, cast):
    token = _refresh(client, cast)
    for _time in range(60):
        token = client.post("/v1/auth/refresh", json={"refresh_token": token}).json["refresh_token"]


def test_the_old_password_is_a_secret_too(cast, api):
    mara = api(cast.mara)
    body = {"current_password": WRONG, "password": "blue kettle mango seven"}
    for _try in range(10):
        assert mara.post("/v1/users/me/password", json=body).status_code == 422
    assert mara.post("/v1/users/me/password", json=body | {"current_password": PASSWORD}).status_code == 429


@pytest.mark.parametrize("path", ["/v1/auth/password/forgot", "/v1/auth/activate/resend"])
def test_nobody_is_flooded_with_mail(client, cast, path):
    answers = [client.post(path, json={"email": cast.mara.email}).status_code for _time in range(6)]
    strangers = [client.post(path, json={"email": "nobody@northwind.test"}).status_code for _time in range(6)]
    assert answers == strangers == [202] * 5 + [429]


def test_work_that_the_database_has_done_again_is_one_try(app):
    begun = []

    def work():
        begun.append(count_try("mail", "192.0.2.7", "uma@fjord.example"))
        if len(begun) < 4:
            raise StaleDataError("somebody was quicker")

    with app.app_context():
        atomic(work)
        assert len(begun) == 4
        assert set(db.session.scalars(select(SecretTries.failures))) == {1}
        atomic(lambda: count_try("mail", "192.0.2.7", "uma@fjord.example"))
        assert set(db.session.scalars(select(SecretTries.failures))) == {2}
