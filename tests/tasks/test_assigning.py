"""Hand-overs: who may assign to whom, the chain and its sight, accept, reject, take, take back."""

from datetime import date

import pytest
from sqlalchemy import select

from todoapp.accounts.models import Account, AccountMembership
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import Conflict, Forbidden, NotFound
from todoapp.permissions import can, find
from todoapp.tasks.actions.archiving import archive_task
from todoapp.tasks.actions.assigning import accept_task, assign_task, reject_task, take_back_task, take_task
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.actions.progressing import complete_task, start_task
from todoapp.tasks.models import ChainLink, Task
from todoapp.tasks.queries import assignments_of


def chain(task):
    return set(db.session.scalars(select(ChainLink.user_id).where(ChainLink.task_id == task.id)))


def events(task):
    query = select(ActivityLog.action).where(ActivityLog.resource_id == task.id, ActivityLog.resource_type == "Task")
    return list(db.session.scalars(query.order_by(ActivityLog.id)))


def trust(cast, person=None):
    """Let managers reassign: by the account's policy, or one person by their membership."""
    if person is None:
        db.session.get(Account, cast.account_id).settings = {"managers_can_reassign": True}
    else:
        member = db.session.scalars(select(AccountMembership).where(AccountMembership.user_id == person.user_id)).one()
        member.can_reassign_tasks = True
    db.session.flush()


MAY_ASSIGN = {
    "uma": {"uma"},
    "mara": {"mara", "uma", "udo", "ulla", "nina"},
    "sven": {"sven", "mara", "milo", "uma", "udo", "ulla", "nina"},
    "olga": {"olga", "sven", "mara", "milo", "uma", "udo", "ulla", "nina"},
}


@pytest.mark.parametrize("giver", MAY_ASSIGN)
def test_assignment_is_limited_by_rank(cast, acting, giver):
    actor = acting(cast.people[giver])
    for name in ("olga", "sven", "mara", "milo", "uma", "udo", "ulla", "nina"):
        to = cast.people[name].user_id
        unassigned = create_task(actor, title="x", assigned_to_id=None)
        if name in MAY_ASSIGN[giver]:
            assert create_task(actor, title="x", assigned_to_id=to).assigned_to_id == to
            assert assign_task(actor, unassigned, assigned_to_id=to).assigned_to_id == to
        else:
            with pytest.raises(Forbidden, match="Managers may assign to users"):
                create_task(actor, title="x", assigned_to_id=to)
            with pytest.raises(Forbidden):
                assign_task(actor, unassigned, assigned_to_id=to)


def test_a_stranger_can_be_given_nothing(cast, acting, make):
    with pytest.raises(NotFound):
        make(cast.olga, cast.zoe)
    with pytest.raises(NotFound):
        assign_task(acting(cast.olga), make(cast.olga, None), assigned_to_id=cast.zoe.user_id)


def test_ones_own_task_is_accepted_at_once_and_anothers_waits(cast, make):
    assert make(cast.uma).assignment_state == "accepted"
    assert make(cast.mara, cast.uma).assignment_state == "waiting"


def test_handing_it_to_the_same_person_twice_is_handing_it_once(cast, acting, make):
    task = make(cast.mara, cast.uma)
    assign_task(acting(cast.mara), task, assigned_to_id=cast.uma.user_id)
    assert len(assignments_of(task)) == 1
    assert events(task) == ["task_created", "task_assigned"]


def test_a_day_means_five_in_the_evening_in_the_assignees_zone(cast, acting, make):
    member = find(acting(cast.mara), AccountMembership, cast.uma.user_id)
    member.user.timezone = "Asia/Tokyo"
    task = make(cast.mara, cast.uma, due_date=date(2026, 11, 27))
    assert task.due_date_time.isoformat() == "2026-11-27T08:00:00+00:00"


def test_accepting_twice_is_accepting_once(cast, acting, make):
    task = make(cast.mara, cast.uma)
    accept_task(acting(cast.uma), task)
    accept_task(acting(cast.uma), task)
    assert events(task) == ["task_created", "task_assigned", "task_accepted"]


def test_only_the_assignee_accepts(cast, acting, make):
    task = make(cast.mara, cast.uma)
    for other in (cast.mara, cast.sven, cast.olga, cast.udo):
        with pytest.raises(Forbidden, match="Only the assignee"):
            accept_task(acting(other), task)


