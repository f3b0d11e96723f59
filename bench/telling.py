"""What happened to each planned task, as events that are signed and sealed as the product does it."""

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from bench.databases import Instant, iso
from bench.people import ACCOUNT_ID
from bench.planning import SEED, TAGS, Plan
from todoapp.activity.chain import first_hash
from todoapp.kit.secrets import key_for
from todoapp.tasks.models import PRIORITIES

EVENT_COLUMNS = (
    "id",
    "account_id",
    "user_id",
    "action",
    "resource_type",
    "resource_id",
    "changes",
    "metadata",
    "via",
    "ip_address",
    "user_agent",
    "created_at",
    "updated_at",
    "signature",
    "seal_number",
    "chain_hash",
)
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IMPORTED = ("import", None, None, None)
ON_A_PAGE = ("web", None, "192.0.2.7", AGENT)
"""Through which door and from where: via, cause_id, ip_address, user_agent."""


@dataclass(slots=True)
class Step:
    """One event of a task: who did what, when, and what it changed."""

    action: str
    by: int
    at: int
    changes: dict[str, Any]
    details: dict[str, Any]


def steps_of(plan: Plan) -> list[Step]:
    """The task's history, oldest first. What was imported has a short one."""
    if not plan.is_native:
        made = Step("task_imported", plan.creator, plan.created, _made(plan, plan.status), {"source": "an older tool"})
        return [made, *_put_away(plan)]
    own = not plan.hand_overs or plan.hand_overs[0][0] == plan.hand_overs[0][1]
    made = Step("task_created", plan.creator, plan.created, _made(plan, "pending", own), {"title": plan.title})
    return [made, *_handed(plan, own), *_worked(plan), *_put_away(plan)]


def count_of(plan: Plan) -> int:
    """How many events a task has; its version."""
    return len(steps_of(plan)) + plan.comments


def _made(plan: Plan, status: str, with_holder: bool = True) -> dict[str, Any]:
    facts: dict[str, Any] = {"title": plan.title, "description": plan.description, "status": status}
    facts |= {"priority": PRIORITIES[plan.priority], "visibility": plan.visibility, "custom_fields": {}}
    facts["tags"] = [TAGS[tag - 1] for tag in plan.tags]
    if plan.due is not None:
        facts["due_date_time"] = _when(plan.due)
    if plan.holder is not None and with_holder:
        facts |= {"assigned_to_id": plan.holder, "assignment_state": "waiting" if plan.awaits_answer else "accepted"}
    return {name: [None, value] for name, value in facts.items()}


def _handed(plan: Plan, own: bool) -> Iterator[Step]:
    before: int | None = None
    for number, (giver, taker) in enumerate(plan.hand_overs):
        at = plan.created + 60 * number
        if not own:
            changes = {"assigned_to_id": [before, taker], "assignment_state": [None, "waiting"]}
            details = {"assigned_to_id": taker} | ({"previously_id": before} if before else {})
            yield Step("task_reassigned" if before else "task_assigned", giver, at, changes, details)
        before = taker
    if not own and plan.hand_overs and not plan.awaits_answer:
        yield Step("task_accepted", before or 0, at + 120, {"assignment_state": ["waiting", "accepted"]}, {})


def _worked(plan: Plan) -> Iterator[Step]:
    holder = plan.holder or 0
    if plan.started:
        yield Step("task_started", holder, plan.started, {"status": ["pending", "in_progress"]}, {})
    if plan.status == "paused":
        changes = {"status": ["in_progress", "paused"]}
        yield Step("task_paused", holder, plan.stopped or 0, changes, {"reason": "waiting for an answer"})
    if plan.status == "completed":
        changes = {"status": ["in_progress", "completed"]}
        worked = (plan.stopped or 0) - (plan.started or 0)
        yield Step("task_completed", holder, plan.stopped or 0, changes, {"worked": worked})


def _put_away(plan: Plan) -> Iterator[Step]:
    for action, name, at in (("archived", "archived_at", plan.archived), ("deleted", "deleted_at", plan.deleted)):
        if at:
            yield Step(f"task_{action}", plan.holder or plan.creator, at, {name: [None, _when(at)]}, {})


def _when(instant: int) -> str:
    return iso(instant).replace(" ", "T") + "+00:00"


class Book:
    """Writes events as rows, each hanging on the one before it."""

    def __init__(self) -> None:
        self.key = key_for("audit")
        self.hash = first_hash(ACCOUNT_ID)
        self.written = self.said = 0
        self.random = Random(SEED)

    def rows_of(self, plan: Plan) -> Iterator[tuple[Any, ...]]:
        """The rows of a task's events."""
        version = 0
        for version, step in enumerate(steps_of(plan), 1):
            yield self._row(plan, step, version)
        for number in range(plan.comments):
            self.said += 1
            details = {"comment_id": self.said, "mention_ids": [], "unreached_ids": []}
            said = Step("task_commented", plan.holder or plan.creator, said_at(plan, number), {}, details)
            yield self._row(plan, said, version + number + 1)

    def _row(self, plan: Plan, step: Step, version: int) -> tuple[Any, ...]:
        self.written += 1
        changes, details = canonical(step.changes), canonical(step.details | {"version": version})
        whence = IMPORTED if step.action == "task_imported" else ON_A_PAGE
        at = f'"{_when(step.at)}"'
        facts = f'{ACCOUNT_ID},{step.by},"{step.action}","Task",{plan.id},{changes},{details},{canonical(whence)[1:-1]}'
        facts = f"{facts},null,{at},{at}"
        nonce = f"{self.random.getrandbits(64):016x}"
        signed = self._mac(f'["event","{nonce}",[{facts}]]')
        signature = f"{nonce}.{signed}"
        self.hash = self._mac(f'["link","{self.hash}",[{self.written},{self.written},"{signature}",{facts}]]')
        via, _cause, address, agent = whence
        head = (self.written, ACCOUNT_ID, step.by, step.action, "Task", plan.id, changes, details, via, address, agent)
        return (*head, Instant(step.at), Instant(step.at), signature, self.written, self.hash)

    def _mac(self, text: str) -> str:
        return hmac.digest(self.key, text.encode(), "sha256").hex()


def canonical(value: Any) -> str:
    """JSON as it is signed; `checking.py` asks the product whether it agrees."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def said_at(plan: Plan, number: int) -> int:
    """When the comment with this number was written."""
    return plan.created + 3600 * (number + 1)
