"""A deadline to answer an assignment: set with it, noted once when it passes, and what happens then."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tasks_queue.jobs import run
from tasks_queue.schedule import TIMETABLE
from tests.pages.conftest import Visitor
from todoapp.accounts.leaving import remove_member
from todoapp.accounts.models import Account, AccountMembership
from todoapp.activity.models import ActivityLog
from todoapp.activity.queries import history_of
from todoapp.extensions import db
from todoapp.kit.errors import BadInput
from todoapp.permissions import find
from todoapp.tasks.actions.archiving import archive_task, restore_task
from todoapp.tasks.actions.assigning import accept_task, assign_task, reject_task
from todoapp.tasks.actions.progressing import complete_task, start_task
from todoapp.tasks.answering import note_all_unanswered
from todoapp.tasks.models import Task
from todoapp.tasks.queries import assignments_of, list_tasks
from todoapp.tenancy import enter


@pytest.fixture
def rule(cast, ctx):
    """`rule(hours, return_unanswered=…)`: how the account has it."""

    def set_rule(hours, **more):
        db.session.get(Account, cast.account_id).settings = {"answer_within_hours": hours, **more}
        db.session.commit()

    return set_rule


@pytest.fixture
def late(cast, make, rule, at):
    """A task that Mara handed to Uma, who did not answer for a day, in which she should have."""
    at("2026-11-24T09:00:00Z")
    rule(24)
    task = make(cast.mara, cast.uma)
    db.session.commit()
    at("2026-11-25T09:00:00Z")
    return task


def events(task):
    db.session.rollback()
    db.session.expire_all()
    query = select(ActivityLog.action).where(ActivityLog.resource_id == task.id, ActivityLog.resource_type == "Task")
    return list(db.session.scalars(query.order_by(ActivityLog.id)))


MADE = ["task_created", "task_assigned"]


def test_without_a_rule_there_is_no_deadline(cast, make):
    task = make(cast.mara, cast.uma)
    assert (task.answer_by, task.assignment.answer_by) == (None, None)
    assert note_all_unanswered() == 0


def test_the_accounts_rule_sets_the_deadline(cast, make, rule, at):
    at("2026-11-24T09:00:00Z")
    rule(24)
    assert make(cast.mara, cast.uma).answer_by == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert make(cast.mara).answer_by is None, "what one gives oneself is accepted"
    assert make(cast.mara, None).answer_by is None


def test_an_assignment_may_have_a_deadline_of_its_own_or_none(cast, acting, make, rule, at):
    at("2026-11-24T09:00:00Z")
    rule(24)
    task = make(cast.mara, None)
    assign_task(acting(cast.mara), task, assigned_to_id=cast.uma.user_id, answer_by=datetime(2026, 12, 1, tzinfo=UTC))
    assert task.answer_by == datetime(2026, 12, 1, tzinfo=UTC)
    other = make(cast.mara, None)
    assign_task(acting(cast.mara), other, assigned_to_id=cast.uma.user_id, answer_by=None)
    assert other.answer_by is None
    with pytest.raises(BadInput) as refusal:
        wrong = datetime(2026, 11, 24, 9, tzinfo=UTC)
        assign_task(acting(cast.mara), make(cast.mara, None), assigned_to_id=cast.uma.user_id, answer_by=wrong)
    assert set(refusal.value.fields) == {"answer_by"}


def test_a_passed_deadline_is_noted_once(cast, late, at):
    assert note_all_unanswered() == 1
    assert note_all_unanswered() == 0
    at("2026-11-26T09:00:00Z")
    assert note_all_unanswered() == 0
    assert events(late) == [*MADE, "assignment_overdue"]
    assert late.assignment.overdue_at == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert (late.assigned_to_id, late.assignment_state) == (cast.uma.user_id, "waiting"), "by default she keeps it"
    [line] = [entry for entry in history_of(late).rows if entry.event == "assignment_overdue"]
    assert (line.sentence, line.who, line.via) == ("Uma Northwind did not answer in time", None, "schedule")


def test_not_a_second_too_early(late, at):
    at("2026-11-25T08:59:59Z")
    assert note_all_unanswered() == 0


@pytest.mark.parametrize("answer", [accept_task, start_task, lambda uma, task: reject_task(uma, task, reason="no")])
def test_what_was_answered_is_not_noted(cast, acting, late, answer):
    answer(acting(cast.uma), late)
    db.session.commit()
    assert note_all_unanswered() == 0
    assert late.answer_by is None


def test_an_answer_that_came_late_counts(cast, acting, late):
    note_all_unanswered()
    accept_task(acting(cast.uma), late)
    assert (late.assignment_state, late.answer_by) == ("accepted", None)


def test_a_new_hand_over_has_a_new_deadline(cast, acting, late):
    note_all_unanswered()
    assign_task(acting(cast.sven), late, assigned_to_id=cast.udo.user_id)
    assert late.answer_by == datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert late.assignment.overdue_at is None


def test_what_is_put_away_or_done_waits_for_nobody(cast, acting, late):
    archive_task(acting(cast.mara), late)
    db.session.commit()
    assert note_all_unanswered() == 0
    restore_task(acting(cast.mara), late)
    complete_task(acting(cast.mara), late)
    db.session.commit()
    assert note_all_unanswered() == 0
    assert late.answer_by is None


def test_where_the_account_has_it_so_the_task_goes_back(cast, acting, late, rule):
    rule(24, return_unanswered=True)
    assert note_all_unanswered() == 1
    assert note_all_unanswered() == 0
    assert events(late) == [*MADE, "assignment_overdue", "task_returned"]
    assert (late.assigned_to_id, late.assignment_state, late.status) == (cast.mara.user_id, "accepted", "pending")
    first, second = assignments_of(late)
    assert (first.state, first.rejection_reason, first.is_current) == ("rejected", "not answered in time", False)
    assert (second.assigned_to_id, second.is_current, second.answer_by) == (cast.mara.user_id, True, None)
    uma = acting(cast.uma)
    assert list_tasks(uma, {}).rows == [], "who let it lie has lost sight of it, as who rejects"
    sentence = history_of(late).rows[-1].sentence
    assert sentence == "This went back to Mara Northwind: Uma Northwind did not answer in time"


def test_it_goes_to_the_managers_manager_where_the_assigner_is_gone(cast, acting, late, rule):
    rule(24, return_unanswered=True)
    olga = acting(cast.olga)
    remove_member(olga, find(olga, AccountMembership, cast.mara.user_id))
    db.session.commit()
    note_all_unanswered()
    events(late)
    assert late.assigned_to_id == cast.sven.user_id


def test_twice_at_once_is_once(app, cast, late, rule):
    rule(24, return_unanswered=True)
    errors = []

    def note():
        try:
            with app.app_context():
                note_all_unanswered()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=note) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert events(late) == [*MADE, "assignment_overdue", "task_returned"]
    assert len(assignments_of(late)) == 2


def test_an_answer_at_the_same_moment_wins_or_loses_whole(app, cast, acting, late, rule):
    """Accepted and noted at once: either it was accepted in time, or it was noted first; never half of each."""
    rule(24, return_unanswered=True)
    uma = acting(cast.uma)
    late_id = late.id
    db.session.rollback()
    outcome = {}

    def note():
        with app.app_context():
            outcome["noted"] = note_all_unanswered()

    def answer():
        from todoapp.kit.errors import Refusal
        from todoapp.kit.transaction import atomic

        with app.app_context():
            enter(cast.account_id)
            try:
                atomic(lambda: accept_task(uma, find(uma, Task, late_id)))
                outcome["accepted"] = True
            except Refusal:
                outcome["accepted"] = False

    threads = [threading.Thread(target=work) for work in (note, answer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    happened = events(late)[2:]
    assert happened in (["task_accepted"], ["assignment_overdue", "task_returned"])
    assert (outcome["noted"], outcome["accepted"]) == ((0, True) if happened == ["task_accepted"] else (1, False))


def test_one_account_does_not_wait_for_another(cast, acting, make, rule, at, monkeypatch):
    monkeypatch.setattr("todoapp.tasks.answering.AT_A_TIME", 2)
    at("2026-11-24T09:00:00Z")
    rule(24, return_unanswered=True)
    ours = [make(cast.mara, cast.uma) for _number in range(5)]
    acting(cast.zoe)
    db.session.get(Account, cast.other_id).settings = {"answer_within_hours": 1}
    theirs = make(cast.zoe, cast.zak)
    db.session.commit()
    at("2026-11-25T09:00:00Z")
    assert note_all_unanswered() == 6
    enter(cast.other_id)
    assert events(theirs)[-1] == "assignment_overdue"
    enter(cast.account_id)
    assert [task.assigned_to_id for task in db.session.scalars(select(Task))] == [cast.mara.user_id] * len(ours)


def test_the_job_does_it_and_the_timetable_knows_it(app, cast, late):
    run(app, "note_unanswered")
    enter(cast.account_id)
    assert events(late)[-1] == "assignment_overdue"
    assert TIMETABLE["note_unanswered"](datetime(2026, 11, 24, 9, 1))


def test_lists_know_what_awaits_an_answer(cast, acting, make, rule, at):
    at("2026-11-24T09:00:00Z")
    rule(24)
    mara = acting(cast.mara)
    late, soon = make(cast.mara, cast.uma, title="late"), make(cast.mara, cast.udo, title="soon")
    assign_task(mara, soon, assigned_to_id=cast.udo.user_id)
    make(cast.mara, title="own")
    accept_task(acting(cast.uma), make(cast.mara, cast.uma, title="accepted"))
    soon.assignment.answer_by = datetime(2026, 11, 30, tzinfo=UTC)
    db.session.commit()
    at("2026-11-25T09:00:00Z")

    def titles(**query):
        return sorted(task.title for task in list_tasks(acting(cast.mara), query).rows)

    assert titles(awaiting_answer="true") == ["late", "soon"]
    assert titles(awaiting_answer="overdue") == ["late"]
    assert late.assignment.overdue_at is None, "the clock says so, even before it was noted"


class TestDoor:
    """Through the API."""

    def test_the_setting_and_the_deadline_show(self, cast, api, at):
        at("2026-11-24T09:00:00Z")
        path = f"/v1/accounts/{cast.account_id}/settings"
        answer = api(cast.sven).patch(path, json={"answer_within_hours": 48, "return_unanswered": True})
        assert (answer.json["answer_within_hours"], answer.json["return_unanswered"]) == (48, True)
        made = api(cast.mara).post("/v1/tasks", json={"title": "x", "assigned_to_id": cast.uma.user_id}).json
        assert made["answer_by"] == "2026-11-26T09:00:00+00:00"
        mara = api(cast.mara)
        history = mara.get(f"/v1/tasks/{made['id']}/assignment-history").json["assignments"]
        assert [(one["answer_by"], one["overdue_at"]) for one in history] == [("2026-11-26T09:00:00+00:00", None)]
        assert mara.get("/v1/tasks?awaiting_answer=true").json["meta"]["total_count"] == 1
        assert mara.get("/v1/tasks?awaiting_answer=overdue").json["meta"]["total_count"] == 0
        at("2026-11-26T09:00:00Z")
        assert mara.get("/v1/tasks?awaiting_answer=overdue").json["meta"]["total_count"] == 1
        assert mara.get("/v1/boards/team?view=list&awaiting_answer=overdue").json["meta"]["total_count"] == 1
        assert mara.get("/v1/tasks?awaiting_answer=perhaps").status_code == 422
        for bad in (0, -1, 2161, "x"):
            assert api(cast.sven).patch(path, json={"answer_within_hours": bad}).status_code == 422
        cleared = api(cast.sven).patch(path, json={"answer_within_hours": None})
        assert cleared.json["answer_within_hours"] is None

    def test_a_hand_over_names_its_own_deadline(self, cast, api, at):
        at("2026-11-24T09:00:00Z")
        mara = api(cast.mara)
        task_id = mara.post("/v1/tasks", json={"title": "x", "assigned_to_id": None}).json["id"]
        body = {"assigned_to_id": cast.uma.user_id, "answer_by": "2026-11-25T10:00:00+01:00"}
        answer = mara.post(f"/v1/tasks/{task_id}/assign", json=body)
        assert answer.json["answer_by"] == "2026-11-25T09:00:00+00:00"
        assert api(cast.uma).post(f"/v1/tasks/{task_id}/accept", json={}).json["answer_by"] is None

    def test_the_settings_page_takes_hours_or_none(self, cast, browser, api):
        olga = Visitor(browser(cast.olga))
        path = f"/v1/accounts/{cast.account_id}/settings"
        for typed, kept in (("36", 36), ("", None)):
            page = olga.sent(
                "/admin/settings/", name="Northwind", answer_within_hours=typed, return_unanswered=["no", "yes"]
            )
            assert f'value="{typed}"' in page.text
            settings = api(cast.olga).get(path).json
            assert (settings["answer_within_hours"], settings["return_unanswered"]) == (kept, True)
        page = olga.post("/admin/settings/", name="Northwind", answer_within_hours="0")
        assert page.status_code == 422 and 'value="0"' in page.text
