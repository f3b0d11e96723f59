"""What becomes of sessions, one rule at a time, on small work logs made by hand."""

import pytest
from sqlalchemy import select

from todoapp.extensions import db
from todoapp.imports.worklog.clocks import BETWEEN
from todoapp.imports.worklog.tables import TASK_COLUMNS, TIME_COLUMNS, WBS_COLUMNS
from todoapp.kit.clock import now
from todoapp.tasks.clockwork import start_the_clock, stop_the_clock, stretches_of
from todoapp.tasks.models import Task, TaskPause, TimeEntry
from todoapp.tenancy import enter

DAY = "3/4/2013 "


def planned(item, person="7", planned="60.0", started=DAY + "9:00", done=r"\N", worked="60"):
    return ["95", person, "11", item, started, done, worked, planned, "Code", "Process-D"]


def session(key, item, start, end, worked, interrupted="0", person="7"):
    return [key, "95", person, "11", item, DAY + start, DAY + end, worked, interrupted, "Code", "Process-D"]


def save(folder, tasks, times, elements=(["95", "1", ""], ["95", "11", "1.0"])):
    folder.mkdir(exist_ok=True)
    for name, columns, rows in (
        ("small_tasks.csv", TASK_COLUMNS, tasks),
        ("small_time.csv", TIME_COLUMNS, times),
        ("small_wbs.csv", WBS_COLUMNS, elements),
    ):
        (folder / name).write_text("\n".join(",".join(row) for row in [columns, *rows]) + "\n")
    return folder


@pytest.fixture
def taken(app, cast, take, tmp_path):
    """`taken(tasks, times)`: import them and stand in the account; returns what was printed."""
    with app.app_context():

        def run(tasks, times):
            result = take("worklog", save(tmp_path / "log", tasks, times))
            assert result.exit_code == 0, result.output
            db.session.rollback()
            db.session.expunge_all()
            enter(cast.account_id)
            return result.output

        yield run
        db.session.rollback()


def task(item="500"):
    return db.session.scalars(select(Task).where(Task.title == f"Code, plan item {item}")).one()


def pauses():
    rows = db.session.scalars(select(TaskPause).order_by(TaskPause.paused_at)).all()
    return [(f"{p.paused_at:%H:%M}", p.resumed_at and f"{p.resumed_at:%H:%M}", p.work_duration // 60) for p in rows]


def test_gaps_become_pauses_and_interruptions_are_not_worked(taken):
    taken(
        [planned("500", done=DAY + "12:00")],
        [
            session("2", "500", "10:00", "10:30", "20", "10"),
            session("1", "500", "9:00", "9:40", "40"),
            session("3", "500", "10:30", "11:00", "30"),
        ],
    )
    [stretch] = stretches_of(task())
    assert (stretch.worked, stretch.paused, stretch.elapsed) == (90 * 60, 30 * 60, 120 * 60)
    assert pauses() == [("09:40", "10:00", 40)]
    assert (task().status, task().estimated_time, task().actual_time) == ("completed", 3600, 90 * 60)
    assert task().custom_fields["wbs_path"] == "1/11"


def test_overlaps_are_kept_and_counted(taken):
    output = taken(
        [planned("500", done=DAY + "12:00")],
        [session("1", "500", "9:00", "10:00", "60"), session("2", "500", "9:30", "9:45", "15")],
    )
    [stretch] = stretches_of(task())
    assert (stretch.worked, stretch.paused, stretch.elapsed) == (75 * 60, 0, 60 * 60)
    assert "1 sessions begin before the one before them" in output


def test_a_plan_without_sessions_is_pending_or_done(taken):
    taken([planned("500", started=r"\N", worked="0"), planned("501", done=DAY + "12:00", worked="0")], [])
    assert (task("500").status, task("500").stretch) == ("pending", 0)
    assert (task("501").status, task("501").started_at) == ("completed", None)


def test_impossible_sessions_are_left_out_with_the_reason(taken):
    output = taken(
        [planned("500")],
        [
            session("1", "500", "9:00", "10:00", "60"),
            session("2", "500", "12:00", "11:00", "0"),
            session("3", "500", "12:00", "12:10", "45"),
            session("4", "600", "12:00", "12:10", "45"),
        ],
    )
    assert task().actual_time == 3600
    assert len(db.session.scalars(select(Task)).all()) == 1
    assert "1  they end before they start" in output
    assert "2  more was worked in them than lies between start and end" in output


def test_later_sessions_continue_the_clock(taken):
    first = [session("1", "500", "9:00", "9:30", "30"), session("2", "500", "11:00", "12:00", "60")]
    taken([planned("500")], first)
    assert (task().status, pauses()) == ("paused", [("09:30", "11:00", 30), ("12:00", None, 90)])
    later = [session("3", "500", "13:00", "13:15", "15"), session("4", "500", "10:00", "10:10", "10")]
    output = taken([planned("500"), planned("501")], [*first, *later])
    assert pauses() == [("09:30", "10:00", 30), ("10:10", "11:00", 40), ("12:00", "13:00", 100), ("13:15", None, 115)]
    assert task().actual_time == 115 * 60
    [stretch] = stretches_of(task())
    assert stretch.worked + stretch.paused == stretch.elapsed
    assert task("501").status == "pending"
    assert [line.split()[-2:] for line in output.splitlines() if line.startswith("sessions")] == [["2", "2"]]


def test_later_sessions_do_not_disturb_a_clock_that_went_on_here(taken):
    first = [session("1", "500", "9:00", "9:30", "30")]
    taken([planned("500")], first)
    start_the_clock(task(), task().assigned_to_id, now())
    stop_the_clock(task(), reason="lunch", by_id=task().assigned_to_id, at=now())
    db.session.commit()
    before = pauses()
    output = taken([planned("500")], [*first, session("2", "500", "13:00", "13:15", "15")])
    assert pauses() == before
    assert "1  their task's clock has gone on here" in output
    assert len(db.session.scalars(select(TimeEntry)).all()) == 2


def test_the_pauses_say_why(taken):
    taken(
        [planned("500", done=DAY + "12:00")],
        [session("1", "500", "9:00", "9:30", "30"), session("2", "500", "11:00", "12:00", "60")],
    )
    assert {pause.reason for pause in db.session.scalars(select(TaskPause))} == {BETWEEN}
