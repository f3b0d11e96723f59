"""Suspending: who may, that it ends access at once and nothing else, and that reactivating brings everything back."""

import pytest
from sqlalchemy import select

from todoapp.accounts.managing import update_member
from todoapp.accounts.suspending import reactivate_member, suspend_member
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.kit.errors import BadInput, Conflict, Forbidden
from todoapp.tasks.actions.assigning import assign_task, reject_task
from todoapp.tasks.actions.progressing import start_task
from todoapp.tasks.models import Task, TaskPause
from todoapp.tasks.sheet import assignable
from todoapp.tasks.suggesting import suggested_assignees

MAY_SUSPEND = {
    "olga": {"sven", "mara", "milo", "uma", "udo", "ulla", "nina"},
    "sven": {"mara", "milo", "uma", "udo", "ulla", "nina"},
    "mara": set(),
    "uma": set(),
}


@pytest.mark.parametrize("whom", ["sven", "mara", "uma"])
@pytest.mark.parametrize("who", MAY_SUSPEND)
def test_who_may_suspend_whom(acting, member, cast, who, whom):
    actor, subject = acting(getattr(cast, who)), member(getattr(cast, whom))
    if whom in MAY_SUSPEND[who]:
        assert suspend_member(actor, subject).suspended_at is not None
        assert reactivate_member(actor, subject).suspended_at is None
        return
    for verb in (suspend_member, reactivate_member):
        with pytest.raises((Forbidden, Conflict)):
            verb(actor, subject)
    assert member(getattr(cast, whom)).suspended_at is None


def test_it_is_told_once(acting, member, cast):
    for verb in (suspend_member, suspend_member, reactivate_member, reactivate_member):
        verb(acting(cast.sven), member(cast.uma))
    told = db.session.scalars(
        select(ActivityLog.action).where(ActivityLog.action.like("member_%")).order_by(ActivityLog.id)
    ).all()
    assert told == ["member_suspended", "member_reactivated"]


def test_nobody_suspends_themselves_and_the_last_owner_stays(acting, member, cast):
    with pytest.raises(Conflict, match="yourself"):
        suspend_member(acting(cast.olga), member(cast.olga))
    update_member(acting(cast.olga), member(cast.nina), role="owner")
    suspend_member(acting(cast.nina), member(cast.olga))
    with pytest.raises(Conflict, match="last owner"):
        update_member(acting(cast.nina), member(cast.nina), role="user")


def test_access_ends_at_the_next_request_and_comes_back(app, api, browser, cast):
    uma, page, sven = api(cast.uma), browser(cast.uma), api(cast.sven)
    assert uma.get("/v1/users/me").status_code == page.get("/boards/me").status_code == 200
    path = f"/v1/accounts/{cast.account_id}/members/{cast.uma.user_id}"
    assert sven.post(f"{path}/suspend").get_json()["suspended_at"]
    assert uma.get("/v1/boards/my-board").status_code == 401
    assert page.get("/boards/me").status_code == 302
    again = api(cast.uma)
    assert again.get("/v1/boards/my-board").status_code == 401, "a session does not open what the membership shuts"
    assert again.get("/v1/accounts").get_json()["accounts"] == []
    shown = browser(cast.uma).get("/accounts").text
    assert "You are suspended here" in shown and "/enter" not in shown
    assert sven.get(f"/v1/accounts/{cast.account_id}/members?suspended=true").get_json()["meta"]["total_count"] == 1
    assert sven.post(f"{path}/reactivate").get_json()["suspended_at"] is None
    assert again.get("/v1/boards/my-board").status_code == 200


def test_a_suspended_person_signs_in_to_their_other_accounts_only(app, cast, api, member):
    sign_in = {"email": cast.uma.email, "password": "correct horse battery staple"}
    client = app.test_client()
    api(cast.sven).post(f"/v1/accounts/{cast.account_id}/members/{cast.uma.user_id}/suspend")
    answer = client.post("/v1/auth/login", json=sign_in)
    assert answer.status_code == 200 and answer.get_json().get("account") is None
    assert client.post("/v1/auth/login", json=sign_in | {"account": "northwind"}).status_code == 404


def test_their_clock_stops_and_their_tasks_stay(acting, member, make, cast):
    task = make(cast.mara, cast.uma)
    start_task(acting(cast.uma), task)
    suspend_member(acting(cast.sven), member(cast.uma))
    assert (task.status, task.assigned_to_id) == ("paused", cast.uma.user_id)
    stood = db.session.scalars(select(TaskPause)).one()
    assert (stood.reason, stood.resumed_at) == ("assignee suspended", None)
    reactivate_member(acting(cast.sven), member(cast.uma))
    start_task(acting(cast.uma), task)
    assert task.status == "in_progress"


def test_nobody_hands_work_to_them(acting, member, make, cast):
    task = make(cast.mara, cast.udo)
    suspend_member(acting(cast.sven), member(cast.uma))
    sven = acting(cast.sven)
    for attempt in (
        lambda: assign_task(sven, task, assigned_to_id=cast.uma.user_id),
        lambda: make(cast.mara, cast.uma),
    ):
        with pytest.raises(BadInput) as refused:
            attempt()
        assert "suspended" in refused.value.fields["assigned_to_id"][0]
    offered = [option["value"] for group in assignable(sven) for option in group["options"]]
    suggested = [one.member.user_id for one in suggested_assignees(sven)]
    assert cast.uma.user_id not in offered + suggested and cast.udo.user_id in offered


def test_what_is_rejected_passes_them_by(acting, member, make, cast):
    task = make(cast.mara, cast.uma)
    suspend_member(acting(cast.sven), member(cast.mara))
    reject_task(acting(cast.uma), task, reason="Not mine")
    assert db.session.get(Task, task.id).assigned_to_id == cast.sven.user_id


def test_their_page_suspends_and_reactivates(browser, cast):
    page = browser(cast.sven)
    shown = page.get(f"/members/{cast.uma.user_id}").text
    assert "Suspend Uma Northwind" in shown
    assert "Suspend " not in page.get(f"/members/{cast.olga.user_id}").text
    assert "Suspend " not in page.get(f"/members/{cast.sven.user_id}").text
