"""What follows from events: once, inside their account, each with a fate of its own."""

import pytest
from sqlalchemy import select

from tasks_queue import drain
from tests.queue import echoes
from todoapp.activity.deliver import load
from todoapp.activity.models import Delivery, OutboxEntry
from todoapp.activity.reactions import DELIVERERS, REACTIONS
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.tenancy import across_accounts
from todoapp.users.models import User


def names_of(app, person):
    with app.app_context():
        user = db.session.get(User, person.user_id)
        return user.first_name, user.last_name


def deliveries(app):
    with app.app_context():
        return db.session.scalars(select(Delivery).order_by(Delivery.id)).all()


def test_every_reaction_and_deliverer_resolves():
    for names in (*REACTIONS.values(), tuple(DELIVERERS.values())):
        for name in names:
            assert callable(load(name))


def test_reactions_run_once_in_order_and_inside_their_account(app, cast, reacting, happened, waiting):
    reacting("user_activated", "echo", "second")
    ours, theirs = happened(cast.mara), happened(cast.zoe)
    assert waiting() == 2
    assert drain(app) == 2
    assert echoes.heard == [
        ("echo", ours, cast.account_id),
        ("second", ours, cast.account_id),
        ("echo", theirs, cast.other_id),
        ("second", theirs, cast.other_id),
    ]
    assert waiting() == 0
    assert drain(app) == 0
    assert len(echoes.heard) == 4


def test_an_event_without_reactions_leaves_nothing_to_do(app, cast, reacting, happened, waiting):
    reacting("user_activated")
    happened(cast.mara)
    assert drain(app) in (0, 1)
    assert waiting() == 0


def test_what_a_reaction_writes_stands_with_the_end_of_its_entry(app, cast, reacting, happened):
    reacting("user_activated", "write")
    event_id = happened(cast.mara)
    drain(app)
    assert names_of(app, cast.mara)[1] == f"written by {event_id}"


def test_a_reaction_that_fails_holds_up_no_other_and_is_tried_again(app, cast, reacting, happened, waiting, at):
    at("2026-11-24T09:00:00Z")
    reacting("user_activated", "write_and_fail", "write", "echo")
    echoes.broken.add("write_and_fail")
    event_id = happened(cast.mara)
    drain(app)
    assert names_of(app, cast.mara) == ("Mara", f"written by {event_id}"), "the half that failed is undone"
    assert [name for name, *_facts in echoes.heard] == ["echo"]
    assert waiting() == 0
    [again] = deliveries(app)
    assert (again.kind, again.attempts, again.account_id) == ("reaction", 1, cast.account_id)
    assert again.last_error == "ValueError: broken on purpose"
    drain(app)
    assert deliveries(app)[0].attempts == 1, "not before its time"

    at("2026-11-24T09:00:38Z")
    drain(app)
    assert deliveries(app)[0].attempts == 2
    echoes.broken.clear()
    at("2026-11-24T09:05:00Z")
    drain(app)
    assert names_of(app, cast.mara)[0] == f"half written by {event_id}"
    assert deliveries(app)[0].delivered_at is not None
    assert [name for name, *_facts in echoes.heard] == ["echo", "write_and_fail"]


def test_a_reaction_that_always_fails_dies_after_ten_attempts_and_is_kept(app, cast, reacting, happened, at):
    at("2026-11-24T00:00:00Z")
    reacting("user_activated", "write_and_fail")
    echoes.broken.add("write_and_fail")
    happened(cast.mara)
    for hour in range(24):
        at(f"2026-11-24T{hour:02}:59:00Z")
        drain(app)
    [dead] = deliveries(app)
    assert dead.attempts == 10
    assert dead.dead_at is not None
    assert dead.last_error == "ValueError: broken on purpose"
    echoes.broken.clear()


def test_a_reaction_that_cannot_be_found_is_an_error_to_be_seen(app, cast, reacting, happened):
    reacting("user_activated", "missing", "echo")
    happened(cast.mara)
    drain(app)
    assert len(echoes.heard) == 1
    assert "missing" in deliveries(app)[0].last_error


def test_the_lease_of_a_dead_worker_runs_out(app, cast, reacting, happened, waiting, at):
    at("2026-11-24T09:00:00Z")
    reacting("user_activated", "echo")
    happened(cast.mara)
    with app.app_context(), across_accounts("tests die in the middle"):
        entry = db.session.scalars(select(OutboxEntry)).one()
        entry.leased_until, entry.attempts = now().replace(minute=2), 1
        db.session.commit()
    at("2026-11-24T09:01:59Z")
    assert drain(app) == 0
    at("2026-11-24T09:02:00Z")
    assert drain(app) == 1
    assert len(echoes.heard) == 1


def test_an_event_that_kills_its_worker_again_and_again_is_put_aside(app, cast, reacting, happened, waiting):
    reacting("user_activated", "echo")
    happened(cast.mara)
    with app.app_context(), across_accounts("tests die in the middle"):
        db.session.scalars(select(OutboxEntry)).one().attempts = 10
        db.session.commit()
    drain(app)
    assert echoes.heard == []
    assert waiting() == 0
    [dead] = deliveries(app)
    assert dead.dead_at is not None
    assert "died" in dead.last_error


def test_imported_history_has_no_reactions(app, cast, reacting, waiting):
    from todoapp.activity.record import record
    from todoapp.actor import Actor
    from todoapp.kit.transaction import atomic
    from todoapp.tenancy import inside

    reacting("user_activated", "echo")
    with app.app_context(), inside(cast.account_id):
        actor = Actor(cast.account_id, cast.mara.user_id, "manager", "Mara", via="import")
        atomic(lambda: record(actor, "user_activated", db.session.get(User, cast.mara.user_id)).id)
    drain(app)
    assert echoes.heard == []


@pytest.mark.parametrize("number", [1, 30])
def test_a_reaction_may_post(app, cast, reacting, happened, number):
    reacting("user_activated", "mail")
    for _time in range(number):
        happened(cast.mara)
    drain(app)
    assert len(list(app.config["MAIL_DIR"].glob("*.eml"))) == number
