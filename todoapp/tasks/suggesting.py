"""Who could take a task: the members whom one may assign to, the least loaded fit one first, each with the reason in words.

What is left of an open task is its estimate less the time worked on it, at least a quarter of an hour; a task without an
estimate counts for two hours. The *horizon* is the due date of the task in question, or a week from now without one.

    load = what is left of open tasks that are due by the horizon
         + half of what is left of the others
         + one hour for each task that is late already
         + half an hour if something runs right now

With a due date, a member has as much *free time* as there are working hours (the account's, in the member's own zone) until
then, holidays and days away aside, less what is left of their tasks that are due by then. Who has at least the estimated
time (without an estimate: anything at all) free fits. Without a due date, all fit who are not away
today. Those who fit come first, then the smaller load, then the name.

Loads count all of a person's open tasks, also those that the actor may not see: as numbers, never as tasks.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import contains_eager

from todoapp.accounts.absences import absences_of
from todoapp.accounts.models import Absence, AccountMembership
from todoapp.accounts.settings import all_settings
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import due_instant, now, seconds
from todoapp.kit.words import date_words, day, duration
from todoapp.permissions import within
from todoapp.tasks.models import Task
from todoapp.users.models import User

UNESTIMATED, LEAST_LEFT = 2 * 3600, 15 * 60
LATE_WEIGHS, RUNNING_WEIGHS = 3600, 30 * 60
HORIZON = timedelta(days=7)
FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Load:
    """What a member has on their hands; times in seconds."""

    open_tasks: int = 0
    estimated_time: int = 0
    time_left: int = 0
    due_before: int = 0
    time_left_before: int = 0
    late: int = 0
    running_now: bool = False

    @property
    def weight(self) -> int:
        """One number to rank by, after the formula above."""
        others = (self.time_left - self.time_left_before) // 2
        return self.time_left_before + others + self.late * LATE_WEIGHS + self.running_now * RUNNING_WEIGHS


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A member, their load, whether they fit, and why they stand where they stand. `free_time` is None without a due date."""

    member: AccountMembership
    load: Load
    fits: bool
    free_time: int | None
    reason: str

    @property
    def in_short(self) -> str:
        """The name and the load, as a choice in a form."""
        count, left = self.load.open_tasks, duration(self.load.time_left)
        return f"{self.member.user.name} · {f'{count} open, {left} left' if count else 'nothing open'}"


def suggested_assignees(
    actor: Actor,
    *,
    due: datetime | date | None = None,
    estimated_time: int | None = None,
    exclude: Iterable[int | None] = (),
) -> list[Suggestion]:
    """Everybody to whom the actor may assign, best first; three queries, however many they are."""
    due_at = due_instant(due, actor.timezone)
    members = _members(actor, set(exclude))
    loads = _loads([member.user_id for member in members], due_at or now() + HORIZON)
    settings = all_settings(actor.settings)
    hours = settings["working_hours"] | {"off": {date.fromisoformat(day["date"]) for day in settings["holidays"]}}
    away = _absences(members)
    found = [
        _suggestion(
            actor,
            member,
            loads.get(member.user_id, Load()),
            due_at,
            estimated_time,
            hours,
            away.get(member.user_id, []),
        )
        for member in members
    ]
    return sorted(found, key=lambda one: (not one.fits, one.load.weight))


def _members(actor: Actor, exclude: set[int | None]) -> list[AccountMembership]:
    """Those who may be given work and can sign in to do it, by name."""
    may = within(actor, "member.assign", AccountMembership)
    query = (
        select(AccountMembership)
        .join(AccountMembership.user)
        .where(may, AccountMembership.at_work(), User.email.is_not(None))
        .options(contains_eager(AccountMembership.user))
        .order_by(User.first_name, User.last_name, AccountMembership.id)
    )
    return [member for member in db.session.scalars(query) if member.user_id not in exclude]


def _absences(members: list[AccountMembership]) -> dict[int, list[Absence]]:
    found: dict[int, list[Absence]] = {}
    for absence in absences_of([member.user_id for member in members]):
        found.setdefault(absence.user_id, []).append(absence)
    return found


