"""The audit chain: whatever is done to the event log past the application is found, and named."""

import pytest
from sqlalchemy import select

from tests.activity.conftest import sentences
from todoapp.activity.models import ActivityLog
from todoapp.activity.sealing import seal_all
from todoapp.extensions import db
from todoapp.tenancy import across_accounts, inside

COLUMNS = (
    "account_id, user_id, action, resource_type, resource_id, changes, metadata, via, cause_id, ip_address, "
    "user_agent, session_id, created_at, updated_at"
)


def test_an_untouched_chain_is_whole(history, walked):
    found = walked()
    assert (found.sealed, found.waiting, found.removed, found.findings) == (9, 0, 0, [])
    assert found.head.startswith("9:")


def test_the_chain_goes_on_where_it_ended(cast, history, make, walked):
    before = walked().head
    make(cast.uma)
    db.session.commit()
    assert walked().waiting == 1
    assert seal_all() == 1
    assert seal_all() == 0
    found = walked(expected=before)
    assert (found.sealed, found.waiting, found.findings) == (10, 0, [])


def test_every_account_has_a_chain_of_its_own(cast, history, acting, make, walked):
    with inside(cast.other_id):
        make(cast.zoe, title="theirs")
        db.session.commit()
    assert seal_all() == 1
    assert walked(cast.other_id).sealed == 1
    assert walked().sealed == 9
    with across_accounts("test"):
        numbers = db.session.scalars(select(ActivityLog.seal_number).where(ActivityLog.account_id == cast.other_id))
        assert list(numbers) == [1]


EDITS = {
    "action": "'task_deleted'",
    "user_id": "(SELECT MAX(user_id) FROM account_memberships m WHERE m.account_id = {account})",
    "changes": """'{{"status": ["pending", "paused"]}}'""",
    "metadata": "'{{}}'",
    "created_at": "'2020-01-01 00:00:00'",
    "updated_at": "'2020-01-01 00:00:00'",
    "resource_id": "resource_id + 1",
    "resource_type": "'Account'",
    "via": "'web'",
    "cause_id": "1",
    "session_id": "7",
    "ip_address": "'10.0.0.1'",
    "user_agent": "'curl'",
    "signature": "'forged.forged'",
    "chain_hash": "'{zeros}'",
}


@pytest.mark.parametrize("column", EDITS)
def test_an_edited_row_is_found_and_named(cast, history, walked, sql, column):
    edited = history[3]
    value = EDITS[column].format(account=cast.account_id, zeros="0" * 64)
    sql(f"UPDATE activity_logs SET {column} = {value} WHERE id = :id", id=edited)
    found = walked()
    assert found.findings and found.findings[0].event_id == edited
    assert f"Event {edited} (seal 4)" in sentences(found)[0]


def test_every_column_is_tried():
    others = {"id", "account_id", "seal_number"}
    assert EDITS.keys() | others == {column.name for column in ActivityLog.__table__.columns}


def test_a_row_with_another_id_is_found(history, walked, sql):
    sql("UPDATE activity_logs SET id = 777777 WHERE id = :id", id=history[3])
    assert sentences(walked()) == ["Event 777777 (seal 4) does not hang on the one before it: moved."]


def test_a_row_that_was_put_into_another_account_is_found_in_both(cast, history, walked, sql):
    sql(
        "UPDATE activity_logs SET account_id = :other, user_id = NULL WHERE id = :id",
        other=cast.other_id,
        id=history[3],
    )
    assert sentences(walked()) == ["The event with seal 4 is missing: removed."]
    assert walked(cast.other_id).findings


def test_what_is_no_json_any_more_is_found_and_named(history, walked, sql):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("MariaDB keeps no such thing in a JSON column")
    sql("UPDATE activity_logs SET changes = '{', created_at = 'yesterday' WHERE id = :id", id=history[3])
    assert sentences(walked()) == [f"Event {history[3]} (seal 4) was changed after it was written."]


@pytest.mark.parametrize("place", [0, 4, 7])
def test_a_deleted_row_is_found_and_named(history, walked, sql, place):
    sql("DELETE FROM activity_logs WHERE id = :id", id=history[place])
    assert sentences(walked()) == [f"The event with seal {place + 1} is missing: removed."]


def test_several_deleted_rows_are_found(history, walked, sql):
    sql("DELETE FROM activity_logs WHERE seal_number BETWEEN 3 AND 5")
    assert sentences(walked()) == ["The events with seals 3 to 5 are missing: removed."]


def test_a_chain_that_was_cut_off_is_found(history, walked, sql):
    sql("DELETE FROM activity_logs WHERE seal_number > 7")
    assert sentences(walked()) == ["The events with seals 8 to 9 are missing: the end of the chain was cut off."]


def test_a_chain_that_was_cut_off_with_its_head_put_back_is_found(history, walked, sql):
    sql("DELETE FROM activity_logs WHERE seal_number > 7")
    sql(
        "UPDATE activity_chains SET sealed = 7, last_id = :id, chain_hash = "
        "(SELECT chain_hash FROM activity_logs WHERE seal_number = 7)",
        id=history[6],
    )
    assert sentences(walked()) == ["The head of the chain was changed."]


