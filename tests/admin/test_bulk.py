"""Many at once: the server asks first, names each one, does exactly that, and all or nothing."""

import re
from html import unescape

import pytest
from sqlalchemy import select, update

from todoapp.accounts.admin import DEEDS as MEMBER_DEEDS
from todoapp.accounts.models import AccountMembership
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.tasks.models import Task
from todoapp.tenancy import inside

SEALED = re.compile(r'name="token" value="([^"]+)"')


def asked(person, page, deed, ids, **fields):
    """The page on which the server asks."""
    return asked_of(person, page, deed, **{"user_ids" if page == "member" else "task_ids": ids}, **fields)


def asked_of(person, page, deed, **fields):
    """The same, with the ticked boxes by their name."""
    return person.post(f"/admin/{page}/bulk", deed=deed, **fields)


def confirmed(person, page, question):
    """Say yes to a question."""
    return person.post(f"/admin/{page}/bulk/confirmed", token=unescape(SEALED.search(question.text)[1]))


@pytest.fixture
def facts(app, cast):
    """`facts(name)`: a column of each member of our account, by key."""

    def read(name):
        with app.app_context(), inside(cast.account_id):
            keys = {person.user_id: key for key, person in cast.people.items()}
            rows = db.session.execute(select(AccountMembership.user_id, getattr(AccountMembership, name)))
            return {keys[user_id]: value for user_id, value in rows if user_id in keys}

    return read


def test_nothing_is_done_before_it_is_confirmed(visit, cast, facts):
    sven = visit(cast.sven)
    question = asked(sven, "member", "suspend", [cast.uma.user_id, cast.udo.user_id])
    assert question.status_code == 200
    assert (
        "Uma Northwind" in question.text and "Udo Northwind" in question.text and "Suspend: 2 members" in question.text
    )
    assert not any(facts("suspended_at").values())
    assert confirmed(sven, "member", question).status_code == 303
    assert {key for key, at in facts("suspended_at").items() if at} == {"uma", "udo"}
    assert "2 members are suspended" in sven.get("/admin/member/").text


def test_what_is_left_out_is_said_with_the_reason(visit, cast, facts):
    sven = visit(cast.sven)
    everybody = [cast.people[name].user_id for name in ("olga", "sven", "uma")]
    question = asked(sven, "member", "suspend", everybody)
    assert "Suspend: 1 member" in question.text and "Left out" in question.text
    assert "below their own role" in question.text and "This is you" in question.text
    confirmed(sven, "member", question)
    assert [key for key, at in facts("suspended_at").items() if at] == ["uma"]
    nobody = asked(sven, "member", "suspend", [cast.olga.user_id])
    assert nobody.status_code == 200 and not SEALED.search(nobody.text) and "Back to the list" in nobody.text


def test_a_confirmation_is_the_persons_own_and_cannot_be_changed(visit, cast, facts):
    sven = visit(cast.sven)
    question = asked(sven, "member", "remove", [cast.uma.user_id])
    token = unescape(SEALED.search(question.text)[1])
    body, dot, rest = token.partition(".")
    for person, page, sent in (
        (visit(cast.olga), "member", token),
        (visit(cast.zoe), "member", token),
        (sven, "task", token),
        (sven, "member", f"{body[:-2]}xx{dot}{rest}"),
        (sven, "member", "x"),
    ):
        answer = person.post(f"/admin/{page}/bulk/confirmed", token=sent)
        assert answer.status_code == 409 and "Choose again" in answer.text
    assert not any(facts("left_at").values())


def test_a_confirmation_waits_ten_minutes(visit, cast, facts, at):
    at("2026-11-24T09:00:00Z")
    sven = visit(cast.sven)
    question = asked(sven, "member", "suspend", [cast.uma.user_id])
    at("2026-11-24T09:10:01Z")
    assert confirmed(sven, "member", question).status_code == 409
    assert not any(facts("suspended_at").values())


def test_all_or_nothing(visit, cast, facts, app):
    olga = visit(cast.olga)
    people = [cast.uma.user_id, cast.mara.user_id]
    question = asked(olga, "member", "manager", people, manager_id=str(cast.mara.user_id))
    refused = confirmed(olga, "member", question)
    assert refused.status_code == 409
    assert "Nothing was done: Mara Northwind: This would make a loop" in unescape(refused.text)
    assert facts("manager_id")["uma"] == cast.mara.user_id, "as before"
    question = asked(olga, "member", "manager", [cast.uma.user_id, cast.udo.user_id], manager_id=str(cast.milo.user_id))
    assert "Change the manager to Milo Northwind: 2 members" in question.text
    confirmed(olga, "member", question)
    assert [facts("manager_id")[key] for key in ("uma", "udo")] == [cast.milo.user_id] * 2
    question = asked(olga, "member", "manager", [cast.uma.user_id], manager_id="")
    assert "to nobody" in question.text
    confirmed(olga, "member", question)
    assert facts("manager_id")["uma"] is None


