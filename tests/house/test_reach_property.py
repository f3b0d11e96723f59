"""One meaning of "may": of a row, of a list, of what is shown as possible, of who hears; and of mission.md in plain Python."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.house.rules import HandOver, Organisation, Someone, Work
from todoapp.accounts.models import ROLES, AccountMembership
from todoapp.actor import actor_for
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import NotFound
from todoapp.permissions import abilities, find
from todoapp.permissions.audience import who_sees
from todoapp.tasks.chain import rewrite_chain
from todoapp.tasks.models import VISIBILITIES, Task, TaskAssignment
from todoapp.tasks.queries import list_tasks
from todoapp.tenancy import current_account_id
from todoapp.users.models import User

Generated = tuple[Organisation, list[Work]]


@st.composite
def organisations(draw: st.DrawFn) -> Generated:
    """An account: a forest of members in any roles, and tasks with any history."""
    size = draw(st.integers(2, 7))
    people = {
        number: Someone(
            number,
            draw(st.sampled_from(ROLES)),
            draw(st.one_of(st.none(), st.integers(0, number - 1))) if number else None,
        )
        for number in range(size)
    }
    works = draw(st.lists(tasks(size), min_size=1, max_size=5))
    busy = {person.manager for person in people.values()} | {work.assignee for work in works}
    for number in people.keys() - busy:
        if draw(st.integers(0, 3)) == 0:
            people[number] = Someone(number, people[number].role, None, left=True)
    return Organisation(people), works


@st.composite
def tasks(draw: st.DrawFn, size: int) -> Work:
    """A task with up to six hand-overs; a rejected one goes back to who gave it."""
    someone = st.integers(0, size - 1)
    work = Work(draw(someone), draw(st.sampled_from(VISIBILITIES)))
    for _step in range(draw(st.integers(0, 6))):
        last = work.hand_overs[-1] if work.hand_overs else None
        if last and last.by != last.to and not last.rejected and draw(st.integers(0, 4)) == 0:
            work.hand_overs[-1] = HandOver(last.by, last.to, rejected=True)
            work.hand_overs.append(HandOver(last.by, last.by))
        else:
            # Mostly the one who has it hands it on; sometimes somebody from outside steps in.
            holder = last.to if last else work.creator
            step = HandOver(draw(st.one_of(st.just(holder), someone)), draw(someone))
            if last is None or step.to != holder:
                work.hand_overs.append(step)
    work.dropped = bool(work.hand_overs) and draw(st.integers(0, 9)) == 0
    return work


class Saved:
    """A generated account in the database."""

    def __init__(self, organisation: Organisation, works: list[Work]):
        self.ids: dict[int, int] = {}
        self.members: dict[int, AccountMembership] = {}
        for person in organisation.people.values():
            self._save_member(person)
        self.tasks = [self._save_task(work) for work in works]

    def _save_member(self, person: Someone) -> None:
        user = User(first_name=f"Person {person.number}", activated_at=now())
        db.session.add(user)
        db.session.flush()
        self.ids[person.number] = user.id
        member = AccountMembership(
            user_id=user.id,
            role=person.role,
            manager_id=None if person.manager is None else self.ids[person.manager],
            left_at=now() if person.left else None,
        )
        db.session.add(member)
        db.session.flush()
        self.members[person.number] = member

    def _save_task(self, work: Work) -> Task:
        task = Task(
            created_by_id=self.ids[work.creator],
            assigned_to_id=None if work.assignee is None else self.ids[work.assignee],
            title="generated",
            visibility=work.visibility,
        )
        db.session.add(task)
        db.session.flush()
        for step in work.hand_overs:
            hand_over = TaskAssignment(
                task_id=task.id,
                assigned_by_id=self.ids[step.by],
                assigned_to_id=self.ids[step.to],
                rejected_at=now() if step.rejected else None,
                is_current=step is work.hand_overs[-1] and not work.dropped,
            )
            db.session.add(hand_over)
            db.session.flush()
        rewrite_chain(task)
        return task


def agree(organisation: Organisation, works: list[Work]) -> None:
    """Save it, ask every way, and undo it."""
    saved = Saved(organisation, works)
    heard = who_sees([task.id for task in saved.tasks], list(saved.ids.values()))
    for person in organisation.people.values():
        if person.left:
            continue
        member = saved.members[person.number]
        actor = actor_for(member, via="api")
        listed = {task.id for task in list_tasks(actor, {"per_page": 100}).rows}
        possible = abilities(actor, saved.tasks)
        for task, work in zip(saved.tasks, works, strict=True):
            facts = (person, work, organisation)
            sees = organisation.sees(person.number, work)
            assert is_found(actor, task) == sees, ("find", *facts)
            assert (task.id in listed) == sees, ("list", *facts)
            assert ("task.view" in possible[task.id]) == sees, ("abilities", *facts)
            assert ("task.comment" in possible[task.id]) == sees, ("comment", *facts)
            assert ((member.user_id, task.id) in heard) == sees, ("who hears", *facts)
            edits = organisation.edits(person.number, work)
            for action in ("task.update", "task.archive", "task.delete", "task.restore", "task.assign", "task.take"):
                assert (action in possible[task.id]) == edits, (action, *facts)


def is_found(actor: Any, task: Task) -> bool:
    """Whether the row is there by its id."""
    try:
        return find(actor, Task, task.id) is task
    except NotFound:
        return False


def check(generated: Generated) -> None:
    """One example in a transaction that is undone."""
    try:
        agree(*generated)
    finally:
        db.session.rollback()
        db.session.expunge_all()


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=QUIET)
@given(generated=organisations())
def test_all_ways_to_ask_agree_with_the_mission(ctx: None, generated: Generated) -> None:
    check(generated)


@pytest.mark.long
@settings(max_examples=1000, deadline=None, database=None, suppress_health_check=QUIET)
@given(generated=organisations())
def test_all_ways_to_ask_agree_with_the_mission_at_length(ctx: None, generated: Generated) -> None:
    check(generated)


def test_a_delegator_keeps_sight_when_it_came_back_to_their_delegate(ctx: None) -> None:
    people = {number: Someone(number, role) for number, role in enumerate(("manager", "manager", "user", "user"))}
    given = [HandOver(0, 1), HandOver(1, 2), HandOver(2, 1), HandOver(1, 3)]
    saved = Saved(Organisation(people), [Work(1, "private", given)])
    assert is_found(actor_for(saved.members[0], via="api"), saved.tasks[0])
    check((Organisation(people), [Work(1, "private", given)]))


def test_nothing_of_an_example_stays(ctx: None, cast: Any, acting: Callable[..., Any]) -> None:
    people = {0: Someone(0, "owner"), 1: Someone(1, "user", 0)}
    check((Organisation(people), [Work(0, "private", [HandOver(0, 1)])]))
    members = select(func.count()).select_from(AccountMembership)
    assert db.session.scalar(members) == len([p for p in cast.people.values() if p.account_id == current_account_id()])
    assert db.session.scalar(select(func.count()).select_from(Task)) == 0
