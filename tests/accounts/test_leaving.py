"""Leaving and being removed: who may, who takes over what, and that access ends."""

import pytest
from sqlalchemy import select

from todoapp.accounts.inviting import invite_member
from todoapp.accounts.leaving import remove_member
from todoapp.accounts.managing import update_member
from todoapp.accounts.models import Invitation
from todoapp.accounts.queries import possible_successors
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput, Conflict, Forbidden, NotFound
from todoapp.permissions import can
from todoapp.tasks.actions.assigning import assign_task
from todoapp.tasks.actions.progressing import complete_task, pause_task, start_task
from todoapp.tasks.chain import chain_of
from todoapp.tasks.clockwork import stretches_of
from todoapp.tasks.models import ChainLink, TaskAssignment

MAY_REMOVE = {
    "olga": {"sven", "mara", "milo", "uma", "udo", "ulla", "nina"},
    "sven": {"sven", "mara", "milo", "uma", "udo", "ulla", "nina"},
    "mara": {"mara"},
    "uma": {"uma"},
}


@pytest.mark.parametrize("whom", ["sven", "mara", "uma", "nina"])
@pytest.mark.parametrize("who", MAY_REMOVE)
def test_who_may_remove_whom(acting, member, cast, who, whom):
    actor, subject = acting(getattr(cast, who)), member(getattr(cast, whom))
    if whom in MAY_REMOVE[who]:
        assert remove_member(actor, subject).left_at is not None
    else:
        with pytest.raises(Forbidden):
            remove_member(actor, subject)
        assert member(getattr(cast, whom)).is_active


def test_the_last_owner_stays(acting, member, cast):
    with pytest.raises(Conflict):
        remove_member(acting(cast.olga), member(cast.olga))
    update_member(acting(cast.olga), member(cast.nina), role="owner")
    assert not remove_member(acting(cast.olga), member(cast.olga)).is_active


def test_an_owner_who_cannot_sign_in_does_not_count(acting, member, cast, placeholder):
    member(placeholder).role = "owner"
    with pytest.raises(Conflict):
        remove_member(acting(cast.olga), member(cast.olga))


def test_nobody_is_removed_twice(acting, member, cast):
    remove_member(acting(cast.sven), member(cast.uma))
    with pytest.raises(NotFound):
        remove_member(acting(cast.sven), member(cast.uma))


def test_open_tasks_go_to_the_manager_with_clock_history_and_chain(acting, member, cast, make, at):
    at("2026-11-24T09:00:00Z")
    running = make(cast.mara, cast.uma, "runs")
    start_task(acting(cast.uma), running)
    at("2026-11-24T10:00:00Z")
    leaving = remove_member(acting(cast.sven), member(cast.uma))
    assert leaving.left_at == now()
    assert (running.assigned_to_id, running.status, running.actual_time) == (cast.mara.user_id, "pending", 3600)
    assert [(s.worked, s.paused, s.elapsed) for s in stretches_of(running)] == [(3600, 0, 3600)]
    at("2026-11-24T11:00:00Z")
    assert [s.elapsed for s in stretches_of(running)] == [3600], "the clock stands"
    history = db.session.scalars(
        select(TaskAssignment).where(TaskAssignment.task_id == running.id).order_by(TaskAssignment.id)
    ).all()
    assert [(row.assigned_to_id, row.is_current, row.state) for row in history] == [
        (cast.uma.user_id, False, "accepted"),
        (cast.mara.user_id, True, "waiting"),
    ]


def test_a_paused_task_is_handed_over_and_its_pause_ends(acting, member, cast, make, at):
    at("2026-11-24T09:00:00Z")
    task = make(cast.mara, cast.uma)
    start_task(acting(cast.uma), task)
    at("2026-11-24T09:30:00Z")
    pause_task(acting(cast.uma), task, reason="lunch")
    at("2026-11-24T10:00:00Z")
    remove_member(acting(cast.sven), member(cast.uma))
    assert [(s.worked, s.paused, s.elapsed) for s in stretches_of(task)] == [(1800, 1800, 3600)]
    start_task(acting(cast.mara), task)
    assert task.status == "in_progress"


