"""The real board of the GoCD team: what is known of it comes out of our tables."""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from tests.conftest import ApiClient
from tests.house.photograph import Camera
from tests.imports.running import TRELLO, actor_of, imported_once, run_import
from todoapp.accounts.models import Account, AccountMembership
from todoapp.accounts.seats import seats_of
from todoapp.activity.models import ActivityLog, Delivery, OutboxEntry
from todoapp.comments.models import Comment
from todoapp.extensions import db
from todoapp.imports.models import ImportedItem
from todoapp.permissions import find
from todoapp.tasks.actions.progressing import complete_task, pause_task, resume_task
from todoapp.tasks.chain import chain_of
from todoapp.tasks.clockwork import stretches_of
from todoapp.tasks.models import ChainLink, Tag, Task, TaskAssignment, TaskPause, TaskTag, TimeEntry
from todoapp.tenancy import enter
from todoapp.users.models import User
from todoapp.users.sessions import open_session

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def house(the_app, data):
    yield from imported_once(the_app, "trello", data.joinpath(*TRELLO))


@pytest.fixture(scope="module")
def export(data):
    return json.loads(data.joinpath(*TRELLO).read_text())


@pytest.fixture
def inside(house):
    with house.app.app_context():
        enter(house.cast.account_id)
        yield house
        db.session.rollback()


def tasks(*where):
    return db.session.scalars(select(Task).where(*where).order_by(Task.id)).all()


def cards_here():
    """Each card's task, by the card's id in Trello."""
    items = select(ImportedItem.foreign_id, ImportedItem.local_id).where(ImportedItem.kind == "card")
    by_id = {task.id: task for task in tasks()}
    return {card_id: by_id[task_id] for card_id, task_id in db.session.execute(items)}


def events(action):
    return db.session.scalars(select(ActivityLog).where(ActivityLog.action == action).order_by(ActivityLog.id)).all()


def test_every_card_and_every_line_of_a_checklist_is_there(inside):
    cards, lines = tasks(Task.parent_task_id.is_(None)), tasks(Task.parent_task_id.is_not(None))
    assert (len(cards), len(lines)) == (122, 62)
    assert sum(task.archived_at is not None for task in cards) == 78
    assert Counter(task.status for task in cards) == {"completed": 60, "pending": 53, "paused": 9}
    assert Counter(task.status for task in lines) == {"completed": 42, "pending": 20}
    assert {task.visibility for task in cards + lines} == {"account"}
    assert sum(task.due_date_time is not None for task in cards) == 25
    assert len({line.parent_task_id for line in lines}) == 13  # one card has two of the 14 checklists


def test_titles_texts_tags_and_births_are_the_cards_own(inside, export):
    labels = {label["id"]: label["name"] for label in export["labels"]}
    lists = {each["id"]: each["name"] for each in export["lists"]}
    here = cards_here()
    assert here.keys() == {card["id"] for card in export["cards"]}
    for card in export["cards"]:
        task = here[card["id"]]
        assert task.title == " ".join(card["name"].split())
        assert task.description.split() == card["desc"].split()
        assert {tag.name for tag in task.tags} == {labels[label] for label in card["idLabels"]}
        assert task.custom_fields["trello_list"] == lists[card["idList"]]
        assert task.created_at == datetime.fromtimestamp(int(card["id"][:8], 16), UTC)
    assert db.session.scalar(select(func.count()).select_from(TaskTag)) == 51
    assert db.session.scalar(select(func.count()).select_from(Tag)) == len(
        {label for card in export["cards"] for label in card["idLabels"]}
    )


def test_people_are_placeholders_who_take_no_seat(inside):
    people = db.session.scalars(select(AccountMembership).join(User).where(User.email.is_(None))).all()
    assert len(people) == 11
    assert {member.role for member in people} == {"user"}
    assert all(member.user.is_placeholder and member.user.password_hash is None for member in people)
    assert "Louda Peña" in {member.user.name for member in people}
    account = db.session.get_one(Account, inside.cast.account_id)
    assert seats_of(account).used == 8


