"""Sealing: each committed event gets the next place in its account's chain, whoever seals and whatever its id."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from tasks_queue.jobs import run
from tasks_queue.schedule import TIMETABLE
from todoapp.activity.chain import chain_hash, first_hash, head_seal
from todoapp.activity.models import ActivityChain, ActivityLog
from todoapp.activity.record import Past, record, record_past
from todoapp.activity.sealing import AT_A_TIME, seal_account, seal_all
from todoapp.extensions import db
from todoapp.kit.transaction import atomic
from todoapp.tenancy import TenancyError, enter, inside
from todoapp.users.models import User


def test_many_events_are_sealed_and_walked_in_portions(cast, acting, make, walked, monkeypatch):
    monkeypatch.setattr("todoapp.activity.sealing.AT_A_TIME", 4)
    monkeypatch.setattr("todoapp.activity.auditing.AT_A_TIME", 3)
    for _number in range(10):
        make(cast.uma)
    db.session.commit()
    assert seal_account(cast.account_id) == 10
    found = walked()
    assert (found.sealed, found.findings) == (10, [])
    assert AT_A_TIME == 500


def test_late_committers_get_the_next_number_whatever_their_id(cast, acting, make, walked):
    """An id is given at the insert, a place in the chain after the commit."""
    make(cast.uma)
    make(cast.udo)
    db.session.commit()
    first, second = db.session.scalars(select(ActivityLog).order_by(ActivityLog.id)).all()
    with inside(cast.account_id):
        head = ActivityChain(account_id=cast.account_id, sealed=1, last_id=second.id)
        second.seal_number = 1
        second.chain_hash = head.chain_hash = chain_hash(first_hash(cast.account_id), second)
        head.seal = head_seal(head)
        db.session.add(head)
        db.session.commit()
    assert seal_all() == 1
    assert (first.seal_number, walked().findings) == (2, [])


def test_sealers_at_once_make_one_chain(app, cast, acting, make, walked):
    for _number in range(20):
        make(cast.uma)
    db.session.commit()
    errors = []

    def seal():
        try:
            with app.app_context():
                seal_all()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=seal) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    found = walked()
    assert (found.sealed, found.waiting, found.findings) == (20, 0, [])


def test_sealing_waits_for_no_writer_and_no_writer_waits_for_it(app, cast, acting, make, walked):
    """A deed that is not committed yet holds nobody up; it is sealed afterwards."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    make(cast.uma)
    db.session.commit()
    make(cast.udo)  # not committed
    sealed = []

    def seal():
        with app.app_context():
            sealed.append(seal_all())

    thread = threading.Thread(target=seal)
    thread.start()
    thread.join(20)
    assert sealed == [1]
    db.session.commit()
    assert seal_all() == 1
    assert walked().findings == []


def test_bulk_history_is_signed_too(cast, acting, make, walked):
    task = make(cast.uma)
    moment = datetime(2020, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
    record_past(
        acting(cast.olga, via="import"),
        [
            Past("task_moved", task, moment + timedelta(hours=n), cast.uma.user_id, {"from_list": "a", "to_list": "b"})
            for n in range(3)
        ],
    )
    db.session.commit()
    assert seal_all() == 4
    assert walked().findings == []


def test_what_was_rolled_back_leaves_no_gap(cast, acting, make, walked):
    make(cast.uma)
    db.session.commit()
    make(cast.uma)
    db.session.rollback()
    make(cast.uma)
    db.session.commit()
    assert seal_all() == 2
    assert walked().findings == []


def test_the_job_seals_and_the_timetable_knows_it(app, cast, acting, make, walked):
    make(cast.uma)
    db.session.commit()
    run(app, "seal_events")
    enter(cast.account_id)
    assert walked().sealed == 1
    assert TIMETABLE["seal_events"](datetime(2026, 11, 24, 9, 1))


def test_the_chain_is_out_of_reach_of_other_accounts(history, cast):
    enter(cast.other_id)
    assert db.session.scalar(select(func.count(ActivityChain.id))) == 0
    with pytest.raises(TenancyError):
        db.session.execute(update(ActivityLog.__table__).values(via="x"))
    db.session.rollback()


def test_recording_costs_one_insert(cast, acting, count_queries):
    actor = acting(cast.uma)

    def deed():
        record(actor, "signed_in", db.session.get(User, cast.uma.user_id))

    atomic(lambda: db.session.get(User, cast.uma.user_id))
    assert count_queries(deed) <= 2


def test_json_reads_as_it_was_written(cast, acting, make, walked):
    odd = {"a": 1, "B": [1.5, -0.0, 1e300, None, True], "z": {"10": 1, "9": 2}, "ä": '\u2028 \\u0000 "', "": ""}
    task = make(cast.uma)
    record(acting(cast.uma), "task_updated", task, changes={"custom_fields": [{}, odd]}, fields=["custom_fields"])
    record(acting(cast.uma), "task_updated", task, changes={"x": (1, 2)}, fields=[], keyed={10: 1, 9: 2})
    db.session.commit()
    assert seal_all() == 3
    assert walked().findings == []
    assert json.dumps(odd)
