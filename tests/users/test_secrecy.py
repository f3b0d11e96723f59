"""Nobody learns which addresses are known: not from the answer (tested beside each verb), nor from its time."""

import statistics
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import delete, event

from tests.users.conftest import NEWCOMER
from todoapp.extensions import db
from todoapp.users import passwords
from todoapp.users.models import SecretTries

WRONG = "wrong horse battery staple"
DOORS = {
    "login": lambda email: ("/v1/auth/login", {"email": email, "password": WRONG}),
    "register": lambda email: ("/v1/auth/register", NEWCOMER | {"email": email}),
    "forgot": lambda email: ("/v1/auth/password/forgot", {"email": email}),
    "resend": lambda email: ("/v1/auth/activate/resend", {"email": email}),
}


def forget_tries(app):
    """The first try of an address makes its counter; let every knock be the first."""
    with app.app_context():
        db.session.execute(delete(SecretTries))
        db.session.commit()


def knock(client, door, email):
    path, body = DOORS[door](email)
    return client.post(path, json=body)


@contextmanager
def counted_work(app, monkeypatch):
    """How many statements were sent and how many hashes were computed."""
    work = {"statements": 0, "hashes": 0}

    def count(*_facts):
        work["statements"] += 1

    class Counting:
        def hash(self, password):
            work["hashes"] += 1
            return real.hash(password)

        def verify(self, *given):
            work["hashes"] += 1
            return real.verify(*given)

        check_needs_rehash = staticmethod(passwords.hasher.check_needs_rehash)

    real = passwords.hasher
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "hasher", Counting())
        yield work
    event.remove(engine, "before_cursor_execute", count)


@pytest.mark.parametrize("door", DOORS)
def test_known_and_unknown_addresses_cost_the_same_work(app, client, newcomer, monkeypatch, door):
    passwords.verify(None, "warm")
    knock(client, door, "warm@fjord.example")
    forget_tries(app)
    with counted_work(app, monkeypatch) as known:
        knock(client, door, newcomer["email"])
    forget_tries(app)
    with counted_work(app, monkeypatch) as unknown:
        knock(client, door, "nobody@fjord.example")
    assert known["hashes"] == unknown["hashes"]
    assert abs(known["statements"] - unknown["statements"]) <= (4 if door == "register" else 0)
    assert known["statements"] > 1


@pytest.mark.long
@pytest.mark.parametrize("door", DOORS)
def test_known_and_unknown_addresses_take_the_same_time(app, client, newcomer, door):
    spent = {"known": [], "unknown": []}
    for number in range(200):
        for kind, email in (("known", newcomer["email"]), ("unknown", f"nobody{number}@fjord.example")):
            forget_tries(app)
            start = time.thread_time()
            knock(client, door, email)
            spent[kind].append(time.thread_time() - start)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert known == pytest.approx(unknown, rel=0.10)


def test_hashes_cost_what_owasp_asks_for():
    assert passwords.hash_password("blue kettle mango seven").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
