"""The measured account: the same each time, with boards of the same size however many tasks there are."""

from collections import Counter

import pytest

from bench.people import BY_ID, OWNER_ID, PEOPLE, SUPER_ID, of_role, reports_of
from bench.planning import FLOOR, FREQUENT, RARE, plans
from bench.telling import count_of, steps_of

TODAY = 1_795_651_200
SIZES = (10_000, 30_000)


@pytest.fixture(scope="module", params=SIZES)
def planned(request):
    return list(plans(request.param, TODAY))


def test_there_are_forty_users_under_six_managers_of_whom_three_have_eight():
    assert Counter(one.role for one in PEOPLE) == {"owner": 1, "super_manager": 1, "manager": 6, "user": 40}
    assert [len(reports_of(one.id)) for one in of_role("manager")] == [8, 8, 8]
    assert len(reports_of(OWNER_ID)) == len(reports_of(SUPER_ID)) == 40


def test_the_same_size_and_day_give_the_same_tasks():
    assert list(plans(SIZES[0], TODAY)) == list(plans(SIZES[0], TODAY))


def test_everybody_has_more_of_each_status_than_a_column_shows(planned):
    shown = Counter((plan.holder, plan.status) for plan in planned if not (plan.archived or plan.deleted))
    for one in PEOPLE:
        for status in ("pending", "in_progress", "paused", "completed"):
            assert shown[one.id, status] >= FLOOR


def test_a_third_is_open_to_the_account_and_a_third_to_the_team(planned):
    shares = Counter(plan.visibility for plan in planned)
    assert all(abs(count / len(planned) - 1 / 3) < 0.02 for count in shares.values()) and len(shares) == 3


def test_the_rare_word_is_as_rare_in_a_large_account(planned):
    assert 25 <= sum(RARE in plan.title for plan in planned) <= 32
    assert 0.15 < sum(FREQUENT in plan.title for plan in planned) / len(planned) < 0.25


def test_work_is_handed_down_the_line(planned):
    for plan in planned:
        assert [taker for _giver, taker in plan.hand_overs][-1:] == ([plan.holder] if plan.holder else [])
        for giver, taker in plan.hand_overs:
            assert giver in (taker, BY_ID[taker].manager_id, OWNER_ID)


def test_nothing_happens_before_its_time_or_after_today(planned):
    for plan in planned:
        instants = [plan.created, plan.started or plan.created, plan.stopped or TODAY, TODAY]
        assert instants == sorted(instants), plan
        assert all(plan.created <= step.at <= TODAY for step in steps_of(plan)), plan


def test_a_task_has_as_many_events_as_its_version_says(planned):
    for plan in planned[::97]:
        assert count_of(plan) == len(steps_of(plan)) + plan.comments
        assert steps_of(plan)[0].action in ("task_created", "task_imported")
