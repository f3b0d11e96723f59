"""What is measured of writing: each deed on tasks of its own, and proof that it was done."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bench.cases import MOST_PEOPLE, Scene
from bench.checking import acting
from bench.databases import Database
from bench.furnishing import filling_of
from bench.loading import Shot
from bench.making import Made
from bench.people import ACCOUNT_ID, PASSPHRASE, Member, of_role, reports_of
from bench.planning import Plan
from todoapp.kit.transaction import atomic
from todoapp.tasks.actions.creating import create_task
from todoapp.tenancy import enter

JSON = {"Content-Type": "application/json"}
POOL = 6000
"""So many unassigned tasks are laid ready for each role; each is assigned once."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What preparing a deed needs."""

    scene: Scene
    database: Database
    made: Made


Prepare = Callable[[Stage, str], list[list[Shot]]]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that people do to the account. `proof` counts in the database how often it was done. `in_order`: each
    person waits for one answer before the next request.
    """

    name: str
    prepare: Prepare
    proof: str
    goal: str | None = None
    in_order: bool = False


def _people(role: str) -> list[Member]:
    return of_role(role)[:MOST_PEOPLE]


def _receiver(member: Member) -> Member:
    """Whom a member gives work to: a report, or themselves."""
    below = reports_of(member.id)
    return below[-1] if below else member


def _creating(stage: Stage, role: str) -> list[list[Shot]]:
    due = (stage.scene.today + timedelta(days=14)).isoformat()
    shots = []
    for member in _people(role):
        told = {"title": "Measure how long this takes", "assigned_to_id": _receiver(member).id, "due_date": due}
        told |= {"description": "Two sentences of text. They say what is to be done.", "tags": ["customer"]}
        headers = stage.scene.visitors.token(member) | JSON
        shots.append(Shot("/v1/tasks", headers, "POST", json.dumps(told), keyed=True))
    return [shots]


def _assigning(stage: Stage, role: str) -> list[list[Shot]]:
    people = _people(role)
    each = POOL // len(people)
    first = stage.database.value("SELECT MAX(id) FROM tasks") + 1
    plans = [
        _unassigned(first + place, people[place // each].id, stage.made.today) for place in range(each * len(people))
    ]
    stage.database.append("tasks", *filling_of("tasks", plans, stage.made.today))
    shots = []
    for place, member in enumerate(people):
        headers = stage.scene.visitors.token(member) | JSON
        told = json.dumps({"assigned_to_id": _receiver(member).id})
        shots.append(Shot("/v1/tasks/{id}/assign", headers, "POST", told, first=first + place * each, keyed=True))
    return [shots]


def _unassigned(task_id: int, creator: int, today: int) -> Plan:
    plan = Plan(
        task_id, creator, None, [], "pending", 1, "private", today, None, "To be handed out", "", is_native=True
    )
    plan.due = today + 14 * 86400
    return plan


def _starting_and_pausing(stage: Stage, role: str) -> list[list[Shot]]:
    sequences = []
    for member in _people(role):
        with stage.scene.visitors.app.app_context():
            enter(ACCOUNT_ID)
            task_id = atomic(lambda member=member: create_task(acting(member.id), title="Start and pause me")).id
        headers = stage.scene.visitors.token(member) | JSON
        why = json.dumps({"reason": "measured"})
        start = Shot(f"/v1/tasks/{task_id}/start", headers, "POST", "{}", keyed=True)
        sequences.append([start, Shot(f"/v1/tasks/{task_id}/pause", headers, "POST", why, keyed=True)])
    return sequences


def _signing_in(_stage: Stage, role: str) -> list[list[Shot]]:
    told = [json.dumps({"email": member.email, "password": PASSPHRASE}) for member in _people(role)]
    return [[Shot("/v1/auth/login", JSON, "POST", body) for body in told]]


def _events(*actions: str) -> str:
    return f"SELECT COUNT(*) FROM activity_logs WHERE account_id = {ACCOUNT_ID} AND action IN {(*actions, '')}"


DEEDS = [
    Deed("create", _creating, _events("task_created"), "0.3 of Y2"),
    Deed("assign", _assigning, _events("task_assigned", "task_taken")),
    Deed("start + pause", _starting_and_pausing, _events("task_started", "task_resumed", "task_paused"), in_order=True),
    Deed("sign-in", _signing_in, "SELECT COUNT(*) FROM sign_ins"),
]
