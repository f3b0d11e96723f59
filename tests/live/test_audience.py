"""What the matrix says of many members at once is what it says of each alone."""

from random import Random

import pytest
from sqlalchemy import select

from todoapp.accounts.models import ROLES, AccountMembership
from todoapp.actor import actor_for
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.permissions import visible, within
from todoapp.permissions.audience import lines_above, who_opens, who_sees
from todoapp.permissions.reaches import line_ids
from todoapp.tasks.models import VISIBILITIES, ChainLink, Task
from todoapp.tenancy import inside
from todoapp.users.models import User


def people_an_account(chance: Random, account_id: int, count: int = 14) -> list[AccountMembership]:
    """Members with any role, in a tree of any shape; some have left."""
    members: list[AccountMembership] = []
    for number in range(count):
        user = User(first_name=f"P{number}")
        db.session.add(user)
        db.session.flush()
        above = chance.choice([None, *members]) if members else None
        member = AccountMembership(
            user_id=user.id,
            role=chance.choice(ROLES),
            manager_id=above and above.user_id,
            left_at=now() if chance.random() < 0.15 else None,
        )
        db.session.add(member)
        db.session.flush()
        members.append(member)
    return members


def scatter_tasks(chance: Random, members: list[AccountMembership], count: int = 25) -> list[Task]:
    """Tasks of anybody, for anybody or nobody, seen by anybody, with anybody in the chain."""
    people = [member.user_id for member in members]
    tasks = []
    for number in range(count):
        task = Task(
            title=f"T{number}",
            created_by_id=chance.choice(people),
            assigned_to_id=chance.choice([None, *people]),
            visibility=chance.choice(VISIBILITIES),
        )
        db.session.add(task)
        db.session.flush()
        if task.assigned_to_id:
            chain = {task.assigned_to_id, *chance.sample(people, chance.randint(0, 2))}
            db.session.add_all(ChainLink(task_id=task.id, user_id=user_id) for user_id in chain)
        tasks.append(task)
    db.session.flush()
    return tasks


@pytest.mark.parametrize("seed", range(6))
def test_many_members_see_what_each_sees(ctx, cast, seed):
    chance = Random(seed)
    members = people_an_account(chance, cast.account_id)
    tasks = scatter_tasks(chance, members)
    user_ids, task_ids = [member.user_id for member in members], [task.id for task in tasks]
    active = [member for member in members if member.is_active]
    actors = [actor_for(member, via="api") for member in active]

    seen = {
        (actor.user_id, task_id)
        for actor in actors
        for task_id in db.session.scalars(select(Task.id).where(Task.id.in_(task_ids), visible(actor)))
    }
    assert who_sees(task_ids, user_ids) == seen
    assert 0 < len(seen) < len(actors) * len(tasks)

    opened = {
        (actor.user_id, owner_id)
        for actor in actors
        for owner_id in db.session.scalars(
            select(AccountMembership.user_id).where(
                AccountMembership.user_id.in_(user_ids),
                AccountMembership.left_at.is_(None),
                within(actor, "board.view", AccountMembership),
            )
        )
    }
    assert who_opens(user_ids, user_ids) == opened

    lines = {(actor.user_id, below) for actor in actors for below in line_ids(actor)}
    above = lines_above(user_ids)
    assert {(up, down) for down, ups in above.items() for up in ups if up in {a.user_id for a in actors}} == lines


def test_only_the_named_members_and_tasks_are_asked_about(ctx, cast, count_queries):
    chance = Random(1)
    members = people_an_account(chance, cast.account_id)
    tasks = scatter_tasks(chance, members)
    some, one = {members[0].user_id, cast.olga.user_id}, tasks[0].id
    pairs = who_sees([one], some)
    assert {user_id for user_id, _task in pairs} <= some
    assert {task_id for _user, task_id in pairs} <= {one}
    assert who_sees([], some) == who_sees([one], []) == set()
    assert count_queries(lambda: who_sees([task.id for task in tasks], [m.user_id for m in members])) == 1


def test_another_account_sees_nothing(ctx, cast):
    tasks = scatter_tasks(Random(2), people_an_account(Random(2), cast.account_id))
    everybody = [person.user_id for person in cast.people.values()]
    theirs = {cast.zoe.user_id, cast.zak.user_id}
    assert not {user_id for user_id, _ in who_sees([task.id for task in tasks], everybody)} & theirs
    assert not {pair for pair in who_opens(everybody, everybody) if theirs & set(pair)}
    ours = {(cast.olga.user_id, cast.uma.user_id)}
    assert ours <= who_opens(everybody, everybody)
    with inside(cast.other_id):
        assert who_sees([task.id for task in tasks], everybody) == set()
        assert {one for pair in who_opens(everybody, everybody) for one in pair} == theirs
        assert set(lines_above(everybody)) == {cast.zak.user_id}
