"""Who could take a task: only whom one may assign to, by a formula that a person can follow, with the reason in words."""

from datetime import UTC, date, datetime

import pytest

from tests.pages.conftest import Visitor
from todoapp.accounts.leaving import remove_member
from todoapp.accounts.models import Account, AccountMembership
from todoapp.extensions import db
from todoapp.permissions import find
from todoapp.tasks.actions.archiving import archive_task, delete_task
from todoapp.tasks.actions.progressing import complete_task, start_task
from todoapp.tasks.suggesting import suggested_assignees, working_seconds
from todoapp.users.models import User

HOURS = {"start": "09:00", "end": "17:00", "days": [0, 1, 2, 3, 4]}


@pytest.fixture
def named(cast):
    """`named(suggestions)`: whom they name, in order."""
    keys = {person.user_id: key for key, person in cast.people.items()}
    return lambda found: [keys[one.member.user_id] for one in found]


def one_of(found, person):
    return next(one for one in found if one.member.user_id == person.user_id)


MAY_ASSIGN_TO = {
    "uma": {"uma"},
    "mara": {"mara", "uma", "udo", "ulla", "nina"},
    "sven": {"sven", "mara", "milo", "uma", "udo", "ulla", "nina"},
    "olga": {"olga", "sven", "mara", "milo", "uma", "udo", "ulla", "nina"},
}


@pytest.mark.parametrize("who", MAY_ASSIGN_TO)
def test_those_whom_one_may_assign_to_are_suggested(cast, acting, named, who):
    assert set(named(suggested_assignees(acting(cast.people[who])))) == MAY_ASSIGN_TO[who]


def test_who_cannot_sign_in_or_has_left_is_not(cast, acting, named):
    olga = acting(cast.olga)
    db.session.get(User, cast.udo.user_id).email = None
    remove_member(olga, find(olga, AccountMembership, cast.nina.user_id))
    assert {"udo", "nina"}.isdisjoint(named(suggested_assignees(olga)))


def test_the_least_loaded_comes_first_and_ties_go_by_name(cast, acting, make, named, at):
    at("2026-11-24T09:00:00Z")
    make(cast.mara, cast.udo, estimated_time=3600)
    make(cast.mara, cast.uma, estimated_time=7200)
    make(cast.mara, cast.ulla, estimated_time=3600, due_date=date(2026, 11, 26))
    assert named(suggested_assignees(acting(cast.mara))) == ["mara", "nina", "udo", "ulla", "uma"]


def test_the_formula(cast, acting, make, at):
    at("2026-11-24T09:00:00Z")
    make(cast.mara, cast.uma)  # no estimate: two hours; not due: half of them
    make(cast.mara, cast.uma, estimated_time=3600, due_date=date(2026, 11, 27))  # due within a week: whole
    make(cast.mara, cast.uma, estimated_time=1000, due_date=date(2026, 12, 24))  # due later: half
    late = make(cast.mara, cast.uma, estimated_time=60, due_date=datetime(2026, 11, 24, 8, tzinfo=UTC))
    start_task(acting(cast.uma), late)
    load = one_of(suggested_assignees(acting(cast.mara)), cast.uma).load
    assert (load.open_tasks, load.estimated_time, load.time_left) == (4, 4660, 7200 + 3600 + 1000 + 900)
    assert (load.due_before, load.time_left_before, load.late, load.running_now) == (2, 3600 + 900, 1, True)
    assert load.weight == 3600 + 900 + (7200 + 1000) // 2 + 3600 + 1800


def test_what_was_worked_already_is_not_left(cast, acting, make, at):
    at("2026-11-24T09:00:00Z")
    task = make(cast.mara, cast.uma, estimated_time=4 * 3600)
    start_task(acting(cast.uma), task)
    at("2026-11-24T10:00:00Z")
    start_task(acting(cast.uma), make(cast.mara, cast.uma, estimated_time=3600))
    load = one_of(suggested_assignees(acting(cast.mara)), cast.uma).load
    assert load.time_left == 3 * 3600 + 3600
    assert load.running_now


def test_what_is_done_or_put_away_is_no_load(cast, acting, make):
    mara, uma = acting(cast.mara), acting(cast.uma)
    complete_task(uma, make(cast.mara, cast.uma))
    archive_task(mara, make(cast.mara, cast.uma))
    delete_task(mara, make(cast.mara, cast.uma))
    assert one_of(suggested_assignees(mara), cast.uma).reason == "nothing open"


def test_loads_of_tasks_that_one_does_not_see_count_as_numbers(cast, acting, make):
    make(cast.sven, cast.ulla, title="Secret of Milo's people")
    found = one_of(suggested_assignees(acting(cast.mara)), cast.ulla)
    assert found.load.open_tasks == 1
    assert "Secret" not in found.reason


def test_who_has_the_time_until_then_comes_first(cast, acting, make, named, at):
    """Tuesday noon to Wednesday evening: 5 + 8 working hours, in UTC."""
    at("2026-11-24T12:00:00Z")
    make(cast.mara, cast.udo, estimated_time=11 * 3600, due_date=date(2026, 11, 25))
    make(cast.mara, cast.uma, estimated_time=12 * 3600, due_date=date(2026, 12, 24))
    found = suggested_assignees(acting(cast.mara), due=date(2026, 11, 25), estimated_time=3 * 3600)
    udo, uma = one_of(found, cast.udo), one_of(found, cast.uma)
    assert (udo.free_time, udo.fits) == (2 * 3600, False)
    assert (uma.free_time, uma.fits) == (13 * 3600, True)
    assert named(found)[-1] == "udo"
    assert udo.reason == (
        "1 open task, about 11h 00m left; 1 due by 25 Nov; about 2h 00m free until 25 Nov, which is not enough"
    )
    assert uma.reason == "1 open task, about 12h 00m left; about 13h 00m free until 25 Nov"
    assert one_of(suggested_assignees(acting(cast.mara), due=date(2026, 11, 25)), cast.udo).fits
    nobody = suggested_assignees(acting(cast.mara), due=date(2026, 11, 25), estimated_time=14 * 3600)
    assert not any(one.fits for one in nobody)