def test_who_delegated_the_task_keeps_sight_of_it(acting, member, cast, make):
    task = make(cast.milo, cast.uma)
    remove_member(acting(cast.sven), member(cast.uma))
    chain = set(db.session.scalars(select(ChainLink.user_id).where(ChainLink.task_id == task.id)))
    assert {cast.mara.user_id, cast.milo.user_id} <= chain
    assert can(acting(cast.milo), "task.view", task)
    rows = db.session.scalars(
        select(TaskAssignment).where(TaskAssignment.task_id == task.id).order_by(TaskAssignment.id)
    ).all()
    assert chain == set(chain_of(rows))


def test_completed_tasks_stay_history(acting, member, cast, make):
    task = make(cast.mara, cast.uma)
    complete_task(acting(cast.uma), task)
    remove_member(acting(cast.sven), member(cast.uma))
    assert task.assigned_to_id == cast.uma.user_id
    assert can(acting(cast.sven), "task.view", task)


def test_every_handed_over_task_has_an_event_that_names_its_cause(acting, member, cast, make):
    tasks = [make(cast.mara, cast.uma, f"task {number}") for number in range(3)]
    remove_member(acting(cast.sven), member(cast.uma))
    left = db.session.scalars(select(ActivityLog).where(ActivityLog.action == "member_removed")).one()
    assert (left.details["member_id"], left.details["successor_id"]) == (cast.uma.user_id, cast.mara.user_id)
    moved = db.session.scalars(select(ActivityLog).where(ActivityLog.action == "task_reassigned")).all()
    assert {event.resource_id for event in moved} == {task.id for task in tasks}
    assert {event.cause_id for event in moved} == {left.id}
    assert {event.user_id for event in moved} == {cast.sven.user_id}


def test_unassigned_tasks_stay_editable_by_somebody_near(acting, member, cast, make):
    idea = make(cast.uma, None, "idea")
    done = make(cast.uma, cast.uma, "done")
    complete_task(acting(cast.uma), done)
    remove_member(acting(cast.sven), member(cast.uma))
    assert idea.assigned_to_id == cast.mara.user_id
    assert can(acting(cast.mara), "task.update", idea)
    assert done.assigned_to_id == cast.uma.user_id


def test_unassigned_tasks_that_the_successor_may_edit_anyway_stay_with_nobody(acting, member, cast, make):
    idea = make(cast.mara, None, "idea")
    remove_member(acting(cast.olga), member(cast.mara))
    assert idea.assigned_to_id is None
    assert can(acting(cast.sven), "task.update", idea)


def test_without_a_manager_who_acts_takes_over_and_else_an_owner(acting, member, cast, make):
    ninas, ullas = make(cast.nina, cast.nina), make(cast.ulla, cast.ulla)
    update_member(acting(cast.olga), member(cast.ulla), manager_id=None)
    remove_member(acting(cast.sven), member(cast.nina))
    assert ninas.assigned_to_id == cast.sven.user_id
    remove_member(acting(cast.ulla), member(cast.ulla))
    assert ullas.assigned_to_id == cast.olga.user_id
    assert db.session.scalar(select(ActivityLog.user_id).where(ActivityLog.action == "member_left")) == (
        cast.ulla.user_id
    )


def test_reports_of_who_leaves_go_up_the_line(acting, member, cast):
    remove_member(acting(cast.mara), member(cast.mara))
    assert [member(one).manager_id for one in (cast.uma, cast.udo)] == [cast.sven.user_id] * 2
    remove_member(acting(cast.olga), member(cast.sven))
    assert {member(one).manager_id for one in (cast.uma, cast.udo, cast.milo)} == {cast.olga.user_id}


def test_a_named_successor_takes_tasks_and_reports(acting, member, cast, make):
    task = make(cast.mara, cast.mara)
    remove_member(acting(cast.sven), member(cast.mara), successor_id=cast.milo.user_id)
    assert task.assigned_to_id == cast.milo.user_id
    assert member(cast.uma).manager_id == cast.milo.user_id


