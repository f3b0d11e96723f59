"""Workers that are killed lose nothing and do nothing twice; workers that are asked to stop finish what they do."""

import random
import threading
import time
from email import message_from_bytes

import pytest
from sqlalchemy import select

from tasks_queue import drain
from tests.queue.conftest import until
from todoapp.accounts.models import AccountMembership
from todoapp.activity.models import Delivery
from todoapp.extensions import db
from todoapp.tenancy import across_accounts
from todoapp.users.models import OneTimeLink, User

NEWCOMERS = 40


@pytest.fixture
def newcomers(app, cast):
    """People who wait for their activation."""
    from tests.cast import Person

    with app.app_context(), across_accounts("tests make members"):
        users = [
            User(email=f"n{number}@northwind.test", first_name="N", password_hash="x") for number in range(NEWCOMERS)
        ]
        db.session.add_all(users)
        db.session.flush()
        db.session.add_all(
            AccountMembership(account_id=cast.account_id, user_id=user.id, role="user") for user in users
        )
        db.session.commit()
        return [Person("n", user.id, cast.account_id, user.email, "user") for user in users]


def sent(app):
    folder = app.config["MAIL_DIR"]
    return sorted(folder.glob("*.eml")) if folder.is_dir() else []


def undelivered(app):
    with app.app_context():
        return len(db.session.scalars(select(Delivery.id).where(Delivery.delivered_at.is_(None))).all())


@pytest.mark.parametrize("kills", [2, pytest.param(10, marks=pytest.mark.long)])
def test_killed_workers_lose_nothing_and_repeat_nothing(app, newcomers, happened, waiting, workers, kills):
    random.seed(kills)
    for person in newcomers:
        happened(person, "user_registered")
    worker = workers()
    for kill in range(1, kills + 1):
        until(lambda kill=kill: len(sent(app)) >= kill * NEWCOMERS // (kills + 2))
        time.sleep(random.random() / 50)
        worker.kill()
        worker.wait(10)
        worker = workers()
    until(lambda: waiting() == 0 and undelivered(app) == 0, seconds=60)
    worker.terminate()
    assert worker.wait(30) == 0
    recipients = [message_from_bytes(path.read_bytes())["To"] for path in sent(app)]
    assert sorted(recipients) == sorted(person.email for person in newcomers)
    with app.app_context():
        links = db.session.scalars(select(OneTimeLink.user_id)).all()
    assert sorted(links) == sorted(person.user_id for person in newcomers)


def test_workers_share_the_work(app, newcomers, happened, waiting):
    for person in newcomers:
        happened(person, "user_registered")
    barrier, done = threading.Barrier(4), []

    def work():
        barrier.wait()
        done.append(drain(app))

    threads = [threading.Thread(target=work) for _worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain(app)
    assert waiting() == 0
    assert len(sent(app)) == NEWCOMERS
    assert sum(done) <= 2 * NEWCOMERS
    with app.app_context():
        assert [row.attempts for row in db.session.scalars(select(Delivery))] == [1] * NEWCOMERS


def test_a_killed_producer_leaves_no_deed_without_its_event(app, newcomers, happened, waiting):
    """The deed and its outbox row are one commit: a deed that is undone leaves neither."""
    with pytest.raises(KeyError):
        happened(newcomers[0], "no_such_event")
    assert waiting() == 0