def _loads(user_ids: list[int], horizon: datetime) -> dict[int, Load]:
    rest = Task.estimated_time - Task.actual_time
    left = case((Task.estimated_time.is_(None), UNESTIMATED), (rest > LEAST_LEFT, rest), else_=LEAST_LEFT)
    before = Task.due_date_time <= horizon
    query = (
        select(
            Task.assigned_to_id,
            func.count(Task.id),
            func.coalesce(func.sum(Task.estimated_time), 0),
            func.sum(left),
            func.count(case((before, Task.id))),
            func.coalesce(func.sum(case((before, left))), 0),
            func.count(case((Task.due_date_time < now(), Task.id))),
            func.count(case((Task.status == "in_progress", Task.id))),
        )
        .where(
            Task.assigned_to_id.in_(user_ids),
            Task.status != "completed",
            Task.archived_at.is_(None),
            Task.deleted_at.is_(None),
        )
        .group_by(Task.assigned_to_id)
    )
    return {
        user_id: Load(*map(int, figures), running_now=bool(running))
        for user_id, *figures, running in db.session.execute(query)
    }


def _suggestion(
    actor: Actor,
    member: AccountMembership,
    load: Load,
    due_at: datetime | None,
    estimated_time: int | None,
    hours: Mapping[str, Any],
    absences: list[Absence],
) -> Suggestion:
    here = ZoneInfo(member.user.timezone)
    today = now().astimezone(here).date()
    until = (due_at or now()).astimezone(here).date()
    away = [one for one in absences if one.starts_on <= until and one.ends_on >= today]
    if due_at is None:
        return Suggestion(member, load, not away, None, _in_words(load, None, "", True, away))
    off = {each for one in away for each in days_of(one, today, until)}
    working = working_seconds(now(), due_at, hours | {"off": hours["off"] | off}, member.user.timezone)
    free = max(working - load.time_left_before, 0)
    fits = free >= (estimated_time or 1)
    return Suggestion(member, load, fits, free, _in_words(load, free, day(due_at, actor.timezone), fits, away))


def days_of(absence: Absence, first: date, last: date) -> Iterator[date]:
    """The days of the absence that lie between two days."""
    since, until = max(absence.starts_on, first), min(absence.ends_on, last, first + FARTHEST)
    return (since + timedelta(days=number) for number in range((until - since).days + 1))


def working_seconds(since: datetime, until: datetime, hours: Mapping[str, Any], zone: str) -> int:
    """How much of the time from `since` to `until`, at most a year, are working hours in `zone`; none on days `off`."""
    until = min(until, since + FARTHEST)
    here = ZoneInfo(zone)
    start, end = time.fromisoformat(hours["start"]), time.fromisoformat(hours["end"])
    first = since.astimezone(here).date()
    spans = max((until.astimezone(here).date() - first).days + 1, 0)
    days = (first + timedelta(days=number) for number in range(spans))
    return sum(
        max(seconds(min(until, _at(each, end, here)) - max(since, _at(each, start, here))), 0)
        for each in days
        if each.weekday() in hours["days"] and each not in hours.get("off", ())
    )


def _at(each: date, hour: time, here: ZoneInfo) -> datetime:
    # In UTC: between two instants of one zone, Python counts what the clock on the wall shows.
    return datetime.combine(each, hour, here).astimezone(UTC)


def _in_words(load: Load, free: int | None, due: str, fits: bool, away: Iterable[Absence] = ()) -> str:
    if load.open_tasks == 0:
        parts = ["nothing open"]
    else:
        tasks = "task" if load.open_tasks == 1 else "tasks"
        parts = [f"{load.open_tasks} open {tasks}, about {duration(load.time_left)} left"]
    if free is not None and load.due_before:
        parts.append(f"{load.due_before} due by {due}")
    if load.late:
        parts.append(f"{load.late} late")
    if load.running_now:
        parts.append("working on one now")
    parts += [f"away {date_words(one.starts_on)} to {date_words(one.ends_on)}" for one in away]
    if free is not None:
        parts.append(f"about {duration(free)} free until {due}" + ("" if fits else ", which is not enough"))
    return "; ".join(parts)