def test_who_has_a_card_is_the_member_who_was_added_last(inside, export):
    ids = dict(
        db.session.execute(select(ImportedItem.foreign_id, ImportedItem.local_id).filter_by(kind="person")).all()
    )
    names = {member["id"]: member["fullName"] for member in export["members"]}
    adds = defaultdict(list)
    for action in reversed(export["actions"]):
        if action["type"] == "addMemberToCard":
            adds[action["data"]["card"]["id"]].append(action["data"]["idMember"])
    for card_id, task in cards_here().items():
        card = next(card for card in export["cards"] if card["id"] == card_id)
        there = card["idMembers"]
        lately = [member for member in adds[card_id] if member in there]
        holder = (lately or there or [None])[-1]
        assert task.assigned_to_id == (ids[holder] if holder else None)
        others = {names[member] for member in there if member != holder}
        assert set(task.custom_fields.get("trello_members", "").split(", ")) - {""} == others


def test_hand_overs_and_chains_hang_together(inside):
    by_task = defaultdict(list)
    for assignment in db.session.scalars(select(TaskAssignment).order_by(TaskAssignment.id)):
        by_task[assignment.task_id].append(assignment)
    chains = defaultdict(set)
    for link in db.session.scalars(select(ChainLink)):
        chains[link.task_id].add(link.user_id)
    for task in tasks():
        steps = by_task[task.id]
        current = [step for step in steps if step.is_current]
        assert [step.assigned_to_id for step in current] == ([task.assigned_to_id] if task.assigned_to_id else [])
        assert chains[task.id] == set(chain_of(steps))
        assert [step.reassignment_count for step in steps] == list(range(len(steps)))
        assert all(step.accepted_at == step.assigned_at for step in steps)
        assert [step.assigned_at for step in steps] == sorted(step.assigned_at for step in steps)


def test_history_is_back_dated_and_by_who_did_it(inside):
    counts = Counter(db.session.scalars(select(ActivityLog.action)))
    assert counts["task_commented"] == 93
    assert counts["task_moved"] == 177
    assert counts["task_assigned"] + counts["task_taken"] == 103
    assert counts["task_unassigned"] == 25
    assert counts["task_imported"] == 122 + 62
    assert counts["task_archived"] + counts["task_restored"] == 77
    assert counts["account_imported"] == 1
    history = db.session.scalars(select(ActivityLog).where(ActivityLog.action.startswith("task_"))).all()
    assert {event.via for event in history} == {"import"}
    assert all(event.created_at.year == 2019 for event in history if event.action != "task_paused")

    said = select(Comment).where(Comment.body.contains("Version: 19.5.0 (9261-")).order_by(Comment.created_at.desc())
    comment = db.session.scalars(said).first()
    assert comment.author.name == "Ankit"
    assert comment.created_at == datetime(2019, 6, 10, 21, 31, 37, tzinfo=UTC)
    told = next(event for event in events("task_commented") if event.details["comment_id"] == comment.id)
    assert (told.user_id, told.created_at) == (comment.user_id, comment.created_at)

    last = max(events("task_moved"), key=lambda event: event.created_at)
    assert (last.details["from_list"], last.details["to_list"]) == ("Ready to merge", "In Progress")
    assert last.created_at == datetime(2019, 6, 12, 22, 19, 30, tzinfo=UTC)


def test_comments_are_comments(inside):
    assert db.session.scalar(select(func.count()).select_from(Comment)) == 93
    assert all(comment.created_at.year == 2019 and comment.excerpt for comment in db.session.scalars(select(Comment)))


def test_what_is_done_says_since_when(inside, export):
    finish = {each["id"] for each in export["lists"] if each["name"] == "Done"}
    last = {}
    for action in reversed(export["actions"]):
        if action["type"] == "updateCard" and action["data"].get("listAfter", {}).get("id") in finish:
            last[action["data"]["card"]["id"]] = datetime.fromisoformat(action["date"]).replace(microsecond=0)
    for card_id, task in cards_here().items():
        assert (task.completed_at is not None) == (task.status == "completed")
        if task.status == "completed" and card_id in last:
            assert task.completed_at == last[card_id]
    assert len(events("task_completed")) >= 45


