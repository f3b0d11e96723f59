"""Generated accounts: whatever is done to members, the tree has no loop, an owner stays, nothing is left behind."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from todoapp.accounts.leaving import remove_member
from todoapp.accounts.managing import update_member
from todoapp.accounts.models import ROLES, AccountMembership, rank
from todoapp.accounts.ranks import managers_now
from todoapp.actor import actor_for
from todoapp.extensions import db
from todoapp.kit.errors import Refusal
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.chain import chain_of
from todoapp.tasks.models import ChainLink, Task, TaskAssignment

KEYS = ("olga", "sven", "mara", "milo", "uma", "udo", "ulla", "nina")
person = st.sampled_from(KEYS)
actor = st.sampled_from(("olga", "olga", "olga", "sven", "mara", "uma"))
managing = st.sampled_from(("mara", "milo", "sven"))
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("role"), actor, person, st.sampled_from(ROLES), st.none() | person),
        st.tuples(st.just("manager"), actor, person, st.none() | managing, st.none()),
        st.tuples(st.just("remove"), actor, person, st.none(), st.none() | managing),
        st.tuples(st.just("role"), st.just("olga"), managing, st.just("user"), managing),
    ),
    min_size=1,
    max_size=12,
)


def read(cast, key):
    query = select(AccountMembership).where(AccountMembership.user_id == getattr(cast, key).user_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def do(cast, kind, who, whom, what, successor):
    acting = read(cast, who)
    if not acting.is_active:
        return
    successor_id = successor and getattr(cast, successor).user_id
    nested = db.session.begin_nested()
    try:
        subject = read(cast, whom)
        if kind == "role":
            update_member(actor_for(acting, "api"), subject, role=what, successor_id=successor_id)
        elif kind == "manager":
            manager_id = what and getattr(cast, what).user_id
            update_member(actor_for(acting, "api"), subject, manager_id=manager_id)
        else:
            remove_member(actor_for(acting, "api"), subject, successor_id=successor_id)
        nested.commit()
    except Refusal:
        nested.rollback()
        db.session.expire_all()


def check_members():
    members = {one.user_id: one for one in db.session.scalars(select(AccountMembership))}
    active = {user_id: one for user_id, one in members.items() if one.is_active}
    assert any(one.role == "owner" for one in active.values())
    managers = managers_now()
    for user_id, one in active.items():
        if one.manager_id is not None:
            assert rank(active[one.manager_id].role) >= rank("manager")
        seen, step = set(), user_id
        while step is not None:
            assert step not in seen, "a loop"
            seen.add(step)
            step = managers[step]
    return active


def check_tasks(active):
    for task in db.session.scalars(select(Task)):
        assert task.assigned_to_id in active
        rows = db.session.scalars(
            select(TaskAssignment).where(TaskAssignment.task_id == task.id).order_by(TaskAssignment.id)
        ).all()
        assert [row.assigned_to_id for row in rows if row.is_current] == [task.assigned_to_id]
        links = db.session.scalars(select(ChainLink.user_id).where(ChainLink.task_id == task.id)).all()
        assert sorted(links) == sorted(chain_of(rows))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=deeds)
def test_whatever_is_done_to_members(ctx, cast, deeds):
    with db.session.begin_nested() as world:
        for key in KEYS:
            create_task(actor_for(read(cast, key), "api"), title=f"of {key}")
        for deed in deeds:
            do(cast, *deed)
            active = check_members()
        check_tasks(active)
        assert db.session.scalar(select(func.count(Task.id))) == len(KEYS)
        world.rollback()
    db.session.expire_all()
