"""Calendar and timeline: the same query by time, in the zone of who looks."""

from datetime import date

import pytest

from tasks_queue import drain
from todoapp.boards.calendar import bounds, step
from todoapp.extensions import db
from todoapp.users.models import User


@pytest.fixture
def uma(app, api, cast, at):
    at("2026-11-24T09:00:00Z")
    client = api(cast.uma)
    for title, due in (
        ("early", "2026-11-02T10:00:00Z"),
        ("late evening", "2026-11-24T23:30:00Z"),
        ("next month", "2026-12-01T10:00:00Z"),
        ("far", "2027-03-01T10:00:00Z"),
        ("undated", None),
    ):
        assert client.post("/v1/tasks", json={"title": title, "due_date": due}).status_code == 201
    drain(app)
    return client


def shown(client, query):
    answer = client.get(f"/v1/boards/my-board?view=calendar&{query}")
    assert answer.status_code == 200, answer.json
    calendar = answer.json["calendar"]
    return calendar, {day["date"]: [task["title"] for task in day["tasks"]] for day in calendar["days"] if day["tasks"]}


def test_a_month_in_whole_weeks(uma):
    calendar, days = shown(uma, "date=2026-11-15")
    assert (calendar["first"], calendar["last"]) == ("2026-10-26", "2026-12-06")
    assert days == {"2026-11-02": ["early"], "2026-11-24": ["late evening"], "2026-12-01": ["next month"]}
    assert [day["inside"] for day in calendar["days"]].count(True) == 30
    assert (calendar["previous"], calendar["following"], calendar["undated_count"]) == ("2026-10-01", "2026-12-01", 1)


def test_a_week_and_a_day(uma):
    calendar, days = shown(uma, "span=week")
    assert (calendar["first"], calendar["last"], days) == ("2026-11-23", "2026-11-29", {"2026-11-24": ["late evening"]})
    calendar, days = shown(uma, "span=day&date=2026-11-02")
    assert (len(calendar["days"]), days) == (1, {"2026-11-02": ["early"]})


def test_days_are_those_of_who_looks(uma, app, cast):
    with app.app_context():
        db.session.get(User, cast.uma.user_id).timezone = "Asia/Tokyo"
        db.session.commit()
    assert shown(uma, "span=day&date=2026-11-25")[1] == {"2026-11-25": ["late evening"]}


def test_filters_and_permissions_are_the_boards(uma, api, cast):
    assert shown(uma, "search=early")[1] == {"2026-11-02": ["early"]}
    path = f"/v1/boards/user/{cast.uma.user_id}?view=calendar"
    assert api(cast.mara).get(path).status_code == 200
    assert api(cast.udo).get(path).status_code == 403
    assert api(cast.zoe).get(path).status_code == 404
    for wrong in ("span=year", "date=yesterday", "date=0001-01-01", "date=9999-12-31"):
        assert uma.get(f"/v1/boards/my-board?view=calendar&{wrong}").status_code == 422, wrong


def test_the_timeline_has_bars_from_start_to_due(uma):
    timeline = uma.get("/v1/boards/my-board?view=timeline").json["timeline"]
    assert (timeline["today"], timeline["first"], timeline["last"]) == ("2026-11-24", "2026-11-16", "2026-12-27")
    assert [(bar["task"]["title"], bar["starts"], bar["ends"]) for bar in timeline["bars"]] == [
        ("late evening", "2026-11-24", "2026-11-24"),
        ("next month", "2026-11-24", "2026-12-01"),
        ("far", "2026-11-24", "2027-03-01"),
    ]
    earlier = uma.get("/v1/boards/my-board?view=timeline&date=2026-10-01").json["timeline"]
    assert earlier["bars"] == []


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_is_whole_weeks_that_hold_it(month):
    first, last = bounds("month", date(2027, month, 15))
    assert first.weekday() == 0 and last.weekday() == 6
    assert first <= date(2027, month, 1) and last >= step("month", date(2027, month, 1), 1).replace(day=1) - (
        date(2027, 1, 2) - date(2027, 1, 1)
    )