def test_working_hours_are_the_accounts_where_the_member_is(cast, acting, at):
    at("2026-11-24T00:00:00Z")
    acting(cast.mara)
    db.session.get(User, cast.uma.user_id).timezone = "Asia/Tokyo"
    tuesdays = {"start": "08:00", "end": "12:00", "days": [1]}
    db.session.get(Account, cast.account_id).settings = {"working_hours": tuesdays}
    db.session.flush()
    found = suggested_assignees(acting(cast.mara), due=datetime(2026, 11, 24, 10, tzinfo=UTC))
    assert one_of(found, cast.uma).free_time == 3 * 3600, "nine to twelve of a Tuesday in Tokyo"
    assert one_of(found, cast.udo).free_time == 2 * 3600, "eight to ten in UTC"


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-11-24T12:00:00Z", "2026-11-24T13:00:00Z", 1),
        ("2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z", 8),
        ("2026-11-27T16:00:00Z", "2026-11-30T10:00:00Z", 2),
        ("2026-11-28T00:00:00Z", "2026-11-29T23:00:00Z", 0),
        ("2026-11-24T18:00:00Z", "2026-11-25T08:00:00Z", 0),
        ("2026-11-24T13:00:00Z", "2026-11-24T12:00:00Z", 0),
        ("2026-11-25T00:00:00Z", "2026-11-20T00:00:00Z", 0),
    ],
)
def test_working_seconds(since, until, hours):
    moments = datetime.fromisoformat(since), datetime.fromisoformat(until)
    assert working_seconds(*moments, HOURS, "UTC") == hours * 3600


@pytest.mark.parametrize(("day", "hours"), [(24, 24), (25, 25), (26, 24)])
def test_a_night_in_which_the_clock_is_changed_is_an_hour_longer(day, hours):
    """Berlin, on 25 October 2026: worked all night, the hour that comes twice counts twice."""
    always = {"start": "00:00", "end": "23:59", "days": list(range(7))}
    since = datetime(2026, 10, day - 1, 22 if day < 26 else 23, tzinfo=UTC)
    until = datetime(2026, 10, day, 22 if day < 25 else 23, tzinfo=UTC)
    assert working_seconds(since, until, always, "Europe/Berlin") == hours * 3600 - 60


def test_a_due_date_far_away_takes_no_time_to_reckon_with():
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
    assert working_seconds(first, last, HOURS, "UTC") <= 262 * 8 * 3600


def test_it_takes_three_queries(cast, acting, make, count_queries):
    mara = acting(cast.mara)
    for person in (cast.uma, cast.udo, cast.ulla):
        make(cast.mara, person)
    db.session.flush()
    assert count_queries(lambda: suggested_assignees(mara, due=date(2026, 12, 1))) == 3


class TestDoor:
    """Through the API and on the task's page."""

    def test_for_a_new_task(self, cast, api, at):
        at("2026-11-24T12:00:00Z")
        mara = api(cast.mara)
        mara.post("/v1/tasks", json={"title": "x", "assigned_to_id": cast.uma.user_id, "due_date": "2026-11-25"})
        answer = mara.get("/v1/suggested-assignees?due_date=2026-11-25&estimated_time=3600&per_page=4&page=2")
        assert answer.json == {
            "suggested_assignees": [
                {
                    "person": {"id": cast.uma.user_id, "name": "Uma Northwind"},
                    "role": "user",
                    "fits": True,
                    "reason": "1 open task, about 2h 00m left; 1 due by 25 Nov; about 11h 00m free until 25 Nov",
                    "load": 7200,
                    "open_tasks": 1,
                    "estimated_time": 0,
                    "time_left": 7200,
                    "due_before": 1,
                    "late": 0,
                    "running_now": False,
                    "free_time": 11 * 3600,
                }
            ],
            "meta": {"total_count": 5, "total_capped": False, "page": 2, "per_page": 4, "total_pages": 2},
        }
        for bad in ("due_date=soon", "estimated_time=-1", "page=0"):
            assert mara.get(f"/v1/suggested-assignees?{bad}").status_code == 422

    def test_for_a_task(self, cast, api, at):
        at("2026-11-24T12:00:00Z")
        mara = api(cast.mara)
        body = {"title": "x", "assigned_to_id": cast.uma.user_id, "due_date": "2026-11-24", "estimated_time": 6 * 3600}
        task_id = mara.post("/v1/tasks", json=body).json["id"]
        path = f"/v1/tasks/{task_id}/suggested-assignees"
        found = mara.get(path).json["suggested_assignees"]
        assert cast.uma.user_id not in {one["person"]["id"] for one in found}
        assert {one["fits"] for one in found} == {False}, "five hours are left of the day"
        assert all(one["fits"] for one in mara.get(f"{path}?estimated_time=3600").json["suggested_assignees"])
        assert api(cast.ulla).get(path).status_code == 404
        assert api(cast.zoe).get(path).status_code == 404

    def test_on_the_page_the_least_loaded_come_first(self, cast, browser, api):
        task_id = api(cast.mara).post("/v1/tasks", json={"title": "x", "assigned_to_id": None}).json["id"]
        page = Visitor(browser(cast.mara)).get(f"/tasks/{task_id}").text
        assert '<optgroup label="Least loaded">' in page
        assert "Mara Northwind · nothing open" in page
