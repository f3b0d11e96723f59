"""Roles, managers and the right to reassign: who may change them, and what a demotion hands over."""

import pytest
from sqlalchemy import select

from todoapp.accounts.managing import update_member
from todoapp.accounts.models import ROLES, AccountMembership
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.kit.errors import BadInput, Conflict, Forbidden, NotFound

ALL = ("user", "manager", "super_manager", "owner")
BELOW = ("user", "manager")

# Who may give whom which role: the rank rule of the matrix, written out.
MAY_GIVE = {
    ("olga", "sven"): ALL,
    ("olga", "mara"): ALL,
    ("olga", "uma"): ALL,
    ("sven", "mara"): BELOW,
    ("sven", "uma"): BELOW,
    ("sven", "sven"): (),
    ("sven", "olga"): (),
    ("mara", "uma"): (),
    ("mara", "mara"): (),
    ("uma", "udo"): (),
    ("uma", "uma"): (),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("who", "whom"), MAY_GIVE)
def test_roles_are_given_below_ones_own_rank(acting, member, cast, who, whom, role):
    actor, subject = acting(getattr(cast, who)), member(getattr(cast, whom))
    if role in MAY_GIVE[who, whom]:
        assert update_member(actor, subject, role=role).role == role
        return
    before = subject.role
    with pytest.raises(Forbidden):
        update_member(actor, subject, role=role)
    assert member(getattr(cast, whom)).role == before


def test_a_change_is_one_event_and_no_change_is_none(acting, member, cast):
    update_member(acting(cast.sven), member(cast.nina), manager_id=cast.mara.user_id, can_reassign_tasks=True)
    update_member(acting(cast.sven), member(cast.nina), manager_id=cast.mara.user_id)
    events = db.session.scalars(select(ActivityLog).where(ActivityLog.action == "member_updated")).all()
    assert [event.changes for event in events] == [
        {"manager_id": [None, cast.mara.user_id], "can_reassign_tasks": [False, True]}
    ]


def test_only_managers_and_higher_have_reports(acting, member, cast):
    sven = acting(cast.sven)
    with pytest.raises(BadInput) as refused:
        update_member(sven, member(cast.nina), manager_id=cast.uma.user_id)
    assert "manager_id" in refused.value.fields
    for boss in (cast.mara, cast.sven, cast.olga, None):
        update_member(sven, member(cast.nina), manager_id=boss and boss.user_id)
        assert member(cast.nina).manager_id == (boss and boss.user_id)


def test_a_manager_of_another_account_does_not_exist(acting, member, cast):
    with pytest.raises(NotFound):
        update_member(acting(cast.olga), member(cast.nina), manager_id=cast.zoe.user_id)


def test_the_reporting_line_is_a_tree(acting, member, cast):
    olga = acting(cast.olga)
    for below in (cast.mara, cast.sven):
        with pytest.raises(BadInput) as refused:
            update_member(olga, member(cast.sven), manager_id=below.user_id)
        assert "loop" in refused.value.fields["manager_id"][0]
    update_member(olga, member(cast.milo), manager_id=cast.mara.user_id)
    with pytest.raises(BadInput):
        update_member(olga, member(cast.mara), manager_id=cast.milo.user_id)


def test_the_last_owner_stays_an_owner(acting, member, cast):
    with pytest.raises(Conflict):
        update_member(acting(cast.olga), member(cast.olga), role="user")
    update_member(acting(cast.olga), member(cast.sven), role="owner")
    assert update_member(acting(cast.olga), member(cast.olga), role="manager").role == "manager"


def test_a_placeholder_is_no_owner(acting, member, cast, placeholder):
    with pytest.raises(BadInput):
        update_member(acting(cast.olga), member(placeholder), role="owner")


def managers(*people):
    return {
        one.user_id: one.manager_id
        for one in db.session.scalars(select(AccountMembership).execution_options(populate_existing=True))
        if one.user_id in [person.user_id for person in people]
    }


def test_who_is_no_manager_any_more_hands_their_reports_to_their_own_manager(acting, member, cast, make):
    task = make(cast.sven, cast.mara)
    update_member(acting(cast.olga), member(cast.mara), role="user")
    assert managers(cast.uma, cast.udo, cast.mara) == dict.fromkeys(
        (cast.uma.user_id, cast.udo.user_id, cast.mara.user_id), cast.sven.user_id
    )
    assert task.assigned_to_id == cast.mara.user_id, "their own tasks stay theirs"
    events = db.session.scalars(select(ActivityLog).where(ActivityLog.action == "member_updated")).all()
    assert [event.cause_id for event in events] == [None, events[0].id, events[0].id]


def test_a_demoted_manager_without_a_manager_is_followed_by_who_acts(acting, member, cast):
    olga = acting(cast.olga)
    update_member(olga, member(cast.mara), manager_id=None)
    update_member(olga, member(cast.mara), role="user")
    assert set(managers(cast.uma, cast.udo).values()) == {cast.olga.user_id}


def test_a_named_successor_takes_the_reports(acting, member, cast):
    update_member(acting(cast.sven), member(cast.mara), role="user", successor_id=cast.milo.user_id)
    assert set(managers(cast.uma, cast.udo).values()) == {cast.milo.user_id}


def test_a_successor_from_below_moves_up_and_closes_no_loop(acting, member, cast):
    olga = acting(cast.olga)
    update_member(olga, member(cast.milo), manager_id=cast.mara.user_id)
    update_member(olga, member(cast.mara), role="user", successor_id=cast.milo.user_id)
    line = managers(cast.mara, cast.milo, cast.uma, cast.udo)
    assert line == {
        cast.mara.user_id: cast.sven.user_id,
        cast.milo.user_id: cast.sven.user_id,
        cast.uma.user_id: cast.milo.user_id,
        cast.udo.user_id: cast.milo.user_id,
    }


@pytest.mark.parametrize("who", ["uma", "nina", "mara"])
def test_who_cannot_hold_reports_is_no_successor(acting, member, cast, who):
    with pytest.raises(BadInput) as refused:
        update_member(acting(cast.olga), member(cast.mara), role="user", successor_id=getattr(cast, who).user_id)
    assert list(refused.value.fields) == ["successor_id"]


def test_a_stranger_is_no_successor(acting, member, cast):
    with pytest.raises(NotFound):
        update_member(acting(cast.olga), member(cast.mara), role="user", successor_id=cast.zoe.user_id)
