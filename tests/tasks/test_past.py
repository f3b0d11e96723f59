"""A task as it stood at any instant: put together from its events, and equal to what one saw then."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from todoapp.accounts.leaving import remove_member
from todoapp.accounts.models import AccountMembership
from todoapp.extensions import db
from todoapp.fields.actions import create_custom_field
from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput, NotFound, Refusal
from todoapp.permissions import find
from todoapp.tags.actions import delete_tag, merge_tag, update_tag
from todoapp.tasks.actions.archiving import archive_task, delete_task, restore_task
from todoapp.tasks.actions.assigning import accept_task, assign_task, reject_task, take_task
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.actions.editing import update_task
from todoapp.tasks.actions.progressing import (
    complete_task,
    correct_clock,
    pause_task,
    reopen_task,
    resume_task,
    start_task,
)
from todoapp.tasks.facts import TRACKED, facts_of
from todoapp.tasks.models import Tag
from todoapp.tasks.past import events_after, state_at, undone
from todoapp.tasks.schemas import TaskOut

SHOWN_AS = {"due_date": "due_date_time"}


def seen(task):
    """The task as the API shows it now, by the names of the state: another way to the same facts."""
    db.session.flush()
    db.session.expire(task)
    shown = TaskOut().dump(task)
    shown = {SHOWN_AS.get(name, name): value for name, value in shown.items()}
    shown["assigned_to_id"] = shown["assigned_to"] and shown["assigned_to"]["id"]
    return {name: shown[name] for name in TRACKED}


PEOPLE = ("mara", "uma", "udo", "olga", "sven")
TITLES = st.sampled_from(["Write", "Wríte", "Read it", "Write"])
EDITS = st.fixed_dictionaries(
    {},
    optional={
        "title": TITLES,
        "description": st.sampled_from(["", "long\nlong", "**bold** ünï \u2028"]),
        "priority": st.sampled_from(["low", "medium", "high"]),
        "visibility": st.sampled_from(["private", "team", "account"]),
        "due_date": st.sampled_from([None, date(2026, 3, 1), datetime(2026, 3, 1, 9, tzinfo=UTC)]),
        "estimated_time": st.sampled_from([None, 0, 60, 3600]),
        "tags": st.lists(st.sampled_from(["Red", "red", "BLUE", "blue", "grün"]), max_size=4),
        "custom_fields": st.fixed_dictionaries(
            {},
            optional={
                "customer": st.sampled_from([None, "ACME", "Bünde 🎈"]),
                "amount": st.sampled_from([None, 0, 1, 2.5]),
                "signed": st.sampled_from([None, True, False]),
            },
        ),
    },
)
FIELDS = {"customer": "text", "amount": "number", "signed": "checkbox"}
WHO = st.sampled_from(PEOPLE)
STEPS = st.one_of(
    st.tuples(st.just("edit"), WHO, EDITS),
    st.tuples(st.just("assign"), WHO, WHO),
    st.tuples(st.just("take"), WHO, st.none()),
    st.tuples(
        st.sampled_from(["accept", "reject", "start", "pause", "resume", "complete", "reopen", "correct"]),
        st.just("assignee"),
        st.none(),
    ),
    st.tuples(st.sampled_from(["archive", "delete", "restore", "under", "free"]), WHO, st.none()),
    st.tuples(st.just("rename"), st.just("olga"), st.sampled_from(["Crimson", "RED", "Azur"])),
    st.tuples(st.sampled_from(["merge", "drop"]), st.just("olga"), st.none()),
)


def tag(name):
    """The tag of this name; there may be none."""
    found = db.session.scalars(select(Tag).where(Tag.key == name)).one_or_none()
    if found is None:
        raise NotFound
    return found


def do(actor, step, cast, task, parent, given_value):
    verbs = {
        "edit": lambda: update_task(actor, task, **given_value),
        "assign": lambda: assign_task(actor, task, assigned_to_id=cast.people[given_value].user_id),
        "take": lambda: take_task(actor, task),
        "accept": lambda: accept_task(actor, task),
        "reject": lambda: reject_task(actor, task, reason="no"),
        "start": lambda: start_task(actor, task),
        "pause": lambda: pause_task(actor, task, reason="r"),
        "resume": lambda: resume_task(actor, task),
        "complete": lambda: complete_task(actor, task),
        "reopen": lambda: reopen_task(actor, task),
        "correct": lambda: correct_clock(actor, task, stopped_at=now() - timedelta(seconds=1)),
        "archive": lambda: archive_task(actor, task),
        "delete": lambda: delete_task(actor, task),
        "restore": lambda: restore_task(actor, task),
        "under": lambda: update_task(actor, task, parent_task_id=parent.id),
        "free": lambda: update_task(actor, task, parent_task_id=None),
        "rename": lambda: update_tag(actor, tag("red"), name=given_value),
        "merge": lambda: merge_tag(actor, tag("blue"), into_tag_id=tag("red").id),
        "drop": lambda: delete_tag(actor, tag("red")),
    }
    try:
        with db.session.begin_nested():
            verbs[step]()
    except Refusal:
        db.session.expire_all()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=EDITS, to=st.sampled_from([None, *PEOPLE]), steps=st.lists(st.tuples(STEPS, st.integers(0, 3)), max_size=16)
)
def test_the_state_at_any_instant_is_what_one_saw_then(cast, acting, first, to, steps):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        for key, kind in FIELDS.items():
            create_custom_field(acting(cast.olga), name=key.capitalize(), kind=kind)
        parent = create_task(acting(cast.olga), title="parent")
        assignee = cast.people[to].user_id if to else None
        task = create_task(acting(cast.olga), **({"title": "t"} | first), assigned_to_id=assignee)
        snapshots = {now(): seen(task)}
        for (step, who, given_value), wait in steps:
            clock.shift(timedelta(seconds=wait))
            if who == "assignee":
                holder = [p for p in cast.people.values() if p.user_id == task.assigned_to_id]
                actor = acting(holder[0]) if holder else acting(cast.olga)
            else:
                actor = acting(cast.people[who])
            do(actor, step, cast, task, parent, given_value)
            snapshots[now()] = seen(task)
        clock.shift(timedelta(days=1))
        assert facts_of(task) == seen(task)
        for instant, snapshot in snapshots.items():
            assert state_at(task, instant) == snapshot
            assert state_at(task, instant + timedelta(microseconds=999_999)) == snapshot
        assert undone(facts_of(task), events_after(task, None)) == dict.fromkeys(TRACKED), "every event tells all"
        db.session.rollback()


def test_between_two_events_it_stands_as_after_the_first(cast, acting, make, at):
    at("2026-11-24T09:00:00Z")
    task = make(cast.uma, title="One")
    at("2026-11-24T10:00:00Z")
    update_task(acting(cast.uma), task, title="Two")
    assert state_at(task, datetime(2026, 11, 24, 9, 59, 59, tzinfo=UTC))["title"] == "One"
    assert state_at(task, datetime(2026, 11, 24, 10, tzinfo=UTC))["title"] == "Two"


@pytest.mark.parametrize(
    "instant", [datetime(2026, 11, 24, 8, 59, 59, tzinfo=UTC), datetime(2026, 11, 24, 10, 0, 1, tzinfo=UTC)]
)
def test_there_is_no_state_before_the_birth_and_none_of_tomorrow(cast, make, at, instant):
    at("2026-11-24T09:00:00Z")
    task = make(cast.uma)
    at("2026-11-24T10:00:00Z")
    with pytest.raises(BadInput) as refusal:
        state_at(task, instant)
    assert "when the task was made" in refusal.value.fields["at"][0]


def test_a_task_that_was_handed_on_by_who_left_tells_it_all(cast, acting, make, at):
    at("2026-11-24T09:00:00Z")
    task = make(cast.mara, cast.uma)
    start_task(acting(cast.uma), task)
    before = seen(task)
    at("2026-11-24T10:00:00Z")
    olga = acting(cast.olga)
    remove_member(olga, find(olga, AccountMembership, cast.uma.user_id))
    assert task.assigned_to_id == cast.mara.user_id
    assert state_at(task, datetime(2026, 11, 24, 9, 30, tzinfo=UTC)) == before
    assert undone(facts_of(task), events_after(task, None)) == dict.fromkeys(TRACKED)


def test_starting_another_tells_of_the_one_that_it_paused(cast, acting, make, at):
    at("2026-11-24T09:00:00Z")
    task, other = make(cast.uma), make(cast.uma)
    start_task(acting(cast.uma), task)
    at("2026-11-24T10:00:00Z")
    start_task(acting(cast.uma), other)
    assert state_at(task, datetime(2026, 11, 24, 9, 30, tzinfo=UTC))["status"] == "in_progress"
    assert state_at(task, now())["status"] == "paused"


def test_the_door_shows_it(cast, api, at):
    at("2026-11-24T09:00:00Z")
    mara = api(cast.mara)
    body = {"title": "One", "assigned_to_id": cast.uma.user_id, "due_date": "2026-11-27", "tags": ["b", "a"]}
    task_id = mara.post("/v1/tasks", json=body).json["id"]
    at("2026-11-24T10:00:00Z")
    assert api(cast.uma).post(f"/v1/tasks/{task_id}/start", json={}).status_code == 200
    mara.patch(f"/v1/tasks/{task_id}", json={"title": "Two", "tags": [], "due_date": None})
    at("2026-11-24T11:00:00Z")
    mara.delete(f"/v1/tasks/{task_id}")
    path = f"/v1/tasks/{task_id}/state"
    assert mara.get(path, query_string={"at": "2026-11-24T10:30:00+01:00"}).json == {
        "id": task_id,
        "at": "2026-11-24T09:30:00+00:00",
        "title": "One",
        "description": "",
        "status": "pending",
        "priority": "medium",
        "visibility": "private",
        "assigned_to": {"id": cast.uma.user_id, "name": "Uma Northwind"},
        "assignment_state": "waiting",
        "due_date": "2026-11-27T17:00:00+00:00",
        "estimated_time": None,
        "parent_task_id": None,
        "tags": ["a", "b"],
        "custom_fields": {},
        "archived_at": None,
        "deleted_at": None,
    }
    later = mara.get(path, query_string={"at": "2026-11-24T10:00:00Z"}).json
    assert (later["title"], later["status"], later["assignment_state"]) == ("Two", "in_progress", "accepted")
    assert mara.get(path, query_string={"at": "2026-11-24T11:00:00Z"}).json["deleted_at"] == "2026-11-24T11:00:00+00:00"
    assert mara.get(path).json["at"] == "2026-11-24T11:00:00+00:00", "without an instant it is now"
    for bad in ({"at": "x"}, {"at": "2026-11-24T10:30:00"}, {"at": "2027-01-01T00:00:00Z"}):
        assert set(mara.get(path, query_string=bad).json["fields"]) == {"at"}
    for stranger in (cast.ulla, cast.zoe):
        assert api(stranger).get(path, query_string={"at": "2026-11-24T10:00:00Z"}).status_code == 404
