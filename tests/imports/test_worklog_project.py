"""The work log of a real project: its known answers come out of our own time tracking."""

import csv
import gzip
from collections import defaultdict
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from tests.house.photograph import Camera
from tests.imports.running import imported_once, run_import
from todoapp.activity.models import ActivityLog, Delivery, OutboxEntry
from todoapp.extensions import db
from todoapp.imports.models import ImportedItem
from todoapp.tasks.clockwork import stretches_of, total_worked
from todoapp.tasks.models import ChainLink, Tag, Task, TaskAssignment, TaskPause, TimeEntry
from todoapp.tenancy import enter
from todoapp.users.models import User

pytestmark = pytest.mark.data
MINUTE = 60


@pytest.fixture(scope="module")
def house(the_app, data):
    yield from imported_once(the_app, "worklog", data / "worklog")


@pytest.fixture(scope="module")
def sessions(data):
    """The sessions of the source by item: start, end, minutes worked."""
    found = defaultdict(list)
    with gzip.open(data / "worklog" / "project95_time.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            key = f"95/{row['plan_item_key']}/{row['person_key']}"
            times = [read(row[name]) for name in ("time_log_start_date", "time_log_end_date")]
            found[key].append((*times, int(row["time_log_delta_minutes"])))
    return {key: sorted(group) for key, group in found.items()}


def read(text):
    return datetime.strptime(text, "%m/%d/%Y %H:%M").replace(tzinfo=UTC)


@pytest.fixture
def inside(house):
    with house.app.app_context():
        enter(house.cast.account_id)
        yield house
        db.session.rollback()


@pytest.fixture
def here(inside):
    """Each item's task, by the item's key in the source."""
    items = select(ImportedItem.foreign_id, ImportedItem.local_id).where(ImportedItem.kind == "task")
    by_id = {task.id: task for task in db.session.scalars(select(Task))}
    return {key: by_id[task_id] for key, task_id in db.session.execute(items)}


def count(model, *where):
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def double_time(group):
    """How much of the time of these sessions was covered by an earlier one already."""
    reach, twice = group[0][0], 0
    for start, end, _ in group:
        twice += max(0, int((min(reach, end) - start).total_seconds()))
        reach = max(reach, end)
    return twice


def test_people_tasks_and_sessions_are_there(here):
    assert count(User, User.email.is_(None)) == 14
    assert len(here) == 4206 + 37
    assert count(TimeEntry) == 11638
    assert count(TaskAssignment, TaskAssignment.is_current) == count(ChainLink) == 4243
    assert {task.assigned_to_id for task in here.values()} == set(db.session.scalars(select(TimeEntry.user_id)))
    assert count(Tag) == 40


def test_the_minutes_worked_are_the_known_ones(here):
    assert sum(task.actual_time for task in here.values()) == 330_890 * MINUTE
    entries = db.session.scalars(select(TimeEntry)).all()
    assert sum(entry.worked_seconds() for entry in entries) == 330_890 * MINUTE
    assert sum(entry.interrupted_seconds for entry in entries) == 28_066 * MINUTE


def test_the_busiest_task_is_the_known_one(here, sessions):
    busiest = db.session.execute(
        select(TimeEntry.task_id, func.count().label("sessions"))
        .group_by(TimeEntry.task_id)
        .order_by(func.count().desc())
        .limit(1)
    ).one()
    assert busiest.sessions == 84
    task = here["95/83494/292"]
    assert task.id == busiest.task_id
    [stretch] = stretches_of(task)
    assert (stretch.worked, stretch.elapsed) == (2_817 * MINUTE, 103_360 * MINUTE)
    assert double_time(sessions["95/83494/292"]) == 4 * MINUTE
    assert stretch.worked + stretch.paused == stretch.elapsed + 4 * MINUTE
    assert task.worked_seconds() == total_worked(task) == 2_817 * MINUTE


def test_worked_and_paused_are_what_elapsed_wherever_sessions_do_not_overlap(here, sessions):
    entries, pauses = defaultdict(list), defaultdict(list)
    for entry in db.session.scalars(select(TimeEntry)):
        entries[entry.task_id].append(entry)
    for pause in db.session.scalars(select(TaskPause).where(TaskPause.resumed_at.is_not(None))):
        pauses[pause.task_id].append(pause)
    overlapping = 0
    for key, group in sessions.items():
        task = here[key]
        ours = entries[task.id]
        worked = sum(entry.worked_seconds() for entry in ours)
        paused = sum((pause.resumed_at - pause.paused_at).total_seconds() for pause in pauses[task.id])
        interrupted = sum(entry.interrupted_seconds for entry in ours)
        elapsed = (max(end for _, end, _ in group) - min(start for start, _, _ in group)).total_seconds()
        assert worked == task.actual_time == sum(minutes for _, _, minutes in group) * MINUTE
        assert worked + paused + interrupted == elapsed + double_time(group)
        overlapping += double_time(group) > 0
    assert overlapping > 300


def test_our_own_stretches_say_the_same(here, sessions):
    for key, group in list(sessions.items())[::40]:
        [stretch] = stretches_of(here[key])
        assert stretch.worked + stretch.paused == stretch.elapsed + double_time(group)


def test_estimates_ends_and_places_are_the_sources(here, data):
    with gzip.open(data / "worklog" / "project95_tasks.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        task = here[f"95/{row['plan_item_key']}/{row['person_key']}"]
        assert task.estimated_time == round(float(row["task_plan_time_minutes"]) * MINUTE)
        done = row["task_actual_complete_date"]
        assert task.completed_at == (None if done == r"\N" else read(done))
        assert (task.status == "completed") == (done != r"\N")
        assert task.custom_fields["phase"] == row["phase_short_name"]
        assert task.custom_fields["wbs_path"].split("/")[-1] == row["wbs_element_key"]
        assert task.custom_fields["wbs_path"].split("/")[0] == "1"
    assert sum(float(row["task_plan_time_minutes"]) for row in rows) == pytest.approx(
        sum(task.estimated_time or 0 for task in here.values()) / MINUTE, abs=len(rows) / MINUTE
    )


def test_what_is_not_finished_stands_still(here):
    begun = [task for task in here.values() if task.status != "completed"]
    assert len(begun) == 38
    assert all(task.status == "paused" and task.open_pause and not task.last_resumed_at for task in begun)
    assert count(TaskPause, TaskPause.resumed_at.is_(None)) == 38
    assert count(TimeEntry, TimeEntry.ended_at.is_(None)) == 0


def test_history_is_told_by_the_people_and_nothing_follows(here):
    told = dict(db.session.execute(select(ActivityLog.action, func.count()).group_by(ActivityLog.action)).all())
    assert told["task_imported"] == told["task_started"] == 4243
    assert told["task_completed"] == 4205
    assert told["account_imported"] == 1
    assert count(OutboxEntry) == count(Delivery) == 0


def test_oddities_are_kept_and_told(house):
    for sentence in (
        "516 sessions begin before the one before them",
        "8 sessions cross midnight.",
        "75 sessions have no length.",
        "37 tasks have no row of their own",
        "330,890 minutes were worked",
    ):
        assert sentence in house.output


def test_a_second_time_takes_nothing(house):
    camera = Camera(house.app)
    before = camera.take()
    again = run_import(house.app, "worklog", house.path)
    assert again.exit_code == 0
    assert camera.take() == before
    assert [line.split() for line in again.output.splitlines()[3:6]] == [
        ["people", "0", "14"],
        ["tasks", "0", "4,243"],
        ["sessions", "0", "11,638"],
    ]
