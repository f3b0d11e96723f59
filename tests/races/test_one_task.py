"""Two people, or one with two hands, at the same task in the same moment."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.cast import Cast
from tests.races.crowd import count_of, statuses, together
from todoapp.tasks.models import Task, TaskAssignment, TimeEntry
from todoapp.tenancy import enter

ROUNDS = 5
Make, Inspected = Callable[..., int], Callable[[], dict[str, int]]


@pytest.fixture
def hands(api: Callable[..., Any], cast: Cast) -> Callable[[str], list[Any]]:
    """`hands(name)`: two clients of one person, each with a session of its own."""
    return lambda name: [api(cast.people[name]), api(cast.people[name])]


@pytest.fixture(autouse=True, params=["as it comes", pytest.param("overlapping", marks=pytest.mark.long)])
def pace(request: pytest.FixtureRequest) -> None:
    """At length, also with transactions that overlap in full."""
    if request.param == "overlapping":
        request.getfixturevalue("overlapping")


def test_two_accept_the_same_assignment(make: Make, hands: Any, inspected: Inspected) -> None:
    uma = hands("uma")
    for _round in range(ROUNDS):
        task_id = make("mara", "uma")
        answers = together(*(lambda hand=hand: hand.post(f"/v1/tasks/{task_id}/accept", json={}) for hand in uma))
        assert statuses(answers) == [200, 200]
        assert {answer.json["assignment_state"] for answer in answers} == {"accepted"}
    assert inspected()["task_accepted"] == ROUNDS


def test_one_accepts_what_is_taken_back(make: Make, hands: Any, inspected: Inspected) -> None:
    mara, uma = hands("mara")[0], hands("uma")[0]
    for _round in range(ROUNDS):
        task_id = make("mara", "uma")
        back, yes = together(
            lambda: mara.post(f"/v1/tasks/{task_id}/take-back", json={}),
            lambda: uma.post(f"/v1/tasks/{task_id}/start", json={}),
        )
        # Either the start was first and there is nothing to take back, or the task is gone from under the hand.
        assert (back.status_code, yes.status_code) in {(403, 200), (200, 404), (200, 403)}
    inspected()


def test_two_start_two_tasks_of_one_person(
    app: Flask, cast: Cast, make: Make, hands: Any, inspected: Inspected
) -> None:
    start_two(app, cast, make, hands("uma"), ROUNDS)
    inspected()


def test_two_start_two_tasks_while_neither_is_saved(
    overlapping: None, app: Flask, cast: Cast, make: Make, hands: Any, inspected: Inspected
) -> None:
    start_two(app, cast, make, hands("uma"), 2)
    inspected()


def start_two(app: Flask, cast: Cast, make: Make, uma: list[Any], rounds: int) -> None:
    """Start two tasks with two hands; one of them runs."""
    for _round in range(rounds):
        one, other = make("mara", "uma"), make("mara", "uma")
        answers = together(
            lambda: uma[0].post(f"/v1/tasks/{one}/start", json={}),
            lambda: uma[1].post(f"/v1/tasks/{other}/start", json={}),
        )
        assert statuses(answers) == [200, 200]
        with app.app_context():
            enter(cast.account_id)
            mine = TimeEntry.user_id == cast.uma.user_id, TimeEntry.ended_at.is_(None)
            assert count_of(TimeEntry, *mine) == 1, "one running task per person"
            assert count_of(Task, Task.status == "in_progress") == 1


def test_disjoint_edits_merge(make: Make, hands: Any, inspected: Inspected) -> None:
    mara = hands("mara")
    for _round in range(ROUNDS):
        task_id = make("mara", "uma")
        answers = together(
            lambda: mara[0].patch(f"/v1/tasks/{task_id}", json={"title": "Another title", "version": 2}),
            lambda: mara[1].patch(f"/v1/tasks/{task_id}", json={"priority": "high", "version": 2}),
        )
        assert statuses(answers) == [200, 200], [answer.json for answer in answers]
        task = mara[0].get(f"/v1/tasks/{task_id}").json
        assert (task["title"], task["priority"], task["version"]) == ("Another title", "high", 4)
    inspected()


def test_the_same_field_twice_is_a_conflict_with_both_values(make: Make, hands: Any, inspected: Inspected) -> None:
    mara = hands("mara")
    for _round in range(ROUNDS):
        task_id = make("mara", "uma")
        answers = together(
            lambda: mara[0].patch(f"/v1/tasks/{task_id}", json={"title": "A", "version": 2}),
            lambda: mara[1].patch(f"/v1/tasks/{task_id}", json={"title": "B", "version": 2}),
        )
        assert statuses(answers) == [200, 409]
        won, lost = sorted(answers, key=lambda answer: answer.status_code)
        both = lost.json["details"]["conflicts"]["title"]
        assert {both["theirs"], both["yours"]} == {"A", "B"}
        assert both["theirs"] == won.json["title"] == mara[0].get(f"/v1/tasks/{task_id}").json["title"]
        assert lost.json["details"]["version"] == won.json["version"]
    assert inspected()["task_updated"] == ROUNDS


def test_two_hand_it_to_two_people(app: Flask, cast: Cast, make: Make, hands: Any, inspected: Inspected) -> None:
    sven, olga = hands("sven")[0], hands("olga")[0]
    for _round in range(ROUNDS):
        task_id = make("mara", "uma")
        answers = together(
            lambda: sven.post(f"/v1/tasks/{task_id}/assign", json={"assigned_to_id": cast.udo.user_id}),
            lambda: olga.post(f"/v1/tasks/{task_id}/assign", json={"assigned_to_id": cast.ulla.user_id}),
        )
        assert statuses(answers) == [200, 200]
        with app.app_context():
            enter(cast.account_id)
            assert count_of(TaskAssignment, TaskAssignment.task_id == task_id) == 3
    assert inspected()["task_reassigned"] == 2 * ROUNDS


def test_rejected_and_started_at_once_is_one_of_both(make: Make, hands: Any, inspected: Inspected) -> None:
    uma = hands("uma")
    for _round in range(ROUNDS):
        task_id = make("mara", "uma")
        answers = together(
            lambda: uma[0].post(f"/v1/tasks/{task_id}/reject", json={"reason": "no time"}),
            lambda: uma[1].post(f"/v1/tasks/{task_id}/start", json={}),
        )
        assert statuses(answers)[0] == 200
        assert statuses(answers)[1] in (403, 404, 409)
    events = inspected()
    assert events.get("task_rejected", 0) + events.get("task_started", 0) == ROUNDS


def test_completing_twice_counts_the_time_once(
    at: Callable[[str], None], make: Make, hands: Any, inspected: Inspected
) -> None:
    at("2026-11-24T09:00:00Z")
    uma, task_id = hands("uma"), make("mara", "uma")
    assert uma[0].post(f"/v1/tasks/{task_id}/start", json={}).status_code == 200
    at("2026-11-24T10:00:00Z")
    answers = together(*(lambda hand=hand: hand.post(f"/v1/tasks/{task_id}/complete", json={}) for hand in uma))
    assert statuses(answers) == [200, 200]
    assert {answer.json["actual_time"] for answer in answers} == {3600}
    assert inspected()["task_completed"] == 1


def test_the_same_new_tag_twice_is_one_tag(make: Make, hands: Any, inspected: Inspected) -> None:
    mara = hands("mara")
    for number in range(ROUNDS):
        body = {"title": "Tagged", "tags": [f"new {number}"]}
        answers = together(*(lambda hand=hand: hand.post("/v1/tasks", json=body) for hand in mara))
        assert statuses(answers) == [201, 201], [answer.json for answer in answers]
        assert [answer.json["tags"] for answer in answers] == [[f"new {number}"]] * 2
    assert inspected()["task_created"] == 2 * ROUNDS


def test_deleted_and_edited_at_once_leaves_a_whole_task(make: Make, hands: Any, inspected: Inspected) -> None:
    mara = hands("mara")
    for _round in range(ROUNDS):
        task_id = make("mara", "uma")
        gone, edited = together(
            lambda: mara[0].delete(f"/v1/tasks/{task_id}"),
            lambda: mara[1].patch(f"/v1/tasks/{task_id}", json={"title": "Too late?"}),
        )
        assert gone.status_code == 204
        assert edited.status_code in (200, 404)
    assert inspected()["task_deleted"] == ROUNDS
