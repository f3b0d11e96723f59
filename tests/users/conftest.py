"""What tests of signing in share."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from tests.users.mailbox import mails, token_in
from todoapp.users import passwords

STRONG = "blue kettle mango seven"
NEWCOMER = {
    "email": "nora@fjord.example",
    "password": STRONG,
    "first_name": "Nora",
    "last_name": "Berg",
    "account_name": "Fjord Works",
}


@pytest.fixture(autouse=True)
def _empty_mailbox(app: Flask) -> Iterator[None]:
    yield
    shutil.rmtree(app.config["MAIL_DIR"], ignore_errors=True)


@pytest.fixture(autouse=True)
def _cheap_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with the cheapest parameters, but where the cost itself is tested."""
    if request.path.stem != "test_secrecy":
        monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords._nobodys_hash.cache_clear()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def newcomer(app: Flask, client: FlaskClient) -> dict[str, Any]:
    """Somebody who registered and opened the link."""
    assert client.post("/v1/auth/register", json=NEWCOMER).status_code == 202
    token = token_in(mails(app)[-1])
    assert client.post("/v1/auth/activate", json={"token": token}).status_code == 200
    return NEWCOMER


@pytest.fixture
def sign_in(client: FlaskClient) -> Callable[..., dict[str, Any]]:
    """`sign_in(email=…, password=…)`: what the API answers to who signs in."""

    def login(**fields: Any) -> dict[str, Any]:
        answer = client.post("/v1/auth/login", json={"email": NEWCOMER["email"], "password": STRONG} | fields)
        assert answer.status_code == 200, answer.json
        return answer.json

    return login
