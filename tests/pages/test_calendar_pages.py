"""The calendar in a browser: each task on its day, in the zone of who looks, and the way to what does not fit."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from todoapp.boards.calendar import MOST_TASKS
from todoapp.extensions import db
from todoapp.tasks.models import Task
from todoapp.users.models import User

DAY = re.compile(r'<li class="day([^"]*)".*?<time datetime="([\d-]+)">(.*?)(?=<li class="day|</ol>)', re.DOTALL)
NOVEMBER = "/boards/me?view=calendar&date=2026-11-15"


@pytest.fixture
def uma(visit, cast, at):
    at("2026-11-24T09:00:00Z")
    visitor = visit(cast.uma)
    visitor.makes("early", due_day="2026-11-02", priority="high")
    visitor.makes("late evening", due_day="2026-11-24", due_time="23:30")
    visitor.makes("next month", due_day="2026-12-01")
    visitor.makes("undated")
    return visitor


def days_of(page):
    """The days of a week or a month: their classes, and what stands in them."""
    assert page.status_code == 200
    return {day: (classes.split(), inside) for classes, day, inside in DAY.findall(page.text)}


def titles_of(page):
    """The titles on each day that has some."""
    days = {day: re.findall(r'href="/tasks/\d+"[^>]*>([^<]+)', inside) for day, (_, inside) in days_of(page).items()}
    return {day: titles for day, titles in days.items() if titles}


def in_zone(app, cast, zone):
    with app.app_context():
        db.session.get(User, cast.uma.user_id).timezone = zone
        db.session.commit()


def link(page, label):
    """Where a link leads, by its words or its label."""
    found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*(?:aria-label="{label}"[^>]*>|>{label}<)', page.text)
    return unescape(found[1]) if found else None


def test_a_month_of_whole_weeks_with_each_task_on_its_day(uma):
    page = uma.get(NOVEMBER)
    days = days_of(page)
    assert len(days) == 42 and next(iter(days)) == "2026-10-26"
    assert titles_of(page) == {"2026-11-02": ["early"], "2026-11-24": ["late evening"], "2026-12-01": ["next month"]}
    assert [day for day, (classes, _inside) in days.items() if "today" in classes] == ["2026-11-24"]
    assert sum("outside" in classes for classes, _inside in days.values()) == 12
    assert re.findall(r"<span>(\w{3})</span>", page.text)[:7] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert "November 2026</h2>" in page.text and "Overdue 21d" in days["2026-11-02"][1]
    assert "high priority" in days["2026-11-02"][1] and "23:30" in days["2026-11-24"][1]


def test_days_are_those_of_who_looks(uma, app, cast):
    in_zone(app, cast, "Asia/Tokyo")
    page = uma.get("/boards/me?view=calendar&span=week")
    assert titles_of(page) == {"2026-11-25": ["late evening"]} and "08:30" in page.text
    assert "23 to 29 November 2026</h2>" in page.text


def test_the_ways_to_other_periods_keep_the_filters(uma):
    page = uma.get(f"{NOVEMBER}&priority=high")
    assert titles_of(page) == {"2026-11-02": ["early"]}
    assert link(page, "Earlier") == "/boards/me?view=calendar&priority=high&date=2026-10-01"
    assert link(page, "Later") == "/boards/me?view=calendar&priority=high&date=2026-12-01"
    assert link(page, "Today") == "/boards/me?view=calendar&priority=high#today"
    assert link(page, "Week") == "/boards/me?view=calendar&date=2026-11-15&priority=high&span=week"
    week = uma.get(link(page, "Week"))
    assert "9 to 15 November 2026</h2>" in week.text and "matches the filters" in week.text
    assert link(week, "Later") == "/boards/me?view=calendar&priority=high&span=week&date=2026-11-22"
    assert link(week, "Clear filters") == "/boards/me?view=calendar&date=2026-11-15&span=week"


def test_the_form_of_filters_keeps_the_period(uma):
    page = uma.get(f"{NOVEMBER}&span=week&sort=title")
    form = page.text.split('id="filters"')[1].split("</form>")[0]
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert kept == {"view": "calendar", "span": "week", "date": "2026-11-15", "sort": "title"}
    assert 'id="sort"' not in form, "a calendar has an order of its own"
    listed = uma.get("/boards/me?view=list&span=week&date=2026-11-15")
    assert 'id="sort"' in listed.text
    assert 'href="/boards/me?span=week&amp;date=2026-11-15&amp;view=calendar#today"' in listed.text


def test_what_does_not_fit_is_on_the_page_of_the_day(uma):
    for number in range(6):
        uma.makes(f"Task {number}", due_day="2026-11-11", due_time=f"1{number}:00")
    page = uma.get(NOVEMBER)
    assert titles_of(page)["2026-11-11"] == ["Task 0", "Task 1", "Task 2"]
    found = re.search(r'href="([^"]+)">\+3 more<span class="vh"> on Wednesday 11 November 2026<', page.text)
    day = uma.get(unescape(found[1]))
    assert "Wednesday 11 November 2026</h2>" in day.text
    assert re.findall(r'class="card-title"[^>]*>([^<]+)', day.text) == [f"Task {number}" for number in range(6)]
    assert 'formaction="/tasks/' in day.text, "cards keep their menu"
    week = uma.get("/boards/me?view=calendar&span=week&date=2026-11-11")
    assert len(titles_of(week)["2026-11-11"]) == 6


def test_a_task_for_a_day_is_made_from_its_cell_and_one_comes_back(visit, cast, at):
    at("2026-11-24T09:00:00Z")
    mara = visit(cast.mara)
    board = f"/boards/people/{cast.uma.user_id}?view=calendar"
    cell = days_of(mara.get(board))["2026-11-26"][1]
    address = unescape(re.search(r'class="day-add" href="([^"]+)"', cell)[1])
    form = mara.get(address).text
    assert 'name="due_day" type="date" value="2026-11-26"' in form
    assert f'<option value="{cast.uma.user_id}" selected>' in form
    back = unescape(re.search(r'name="next" value="([^"]+)"', form)[1])
    page = mara.sent("/tasks/new", title="For Uma", due_day="2026-11-26", assigned_to_id=cast.uma.user_id, next=back)
    assert titles_of(page) == {"2026-11-26": ["For Uma"]}


def test_the_one_line_form_of_a_day_makes_a_task_for_it(uma):
    page = uma.get("/boards/me?view=calendar&span=day&date=2026-11-20")
    assert "Nothing is due" in page.text and "due_day=2026-11-20" in link(page, "New task")
    form = page.text.split('class="quick"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(next|due_day)" value="([^"]*)"', form))
    page = uma.sent("/tasks/new", title="Quick", due_day=fields["due_day"], next=unescape(fields["next"]))
    assert "Friday 20 November 2026</h2>" in page.text and ">Quick</a>" in page.text


def test_tasks_without_a_date_are_counted_and_listed(uma):
    done = uma.makes("undated and done")
    uma.sent(f"/tasks/{done}/start")
    uma.sent(f"/tasks/{done}/complete")
    page = uma.get(NOVEMBER)
    found = unescape(re.search(r'class="undated" href="([^"]+)">1 without a due date', page.text)[1])
    listed = uma.get(found)
    assert re.findall(r'class="list-title"[^>]*>([^<]+)', listed.text) == ["undated"]
    assert 'name="undated" value="true" checked' in listed.text and "Due: <" in listed.text
    assert "undated" not in unescape(re.search(r'href="([^"]+)" aria-label="Remove the filter due"', listed.text)[1])
    assert 'class="undated"' not in uma.get(f"{NOVEMBER}&status=completed").text


def test_an_empty_month_says_so(visit, cast):
    nina = visit(cast.nina)
    nina.makes("On a day of December that only fills the last week", due_day="2026-12-01")
    page = nina.get(NOVEMBER)
    assert len(titles_of(page)) == 1 and "Nothing is due here yet." in page.text
    assert link(page, "New task") == "/tasks/new"
    assert "Nothing is due" not in nina.get("/boards/me?view=calendar&date=2026-12-15").text


@pytest.mark.parametrize(
    ("day", "missing", "there"), [("1970-01-05", "Earlier", "Later"), ("9998-12-05", "Later", "Earlier")]
)
def test_the_calendar_ends_where_years_end(uma, day, missing, there):
    page = uma.get(f"/boards/me?view=calendar&date={day}")
    assert link(page, missing) is None and uma.get(link(page, there)).status_code == 200
    for address in set(re.findall(r'class="day-number" href="([^"]+)"', page.text)):
        assert uma.get(unescape(address)).status_code == 200


def test_faces_stand_where_a_board_holds_several_people(uma, visit, cast):
    assert 'class="avatar hue-' not in "".join(inside for _classes, inside in days_of(uma.get(NOVEMBER)).values())
    cells = days_of(visit(cast.mara).get("/boards/team?view=calendar&date=2026-11-15"))
    assert 'aria-label="Uma Northwind"' in cells["2026-11-02"][1]


def test_a_full_calendar_says_what_it_leaves_out(app, acting, visit, cast, at):
    at("2026-11-24T09:00:00Z")
    acting(cast.uma)
    hers = {"created_by_id": cast.uma.user_id, "assigned_to_id": cast.uma.user_id, "version": 0}
    for number in range(MOST_TASKS + 1):
        due = datetime(2026, 11, 1 + number % 30, 17, tzinfo=UTC)
        db.session.add(Task(title=f"Task {number}", due_date_time=due, position=number, **hers))
    db.session.commit()
    page = visit(cast.uma).get(NOVEMBER)
    assert f"Only the first {MOST_TASKS} tasks are shown." in page.text
    page = visit(cast.uma).get("/boards/me?view=timeline&date=2026-10-26")
    assert (
        f"Only the first {MOST_TASKS} tasks are shown." in page.text
        and page.text.count('class="gantt-line"') == MOST_TASKS
    )


VIEWS = ("view=calendar", "view=calendar&span=week", "view=calendar&span=day&date=2026-11-24", "view=timeline")


@pytest.mark.parametrize("view", VIEWS)
def test_the_number_of_queries_does_not_grow_with_the_tasks(visit, cast, at, count_queries, view):
    at("2026-11-24T09:00:00Z")
    mara = visit(cast.mara)

    def make(count):
        for number in range(count):
            mara.makes(f"Task {number}", due_day="2026-11-24", tags=f"tag{number}", assigned_to_id=cast.uma.user_id)

    make(2)
    few = count_queries(lambda: mara.get(f"/boards/team?{view}"))
    make(10)
    assert count_queries(lambda: mara.get(f"/boards/team?{view}")) == few
