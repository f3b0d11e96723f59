"""Registering and activating."""

import pytest
from sqlalchemy import func, select

from tests.users.conftest import NEWCOMER
from tests.users.mailbox import link_in, mails, text_of, token_in
from todoapp.accounts.models import Account, AccountMembership
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.tenancy import across_accounts
from todoapp.users.models import User


def stored(app, query):
    with app.app_context(), across_accounts("tests look everywhere"):
        return db.session.scalars(query).all()


def test_who_registers_owns_an_account_once_the_link_is_opened(app, client):
    answer = client.post("/v1/auth/register", json=NEWCOMER | {"email": " Nora@Fjord.Example "})
    assert answer.status_code == 202
    login = {name: NEWCOMER[name] for name in ("email", "password")}
    refused = client.post("/v1/auth/login", json=login)
    assert (refused.status_code, refused.json["code"]) == (403, "not_activated")

    [mail] = mails(app)
    assert mail["To"] == "nora@fjord.example"
    assert mail["Subject"] == "Confirm your email"
    assert link_in(mail).startswith("http://localhost/activate/")
    assert client.post("/v1/auth/activate", json={"token": token_in(mail)}).status_code == 200

    signed_in = client.post("/v1/auth/login", json=login).json
    assert signed_in["account"]["name"] == "Fjord Works"
    assert signed_in["account"]["slug"] == "fjord-works"
    assert signed_in["account"]["role"] == "owner"
    events = [event.action for event in stored(app, select(ActivityLog).order_by(ActivityLog.id))]
    assert events == ["account_created", "user_registered", "user_activated", "signed_in"]


def test_a_link_works_once_and_for_a_day(app, client, at):
    at("2026-11-24T09:00:00Z")
    client.post("/v1/auth/register", json=NEWCOMER)
    token = token_in(mails(app)[0])
    at("2026-11-25T09:00:00Z")
    assert client.post("/v1/auth/activate", json={"token": token}).status_code == 410
    client.post("/v1/auth/activate/resend", json={"email": NEWCOMER["email"]})
    fresh = token_in(mails(app)[-1])
    assert fresh != token
    assert client.post("/v1/auth/activate", json={"token": fresh}).status_code == 200
    assert client.post("/v1/auth/activate", json={"token": fresh}).status_code == 410


@pytest.mark.parametrize("token", ["", "1", "1.", ".x", "9" * 40 + ".x", "1.ä", "-1.x", "0.x", "１.x", "1.\ud800"])
def test_nonsense_is_no_link(client, cast, token):
    assert client.post("/v1/auth/activate", json={"token": token}).status_code in (410, 422)


def test_a_link_serves_its_purpose_only(app, client):
    client.post("/v1/auth/register", json=NEWCOMER)
    token = token_in(mails(app)[0])
    answer = client.post("/v1/auth/password/reset", json={"token": token, "password": "another kettle mango nine"})
    assert answer.status_code == 410


def test_a_known_address_gets_the_same_answer_and_another_mail(app, client, newcomer):
    first = client.post("/v1/auth/register", json=NEWCOMER | {"email": "new@fjord.example"})
    second = client.post(
        "/v1/auth/register", json=NEWCOMER | {"first_name": "Mallory", "password": "evil kettle mango eight"}
    )
    assert first.status_code == second.status_code == 202
    assert first.json["message"].replace("new@", "nora@") == second.json["message"]
    last = next(mail for mail in reversed(mails(app)) if mail["To"] == newcomer["email"])
    assert last["Subject"] == "You already have a sign-in"
    assert "Nora" in text_of(last)
    [user] = stored(app, select(User).where(User.email == newcomer["email"]))
    assert user.first_name == "Nora"


def test_the_latest_word_of_who_waits_to_be_activated_counts(app, client):
    client.post("/v1/auth/register", json=NEWCOMER | {"password": "somebody elses kettle", "first_name": "Mallory"})
    theirs = token_in(mails(app)[-1])
    client.post("/v1/auth/register", json=NEWCOMER | {"account_name": "Fjord AS"})
    assert client.post("/v1/auth/activate", json={"token": theirs}).status_code == 410
    assert client.post("/v1/auth/activate", json={"token": token_in(mails(app)[-1])}).status_code == 200
    answer = client.post("/v1/auth/login", json={"email": NEWCOMER["email"], "password": NEWCOMER["password"]})
    assert answer.json["user"]["first_name"] == "Nora"
    [account] = stored(app, select(Account))
    assert (account.name, account.slug) == ("Fjord AS", "fjord-as")


def test_links_lead_to_the_configured_address_whatever_the_request_says(app, client):
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    client.post("/v1/auth/register", json=NEWCOMER, headers=forged)
    client.post("/v1/auth/password/forgot", json={"email": NEWCOMER["email"]}, headers=forged)
    for mail in mails(app):
        assert link_in(mail).startswith("http://localhost/")
        assert "evil" not in mail.as_string()


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("elevenchars", "at least 12 characters"),
        ("password1234", "very common"),
        ("aaaaaaaaaaaaaaaaaaaa", "Repeats"),
        ("Fjord Works 1", ""),
        ("nora@fjord.example", ""),
        ("x" * 1025, ""),
    ],
)
def test_weak_passwords_are_refused_with_a_reason(client, cast, password, sentence):
    answer = client.post("/v1/auth/register", json=NEWCOMER | {"password": password})
    assert answer.status_code == 422
    assert sentence in " ".join(answer.json["fields"]["password"])


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "pferd batterie heftklammer " * 12,
        "длинный пароль чайник",
        "🫖🥭🔑🐎🔋📎🌊🏔🎻🧭🪁🛶",
    ],
)
def test_long_and_foreign_passwords_are_taken_whole(app, client, password):
    assert client.post("/v1/auth/register", json=NEWCOMER | {"password": password}).status_code == 202
    client.post("/v1/auth/activate", json={"token": token_in(mails(app)[0])})
    login = {"email": NEWCOMER["email"], "password": password}
    assert client.post("/v1/auth/login", json=login).status_code == 200
    assert client.post("/v1/auth/login", json=login | {"password": password[:-1]}).status_code == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "owner"},
        {"account_id": 1},
        {"activated_at": "2026-01-01T00:00:00Z"},
        {"id": 1},
        {"email": "not an address"},
        {"email": "Nora <nora@fjord.example>"},
        {"email": "a@b.example\r\nBcc: c@d.example"},
        {"email": "a" * 300 + "@fjord.example"},
        {"first_name": ""},
        {"first_name": "\u200b"},
        {"account_name": "x" * 121},
        {"password": None},
    ],
)
def test_what_cannot_be_used_is_refused_and_changes_nothing(app, client, fields):
    assert client.post("/v1/auth/register", json=NEWCOMER | fields).status_code == 422
    assert stored(app, select(User)) == []


@pytest.mark.parametrize("name", ["日本", "!!!", "..", "Ærøskøbing & Söhne", "-", "İstanbul", "a" * 120, "select"])
def test_every_account_has_a_slug_of_its_own(app, client, name):
    for number in range(2):
        client.post("/v1/auth/register", json=NEWCOMER | {"email": f"p{number}@fjord.example", "account_name": name})
    slugs = [account.slug for account in stored(app, select(Account))]
    assert len(set(slugs)) == 2
    assert all(slug and slug.isascii() and "/" not in slug for slug in slugs)


def test_registering_again_makes_no_second_membership(app, client):
    for _time in range(3):
        client.post("/v1/auth/register", json=NEWCOMER)
    with app.app_context(), across_accounts("tests look everywhere"):
        assert db.session.scalar(select(func.count(AccountMembership.id))) == 1
