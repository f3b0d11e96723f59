"""What was allowed once is asked again: who loses a right, a session or a membership stops hearing within seconds."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.live.talk import until
from todoapp.accounts.models import Account, AccountMembership
from todoapp.activity.record import record
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.tasks.actions.creating import create_task
from todoapp.tenancy import across_accounts
from todoapp.users.models import Session
from todoapp.users.sessions import end_session, end_sessions_of
from todoapp.users.tokens import access_token

BOARD, TASK = "BoardChannel", "TaskChannel"
SOON = 5.0


@pytest.fixture
def task(api, cast):
    """A task that Mara gave Uma."""
    fields = {"title": "Write the report", "assigned_to_id": cast.uma.user_id}
    return api(cast.mara).post("/v1/tasks", json=fields).get_json()


@pytest.fixture
def behind_our_back(app):
    """`behind_our_back(statement)`: change the database so that no event tells of it."""

    def write(statement):
        with app.app_context(), across_accounts("a test writes where no action does"):
            db.session.execute(statement.execution_options(synchronize_session=False))
            db.session.commit()

    return write


def of(person):
    return (AccountMembership.user_id == person.user_id) & (AccountMembership.account_id == person.account_id)


def test_signing_out_ends_it(app, talk, cast, hub, api, signed_in):
    uma = talk(cast.uma)
    with app.app_context():
        (connection,) = hub.houses[cast.account_id].connections
        end_session(db.session.get(Session, connection.hearer.session_id), "signed_out")
        db.session.commit()
    end = uma.closed(SOON)
    assert (end.code, end.reason) == (4401, "Your session has ended. Sign in again.")


def test_being_suspended_ends_it(talk, cast, api):
    uma = talk(cast.uma)
    assert api(cast.sven).post(f"/v1/accounts/{cast.account_id}/members/{cast.uma.user_id}/suspend").status_code == 200
    end = uma.closed(SOON)
    assert end.code in (4401, 4403)


def test_a_suspended_member_hears_nothing_whatever_their_session(talk, cast, behind_our_back):
    uma = talk(cast.uma)
    behind_our_back(update(AccountMembership).where(of(cast.uma)).values(suspended_at=now()))
    end = uma.closed(SOON)
    assert (end.code, end.reason) == (4403, "You are suspended in this account. Ask one of its owners.")


def test_signing_out_through_the_api_ends_it_at_once(app, talk, cast, hub, monkeypatch):
    monkeypatch.setattr("todoapp.live.usher.SWEEP_EVERY", 30)
    uma = talk(cast.uma)
    (connection,) = hub.houses[cast.account_id].connections
    with app.app_context():
        token = access_token(db.session.get(Session, connection.hearer.session_id))
    app.test_client().post("/v1/auth/logout", json={}, headers={"Authorization": f"Bearer {token}"})
    assert uma.closed(SOON).code == 4401


def test_a_new_password_ends_all_of_them(app, talk, cast):
    sockets = [talk(cast.uma), talk(cast.uma)]
    other = talk(cast.udo)
    with app.app_context():
        end_sessions_of(cast.uma.user_id, reason="password_changed")
        db.session.commit()
    assert [socket.closed(SOON).code for socket in sockets] == [4401, 4401]
    assert other.ask("ping") == {"type": "pong"}


def test_leaving_the_account_ends_it(talk, cast, api):
    uma = talk(cast.uma)
    answer = api(cast.olga).delete(f"/v1/accounts/{cast.account_id}/members/{cast.uma.user_id}", json={})
    assert answer.status_code in (200, 204), answer.get_json()
    end = uma.closed(SOON)
    assert (end.code, end.reason) == (4403, "You do not belong to this account any more.")


@pytest.mark.parametrize("fields", [{"status": "suspended"}, {"deleted_at": now()}])
def test_a_closed_account_ends_it(talk, cast, behind_our_back, fields):
    uma, zoe = talk(cast.uma), talk(cast.zoe)
    behind_our_back(update(Account).where(Account.id == cast.account_id).values(**fields))
    end = uma.closed(SOON)
    assert (end.code, end.reason) == (4403, "This account is closed.")
    assert zoe.ask("ping") == {"type": "pong"}


def test_an_expired_session_ends_it(talk, cast, behind_our_back):
    uma = talk(cast.uma)
    behind_our_back(
        update(Session).where(Session.user_id == cast.uma.user_id).values(expires_at=now() - timedelta(seconds=1))
    )
    assert uma.closed(SOON).code == 4401


def test_working_in_another_account_ends_it(talk, cast, behind_our_back):
    uma = talk(cast.uma)
    behind_our_back(update(Session).where(Session.user_id == cast.uma.user_id).values(account_id=cast.other_id))
    end = uma.closed(SOON)
    assert (end.code, "another account" in end.reason) == (4401, True)


def test_what_was_reassigned_away_is_heard_no_more(talk, cast, api, task, settled):
    uma, mara = talk(cast.uma), talk(cast.mara)
    for talker in (uma, mara):
        talker.subscribe(task_id=task["id"])
    verb = f"/v1/tasks/{task['id']}/"
    assert api(cast.olga).post(verb + "reassign", json={"assigned_to_id": cast.ulla.user_id}).status_code == 200
    ended = uma.hear(SOON)
    assert (ended["type"], ended["code"], ended["task_id"]) == ("ended", "not_found", task["id"])
    assert api(cast.ulla).post(verb + "start", json={}).status_code == 200
    settled()
    assert uma.silence() == []
    assert uma.ask("subscribe", channel=TASK, task_id=task["id"])["code"] == "not_found"
    assert [(message["type"], message.get("event")) for message in mara.silence()] == [
        ("event", "task_reassigned"),
        ("event", "task_accepted"),
        ("event", "task_started"),
    ], "the creator sees on"


def test_who_rejects_does_not_even_hear_the_rejection(talk, cast, api, task):
    uma = talk(cast.uma)
    uma.subscribe(task_id=task["id"])
    api(cast.uma).post(f"/v1/tasks/{task['id']}/reject", json={"reason": "No time"})
    assert uma.hear(SOON)["type"] == "ended"


def test_losing_a_role_ends_boards_and_tasks(talk, cast, api, task):
    sven = talk(cast.sven)
    sven.subscribe(board_id="account")
    sven.subscribe(board_id=f"user-{cast.uma.user_id}")
    sven.subscribe(board_id="me")
    sven.subscribe(task_id=task["id"])
    path = f"/v1/accounts/{cast.account_id}/members/{cast.sven.user_id}"
    answer = api(cast.olga).patch(path, json={"role": "user", "successor_id": cast.olga.user_id})
    assert answer.status_code == 200, answer.get_json()
    ended = [sven.hear(SOON) for _ in range(3)]
    assert {(message["type"], message.get("board_id", "the task"), message["code"]) for message in ended} == {
        ("ended", "account", "forbidden"),
        ("ended", f"user-{cast.uma.user_id}", "forbidden"),
        ("ended", "the task", "not_found"),
    }
    api(cast.sven).post("/v1/tasks", json={"title": "My own"})
    assert sven.hear(SOON)["board_id"] == f"user-{cast.sven.user_id}"


def test_a_report_under_another_manager_is_no_report(talk, cast, api):
    mara, milo = talk(cast.mara), talk(cast.milo)
    mara.subscribe(board_id=f"user-{cast.uma.user_id}")
    mara.subscribe(board_id="team")
    milo.subscribe(board_id="team")
    path = f"/v1/accounts/{cast.account_id}/members/{cast.uma.user_id}"
    assert api(cast.olga).patch(path, json={"manager_id": cast.milo.user_id}).status_code == 200
    heard = [mara.hear(SOON), mara.hear(SOON)]
    assert [(message["type"], message["board_id"]) for message in heard] == [
        ("ended", f"user-{cast.uma.user_id}"),
        ("resync", "team"),
    ]
    assert milo.hear(SOON)["type"] == "resync"
    assert milo.subscribe(board_id=f"user-{cast.uma.user_id}")


def test_a_role_that_was_lost_behind_our_back_is_found(talk, cast, task, hub, behind_our_back, settled):
    """The sweep compares roles and managers, whoever changed them."""
    mara = talk(cast.mara)
    mara.subscribe(board_id=f"user-{cast.uma.user_id}")
    settled()
    sven = talk(cast.sven)
    sven.subscribe(board_id="account")
    house = hub.houses[cast.account_id]
    until(lambda: len(house.standing) == 2)
    behind_our_back(update(AccountMembership).where(of(cast.sven)).values(role="manager"))
    message = sven.hear(SOON)
    assert (message["type"], message["board_id"]) == ("ended", "account")
    assert mara.silence() == []


def test_each_message_asks_for_the_session_again(app, talk, cast, api, task, monkeypatch):
    """No sweep comes: the next event finds that the session has ended."""
    monkeypatch.setattr("todoapp.live.usher.SWEEP_EVERY", 60)
    uma, mara = talk(cast.uma), talk(cast.mara)
    for talker in (uma, mara):
        talker.subscribe(task_id=task["id"])
    with app.app_context():
        end_sessions_of(cast.uma.user_id, reason="ended_by_person")
        db.session.commit()
    api(cast.mara).patch(f"/v1/tasks/{task['id']}", json={"title": "Not for Uma's ears"})
    assert mara.hear(SOON)["event"] == "task_updated"
    end = uma.closed(SOON)
    assert end.code == 4401


def test_each_message_asks_for_the_right_again(talk, cast, api, task, monkeypatch, behind_our_back):
    """No event tells that Mara does not manage any more; the next card on the board does."""
    monkeypatch.setattr("todoapp.live.usher.SWEEP_EVERY", 60)
    mara = talk(cast.mara)
    mara.subscribe(board_id=f"user-{cast.uma.user_id}")
    behind_our_back(update(AccountMembership).where(of(cast.uma)).values(manager_id=cast.milo.user_id))
    api(cast.uma).post(f"/v1/tasks/{task['id']}/start", json={})
    ended = mara.hear(SOON)
    assert (ended["type"], ended["code"]) == ("ended", "forbidden")
    assert "Mara" not in ended["message"] and ended["message"]


def test_each_subscription_asks_for_the_session_again(app, talk, cast, monkeypatch):
    monkeypatch.setattr("todoapp.live.usher.SWEEP_EVERY", 60)
    uma = talk(cast.uma)
    with app.app_context():
        end_sessions_of(cast.uma.user_id, reason="ended_by_person")
        db.session.commit()
    uma.say("subscribe", channel=BOARD, board_id="me")
    assert uma.closed(SOON).code == 4401


def test_events_that_nobody_announced_are_found(app, talk, cast, acting, hub, settled):
    """Another process without a broker, or a broker that was away: the sweep finds them in the database."""
    uma = talk(cast.uma)
    uma.subscribe(board_id="me")
    settled()
    made = create_task(acting(cast.mara), title="From the command line", assigned_to_id=cast.uma.user_id)
    db.session.commit()  # no transaction of the edge, hence no announcement
    message = uma.hear(SOON)
    assert (message["event"], message["task_id"]) == ("task_added", made.id)
    settled()
    assert uma.silence() == [], "and told once"


def test_an_event_that_is_announced_too_early_is_told_in_time(talk, cast, api, hub, settled):
    """A nudge for what is not there (yet) does not count as told."""
    uma = talk(cast.uma)
    uma.subscribe(board_id="me")
    settled()
    house = hub.houses[cast.account_id]
    hub.nudge(cast.account_id, [house.last + 1, house.last + 2])
    until(lambda: hub.news.empty())
    made = api(cast.uma).post("/v1/tasks", json={"title": "Mine"}).get_json()
    assert uma.hear(SOON)["task_id"] == made["id"]


def test_so_many_unannounced_events_are_one_resync(app, talk, cast, acting, hub, monkeypatch, settled):
    monkeypatch.setattr("todoapp.live.usher.MOST_MISSED", 3)
    uma = talk(cast.uma)
    uma.subscribe(board_id="me")
    settled()
    for _ in range(4):
        create_task(acting(cast.uma), title="One of many")
    db.session.commit()
    assert uma.hear(SOON)["type"] == "resync"


def test_rights_that_went_among_too_many_events_are_lost_too(talk, cast, acting, monkeypatch, settled, behind_our_back):
    """The events are not told one by one then; what they took away is gone all the same."""
    monkeypatch.setattr("todoapp.live.usher.MOST_MISSED", 3)
    mara = talk(cast.mara)
    mara.subscribe(board_id=f"user-{cast.uma.user_id}")
    mara.subscribe(board_id="team")
    settled()
    behind_our_back(update(AccountMembership).where(of(cast.uma)).values(manager_id=cast.milo.user_id))
    for _ in range(4):
        create_task(acting(cast.uma), title="One of many")
    db.session.commit()
    heard = mara.hear_until(lambda message: message["type"] == "resync", SOON)
    assert [(message["type"], message["board_id"]) for message in heard] == [
        ("ended", f"user-{cast.uma.user_id}"),
        ("resync", "team"),
    ]


def test_an_import_is_one_resync_of_boards(talk, cast, acting, app, settled):
    uma = talk(cast.uma)
    since = uma.subscribe(board_id="me")["sequence"]
    settled()
    importer = acting(cast.olga).through("import")
    create_task(importer, title="From elsewhere", assigned_to_id=cast.uma.user_id)
    record(
        importer, "account_imported", db.session.get_one(Account, cast.account_id), summary="1 task", source="trello"
    )
    db.session.commit()
    assert uma.hear(SOON)["type"] == "resync"
    settled()
    assert uma.silence() == []
    uma.subscribe(board_id="me", since=since)
    assert [message["type"] for message in uma.silence()] == ["resync"]


def test_a_sweep_is_one_query_for_all_sessions_of_an_account(app, talk, cast, hub, count_queries, settled):
    for name in ("uma", "udo", "mara", "olga"):
        talk(cast.people[name]).subscribe(board_id="me")
    house = hub.houses[cast.account_id]
    usher = app.extensions["live"].usher
    settled()
    counts = [count_queries(lambda: usher.sweep(house)) for _ in range(6)]
    assert min(counts) == 2, "the sessions, and events of which nobody told us"