def test_managers_reassign_only_where_the_account_or_their_membership_says_so(cast, acting, make):
    task = make(cast.sven, cast.uma)
    with pytest.raises(Forbidden, match="already assigned"):
        assign_task(acting(cast.mara), task, assigned_to_id=cast.udo.user_id)
    trust(cast, cast.mara)
    assign_task(acting(cast.mara), task, assigned_to_id=cast.udo.user_id)
    assert task.assigned_to_id == cast.udo.user_id and task.reassignment_count == 1
    with pytest.raises(Forbidden):
        assign_task(acting(cast.milo), task, assigned_to_id=cast.ulla.user_id)
    trust(cast)
    task = make(cast.sven, cast.ulla)
    assign_task(acting(cast.milo), task, assigned_to_id=cast.uma.user_id)
    assert events(task)[-1] == "task_reassigned"


def test_super_managers_and_owners_reassign_what_they_see(cast, acting, make):
    task = make(cast.mara, cast.uma)
    assign_task(acting(cast.sven), task, assigned_to_id=cast.udo.user_id)
    assign_task(acting(cast.olga), task, assigned_to_id=cast.sven.user_id)
    assert task.reassignment_count == 2
    owners = make(cast.olga)
    with pytest.raises(NotFound):
        find(acting(cast.sven), Task, owners.id)


def test_users_never_reassign(cast, acting, make):
    task = make(cast.mara, cast.uma)
    trust(cast)
    with pytest.raises(Forbidden):
        assign_task(acting(cast.uma), task, assigned_to_id=cast.udo.user_id)


def test_delegation_two_steps_down_keeps_the_chain_and_its_sight(cast, acting, make):
    trust(cast)
    task = make(cast.sven, cast.milo)
    assign_task(acting(cast.milo), task, assigned_to_id=cast.uma.user_id)
    assert chain(task) == {cast.sven.user_id, cast.milo.user_id, cast.uma.user_id}
    assert find(acting(cast.milo), Task, task.id) is task, "a delegator keeps sight, also outside their tree"
    assert not can(acting(cast.milo), "task.update", task), "but neither created it nor sees that board"
    assign_task(acting(cast.sven), task, assigned_to_id=cast.udo.user_id)
    assert chain(task) == {cast.sven.user_id, cast.udo.user_id}
    with pytest.raises(NotFound):
        find(acting(cast.milo), Task, task.id)


def test_a_creator_sees_and_no_longer_edits_what_was_reassigned_away(cast, acting, make):
    task = make(cast.milo, cast.uma)
    assert can(acting(cast.milo), "task.update", task)
    assign_task(acting(cast.sven), task, assigned_to_id=cast.udo.user_id)
    assert find(acting(cast.milo), Task, task.id) is task
    assert not can(acting(cast.milo), "task.update", task)
    assert can(acting(cast.milo), "task.comment", task)


def test_what_one_assigned_oneself_can_be_taken_back_until_it_is_started(cast, acting, make):
    task = make(cast.milo, cast.uma)
    take_back_task(acting(cast.milo), task)
    assert task.assigned_to_id == cast.milo.user_id and events(task)[-1] == "task_taken_back"
    with pytest.raises(NotFound):
        find(acting(cast.uma), Task, task.id)
    task = make(cast.milo, cast.uma)
    start_task(acting(cast.uma), task)
    with pytest.raises(Forbidden, match="before it is started"):
        take_back_task(acting(cast.milo), task)


def test_taking_back_a_delegated_task_keeps_who_gave_it(cast, acting, make):
    trust(cast)
    task = make(cast.sven, cast.milo)
    assign_task(acting(cast.milo), task, assigned_to_id=cast.uma.user_id)
    assign_task(acting(cast.milo), task, assigned_to_id=cast.milo.user_id)
    assert chain(task) == {cast.sven.user_id, cast.milo.user_id}
    assert events(task)[-1] == "task_taken_back"


def test_taking_needs_the_right_to_edit(cast, acting, make):
    task = make(cast.uma, None)
    take_task(acting(cast.uma), task)
    assert events(task)[-1] == "task_taken"
    seen = make(cast.mara, None, visibility="account")
    with pytest.raises(Forbidden):
        take_task(acting(cast.uma), seen)


