"""The timeline in a browser: a bar for each task, drawn in percent of six weeks and told in words."""

import re
from datetime import date

import pytest

from todoapp.boards.periods import day_name, range_name
from todoapp.extensions import db
from todoapp.users.models import User

LINE = re.compile(r'<li class="gantt-line.*?</li>', re.DOTALL)
A_DAY = 100 / 42


@pytest.fixture
def uma(visit, cast, at):
    """Seen on Tuesday 24 November: the first day shown is Monday 16 November."""
    at("2026-11-10T09:00:00Z")
    visitor = visit(cast.uma)
    visitor.makes("from before", due_day="2026-11-17")
    at("2026-11-18T09:00:00Z")
    visitor.makes("goes on", due_day="2027-03-01")
    finished = visitor.makes("finished", due_day="2026-11-20")
    paused = visitor.makes("paused", due_day="2026-12-05")
    at("2026-11-19T09:00:00Z")
    visitor.sent(f"/tasks/{finished}/start")
    visitor.sent(f"/tasks/{finished}/complete")
    visitor.sent(f"/tasks/{paused}/start")
    visitor.sent(f"/tasks/{paused}/pause", reason="Waiting")
    visitor.makes("undated")
    at("2026-11-24T09:00:00Z")
    return visitor


def lines_of(page):
    """The drawn lines by title."""
    assert page.status_code == 200
    return {re.search(r'dir="auto" title="([^"]*)"', line)[1]: line for line in LINE.findall(page.text)}


def bar_of(line):
    """From which day to which day of the six weeks a bar is drawn."""
    x, width = re.search(r'<rect x="(-?[\d.]+)%" width="([\d.]+)%"', line).groups()
    return round(float(x) / A_DAY), round((float(x) + float(width)) / A_DAY)


def test_bars_lie_from_start_to_due_and_are_cut_at_the_edges(uma):
    page = uma.get("/boards/me?view=timeline")
    lines = lines_of(page)
    assert "16 Nov to 27 Dec 2026</h2>" in page.text
    assert list(lines) == ["from before", "finished", "paused", "goes on"], "what is due first stands first"
    assert bar_of(lines["finished"]) == (3, 5)
    assert bar_of(lines["paused"]) == (3, 20)
    assert bar_of(lines["from before"]) == (-1, 2) and bar_of(lines["goes on"]) == (2, 43)
    assert [title for title, line in lines.items() if 'class="cut"' in line] == ["from before", "goes on"]
    assert re.search(r'<line class="today" x1="(.*?)%"', page.text)[1] == f"{8.5 * A_DAY:.2f}"
    assert page.text.count('class="weekend"') == 6


def test_a_state_is_told_in_words_and_lateness_reaches_until_today(uma):
    lines = lines_of(uma.get("/boards/me?view=timeline"))
    assert 'class="gantt-bar late"' in lines["from before"] and "Pending · </tspan>Overdue 6d" in lines["from before"]
    assert re.search(r'class="tail" x1="(.*?)%" x2="(.*?)%"', lines["from before"]).groups() == (
        f"{2 * A_DAY:.2f}",
        f"{8.5 * A_DAY:.2f}",
    )
    assert 'class="gantt-bar paused"' in lines["paused"] and "Paused · </tspan>5 Dec" in lines["paused"]
    assert 'class="gantt-bar completed"' in lines["finished"] and "Completed · </tspan>20 Nov" in lines["finished"]
    assert sum("tail" in line for line in lines.values()) == 1
    assert ", from 10 November to 17 November 2026, overdue 6d</span>" in lines["from before"]
    assert ", from 18 November 2026 to 1 March 2027</span>" in lines["goes on"]


def test_words_stand_where_they_have_room(uma):
    def place(view, title):
        return re.search(r'<text class="(\w+)"', lines_of(uma.get(f"/boards/me?view=timeline&date={view}"))[title])[1]

    assert place("2026-11-16", "paused") == "behind"
    assert place("2026-11-16", "goes on") == "on"
    assert place("2026-10-19", "paused") == "before"
    assert place("2026-10-19", "from before") == "before"
    assert place("2026-11-09", "from before") == "behind"


def test_late_words_stand_over_the_lateness_where_nothing_else_is_free(uma, visit, cast, at):
    at("2027-02-01T09:00:00Z")
    line = lines_of(visit(cast.uma).get("/boards/me?view=timeline&date=2026-11-16"))["from before"]
    assert re.search(r'<text class="(\w+)" x="([\d.]+)%"', line).groups() == ("behind", f"{2 * A_DAY:.2f}")
    assert 'x2="100.00%"' in line


def test_days_are_those_of_who_looks(uma, app, cast, at):
    at("2026-11-24T20:00:00Z")
    with app.app_context():
        db.session.get(User, cast.uma.user_id).timezone = "Asia/Tokyo"
        db.session.commit()
    page = uma.get("/boards/me?view=timeline")
    assert re.search(r'<line class="today" x1="(.*?)%"', page.text)[1] == f"{9.5 * A_DAY:.2f}"
    assert '<span class="today">25</span>' in page.text
    assert bar_of(lines_of(page)["finished"]) == (3, 6), "17:00 in London is the next day in Tokyo"


def test_filters_and_ways_keep_each_other(uma):
    page = uma.get("/boards/me?view=timeline&status=paused&date=2026-11-09")
    assert list(lines_of(page)) == ["paused"]
    assert 'href="/boards/me?view=timeline&amp;status=paused&amp;date=2026-10-05" aria-label="Earlier"' in page.text
    assert 'href="/boards/me?view=timeline&amp;status=paused&amp;date=2026-12-14" aria-label="Later"' in page.text
    assert 'href="/boards/me?view=timeline&amp;status=paused#today"' in page.text
    assert '<input type="hidden" name="date" value="2026-11-09">' in page.text
    assert "1 without a due date" in uma.get("/boards/me?view=timeline").text


def test_an_empty_timeline_offers_the_next_step(uma):
    page = uma.get("/boards/me?view=timeline&date=2020-01-01")
    assert "Nothing is planned in these six weeks" in page.text and 'class="btn primary" href="/tasks/new"' in page.text
    page = uma.get("/boards/me?view=timeline&search=zebra")
    assert "No task matches" in page.text and 'href="/boards/me?view=timeline">Clear filters' in page.text


def test_faces_stand_where_a_board_holds_several_people(uma, visit, cast):
    assert "avatar" not in "".join(lines_of(uma.get("/boards/me?view=timeline")).values())
    lines = lines_of(visit(cast.mara).get("/boards/team?view=timeline"))
    assert all('aria-label="Uma Northwind"' in line for line in lines.values()) and len(lines) == 4


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 16), date(2026, 11, 22), "16 to 22 November 2026"),
        (date(2026, 11, 30), date(2026, 12, 6), "30 Nov to 6 Dec 2026"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 Dec 2026 to 3 Jan 2027"),
    ],
)
def test_a_range_says_once_what_both_days_share(first, last, words):
    assert range_name(first, last) == words


def test_a_day_has_its_weekday():
    assert day_name(date(2026, 11, 4)) == "Wednesday 4 November 2026"
