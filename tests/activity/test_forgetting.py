"""What is kept for a time only: it goes after 90 days, and the audit chain leads over it."""

import pytest
from sqlalchemy import select

from tasks_queue import drain
from tasks_queue.jobs import run
from tests.activity.conftest import sentences
from todoapp.activity.chain import tombstone_seal
from todoapp.activity.forgetting import forget_old_events
from todoapp.activity.models import ActivityLog, ActivityTombstone
from todoapp.activity.record import record
from todoapp.activity.sealing import seal_all
from todoapp.extensions import db
from todoapp.tenancy import enter
from todoapp.users.models import User


def sign_in(acting, person, at, instant):
    at(instant)
    actor = acting(person)
    return record(actor, "signed_in", db.session.get(User, person.user_id))


@pytest.fixture
def years(app, cast, acting, make, at):
    """A task between sign-ins of long ago and of now, sealed: + old sign-in, - task, ~ recent sign-in: ++-+-~."""
    for day in ("01", "02"):
        sign_in(acting, cast.uma, at, f"2026-01-{day}T09:00:00Z")
    make(cast.uma)
    sign_in(acting, cast.uma, at, "2026-01-03T09:00:00Z")
    make(cast.uma)
    sign_in(acting, cast.uma, at, "2026-04-30T09:00:00Z")
    db.session.commit()
    drain(app)
    assert seal_all() == 6
    at("2026-05-01T09:00:00Z")


def numbers():
    return list(db.session.scalars(select(ActivityLog.seal_number).order_by(ActivityLog.seal_number)))


def stones():
    query = select(ActivityTombstone.first_number, ActivityTombstone.last_number)
    return [tuple(row) for row in db.session.execute(query.order_by(ActivityTombstone.first_number))]


def test_what_is_kept_for_a_time_goes_and_the_chain_still_holds(years, walked):
    before = walked().head
    assert forget_old_events() == 3
    assert numbers() == [3, 5, 6]
    assert stones() == [(1, 2), (4, 4)]
    found = walked(expected=before)
    assert (found.sealed, found.removed, found.findings) == (3, 3, [])
    assert forget_old_events() == 0


def test_tombstones_beside_each_other_become_one(cast, acting, at, make, walked, monkeypatch):
    monkeypatch.setattr("todoapp.activity.forgetting.AT_A_TIME", 2)
    for day in range(1, 8):
        sign_in(acting, cast.uma, at, f"2026-01-{day:02}T09:00:00Z")
    db.session.commit()
    seal_all()
    for instant, left in (("2026-04-02T10:00:00Z", 5), ("2026-04-05T10:00:00Z", 2), ("2026-05-01T10:00:00Z", 0)):
        at(instant)
        forget_old_events()
        assert len(numbers()) == left
        assert stones() == [(1, 7 - left)]
        assert walked().findings == []
    sign_in(acting, cast.uma, at, "2026-06-01T09:00:00Z")
    db.session.commit()
    seal_all()
    found = walked()
    assert (found.sealed, found.removed, found.findings) == (1, 7, [])


def test_what_was_made_to_look_old_is_not_forgotten(years, walked, sql, caplog):
    """Else a deed could be turned into a sign-in of long ago, and be buried by our own retention."""
    victim = sql("SELECT id FROM activity_logs WHERE seal_number = 5")[0][0]
    sql("UPDATE activity_logs SET action = 'signed_in', created_at = '2026-01-01 00:00:00' WHERE id = :id", id=victim)
    assert forget_old_events() == 0
    assert "audit chain broken" in caplog.text
    assert [finding.event_id for finding in walked().findings] == [victim]


def test_what_is_not_sealed_yet_is_not_forgotten(cast, acting, at):
    sign_in(acting, cast.uma, at, "2026-01-01T09:00:00Z")
    db.session.commit()
    at("2026-05-01T09:00:00Z")
    assert forget_old_events() == 0
    seal_all()
    assert forget_old_events() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE activity_tombstones SET last_number = 3 WHERE last_number = 2",
        "UPDATE activity_tombstones SET hash_after = hash_before",
        "DELETE FROM activity_tombstones WHERE first_number = 4",
    ],
)
def test_a_forged_tombstone_is_found(years, walked, sql, statement):
    forget_old_events()
    sql(statement)
    assert walked().findings


def test_a_tombstone_cannot_be_made_without_the_key(app, history, walked, sql, cast, monkeypatch):
    """Somebody removes an event and puts up a tombstone that is right in all but its seal."""
    before, after = (
        sql("SELECT chain_hash FROM activity_logs WHERE seal_number = :n", n=number)[0][0] for number in (3, 4)
    )
    stone = ActivityTombstone(
        account_id=cast.account_id, first_number=4, last_number=4, hash_before=before, hash_after=after
    )
    with monkeypatch.context() as other:
        other.setitem(app.config, "SECRET_KEY", "somebody else's secret that is long enough 123")
        stone.seal = tombstone_seal(stone)
    sql("DELETE FROM activity_logs WHERE seal_number = 4")
    enter(cast.account_id)
    db.session.add(stone)
    db.session.commit()
    assert sentences(walked()) == ["The event with seal 4 is missing: their tombstone is not as it was written."]


def test_the_job_forgets(app, years, cast):
    run(app, "forget")
    enter(cast.account_id)
    db.session.expire_all()
    assert numbers() == [3, 5, 6]
