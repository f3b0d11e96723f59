"""Many writers in one account: nothing fails, nothing is lost."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.cast import Cast
from tests.races.crowd import count_of, together
from todoapp.tasks.models import Task
from todoapp.tenancy import enter

Inspected = Callable[[], dict[str, int]]
ALLOWED = {200, 201, 204, 403, 404, 409}


class Writer:
    """One person who makes tasks, hands them over, works on them, and counts the answers."""

    def __init__(self, client: Any, rounds: int, others: list[int], users: list[int]):
        self.client, self.rounds, self.others, self.users = client, rounds, others, users
        self.answers: Counter[int] = Counter()
        self.made = 0

    def __call__(self) -> "Writer":
        """Work."""
        for number in range(self.rounds):
            task = self.post("", title=f"Task {number}", tags=["shared", f"tag {number % 3}"])
            self.made += task.status_code == 201
            task_id = task.json["id"]
            self.post(f"/{task_id}/start")
            self.post(f"/{task_id}/pause", reason="lunch", progress_percentage=number % 101)
            # The same few tasks, by everybody.
            shared = self.others[number % len(self.others)]
            self.post(f"/{shared}/assign", assigned_to_id=self.users[number % len(self.users)])
            self.post(f"/{shared}/pause", reason="waiting")
            self.post(f"/{task_id}/complete")
        return self

    def post(self, path: str, **body: Any) -> Any:
        """Send and count."""
        answer = self.client.post(f"/v1/tasks{path}", json=body)
        self.answers[answer.status_code] += 1
        return answer


@pytest.fixture
def writers(api: Callable[..., Any], cast: Cast, make: Callable[..., int]) -> Callable[[int], list[Writer]]:
    """`writers(rounds)`: six people of one account, who also reach for the same three tasks."""

    def ready(rounds: int) -> list[Writer]:
        shared = [make("mara", "uma") for _ in range(3)]
        users = [cast.uma.user_id, cast.udo.user_id, cast.ulla.user_id]
        return [
            Writer(api(cast.people[name]), rounds, shared, users)
            for name in ("olga", "sven", "mara", "milo", "uma", "udo")
        ]

    return ready


def check(app: Flask, cast: Cast, done: list[Writer], events: dict[str, int], rounds: int) -> None:
    """Nobody was told of a failure, and all that was said to be done is there."""
    answers = sum((writer.answers for writer in done), Counter())
    assert set(answers) <= ALLOWED, answers
    assert [writer.made for writer in done] == [rounds] * 6
    with app.app_context():
        enter(cast.account_id)
        assert count_of(Task) == 6 * rounds + 3
    assert events["task_created"] == 6 * rounds + 3
    assert events["task_completed"] == 6 * rounds


def test_six_writers_at_once(
    app: Flask, cast: Cast, writers: Callable[[int], list[Writer]], inspected: Inspected
) -> None:
    done = together(*writers(4))
    check(app, cast, done, inspected(), 4)


@pytest.mark.long
def test_six_writers_for_a_while(
    app: Flask, cast: Cast, writers: Callable[[int], list[Writer]], inspected: Inspected
) -> None:
    done = together(*writers(25))
    check(app, cast, done, inspected(), 25)
