"""Refused for want of permission: written down once a minute, through any door, and nothing else changed."""

import pytest
from sqlalchemy import select

from tests.pages.conftest import Visitor
from todoapp.activity.models import ActivityLog
from todoapp.activity.sealing import seal_all
from todoapp.extensions import db
from todoapp.kit.errors import Forbidden
from todoapp.kit.transaction import atomic, reading
from todoapp.permissions import allow, find
from todoapp.tasks.actions.archiving import delete_task
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.models import Task


@pytest.fixture
def shared(cast, acting, make):
    """The id of a task of Mara's that the whole account sees, and only she and those above her edit."""
    task = make(cast.mara, visibility="account", title="Seen by all")
    db.session.commit()
    return task.id


def denials():
    db.session.rollback()
    db.session.expire_all()
    query = select(ActivityLog).where(ActivityLog.action == "act_denied").order_by(ActivityLog.id)
    return list(db.session.scalars(query))


def refused(acting, person, task_id):
    actor = acting(person)
    with pytest.raises(Forbidden):
        atomic(lambda: delete_task(actor, find(actor, Task, task_id)))


def test_a_refused_deed_leaves_one_line(cast, acting, shared):
    before = db.session.get(Task, shared).version
    refused(acting, cast.uma, shared)
    [line] = denials()
    assert (line.user_id, line.resource_type, line.resource_id) == (cast.uma.user_id, "Task", shared)
    assert line.details == {"attempted": "task.delete", "attempt": "delete the task"}
    task = db.session.get(Task, shared)
    assert (task.version, task.deleted_at) == (before, None)


def test_the_door_and_whence_it_came_are_kept(cast, api, browser, shared):
    answer = api(cast.uma).delete(f"/v1/tasks/{shared}", headers={"User-Agent": "probe/1"})
    assert answer.status_code == 403
    assert Visitor(browser(cast.udo)).post(f"/tasks/{shared}/archive").status_code == 403
    through_api, through_page = denials()
    assert (through_api.via, through_api.ip_address, through_api.user_agent) == ("api", "127.0.0.1", "probe/1")
    assert through_api.session_id is not None
    assert (through_page.via, through_page.details["attempted"]) == ("web", "task.archive")


def test_again_within_a_minute_is_not_written_again(cast, acting, shared, at):
    for instant, lines in (
        ("2026-11-24T09:00:00Z", 1),
        ("2026-11-24T09:00:59Z", 1),
        ("2026-11-24T09:01:00Z", 2),
        ("2026-11-24T09:01:30Z", 2),
    ):
        at(instant)
        refused(acting, cast.uma, shared)
        assert len(denials()) == lines
    refused(acting, cast.udo, shared)
    assert len(denials()) == 3


def test_nobody_floods_the_log(cast, acting, make, at):
    at("2026-11-24T09:00:00Z")
    tasks = [make(cast.mara, visibility="account").id for _number in range(35)]
    db.session.commit()
    for task_id in tasks:
        refused(acting, cast.uma, task_id)
    assert len(denials()) == 30
    refused(acting, cast.udo, tasks[0])
    assert len(denials()) == 31
    at("2026-11-24T09:01:00Z")
    refused(acting, cast.uma, tasks[34])
    assert len(denials()) == 32


def test_what_the_verb_itself_forbids_is_written_too(cast, acting, make, api):
    with_rule = make(cast.mara, cast.uma)
    db.session.commit()
    assert (
        api(cast.olga).patch(f"/v1/accounts/{cast.account_id}/settings", json={"allow_rejection": False}).status_code
        == 200
    )
    answer = api(cast.uma).post(f"/v1/tasks/{with_rule.id}/reject", json={"reason": "no"})
    assert answer.status_code == 403
    [line] = denials()
    assert line.details["attempted"] == "task.reject"


def test_a_verb_inside_a_verb_is_written_once(cast, acting):
    actor = acting(cast.uma)
    with pytest.raises(Forbidden):
        atomic(lambda: create_task(actor, title="For you", assigned_to_id=cast.mara.user_id))
    [line] = denials()
    assert (line.resource_type, line.details["attempted"]) == ("AccountMembership", "member.assign")


def test_a_refusal_about_the_account_names_it(ctx, cast, api):
    body = {"email": "guest@northwind.test", "role": "user"}
    assert api(cast.mara).post(f"/v1/accounts/{cast.account_id}/members", json=body).status_code == 403
    [line] = denials()
    assert (line.resource_type, line.resource_id) == ("Account", cast.account_id)
    assert line.details["attempt"] == "invite a member"


def test_looking_and_what_does_not_exist_leave_nothing(cast, acting, api, make):
    hidden = make(cast.mara).id
    db.session.commit()
    actor = acting(cast.uma)
    with reading(), pytest.raises(Forbidden):
        atomic(lambda: allow(actor, "board.account"))
    client = api(cast.uma)
    assert client.get("/v1/boards/account").status_code == 403
    assert client.delete(f"/v1/tasks/{hidden}").status_code == 404
    assert api(cast.zoe).delete(f"/v1/tasks/{hidden}").status_code == 404
    assert denials() == []


def test_a_swallowed_refusal_that_is_done_otherwise_leaves_nothing(cast, acting, shared):
    actor = acting(cast.uma)

    def work():
        try:
            allow(actor, "task.delete", find(actor, Task, shared))
        except Forbidden:
            return "otherwise"
        return "done"

    assert atomic(work) == "otherwise"
    assert denials() == []


def test_denials_hang_in_the_chain(cast, acting, shared, walked):
    refused(acting, cast.uma, shared)
    assert seal_all() == 2
    assert walked().findings == []
