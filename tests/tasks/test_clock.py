"""The exact clock: in every stretch, worked + paused = elapsed, to the second, whatever one does."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from todoapp.accounts.models import Account
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput, Conflict, Forbidden, NotFound, Refusal
from todoapp.tasks.actions.archiving import archive_task, delete_task, restore_task
from todoapp.tasks.actions.assigning import assign_task
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.actions.progressing import (
    complete_task,
    correct_clock,
    pause_task,
    reopen_task,
    resume_task,
    start_task,
)
from todoapp.tasks.clockwork import stretches_of, total_worked
from todoapp.tasks.models import TaskPause, TaskSnapshot, TimeEntry


def pauses(task):
    return list(db.session.scalars(select(TaskPause).where(TaskPause.task_id == task.id).order_by(TaskPause.id)))


def figures(task):
    return [(s.worked, s.paused, s.elapsed) for s in stretches_of(task)]


def test_two_stretches_with_pauses(cast, acting, make, at):
    uma = acting(cast.uma)
    at("2026-11-24T09:00:00Z")
    task = make(cast.uma)
    start_task(uma, task)
    at("2026-11-24T09:40:00Z")
    pause_task(uma, task, reason="lunch", progress_percentage=30, comment="hungry")
    assert pauses(task)[0].work_duration == 2400
    at("2026-11-24T10:00:00Z")
    resume_task(uma, task)
    at("2026-11-24T10:00:07Z")
    complete_task(uma, task)
    assert figures(task) == [(2407, 1200, 3607)]
    at("2026-11-25T09:00:00Z")
    reopen_task(uma, task)
    assert (task.status, task.completed_at) == ("pending", None)
    start_task(uma, task)
    at("2026-11-25T09:00:10Z")
    assert task.worked_seconds() == 2417
    assert figures(task) == [(2407, 1200, 3607), (10, 0, 10)]


def test_starting_a_paused_task_resumes_it(cast, acting, make, at):
    uma = acting(cast.uma)
    at("2026-11-24T09:00:00Z")
    task = make(cast.uma)
    start_task(uma, task)
    pause_task(uma, task, reason="phone")
    at("2026-11-24T09:05:00Z")
    start_task(uma, task)
    assert (task.stretch, pauses(task)[0].resumed_at) == (1, now())
    start_task(uma, task)
    assert db.session.query(TimeEntry).filter_by(task_id=task.id).count() == 2, "starting twice is starting once"


def test_completing_closes_an_open_pause_and_from_pending_costs_nothing(cast, acting, make, at):
    uma = acting(cast.uma)
    at("2026-11-24T09:00:00Z")
    task = make(cast.uma)
    start_task(uma, task)
    pause_task(uma, task, reason="phone")
    at("2026-11-24T10:00:00Z")
    complete_task(acting(cast.mara), task)
    assert figures(task) == [(0, 3600, 3600)] and task.open_pause is None
    never = make(cast.uma)
    complete_task(uma, never)
    assert (never.actual_time, never.started_at, figures(never)) == (0, None, [])


def test_one_running_task_a_person_unless_the_account_says_otherwise(cast, acting, make, at):
    uma = acting(cast.uma)
    at("2026-11-24T09:00:00Z")
    first, second, third = make(cast.uma), make(cast.uma), make(cast.uma)
    start_task(uma, first)
    at("2026-11-24T09:10:00Z")
    start_task(uma, second)
    assert (first.status, pauses(first)[0].reason, second.status) == ("paused", "switched", "in_progress")
    assert first.actual_time == 600
    db.session.get(Account, cast.account_id).settings = {"several_running_tasks": True}
    db.session.flush()
    start_task(acting(cast.uma), third)
    assert second.status == third.status == "in_progress"


def test_the_clock_is_the_assignees_and_those_above_may_stop_it(cast, acting, make):
    task = make(cast.mara, cast.uma)
    for other in (cast.mara, cast.olga):
        with pytest.raises(Forbidden, match="the clock is theirs"):
            start_task(acting(other), task)
    start_task(acting(cast.uma), task)
    pause_task(acting(cast.mara), task, reason="wait for me")
    with pytest.raises(Forbidden):
        resume_task(acting(cast.mara), task)
    with pytest.raises(Forbidden):
        pause_task(acting(cast.milo), task, reason="not his")


def test_a_pause_can_name_whom_and_what_it_waits_for(cast, acting, make):
    task, other = make(cast.mara, cast.uma), make(cast.uma)
    hidden, foreign = make(cast.olga), cast.zoe.user_id
    uma = acting(cast.uma)
    start_task(uma, task)
    for bad in ({"waiting_for_user_id": foreign}, {"waiting_for_task_id": hidden.id}):
        with pytest.raises(NotFound):
            pause_task(uma, task, reason="waiting", **bad)
    with pytest.raises(BadInput, match="correct the marked"):
        pause_task(uma, task, reason="waiting", waiting_for_task_id=task.id)
    pause_task(uma, task, reason="waiting", waiting_for_user_id=cast.mara.user_id, waiting_for_task_id=other.id)
    assert task.open_pause.waiting_for_user.first_name == "Mara"


def test_snapshots_at_pause_and_completion(cast, acting, make):
    uma = acting(cast.uma)
    task = make(cast.uma, tags=["red"])
    start_task(uma, task)
    pause_task(uma, task, reason="phone", progress_percentage=70)
    complete_task(uma, task)
    shots = db.session.scalars(select(TaskSnapshot).order_by(TaskSnapshot.id)).all()
    assert [(s.snapshot_type, s.progress_at_snapshot, s.state_data["status"]) for s in shots] == [
        ("pause", 70, "paused"),
        ("milestone", 100, "completed"),
    ]
    assert shots[0].state_data["tags"] == ["red"]


def test_wrong_moments_are_refused(cast, acting, make):
    uma = acting(cast.uma)
    task = make(cast.uma)
    for verb, kw in ((pause_task, {"reason": "x"}), (resume_task, {}), (reopen_task, {})):
        with pytest.raises(Conflict):
            verb(uma, task, **kw)
    complete_task(uma, task)
    with pytest.raises(Conflict, match="Reopen it first"):
        start_task(uma, task)
    complete_task(uma, task)


def test_a_forgotten_clock_is_corrected_while_it_runs(cast, acting, make, at):
    uma = acting(cast.uma)
    at("2026-11-24T09:00:00Z")
    task = make(cast.uma)
    start_task(uma, task)
    at("2026-11-25T09:00:00Z")
    correct_clock(uma, task, stopped_at=datetime(2026, 11, 24, 17, 30, tzinfo=UTC))
    assert (task.status, task.actual_time) == ("paused", 8.5 * 3600)
    assert figures(task) == [(30600, 55800, 86400)]


def test_a_forgotten_clock_is_corrected_after_pause_and_after_completion(cast, acting, make, at):
    uma = acting(cast.uma)
    for finish in (lambda task: pause_task(uma, task, reason="home"), lambda task: complete_task(uma, task)):
        at("2026-11-24T09:00:00Z")
        task = make(cast.uma)
        start_task(uma, task)
        at("2026-11-25T09:00:00Z")
        finish(task)
        status = task.status
        correct_clock(uma, task, stopped_at=datetime(2026, 11, 24, 10, tzinfo=UTC))
        assert (task.status, task.actual_time) == (status, 3600)
        assert figures(task) == [(3600, 82800, 86400)]


def test_a_clock_is_not_corrected_into_the_future_or_before_its_start(cast, acting, make, at):
    uma = acting(cast.uma)
    at("2026-11-24T09:00:00Z")
    task = make(cast.uma)
    with pytest.raises(Conflict, match="no clock yet"):
        correct_clock(uma, task, stopped_at=now())
    start_task(uma, task)
    at("2026-11-24T10:00:00Z")
    for hour in (8, 11):
        with pytest.raises(BadInput):
            correct_clock(uma, task, stopped_at=datetime(2026, 11, 24, hour, tzinfo=UTC))
    with pytest.raises(Forbidden):
        correct_clock(acting(cast.mara), task, stopped_at=now())


def test_putting_a_running_task_away_pauses_it(cast, acting, make, at):
    uma = acting(cast.uma)
    at("2026-11-24T09:00:00Z")
    for verb in (archive_task, delete_task):
        task = make(cast.uma)
        start_task(uma, task)
        verb(uma, task)
        assert task.status == "paused"
        restore_task(uma, task)
        assert (task.archived_at, task.deleted_at, task.status) == (None, None, "paused")


VERBS = st.sampled_from(["start", "pause", "resume", "complete", "reopen", "hand", "correct", "switch", "archive"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(VERBS, st.integers(0, 100_000)), max_size=14))
def test_worked_and_paused_are_elapsed_whatever_one_does(cast, acting, steps):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with time_machine.travel(at, tick=False) as clock:
        people = [cast.uma, cast.udo]
        task = create_task(acting(cast.olga), title="t", assigned_to_id=people[0].user_id)
        other = create_task(acting(people[0]), title="other")
        for verb, wait in steps:
            clock.shift(timedelta(seconds=wait))
            who = acting(next(p for p in people if p.user_id == task.assigned_to_id))
            try:
                {
                    "start": lambda: start_task(who, task),
                    "pause": lambda: pause_task(who, task, reason="r"),
                    "resume": lambda: resume_task(who, task),
                    "complete": lambda: complete_task(who, task),
                    "reopen": lambda: reopen_task(who, task),
                    "hand": lambda: assign_task(
                        acting(cast.olga),
                        task,
                        assigned_to_id=next(p.user_id for p in people if p.user_id != who.user_id),
                    ),
                    "correct": lambda: correct_clock(who, task, stopped_at=now() - timedelta(seconds=wait // 2)),
                    "switch": lambda: start_task(acting(people[0]), other),
                    "archive": lambda: restore_task(who, archive_task(who, task)),
                }[verb]()
            except Refusal:
                continue
            for stretch in stretches_of(task):
                assert stretch.worked + stretch.paused == stretch.elapsed
            assert task.actual_time == total_worked(task)
            assert sum(s.worked for s in stretches_of(task)) == task.worked_seconds()
        db.session.rollback()
