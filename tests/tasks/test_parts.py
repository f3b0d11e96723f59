"""Subtasks roll up: counts and times of what the reader sees, in one query however many tasks are shown."""

import pytest

from tests.pages.conftest import Visitor
from todoapp.activity.models import ActivityLog
from todoapp.activity.queries import history_of
from todoapp.extensions import db
from todoapp.tasks.actions.archiving import archive_task, delete_task
from todoapp.tasks.actions.progressing import complete_task, pause_task, start_task
from todoapp.tasks.parts import Parts, parts_of


@pytest.fixture
def whole(cast, acting, make, at):
    """A task of Mara's with five parts: done in an hour, paused, running for half an hour, secret, deleted."""
    at("2026-11-24T08:00:00Z")
    mara, uma, udo = acting(cast.mara), acting(cast.uma), acting(cast.udo)
    parent = make(cast.mara, title="Whole", visibility="account", estimated_time=999)

    def part(title, to, **fields):
        return make(cast.mara, to, title=title, parent_task_id=parent.id, visibility="account", **fields)

    done = part("done", cast.uma, estimated_time=3600)
    start_task(uma, done)
    at("2026-11-24T09:00:00Z")
    complete_task(uma, done)
    paused = part("paused", cast.uma, estimated_time=600)
    start_task(uma, paused)
    at("2026-11-24T09:10:00Z")
    pause_task(uma, paused, reason="lunch")
    running = part("running", cast.udo)
    start_task(udo, running)
    make(cast.mara, title="secret", parent_task_id=parent.id, estimated_time=60)
    gone = part("gone", cast.uma, estimated_time=5000)
    delete_task(mara, gone)
    make(cast.mara, cast.uma, title="deeper", parent_task_id=paused.id, estimated_time=77, visibility="account")
    db.session.commit()
    at("2026-11-24T09:40:00Z")
    return parent


def test_parts_add_up_to_the_second(cast, acting, whole):
    assert parts_of(acting(cast.mara), [whole.id]) == {whole.id: Parts(4, 1, 4260, 3600 + 600 + 1800)}


def test_parts_that_one_does_not_see_do_not_count(cast, acting, whole):
    assert parts_of(acting(cast.nina), [whole.id]) == {whole.id: Parts(3, 1, 4200, 6000)}


def test_archived_parts_count(cast, acting, whole, make):
    archive_task(acting(cast.mara), make(cast.mara, parent_task_id=whole.id))
    assert parts_of(acting(cast.mara), [whole.id])[whole.id].total == 5


def test_without_parts_there_is_nothing(cast, acting, make):
    task = make(cast.mara)
    assert parts_of(acting(cast.mara), [task.id]) == {task.id: Parts()}
    assert parts_of(acting(cast.mara), []) == {}


SHOWN = {"total": 4, "completed": 1, "estimated_time": 4260, "actual_time": 6000}


def test_every_door_shows_them(cast, api, whole):
    whole_id = whole.id
    db.session.rollback()
    mara = api(cast.mara)

    def found(tasks):
        return next(task["subtasks"] for task in tasks if task["id"] == whole_id)

    assert mara.get(f"/v1/tasks/{whole_id}").json["subtasks"] == SHOWN
    assert found(mara.get("/v1/tasks?per_page=100").json["tasks"]) == SHOWN
    assert mara.patch(f"/v1/tasks/{whole_id}", json={"due_date": "2026-11-25"}).json["subtasks"] == SHOWN
    for view in ("kanban", "list", "calendar", "timeline"):
        board = mara.get(f"/v1/boards/my-board?view={view}").json
        tasks = {
            "kanban": lambda board: [task for column in board["columns"] for task in column["tasks"]],
            "list": lambda board: board["tasks"],
            "calendar": lambda board: [task for day in board["calendar"]["days"] for task in day["tasks"]],
            "timeline": lambda board: [bar["task"] for bar in board["timeline"]["bars"]],
        }[view](board)
        assert found(tasks) == SHOWN, view
    assert mara.post("/v1/tasks", json={"title": "new"}).json["subtasks"] == dict.fromkeys(SHOWN, 0)


@pytest.mark.parametrize(
    "path", ["/v1/tasks?per_page=100", "/v1/boards/my-board?view=kanban", "/v1/boards/my-board?view=list&per_page=100"]
)
def test_the_number_of_queries_does_not_grow(cast, api, make, count_queries, path):
    def grow(many):
        for number in range(many):
            parent = make(cast.mara, title=f"p{number}")
            make(cast.mara, title="c", parent_task_id=parent.id)
        db.session.commit()

    client = api(cast.mara)
    grow(2)
    few = count_queries(lambda: client.get(path))
    grow(20)
    assert count_queries(lambda: client.get(path)) <= few


def test_a_whole_may_be_completed_before_its_parts_and_says_so(cast, api, whole):
    whole_id = whole.id
    db.session.rollback()
    answer = api(cast.mara).post(f"/v1/tasks/{whole_id}/complete", json={})
    assert answer.status_code == 200
    assert answer.json["subtasks"] == SHOWN
    db.session.expire_all()
    last = history_of(whole).rows[-1]
    assert last.sentence == "Mara Northwind completed this, with 3 subtasks still open"
    assert last.details["open_subtasks"] == 3


def test_the_page_says_it_too(cast, browser, whole):
    whole_id = whole.id
    db.session.rollback()
    page = Visitor(browser(cast.mara)).sent(f"/tasks/{whole_id}/complete")
    assert f"You completed #{whole_id}. 3 of its subtasks are still open." in page.text


def test_a_whole_without_open_parts_says_nothing(cast, acting, make):
    task = make(cast.uma)
    complete_task(acting(cast.uma), make(cast.uma, parent_task_id=task.id))
    complete_task(acting(cast.uma), task)
    assert history_of(task).rows[-1].sentence == "Uma Northwind completed this"
    assert "open_subtasks" not in db.session.query(ActivityLog).order_by(ActivityLog.id.desc()).first().details