def test_a_rejected_task_returns_and_the_rejecter_keeps_only_a_line_in_the_history(cast, acting, make):
    task = make(cast.milo, cast.uma)
    accept_task(acting(cast.uma), task)
    reject_task(acting(cast.uma), task, reason="no capacity")
    assert task.assigned_to_id == cast.milo.user_id and task.status == "pending"
    assert chain(task) == {cast.milo.user_id}
    with pytest.raises(NotFound):
        find(acting(cast.uma), Task, task.id)
    told = [(a.assigned_to_id, a.state, a.rejection_reason) for a in assignments_of(task)]
    assert told == [(cast.uma.user_id, "rejected", "no capacity"), (cast.milo.user_id, "accepted", None)]


def test_rejection_after_delegation_returns_one_step_up(cast, acting, make):
    trust(cast)
    task = make(cast.sven, cast.mara)
    assign_task(acting(cast.mara), task, assigned_to_id=cast.uma.user_id)
    reject_task(acting(cast.uma), task, reason="no")
    assert chain(task) == {cast.sven.user_id, cast.mara.user_id}


def test_a_started_task_and_ones_own_cannot_be_rejected(cast, acting, make):
    task = make(cast.mara, cast.uma)
    start_task(acting(cast.uma), task)
    with pytest.raises(Conflict, match="already started"):
        reject_task(acting(cast.uma), task, reason="too late")
    with pytest.raises(Conflict, match="yourself"):
        reject_task(acting(cast.uma), make(cast.uma), reason="why me")


def test_an_account_may_forbid_rejecting(cast, acting, make):
    task = make(cast.mara, cast.uma)
    db.session.get(Account, cast.account_id).settings = {"allow_rejection": False}
    db.session.flush()
    with pytest.raises(Forbidden, match="does not allow rejecting"):
        reject_task(acting(cast.uma), task, reason="no")


def test_a_task_rejected_after_its_assigner_left_goes_to_their_manager_else_an_owner(cast, acting, make):
    def leave(person):
        member = db.session.scalars(select(AccountMembership).where(AccountMembership.user_id == person.user_id)).one()
        member.left_at = now()
        db.session.flush()

    first, second = make(cast.mara, cast.uma), make(cast.mara, cast.udo)
    leave(cast.mara)
    reject_task(acting(cast.uma), first, reason="no")
    assert first.assigned_to_id == cast.sven.user_id
    leave(cast.sven)
    reject_task(acting(cast.udo), second, reason="no")
    assert second.assigned_to_id == cast.olga.user_id


def test_a_hand_over_stops_the_clock_and_ends_the_stretch(cast, acting, make, at):
    at("2026-11-24T09:00:00Z")
    task = make(cast.mara, cast.uma)
    start_task(acting(cast.uma), task)
    at("2026-11-24T10:00:00Z")
    assign_task(acting(cast.sven), task, assigned_to_id=cast.udo.user_id)
    assert (task.status, task.actual_time, task.assignment_state) == ("pending", 3600, "waiting")
    start_task(acting(cast.udo), task)
    assert task.stretch == 2


def test_what_is_done_or_put_away_is_not_handed_over(cast, acting, make):
    done = make(cast.mara, cast.uma)
    complete_task(acting(cast.uma), done)
    with pytest.raises(Conflict, match="Reopen it first"):
        assign_task(acting(cast.sven), done, assigned_to_id=cast.udo.user_id)
    away = make(cast.mara, cast.uma)
    archive_task(acting(cast.mara), away)
    with pytest.raises(Conflict, match="Restore it first"):
        assign_task(acting(cast.sven), away, assigned_to_id=cast.udo.user_id)


def test_a_manager_may_take_a_reports_task_and_not_pass_it_on(cast, acting, make):
    """Taking needs only the right to edit; passing on is a reassignment."""
    task = make(cast.uma)
    take_task(acting(cast.mara), task)
    assert (task.assigned_to_id, events(task)[-1]) == (cast.mara.user_id, "task_taken")
    with pytest.raises(Forbidden, match="already assigned"):
        assign_task(acting(cast.mara), task, assigned_to_id=cast.udo.user_id)
