"""Shorthand for tests about accounts and members."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import Cast, Person
from todoapp.accounts.models import AccountMembership
from todoapp.extensions import db
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.models import Task
from todoapp.tenancy import inside
from todoapp.users.models import User


@pytest.fixture
def member(ctx: None) -> Callable[[Person], AccountMembership]:
    """`member(person)`: that person's membership, read afresh."""

    def read(person: Person) -> AccountMembership:
        return (
            db.session.scalars(
                select(AccountMembership)
                .where(AccountMembership.user_id == person.user_id)
                .execution_options(populate_existing=True)
            )
        ).one()

    return read


@pytest.fixture
def make(acting: Callable[..., Any]) -> Callable[..., Task]:
    """`make(by, to)`: a task made by one person for another, or for nobody with None."""

    def build(by: Person, to: Person | None, title: str = "Write the report", **fields: Any) -> Task:
        return create_task(acting(by), title=title, assigned_to_id=to and to.user_id, **fields)

    return build


@pytest.fixture
def placeholder(app: Any, cast: Cast) -> Person:
    """Paul, whom an import made: a user without a sign-in, for whom Mara is the manager."""
    with app.app_context(), inside(cast.account_id):
        user = User(first_name="Paul", last_name="Imported")
        db.session.add(AccountMembership(user=user, role="user", manager_id=cast.mara.user_id))
        db.session.commit()
        return Person("paul", user.id, cast.account_id, "", "user")


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """`at_once(work, work, …)`: run each in a thread of its own, all let go together, and return what they answered."""

    def run(*works: Callable[[], Any]) -> list[Any]:
        gate = threading.Barrier(len(works))
        answers: list[Any] = [None] * len(works)

        def let_go(place: int, work: Callable[[], Any]) -> None:
            gate.wait()
            try:
                answers[place] = work()
            except Exception as error:
                answers[place] = error

        threads = [threading.Thread(target=let_go, args=pair) for pair in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers

    return run