def test_roles_and_rights_change_and_are_logged_as_done_in_the_administration(visit, cast, facts, app):
    olga = visit(cast.olga)
    confirmed(olga, "member", asked(olga, "member", "role", [cast.uma.user_id, cast.udo.user_id], role="manager"))
    confirmed(olga, "member", asked(olga, "member", "trust", [cast.uma.user_id], can_reassign_tasks="yes"))
    assert facts("role")["uma"] == facts("role")["udo"] == "manager" and facts("can_reassign_tasks")["uma"]
    with app.app_context(), inside(cast.account_id):
        doors = db.session.scalars(select(ActivityLog.via).where(ActivityLog.action == "member_updated")).all()
    assert doors == ["admin"] * 3
    refused = visit(cast.sven)
    question = asked(refused, "member", "role", [cast.udo.user_id], role="owner")
    assert confirmed(refused, "member", question).status_code == 409 and facts("role")["udo"] == "manager"


@pytest.mark.parametrize(
    ("deed", "ids"), [("suspend", []), ("explode", [1]), ("suspend", ["x"]), ("suspend", list(range(1, 300)))]
)
def test_nonsense_is_refused_on_the_list(visit, cast, deed, ids):
    page = asked(visit(cast.sven), "member", deed, ids)
    assert page.status_code == 422 and "<table" in page.text and 'role="alert"' in page.text


@pytest.mark.parametrize("person", ["zoe", "zak"])
@pytest.mark.parametrize("deed", [deed.name for deed in MEMBER_DEEDS])
def test_people_of_another_account_do_not_exist(visit, cast, person, deed):
    olga, stranger = visit(cast.olga), cast.people[person].user_id
    said = {"role": "user", "manager_id": "", "can_reassign_tasks": "no"}
    missing = asked(olga, "member", deed, [10**15], **said)
    foreign = asked(olga, "member", deed, [cast.uma.user_id, stranger], **said)
    assert (foreign.status_code, foreign.text.count("<li")) == (missing.status_code, missing.text.count("<li"))
    assert foreign.status_code == 404 and person.capitalize() not in foreign.text


def test_nobody_of_another_account_is_a_manager_or_an_assignee(visit, cast, three):
    olga = visit(cast.olga)
    assert asked(olga, "member", "manager", [cast.uma.user_id], manager_id=str(cast.zoe.user_id)).status_code == 404
    assert asked(olga, "task", "assign", three, assigned_to_id=str(cast.zoe.user_id)).status_code == 404
    assert asked_of(visit(cast.zoe), "task", "delete", task_ids=three).status_code == 404


@pytest.fixture
def three(visit, cast):
    """Three tasks of Uma's, made by Mara."""
    mara = visit(cast.mara)
    return [mara.makes(f"Task {number}", assigned_to_id=str(cast.uma.user_id)) for number in range(3)]


def tasks_of(app, cast, **columns):
    with app.app_context(), inside(cast.account_id):
        return db.session.execute(select(Task.id, *columns.values()).order_by(Task.id)).all()


def test_tasks_are_assigned_put_away_and_brought_back(visit, cast, app, three):
    sven = visit(cast.sven)
    question = asked(sven, "task", "assign", three, assigned_to_id=str(cast.udo.user_id))
    assert "Assign to Udo Northwind: 3 tasks" in question.text
    confirmed(sven, "task", question)
    assert [row[1] for row in tasks_of(app, cast, to=Task.assigned_to_id)] == [cast.udo.user_id] * 3
    confirmed(sven, "task", asked(sven, "task", "priority", three[:2], priority="high"))
    assert [row[1] for row in tasks_of(app, cast, to=Task.priority)] == ["high", "high", "medium"]
    confirmed(sven, "task", asked(sven, "task", "delete", three))
    assert "No task found" in sven.get("/admin/task/").text
    deleted = sven.get("/admin/task/?state=deleted").text
    assert all(f"Task {number}" in deleted for number in range(3))
    confirmed(sven, "task", asked(sven, "task", "restore", three))
    confirmed(sven, "task", asked(sven, "task", "archive", three[:1]))
    assert "Task 0" in sven.get("/admin/task/?state=archived").text
    question = asked(sven, "task", "assign", three[:1], assigned_to_id=str(cast.uma.user_id))
    assert "It is archived or completed" in question.text


def test_what_one_may_not_see_is_not_on_the_list_of_tasks(visit, cast):
    visit(cast.olga).makes("Between owners")
    visit(cast.zoe).makes("Of the others")
    assert "Between owners" in visit(cast.olga).get("/admin/task/").text
    shown = visit(cast.sven).get("/admin/task/").text
    assert "Between owners" not in shown and "Of the others" not in shown


def test_a_change_that_came_between_is_not_undone(visit, cast, app, three):
    sven = visit(cast.sven)
    question = asked(sven, "task", "delete", three)
    with app.app_context(), inside(cast.account_id):
        db.session.execute(
            update(Task).where(Task.id == three[0]).values(visibility="private", assigned_to_id=cast.olga.user_id)
        )
        db.session.commit()
    assert confirmed(sven, "task", question).status_code in (403, 404, 409)
    assert all(row[1] is None for row in tasks_of(app, cast, gone=Task.deleted_at)), "none of the three"
