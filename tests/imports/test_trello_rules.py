"""What becomes of cards, one rule at a time, on small boards made by hand."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.imports.boards import (
    action,
    added,
    board,
    card,
    checklist,
    commented,
    list_,
    moved,
    new_id,
    person,
    removed,
    save,
)
from todoapp.accounts.models import AccountMembership
from todoapp.activity.models import ActivityLog
from todoapp.activity.queries import history_of
from todoapp.comments.models import Comment
from todoapp.extensions import db
from todoapp.imports.trello.statuses import meaning_of
from todoapp.kit.clock import now
from todoapp.tasks.models import Task, TaskAssignment
from todoapp.tasks.queries import assignments_of
from todoapp.tenancy import enter
from todoapp.users.models import User

TODO, DOING, DONE = list_("To Do"), list_("Doing"), list_("Done")
LISTS = [TODO, DOING, DONE]
ANN, BEN, CID = person("Ann Ash"), person("Ben Birch"), person("Cid Cedar")
PEOPLE = [ANN, BEN, CID]


@pytest.fixture
def taken(app, cast, take, tmp_path):
    """`taken(export)`: import it and stand in the account; returns what was printed."""
    with app.app_context():

        def run(export):
            result = take("trello", save(tmp_path, export))
            assert result.exit_code == 0, result.output
            db.session.rollback()
            db.session.expunge_all()
            enter(cast.account_id)
            return result.output

        yield run
        db.session.rollback()


def task(title):
    return db.session.scalars(select(Task).where(Task.title == title)).one()


def sentences(title):
    return [entry.sentence for entry in history_of(task(title)).rows]


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("Done", "completed"),
        ("DONE ✅", "completed"),
        ("Completed this week", "completed"),
        ("Shipped", "completed"),
        ("In Progress", "begun"),
        ("in-progress (max 3)", "begun"),
        ("Doing", "begun"),
        ("Code review", "begun"),
        ("Ready to merge", "begun"),
        ("Ready for QA", "begun"),
        ("Blocked", "begun"),
        ("Not doing", "pending"),
        ("Backlog/Future Work/Ideas", "pending"),
        ("To Do", "pending"),
        ("Documentation/Release Notes", "pending"),
        ("Up Next", "pending"),
        ("Undone", "pending"),
        ("", "pending"),
    ],
)
def test_what_a_list_says(name, meaning):
    assert meaning_of(name) == meaning


def test_members_come_and_go(taken):
    shared = card("shared", TODO, ANN, CID)
    given_back = card("given back", TODO, ANN)
    left = card("left", TODO)
    from_before = card("from before", TODO, BEN)
    actions = [
        added("2019-05-01T09:00:00Z", BEN, shared, ANN),
        added("2019-05-01T10:00:00Z", ANN, shared, CID),
        added("2019-05-02T09:00:00Z", ANN, given_back, ANN),
        added("2019-05-02T10:00:00Z", ANN, given_back, BEN),
        removed("2019-05-02T11:00:00Z", CID, given_back, BEN),
        added("2019-05-03T09:00:00Z", ANN, left, BEN),
        removed("2019-05-03T10:00:00Z", BEN, left, BEN),
    ]
    output = taken(board(LISTS, [shared, given_back, left, from_before], PEOPLE, actions=actions))
    assert task("shared").assignee.name == "Cid Cedar"
    assert task("shared").custom_fields["trello_members"] == "Ann Ash"
    assert sentences("shared")[1:] == ["Ben Birch assigned this to Ann Ash", "Ann Ash assigned this to Cid Cedar"]

    assert task("given back").assignee.name == "Ann Ash"
    steps = assignments_of(task("given back"))
    assert [(s.assigner.name, s.assignee.name) for s in steps] == [
        ("Ann Ash", "Ann Ash"),
        ("Ann Ash", "Ben Birch"),
        ("Cid Cedar", "Ann Ash"),
    ]
    assert [s.is_current for s in steps] == [False, False, True]
    assert sentences("given back")[-1] == "Cid Cedar took Ben Birch off this"

    assert task("left").assigned_to_id is None
    [step] = assignments_of(task("left"))
    assert not step.is_current and step.assigned_at == datetime(2019, 5, 3, 9, tzinfo=UTC)

    assert task("from before").assignee.name == "Ben Birch"
    [step] = assignments_of(task("from before"))
    assert step.assigned_at == task("from before").created_at
    assert "members of cards from before" in output


def test_a_card_that_was_finished_twice_is_done_since_the_last_time(taken):
    one = card("one", DONE, ANN)
    marked = card("marked", TODO, dueComplete=True, due="2019-05-09T12:00:00Z")
    silent = card("silent", DONE, dateLastActivity="2019-04-20T08:00:00.000Z")
    actions = [
        moved("2019-05-01T09:00:00Z", ANN, one, DOING, DONE),
        moved("2019-05-02T09:00:00Z", BEN, one, DONE, DOING),
        moved("2019-05-03T09:00:00Z", CID, one, DOING, DONE),
        action("updateCard", "2019-05-08T09:00:00Z", CID, marked, old={"dueComplete": False}),
    ]
    taken(board(LISTS, [one, marked, silent], PEOPLE, actions=actions))
    assert task("one").completed_at == datetime(2019, 5, 3, 9, tzinfo=UTC)
    assert sentences("one")[-2:] == ["Cid Cedar completed this", "Cid Cedar moved this from Doing to Done"]
    assert (task("marked").status, task("marked").completed_at.day) == ("completed", 8)
    assert task("silent").completed_at == datetime(2019, 4, 20, 8, tzinfo=UTC)


def test_begun_cards_are_paused_where_somebody_has_them(taken):
    taken(board(LISTS, [card("mine", DOING, ANN), card("nobody's", DOING)], PEOPLE))
    assert task("mine").status == "paused" and task("mine").open_pause.reason.startswith("imported from Trello")
    assert task("nobody's").status == "pending"
    assert [entry.event for entry in history_of(task("mine")).rows] == ["task_imported", "task_paused"]


def test_archived_cards_and_archived_lists_are_put_away(taken):
    gone = list_("Old", closed=True)
    by_hand, with_list = card("by hand", TODO, closed=True), card("with its list", gone)
    put_away = action("updateCard", "2019-05-01T09:00:00Z", ANN, by_hand, old={"closed": False})
    put_away["data"]["card"]["closed"] = True
    lines = checklist("steps", by_hand, **{"a line": False})
    taken(board([*LISTS, gone], [by_hand, with_list], PEOPLE, actions=[put_away], checklists=[lines]))
    assert task("by hand").archived_at == task("a line").archived_at == datetime(2019, 5, 1, 9, tzinfo=UTC)
    assert task("with its list").archived_at is not None
    assert sentences("by hand")[-1] == "Ann Ash archived this"


def test_lines_of_checklists_are_the_card_holders_and_remember_who_ticked_them(taken):
    of = card("card", TODO, ANN)
    lines = checklist("Before launch", of, first=True, second=False)
    lines["checkItems"][1]["idMember"] = BEN["id"]
    tick = action("updateCheckItemStateOnCard", "2019-05-04T09:00:00Z", CID, of)
    tick["data"]["checkItem"] = {"id": lines["checkItems"][0]["id"], "state": "complete"}
    taken(board(LISTS, [of], PEOPLE, actions=[tick], checklists=[lines]))
    first, second = task("first"), task("second")
    assert first.parent_task_id == second.parent_task_id == task("card").id
    assert (first.status, first.completed_at) == ("completed", datetime(2019, 5, 4, 9, tzinfo=UTC))
    assert (first.assignee.name, second.assignee.name) == ("Ann Ash", "Ben Birch")
    assert first.custom_fields == {"trello_checklist": "Before launch"}
    assert sentences("first")[-1] == "Cid Cedar completed this"


def test_a_comment_mentions_people_by_the_names_they_had_there(taken):
    one = card("one", TODO, ANN)
    actions = [commented("2019-05-01T09:00:00Z", ANN, one, "Can you look, @benbirch?\n\nThanks")]
    taken(board(LISTS, [one], PEOPLE, actions=actions))
    comment = db.session.scalars(select(Comment)).one()
    assert comment.excerpt == "Can you look, @Ben Birch? Thanks"
    assert (comment.author.name, comment.created_at) == ("Ann Ash", datetime(2019, 5, 1, 9, tzinfo=UTC))


def test_long_titles_lose_nothing(taken):
    name = "word " * 100
    taken(board(LISTS, [card(name, TODO, desc="the text")]))
    made = db.session.scalars(select(Task)).one()
    assert len(made.title) <= 255 and made.description == f"{name.strip()}\n\nthe text"


def test_people_who_left_the_board_are_known_by_what_they_did(taken):
    one = card("one", TODO)
    taken(board(LISTS, [one], [ANN], actions=[commented("2019-05-01T09:00:00Z", CID, one, "bye")]))
    assert sentences("one")[-1] == "Cid Cedar wrote: bye"
    assert len(db.session.scalars(select(User).where(User.email.is_(None))).all()) == 2


def test_a_card_is_by_who_made_it_else_by_who_imports(taken, cast):
    known, unknown = card("known", TODO), card("unknown", TODO)
    made = action("createCard", "2019-05-01T09:00:00Z", BEN, known)
    taken(board(LISTS, [known, unknown], PEOPLE, actions=[made]))
    assert task("known").creator.name == "Ben Birch"
    assert task("unknown").created_by_id == cast.olga.user_id


def test_a_later_file_adds_only_what_is_new(taken, cast):
    old, new = card("old", TODO, ANN), card("new", DOING, DAN := person("Dan Dogwood"))
    said = commented("2019-05-01T09:00:00Z", ANN, old, "first")
    lines = checklist("steps", old, one=False)
    export = board(LISTS, [old], PEOPLE, actions=[said], checklists=[lines])
    taken(export)
    task("old").title = "renamed here"
    db.session.commit()

    more = checklist("steps", old, two=True)
    lines["checkItems"] += more["checkItems"]
    old |= {"name": "renamed there", "idList": DONE["id"], "idMembers": [BEN["id"]]}
    later = [
        said,
        commented("2019-06-01T09:00:00Z", BEN, old, "second"),
        moved("2019-06-02T09:00:00Z", BEN, old, TODO, DONE),
        added("2019-06-03T09:00:00Z", BEN, old, BEN),
    ]
    output = taken(board(LISTS, [old, new], [*PEOPLE, DAN], actions=later, checklists=[lines], id=export["id"]))
    kept = task("renamed here")
    assert (kept.status, kept.assignee.name) == ("pending", "Ann Ash")
    assert [entry.sentence for entry in history_of(kept).rows][1:] == [
        "Ann Ash wrote: first",
        "Ben Birch wrote: second",
        "Ben Birch moved this from To Do to Done",
    ]
    assert task("two").parent_task_id == kept.id and task("new").assignee.name == "Dan Dogwood"
    assert len(db.session.scalars(select(Task)).all()) == 4
    assert len(db.session.scalars(select(ActivityLog).where(ActivityLog.action == "account_imported")).all()) == 2
    assert "the card was taken before; since then this is decided here" in output


def test_two_boards_of_a_team_share_their_people(taken):
    taken(board(LISTS, [card("one", TODO, ANN)], PEOPLE))
    taken(board([there := list_("To Do")], [card("two", there, ANN)], PEOPLE, name="Other board"))
    assert task("one").assigned_to_id == task("two").assigned_to_id
    assert len(db.session.scalars(select(User).where(User.email.is_(None))).all()) == 3


def test_work_of_somebody_who_left_here_is_nobodys(taken):
    taken(board(LISTS, [card("one", TODO, ANN)], PEOPLE))
    gone = db.session.scalars(select(AccountMembership).where(AccountMembership.user_id == task("one").assigned_to_id))
    gone.one().left_at = now()
    db.session.commit()
    output = taken(board(LISTS, [card("two", DOING, ANN)], PEOPLE))
    assert task("two").assigned_to_id is None and task("two").status == "pending"
    assert not db.session.scalars(select(TaskAssignment).filter_by(task_id=task("two").id, is_current=True)).all()
    assert "they left the account" in output


def test_a_task_deleted_here_stays_deleted(taken):
    one = card("one", TODO, ANN)
    export = board(LISTS, [one], PEOPLE)
    taken(export)
    task("one").deleted_at = now()
    db.session.commit()
    output = taken(export)
    assert task("one").deleted_at and "0              1" in output


def test_hostile_words_stay_words(taken, browser, cast):
    name = "<img src=x onerror=alert(1)> =cmd|' /C calc'!A0 \u202egnp.exe \x00\x07"
    label = {"id": new_id(), "name": "<script>", "color": "red"}
    one = card(name, TODO, ANN, desc="<script>alert(1)</script>", idLabels=[label["id"]])
    said = commented("2019-05-01T09:00:00Z", ANN, one, "[click](javascript:alert(1)) <img src=x onerror=alert(1)>")
    taken(board(LISTS, [one], PEOPLE, labels=[label], actions=[said], name="<b>board</b>"))
    made = db.session.scalars(select(Task)).one()
    assert "\x00" not in made.title and "\u202e" not in made.title
    db.session.rollback()
    page = browser(cast.olga).get(f"/tasks/{made.id}").text
    assert "<img src=x" not in page and "<script>alert" not in page and 'href="javascript' not in page
