"""Telling the story: the demo's deeds are done by the real verbs, each at its own time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from todoapp.accounts.models import Account, AccountMembership
from todoapp.actor import Actor, actor_for
from todoapp.demo import story
from todoapp.demo.people import NORTHWIND, PASSPHRASE, ZEBRA, settle
from todoapp.extensions import db
from todoapp.kit import clock
from todoapp.kit.errors import Conflict
from todoapp.kit.transaction import atomic
from todoapp.permissions import find
from todoapp.tasks.actions.assigning import accept_task, assign_task, reject_task
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.actions.progressing import complete_task, pause_task, resume_task, start_task
from todoapp.tasks.models import Task
from todoapp.tenancy import across_accounts, inside

SHOWN = (("owner", "Luca"), ("super manager", "Nora"), ("manager", "Asha"), ("user", "Dilip"))
VERBS: dict[str, Callable[..., Task]] = {
    "accept": accept_task,
    "assign": assign_task,
    "reject": reject_task,
    "start": start_task,
    "pause": pause_task,
    "resume": resume_task,
    "complete": complete_task,
}


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to get into the demo as one of its people."""

    role: str
    name: str
    email: str
    password: str

    def __str__(self) -> str:
        return f"{self.role:<14} {self.email:<28} {self.password}"


def load_demo() -> list[SignIn]:
    """Save the demo into an empty database, in one transaction; returns a sign-in for each role and for a stranger."""
    return atomic(_load)


def _load() -> list[SignIn]:
    if db.session.scalar(select(Account.id).limit(1)) is not None:
        raise Conflict("There are accounts already. The demo goes into an empty database only.")
    today = clock.now()
    sign_ins: list[SignIn] = []
    for name, slug, people, stories in (
        ("Northwind", "northwind", NORTHWIND, story.NORTHWIND),
        ("Zebra Works", "zebra", ZEBRA, story.ZEBRA),
    ):
        with across_accounts("the demo has two accounts"), clock.at(today - timedelta(days=30)):
            account, members = settle(name, slug, people)
        with inside(account.id):
            tell(members, stories, today)
        sign_ins += _sign_ins(members)
    return sign_ins


def tell(members: dict[str, AccountMembership], stories: tuple[story.Story, ...], today: datetime) -> None:
    """Do all deeds of all stories in the order of time: one clock runs at a time, as in life."""
    actors = {name: actor_for(member, via="web") for name, member in members.items()}
    tasks: dict[int, int] = {}
    deeds: list[tuple[float, int, Callable[[], None]]] = []
    for number, told in enumerate(stories):
        deeds.append((told.made, number, _making(told, number, actors, tasks, today)))
        deeds += [(step[0], number, _doing(step, number, actors, tasks)) for step in told.steps]
    for hours_ago, _number, deed in sorted(deeds, key=lambda each: (-each[0], each[1])):
        with clock.at(today - timedelta(hours=hours_ago)):
            deed()


def _making(
    told: story.Story, number: int, actors: dict[str, Actor], tasks: dict[int, int], today: datetime
) -> Callable[[], None]:
    def make() -> None:
        by = actors[told.by]
        task = create_task(
            by,
            title=told.title,
            description=told.description,
            priority=told.priority,
            visibility=told.visibility,
            due_date=None if told.due is None else today + timedelta(hours=told.due),
            estimated_time=told.estimate_hours and int(told.estimate_hours * 3600),
            tags=list(told.tags),
            assigned_to_id=told.to and actors[told.to].user_id,
        )
        tasks[number] = task.id
        for title, is_done in told.parts:
            part = create_task(by, title=title, parent_task_id=task.id, assigned_to_id=task.assigned_to_id)
            if is_done:
                complete_task(actors[told.to or told.by], part)

    return make


def _doing(step: story.Step, number: int, actors: dict[str, Actor], tasks: dict[int, int]) -> Callable[[], None]:
    _hours, who, verb, said = step

    def do() -> None:
        actor = actors[who]
        VERBS[verb](actor, find(actor, Task, tasks[number]), **_by_id(said, actors))

    return do


def _by_id(said: dict[str, Any], actors: dict[str, Actor]) -> dict[str, Any]:
    """The story names people, the verbs take ids."""
    names = {"to": "assigned_to_id", "waiting_for": "waiting_for_user_id"}
    return {names.get(key, key): actors[value].user_id if key in names else value for key, value in said.items()}


def _sign_ins(members: dict[str, AccountMembership]) -> list[SignIn]:
    shown = [(role, members[first]) for role, first in SHOWN if first in members] or [
        ("another account", next(iter(members.values())))
    ]
    return [SignIn(role, member.user.name, str(member.user.email), PASSPHRASE) for role, member in shown]