def test_a_user_may_follow_a_user_but_take_no_reports(acting, member, cast, make):
    task = make(cast.mara, cast.uma)
    remove_member(acting(cast.sven), member(cast.uma), successor_id=cast.udo.user_id)
    assert task.assigned_to_id == cast.udo.user_id
    with pytest.raises(BadInput):
        remove_member(acting(cast.sven), member(cast.mara), successor_id=cast.udo.user_id)
    assert member(cast.mara).is_active


@pytest.mark.parametrize(("who", "successor"), [("uma", "udo"), ("uma", "olga"), ("uma", "uma"), ("mara", "milo")])
def test_nobody_leaves_work_to_whom_they_may_not_assign(acting, member, cast, who, successor):
    person = getattr(cast, who)
    with pytest.raises(BadInput) as refused:
        remove_member(acting(person), member(person), successor_id=getattr(cast, successor).user_id)
    assert list(refused.value.fields) == ["successor_id"]
    assert member(person).is_active


def test_strangers_and_those_who_left_are_no_successors(acting, member, cast):
    remove_member(acting(cast.sven), member(cast.udo))
    for gone in (cast.udo, cast.zoe):
        with pytest.raises(NotFound):
            remove_member(acting(cast.sven), member(cast.uma), successor_id=gone.user_id)


def test_a_placeholder_is_no_successor_and_can_be_removed(acting, member, cast, placeholder, make):
    with pytest.raises(BadInput):
        remove_member(acting(cast.sven), member(cast.uma), successor_id=placeholder.user_id)
    task = make(cast.mara, placeholder)
    remove_member(acting(cast.sven), member(placeholder))
    assert task.assigned_to_id == cast.mara.user_id


def test_possible_successors_are_those_who_are_accepted(acting, member, cast):
    for who, whom in (("sven", "mara"), ("sven", "uma"), ("uma", "uma"), ("mara", "mara"), ("olga", "sven")):
        actor, leaving = acting(getattr(cast, who)), member(getattr(cast, whom))
        offered = {one.user_id for one in possible_successors(actor, leaving)}
        accepted = set()
        for person in cast.people.values():
            nested = db.session.begin_nested()
            try:
                remove_member(actor, member(getattr(cast, whom)), successor_id=person.user_id)
                accepted.add(person.user_id)
            except (BadInput, NotFound):
                pass
            nested.rollback()
            db.session.expire_all()
        assert accepted == offered


def test_invitations_end_with_the_right_to_give_them(acting, member, cast):
    given = {}
    for who in ("olga", "sven"):
        invitation = invite_member(acting(getattr(cast, who)), email=f"by-{who}@new.test", role="manager")
        given[who] = invitation.id
    update_member(acting(cast.olga), member(cast.sven), role="manager")
    revoked = {row.id: row.revoked_at is not None for row in db.session.scalars(select(Invitation))}
    assert revoked == {given["olga"]: False, given["sven"]: True}


def test_invited_reports_follow_too(acting, member, cast):
    invitation = invite_member(acting(cast.sven), email="new@new.test", manager_id=cast.mara.user_id)
    remove_member(acting(cast.sven), member(cast.mara), successor_id=cast.milo.user_id)
    assert invitation.manager_id == cast.milo.user_id


def test_a_rejected_task_of_who_left_finds_its_way(acting, member, cast, make):
    from todoapp.tasks.actions.assigning import reject_task

    task = make(cast.uma, cast.uma)
    remove_member(acting(cast.sven), member(cast.uma), successor_id=cast.udo.user_id)
    reject_task(acting(cast.udo), task, reason="not mine")
    assert task.assigned_to_id == cast.mara.user_id


def test_a_handed_over_task_can_be_handed_on(acting, member, cast, make):
    task = make(cast.mara, cast.uma)
    remove_member(acting(cast.sven), member(cast.uma))
    assign_task(acting(cast.sven), task, assigned_to_id=cast.udo.user_id)
    assert task.assigned_to_id == cast.udo.user_id
