"""What a page says for its script: what to listen to, from which event on, and who looks."""

import re

import pytest
from sqlalchemy import func, select

from todoapp.activity.models import ActivityLog
from todoapp.boards.queries import board_of, facts
from todoapp.extensions import db
from todoapp.tenancy import enter

ROOT = re.compile(r'data-live="(\w+Channel [\w-]+)" data-sequence="(\d+)" data-reader="(\d+)-(\d+)"')
LATER = re.compile(r'<nav id="people"[^>]*data-live="(BoardChannel \w+)" data-later')


@pytest.fixture
def newest(app, cast):
    """`newest()`: the id of the newest event in the cast's account."""

    def look():
        with app.app_context():
            enter(cast.account_id)
            return db.session.scalar(select(func.max(ActivityLog.id))) or 0

    return look


@pytest.mark.parametrize(
    ("path", "channel"),
    [
        ("/boards/me", "user-{olga}"),
        ("/boards/people/{uma}?view=list", "user-{uma}"),
        ("/boards/team", "team"),
        ("/boards/account?status=paused", "account"),
    ],
)
def test_a_board_names_its_channel_and_what_it_knows(visit, cast, newest, path, channel):
    ids = {"olga": cast.olga.user_id, "uma": cast.uma.user_id}
    olga = visit(cast.olga)
    olga.makes("Something", assigned_to_id=cast.uma.user_id)
    found = ROOT.findall(olga.get(path.format(**ids)).text)
    assert found == [(f"BoardChannel {channel.format(**ids)}", str(newest()), str(cast.account_id), str(ids["olga"]))]


def test_the_newest_event_is_read_along(cast, acting, count_queries):
    uma = acting(cast.uma)
    board = board_of(uma, "my")
    assert count_queries(lambda: facts(uma, board)) == 2, "who shares Uma's manager, and all the rest"


def test_other_accounts_count_for_nothing(visit, cast, newest):
    visit(cast.mara).makes("Here")
    visit(cast.zoe).makes("Elsewhere")
    [(_channel, sequence, *_reader)] = ROOT.findall(visit(cast.uma).get("/boards/me").text)
    assert int(sequence) == newest()


def test_a_task_names_itself_its_newest_event_and_its_parts(visit, cast, newest):
    mara = visit(cast.mara)
    task = mara.makes("Whole")
    sequence = newest()
    part = mara.makes("Part", parent_task_id=task)
    page = mara.get(f"/tasks/{task}").text
    assert ROOT.findall(page)[0][:2] == (f"TaskChannel {task}", str(sequence))
    assert f'id="task-{part}" data-live="TaskChannel {part}"' in page


def test_a_form_that_came_back_is_left_as_it_is(visit, cast):
    mara = visit(cast.mara)
    task = mara.makes("Said nothing")
    page = mara.post(f"/tasks/{task}/comments", body="")
    assert page.status_code == 422 and "data-reader" not in page.text


@pytest.mark.parametrize(
    ("who", "channels"),
    [
        ("uma", []),
        ("mara", ["BoardChannel team"]),
        ("sven", ["BoardChannel account"]),
        ("olga", ["BoardChannel account"]),
    ],
)
def test_the_switcher_follows_what_its_reader_may_see(visit, cast, who, channels):
    assert LATER.findall(visit(cast.people[who]).get("/boards/me").text) == channels
