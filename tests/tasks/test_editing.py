"""Creating and editing: tags, subtasks, visibility, and two people at one task."""

from datetime import UTC, datetime

import pytest

from todoapp.kit.errors import BadInput, Conflict, Forbidden, NotFound
from todoapp.permissions import find
from todoapp.tasks.actions.archiving import delete_task, restore_task
from todoapp.tasks.actions.editing import update_task
from todoapp.tasks.models import Task
from todoapp.tasks.queries import subtasks_of


def test_an_edit_says_what_changed(cast, acting, make, api):
    task = make(cast.uma, tags=["Red"])
    update_task(acting(cast.uma), task, title="New", tags=["blue", "BLUE", "red"], priority="high")
    assert (task.title, task.priority, [tag.name for tag in task.tags]) == ("New", "high", ["blue", "Red"])
    before = task.version
    update_task(acting(cast.uma), task, title="New", tags=["RED", "Blue"])
    assert task.version == before, "an edit that changes nothing leaves no event"


def test_disjoint_edits_merge(cast, acting, make):
    task = make(cast.mara, cast.uma)
    seen = task.version
    update_task(acting(cast.uma), task, title="Hers", version=seen)
    update_task(acting(cast.mara), task, priority="high", version=seen)
    assert (task.title, task.priority) == ("Hers", "high")


def test_the_same_field_gives_the_second_a_conflict_with_both_values(cast, acting, make):
    task = make(cast.mara, cast.uma)
    seen = task.version
    update_task(acting(cast.uma), task, title="Hers", version=seen)
    with pytest.raises(Conflict) as refused:
        update_task(acting(cast.mara), task, title="Mine", priority="low", version=seen)
    assert refused.value.details["conflicts"] == {"title": {"theirs": "Hers", "yours": "Mine"}}
    assert (task.title, task.priority) == ("Hers", "medium")
    update_task(acting(cast.mara), task, title="Mine", version=refused.value.details["version"])
    assert task.title == "Mine"


def test_the_same_value_is_no_conflict(cast, acting, make):
    task = make(cast.mara, cast.uma)
    seen = task.version
    update_task(acting(cast.uma), task, title="Same", version=seen)
    update_task(acting(cast.mara), task, title="Same", version=seen)


def test_subtasks_make_no_loop_and_no_tower(cast, acting, make):
    uma = acting(cast.uma)
    tower = [make(cast.uma)]
    for _ in range(4):
        tower.append(make(cast.uma, parent_task_id=tower[-1].id))
    with pytest.raises(BadInput, match="marked") as refused:
        make(cast.uma, parent_task_id=tower[-1].id)
    assert "levels deep" in refused.value.fields["parent_task_id"][0]
    for below in (tower[0], tower[2]):
        with pytest.raises(BadInput):
            update_task(uma, tower[0], parent_task_id=below.id)
    assert [task.id for task in subtasks_of(uma, tower[0])] == [tower[1].id]
    with pytest.raises(NotFound):
        make(cast.uma, parent_task_id=make(cast.milo).id)


def test_a_subtree_is_not_moved_too_deep(cast, acting, make):
    chain = [make(cast.uma)]
    for _ in range(2):
        chain.append(make(cast.uma, parent_task_id=chain[-1].id))
    other = [make(cast.uma)]
    for _ in range(2):
        other.append(make(cast.uma, parent_task_id=other[-1].id))
    with pytest.raises(BadInput):
        update_task(acting(cast.uma), other[0], parent_task_id=chain[-1].id)


def test_only_planners_edit(cast, acting, make):
    task = make(cast.mara, cast.uma, visibility="account")
    for person in (cast.uma, cast.mara, cast.sven, cast.olga):
        update_task(acting(person), task, title=f"by {person.key}")
    for person in (cast.udo, cast.milo):
        assert find(acting(person), Task, task.id) is task
        with pytest.raises(Forbidden):
            update_task(acting(person), task, title="no")


def test_a_deleted_task_is_gone_until_it_is_restored(cast, acting, make):
    uma = acting(cast.uma)
    task = make(cast.uma)
    delete_task(uma, task)
    with pytest.raises(NotFound):
        find(uma, Task, task.id)
    restore_task(uma, find(uma, Task, task.id, deleted=None))
    assert find(uma, Task, task.id) is task


def test_the_api_says_what_is_wrong_and_changes_nothing(api, cast):
    uma = api(cast.uma)
    made = uma.post(
        "/v1/tasks", json={"title": "  Two   words ", "due_date": "2026-11-27T17:00:00+01:00", "tags": ["a"]}
    )
    assert made.json["title"] == "Two words" and made.json["due_date"] == "2026-11-27T16:00:00+00:00"
    path = f"/v1/tasks/{made.json['id']}"
    for wrong, field in (
        ({"title": " "}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"priority": "urgent"}, "priority"),
        ({"due_date": "tomorrow"}, "due_date"),
        ({"due_date": "2026-11-27T17:00:00"}, "due_date"),
        ({"due_date": "0001-01-01"}, "due_date"),
        ({"estimated_time": -1}, "estimated_time"),
        ({"status": "completed"}, "status"),
        ({"account_id": cast.other_id}, "account_id"),
        ({"tags": ["x" * 51]}, "tags"),
        ({"parent_task_id": 2**63}, "parent_task_id"),
        ({"custom_fields": {"a": "x" * 20000}}, "custom_fields"),
        ({}, "_schema"),
    ):
        answer = uma.patch(path, json=wrong)
        assert answer.status_code == 422 and field in answer.json["fields"], (wrong, answer.json)
        assert answer.mimetype == "application/problem+json"
    assert uma.get(path).json == made.json


def test_the_api_answers_a_conflict_with_both_values(api, cast):
    mara, uma = api(cast.mara), api(cast.uma)
    task = mara.post("/v1/tasks", json={"title": "t", "assigned_to_id": cast.uma.user_id}).json
    assert uma.patch(f"/v1/tasks/{task['id']}", json={"title": "Hers", "version": task["version"]}).status_code == 200
    answer = mara.patch(f"/v1/tasks/{task['id']}", json={"title": "Mine", "version": task["version"]})
    assert answer.status_code == 409
    assert answer.json["details"]["conflicts"]["title"] == {"theirs": "Hers", "yours": "Mine"}


def test_deleting_and_restoring_through_the_api(api, cast):
    uma = api(cast.uma)
    path = f"/v1/tasks/{uma.post('/v1/tasks', json={'title': 't'}).json['id']}"
    assert uma.delete(path).status_code == 204
    assert uma.get(path).status_code == 404
    assert uma.post(f"{path}/restore", json={}).json["deleted_at"] is None
    assert uma.post(f"{path}/archive", json={}).json["archived_at"]
    assert uma.get("/v1/tasks").json["tasks"] == []
    assert len(uma.get("/v1/tasks?archived=true").json["tasks"]) == 1


def test_a_due_day_of_an_edit_is_in_the_assignees_zone(cast, acting, make):
    task = make(cast.uma)
    update_task(acting(cast.uma), task, due_date=datetime(2026, 11, 27, tzinfo=UTC).date())
    assert task.due_date_time == datetime(2026, 11, 27, 17, tzinfo=UTC)
    update_task(acting(cast.uma), task, due_date=None)
    assert task.due_date_time is None and task.due_sort.year == 9999
