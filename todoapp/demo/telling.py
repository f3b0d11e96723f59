"""Telling the story: the demo's deeds are done by the real verbs, each at its own time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from todoapp.accounts.models import Account, AccountMembership
from todoapp.actor import Actor, actor_for
from todoapp.comments.actions import comment_task
from todoapp.demo import tales, weeks
from todoapp.demo.people import NORTHWIND, PASSPHRASE, ZEBRA, settle
from todoapp.demo.story import Step, Story
from todoapp.extensions import db
from todoapp.fields.actions import create_custom_field
from todoapp.kit import clock
from todoapp.kit.errors import Conflict
from todoapp.kit.transaction import atomic
from todoapp.permissions import find
from todoapp.tags.actions import create_tag
from todoapp.tasks.actions.archiving import archive_task
from todoapp.tasks.actions.assigning import accept_task, assign_task, reject_task
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.actions.progressing import (
    complete_task,
    correct_clock,
    pause_task,
    reopen_task,
    resume_task,
    start_task,
)
from todoapp.tasks.models import Task
from todoapp.tenancy import across_accounts, inside

PEOPLE_NAMED = {"to": "assigned_to_id", "waiting_for": "waiting_for_user_id"}
HOURS_THAT_COUNT = 24
SHOWN = (("owner", "Luca"), ("super manager", "Nora"), ("manager", "Asha"), ("user", "Dilip"))
VERBS: dict[str, Callable[..., Any]] = {
    "accept": accept_task,
    "assign": assign_task,
    "reject": reject_task,
    "start": start_task,
    "pause": pause_task,
    "resume": resume_task,
    "complete": complete_task,
    "reopen": reopen_task,
    "correct": correct_clock,
    "archive": archive_task,
    "comment": comment_task,
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


def load_demo(passphrase: str = PASSPHRASE, *, again: bool = False) -> list[SignIn]:
    """Save the demo into an empty database, in one transaction; returns a sign-in for each role and for a stranger.

    With `again`, the database may hold other accounts, and what of the demo is there already is left alone.
    """
    return atomic(lambda: _load(passphrase, again))


def _load(passphrase: str, again: bool) -> list[SignIn]:
    if not again and db.session.scalar(select(Account.id).limit(1)) is not None:
        raise Conflict("There are accounts already. The demo goes into an empty database, or say --again.")
    today = clock.now()
    sign_ins: list[SignIn] = []
    for house, stories in ((NORTHWIND, (*tales.NORTHWIND, *weeks.NORTHWIND)), (ZEBRA, tales.ZEBRA)):
        if house.is_taken():
            continue
        with clock.at(today - timedelta(days=30)):
            with across_accounts("the demo has two accounts"):
                account, members = settle(house, passphrase)
            if house is NORTHWIND:
                with inside(account.id):
                    _arrange(actor_for(members["Luca"], via="web"))
        with inside(account.id):
            Teller(members, today).tell(stories)
        sign_ins += _sign_ins(members, passphrase)
    return sign_ins


def _arrange(owner: Actor) -> None:
    """Colours for the tags, and the fields that tasks have there."""
    for name, colour in tales.TAGS.items():
        create_tag(owner, name=name, colour=colour)
    for field in tales.FIELDS:
        create_custom_field(owner, **field)


class Teller:
    """Does the deeds of stories, each in its hour, as the people who did them."""

    def __init__(self, members: dict[str, AccountMembership], today: datetime):
        self.today = today
        self._actors = {name: actor_for(member, via="web") for name, member in members.items()}
        self._tasks: dict[Story, int] = {}
        self._parts: dict[str, int] = {}

    def tell(self, stories: tuple[Story, ...]) -> None:
        """Do all deeds of all stories in the order of time: one clock runs at a time, as in life."""
        deeds: list[tuple[float, Callable[[], None]]] = []
        for story in stories:
            deeds.append((story.made, partial(self._make, story)))
            deeds += [(step[0], partial(self._do, story, step)) for step in story.steps]
            deeds += [(done, partial(self._finish, story, part)) for part, done in story.parts if done is not None]
        for hours_ago, deed in sorted(deeds, key=lambda each: -each[0]):
            with clock.at(self._ago(hours_ago)):
                deed()

    def _ago(self, hours: float) -> datetime:
        return self.today - timedelta(hours=hours)

    def _due(self, hours: float) -> datetime | date:
        """Further away than a day, people think in days."""
        at = self._ago(-hours)
        return at if abs(hours) < HOURS_THAT_COUNT else at.date()

    def _make(self, story: Story) -> None:
        by = self._actors[story.by]
        task = create_task(
            by,
            title=story.title,
            description=story.description,
            priority=story.priority,
            visibility=story.visibility,
            due_date=None if story.due is None else self._due(story.due),
            estimated_time=story.estimate_hours and int(story.estimate_hours * 3600),
            tags=list(story.tags),
            custom_fields=story.values,
            assigned_to_id=story.to and self._actors[story.to].user_id,
        )
        self._tasks[story] = task.id
        for title, _done in story.parts:
            part = create_task(by, title=title, parent_task_id=task.id, assigned_to_id=task.assigned_to_id)
            self._parts[title] = part.id

    def _do(self, story: Story, step: Step) -> None:
        _hours, who, verb, said = step
        actor = self._actors[who]
        VERBS[verb](actor, find(actor, Task, self._tasks[story]), **self._said(said))

    def _finish(self, story: Story, part: str) -> None:
        actor = self._actors[story.to or story.by]
        complete_task(actor, find(actor, Task, self._parts[part]))

    def _said(self, said: dict[str, Any]) -> dict[str, Any]:
        """The story names people and hours, the verbs take ids and instants."""
        words: dict[str, Any] = {}
        for name, value in said.items():
            if name in PEOPLE_NAMED:
                words[PEOPLE_NAMED[name]] = self._actors[value].user_id
            elif name == "stopped":
                words["stopped_at"] = self._ago(value)
            else:
                words[name] = value
        return words


def _sign_ins(members: dict[str, AccountMembership], passphrase: str) -> list[SignIn]:
    shown = [(role, members[first]) for role, first in SHOWN if first in members] or [
        ("another account", next(iter(members.values())))
    ]
    return [SignIn(role, member.user.name, str(member.user.email), passphrase) for role, member in shown]
