"""Absences: who may plan whose, that they are days, and that suggestions of who has time know of them."""

from datetime import date

import pytest

from todoapp.accounts.absences import absences_of, add_absence, find_absence, remove_absence
from todoapp.accounts.settings import DEFAULTS
from todoapp.kit.errors import Conflict, Forbidden, NotFound
from todoapp.tasks.suggesting import suggested_assignees

DAYS = {"starts_on": date(2026, 11, 30), "ends_on": date(2026, 12, 4)}
MAY_PLAN = {
    "olga": {"olga", "sven", "mara", "uma", "ulla"},
    "sven": {"sven", "mara", "uma", "ulla"},
    "mara": {"mara", "uma"},
    "uma": {"uma"},
}


@pytest.fixture(autouse=True)
def monday(at):
    at("2026-11-23T09:00:00Z")


@pytest.mark.parametrize("whom", ["olga", "sven", "mara", "uma", "ulla"])
@pytest.mark.parametrize("who", MAY_PLAN)
def test_who_may_plan_whose(acting, member, cast, who, whom):
    actor, subject = acting(cast.people[who]), member(cast.people[whom])
    if whom in MAY_PLAN[who]:
        absence = add_absence(actor, subject, **DAYS)
        remove_absence(actor, subject, absence=absence)
    else:
        with pytest.raises(Forbidden):
            add_absence(actor, subject, **DAYS)
    assert absences_of([subject.user_id]) == []


def test_the_same_twice_is_once_and_there_is_an_end_to_it(acting, member, cast):
    uma = member(cast.uma)
    first = add_absence(acting(cast.uma), uma, **DAYS)
    assert add_absence(acting(cast.mara), uma, **DAYS).id == first.id
    for day in range(1, 30):
        add_absence(acting(cast.uma), uma, starts_on=date(2027, 1, day), ends_on=date(2027, 1, day))
        if day < 21:
            add_absence(acting(cast.uma), uma, starts_on=date(2027, 2, day), ends_on=date(2027, 2, day))
    with pytest.raises(Conflict, match="At most 50"):
        add_absence(acting(cast.uma), uma, starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 1))


def test_an_absence_is_found_under_its_own_member_only(acting, member, cast):
    absence = add_absence(acting(cast.uma), member(cast.uma), **DAYS)
    assert find_absence(member(cast.uma), absence.id) is absence
    with pytest.raises(NotFound):
        find_absence(member(cast.udo), absence.id)


def suggestion_of(actor, person, **kw):
    return next(one for one in suggested_assignees(actor, **kw) if one.member.user_id == person.user_id)


def test_suggestions_count_days_away(acting, member, cast):
    mara = acting(cast.mara)
    before = suggestion_of(mara, cast.uma, due=date(2026, 12, 4))
    add_absence(acting(cast.uma), member(cast.uma), **DAYS)
    after = suggestion_of(mara, cast.uma, due=date(2026, 12, 4))
    assert before.free_time - after.free_time == 5 * 8 * 3600
    assert "away 30 Nov to 4 Dec" in after.reason and after.fits
    assert "away" not in suggestion_of(mara, cast.uma, due=date(2026, 11, 27)).reason
    assert suggestion_of(mara, cast.uma).fits, "she is here today"
    assert DEFAULTS["working_hours"]["end"] == "17:00", "or the figures above mean something else"


def test_who_is_away_until_it_is_due_does_not_fit(acting, member, cast):
    mara = acting(cast.mara)
    add_absence(mara, member(cast.uma), starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 27))
    assert not suggestion_of(mara, cast.uma, due=date(2026, 11, 26)).fits
    today = suggested_assignees(mara)
    assert today[-1].member.user_id == cast.uma.user_id and not today[-1].fits
    assert "away 20 Nov to 27 Nov" in today[-1].reason


def test_the_api_plans_lists_and_takes_back(api, cast):
    uma, path = api(cast.uma), f"/v1/accounts/{cast.account_id}/members/{cast.uma.user_id}/absences"
    days = {"starts_on": "2026-11-30", "ends_on": "2026-12-04", "note": "Skiing"}
    made = uma.post(path, json=days)
    assert made.status_code == 201 and made.get_json() == days | {
        "id": made.get_json()["id"],
        "user_id": cast.uma.user_id,
    }
    assert api(cast.nina).get(path).get_json()["absences"] == [made.get_json()]
    for wrong in ({"ends_on": "2026-11-29"}, {"ends_on": "2028-01-01"}, {"starts_on": "soon"}):
        refused = uma.post(path, json=days | wrong)
        assert refused.status_code == 422 and refused.get_json()["fields"]
    assert api(cast.nina).delete(f"{path}/{made.get_json()['id']}").status_code == 403
    for stranger in (cast.zoe, cast.zak):
        assert api(stranger).get(path).status_code == 404
    elsewhere = path.replace(str(cast.uma.user_id), str(cast.mara.user_id))
    assert api(cast.olga).delete(f"{elsewhere}/{made.get_json()['id']}").status_code == 404
    assert uma.delete(f"{path}/{made.get_json()['id']}").status_code == 204
    assert uma.get(path).get_json()["meta"]["total_count"] == 0