def test_no_clock_runs_and_none_is_invented(inside):
    assert all(entry.ended_at == entry.started_at for entry in db.session.scalars(select(TimeEntry)))
    for task in tasks():
        assert task.actual_time == 0 and task.last_resumed_at is None
        assert all(stretch.worked == 0 and stretch.paused == stretch.elapsed for stretch in stretches_of(task))
    paused = tasks(Task.status == "paused")
    assert {task.custom_fields["trello_list"] for task in paused} == {"In Progress", "Ready to merge"}
    assert all(task.assigned_to_id and task.open_pause for task in paused)


def test_a_begun_card_goes_on_with_our_clock(inside, at):
    task = tasks(Task.status == "paused", Task.archived_at.is_(None))[0]
    holder = actor_of(type("Person", (), {"account_id": task.account_id, "user_id": task.assigned_to_id}))
    task = find(holder, Task, task.id)
    at("2030-01-01T09:00:00Z")
    resume_task(holder, task)
    at("2030-01-01T10:00:00Z")
    pause_task(holder, task, reason="lunch")
    at("2030-01-01T11:30:00Z")
    complete_task(holder, task)
    assert task.actual_time == 3600
    [stretch] = stretches_of(task)
    assert stretch.worked == 3600 and stretch.worked + stretch.paused == stretch.elapsed
    assert db.session.scalar(select(func.count(TaskPause.id)).where(TaskPause.task_id == task.id)) == 2


def test_nothing_follows(inside):
    for model in (OutboxEntry, Delivery):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_the_report_accounts_for_every_action(house, export):
    numbers = {}
    for line in house.output.splitlines():
        what, _, rest = line.partition("  ")
        count = rest.split()[:1]
        if count and count[0].isdigit():
            numbers[what] = int(count[0])
    assert numbers["people"] == 11 and numbers["cards"] == 122 and numbers["attachments"] == 59
    for not_an_action in ("people", "cards", "attachments", "members of cards from before"):
        numbers.pop(not_an_action)
    for not_an_action in ("checklist lines, as subtasks", "further members of a card"):
        numbers.pop(not_an_action)
    assert sum(numbers.values()) == len(export["actions"]) == 1000
    assert "Cards are completed in: Done." in house.output


def test_a_second_time_takes_nothing(house):
    camera = Camera(house.app)
    before = camera.take()
    again = run_import(house.app, "trello", house.path)
    assert again.exit_code == 0
    assert camera.take() == before
    columns = [line.rsplit(maxsplit=2) for line in again.output.split("not taken")[0].splitlines()[3:] if line.strip()]
    known = {what.strip(): (new, here) for what, new, here in columns}
    assert {new for new, _ in known.values()} == {"0"}
    assert known["people"][1] == "11" and known["cards"][1] == "122" and known["comments"][1] == "93"
    assert known["members put on cards"][1] == "103" and known["moves between lists"][1] == "177"


def test_the_board_shows_it_and_a_stranger_sees_nothing(house, export):
    def client(person):
        with house.app.app_context():
            session, _ = open_session(person.user_id, person.account_id, kind="api")
            db.session.commit()
            return ApiClient(house.app, session)

    nina, zoe = client(house.cast.nina), client(house.cast.zoe)
    seen = nina.get("/v1/tasks?per_page=100").json
    opened = {card["id"] for card in export["cards"] if not card["closed"]}
    lines = [line for each in export["checklists"] if each["idCard"] in opened for line in each["checkItems"]]
    assert seen["meta"]["total_count"] == len(opened) + len(lines) == 53
    some = seen["tasks"][0]["id"]
    assert zoe.get("/v1/tasks").json["meta"]["total_count"] == 0
    assert zoe.get(f"/v1/tasks/{some}").status_code == 404
    assert zoe.get(f"/v1/tasks/{some}/timeline").status_code == 404
    assert client(house.cast.olga).get("/v1/boards/account").status_code == 200