def test_a_row_that_was_cut_off_is_missed_though_others_follow(cast, history, make, walked, sql):
    sql("DELETE FROM activity_logs WHERE seal_number = 9")
    make(cast.uma)
    db.session.commit()
    seal_all()
    assert sentences(walked()) == ["The event with seal 9 is missing: removed."]


@pytest.mark.parametrize("statement", ["DELETE FROM activity_chains", "UPDATE activity_chains SET sealed = 10"])
def test_a_lost_or_changed_head_is_found_and_nothing_is_sealed_over_it(
    cast, history, make, walked, sql, statement, caplog
):
    sql(statement)
    make(cast.uma)
    db.session.commit()
    assert seal_all() == 0
    assert "audit chain broken" in caplog.text
    assert any("head of the chain" in sentence for sentence in sentences(walked()))


def test_a_chain_that_is_gone_altogether_is_found(cast, history, walked, sql):
    sql("DELETE FROM activity_logs")
    assert sentences(walked()) == ["The events with seals 1 to 9 are missing: the end of the chain was cut off."]


def test_an_inserted_row_is_found_and_never_sealed(cast, history, make, walked, sql, caplog):
    sql(
        f"INSERT INTO activity_logs ({COLUMNS}) SELECT {COLUMNS.replace('action', repr('task_deleted'))} "
        "FROM activity_logs WHERE id = :id",
        id=history[0],
    )
    inserted = sql("SELECT MAX(id) FROM activity_logs")[0][0]
    named = [f"Event {inserted} was not written by this application: inserted, or changed."]
    assert sentences(walked()) == named
    make(cast.uma)
    db.session.commit()
    assert seal_all() == 1, "what is genuine is sealed"
    assert sentences(walked()) == named
    assert "not written here" in caplog.text


def test_a_copied_row_is_found(cast, history, walked, sql):
    sql(
        f"INSERT INTO activity_logs ({COLUMNS}, signature) SELECT {COLUMNS}, signature FROM activity_logs WHERE id = :id",
        id=history[0],
    )
    copy = sql("SELECT MAX(id) FROM activity_logs")[0][0]
    named = [f"Event {copy} is a copy of event {history[0]}: inserted."]
    assert sentences(walked()) == named
    seal_all()
    assert sentences(walked()) == named


def test_a_row_inserted_with_a_seal_is_found(cast, history, walked, sql):
    sql(
        f"INSERT INTO activity_logs ({COLUMNS}, signature, chain_hash, seal_number) "
        f"SELECT {COLUMNS}, signature, chain_hash, 10 FROM activity_logs WHERE id = :id",
        id=history[8],
    )
    found = sentences(walked())
    assert any("is a copy of" in sentence for sentence in found)
    assert "The event with seal 10 is beyond the head of the chain: inserted." in found


def test_rows_that_changed_places_are_found(history, walked, sql):
    sql("UPDATE activity_logs SET seal_number = 99 WHERE id = :id", id=history[2])
    sql("UPDATE activity_logs SET seal_number = 3 WHERE id = :id", id=history[4])
    sql("UPDATE activity_logs SET seal_number = 5 WHERE id = :id", id=history[2])
    found = walked()
    assert {history[2], history[4]} <= {finding.event_id for finding in found.findings}


def test_an_event_that_lost_its_seal_is_found(history, walked, sql):
    sql("UPDATE activity_logs SET seal_number = NULL, chain_hash = NULL WHERE id = :id", id=history[8])
    assert sentences(walked()) == ["The event with seal 9 is missing: the end of the chain was cut off."]


def test_an_event_changed_before_it_was_sealed_is_found(cast, history, make, walked, sql):
    make(cast.uma)
    db.session.commit()
    sql("UPDATE activity_logs SET via = 'web' WHERE seal_number IS NULL")
    assert seal_all() == 0
    assert "was not written by this application" in sentences(walked())[0]


def test_another_key_fits_nothing(app, history, walked, monkeypatch):
    monkeypatch.setitem(app.config, "SECRET_KEY", "somebody else's secret that is long enough 123")
    found = walked()
    assert len(found.findings) == 10


def test_an_old_copy_of_everything_is_found_by_who_kept_the_head(cast, history, make, walked, sql):
    """The one thing that the database alone cannot know: that all of it was put back to an earlier state."""
    row = sql("SELECT sealed, last_id, chain_hash, seal FROM activity_chains")[0]
    make(cast.uma)
    db.session.commit()
    seal_all()
    kept = walked().head
    sql("DELETE FROM outbox")
    sql("DELETE FROM activity_logs WHERE seal_number = 10")
    sql(
        "UPDATE activity_chains SET sealed = :sealed, last_id = :last_id, chain_hash = :chain_hash, seal = :seal",
        sealed=row[0], last_id=row[1], chain_hash=row[2], seal=row[3],
    )  # fmt: skip
    assert walked().findings == []
    assert sentences(walked(expected=kept)) == [f"The chain does not contain {kept}, which an earlier audit ended at."]
