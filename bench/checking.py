"""Whether a made account is right: asked in the product's own words, and of every foreign key."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import ForeignKeyConstraint, select

from bench.databases import Database
from bench.people import ACCOUNT_ID, OWNER_ID, of_role, reports_of
from bench.planning import Plan
from todoapp.accounts.models import AccountMembership
from todoapp.activity.auditing import audit
from todoapp.activity.chain import chain_hash, is_signed
from todoapp.activity.models import ActivityLog
from todoapp.actor import Actor, actor_for
from todoapp.boards.queries import board_of, kanban
from todoapp.extensions import db
from todoapp.kit.paging import CAP
from todoapp.permissions import find
from todoapp.tasks.chain import chain_of
from todoapp.tasks.clockwork import stretches_of, total_worked
from todoapp.tasks.models import ChainLink, Task
from todoapp.tasks.queries import assignments_of
from todoapp.tenancy import enter

SAMPLE = 60
AUDITED_WHOLE = 50_000


def check(database: Database, planned: Sequence[Plan]) -> None:
    """Stop at the first thing that the product would not have written."""
    enter(ACCOUNT_ID)
    for dangling in dangling_rows(database):
        raise AssertionError(f"Rows without what they refer to: {dangling}")
    for role in ("user", "manager", "owner"):
        _check_boards(of_role(role)[0].id, planned)
    for plan in planned[:: max(1, len(planned) // SAMPLE)]:
        _check_task(plan)
    _check_events()
    db.session.rollback()


def dangling_rows(database: Database) -> list[str]:
    """Every foreign key that some row breaks."""
    if database.kind == "sqlite":
        return [str(row) for row in database.run("PRAGMA foreign_key_check")]
    keys = [
        (table.name, constraint)
        for table in db.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, ForeignKeyConstraint)
    ]
    return [f"{name} {constraint.column_keys}" for name, constraint in keys if database.run(_broken(name, constraint))]


def _broken(table: str, constraint: ForeignKeyConstraint) -> str:
    target = constraint.referred_table.name
    pairs = [(element.parent.name, element.column.name) for element in constraint.elements]
    joined = " AND ".join(f"child.`{ours}` = parent.`{theirs}`" for ours, theirs in pairs)
    named = " AND ".join(f"child.`{ours}` IS NOT NULL" for ours, _theirs in pairs)
    lost = f"parent.`{pairs[0][1]}` IS NULL"
    return f"SELECT 1 FROM {table} child LEFT JOIN {target} parent ON {joined} WHERE {named} AND {lost} LIMIT 1"


def acting(user_id: int) -> Actor:
    """A member as an actor."""
    query = select(AccountMembership).where(AccountMembership.user_id == user_id)
    return actor_for(db.session.scalars(query).one(), via="api")


def _check_boards(user_id: int, planned: Sequence[Plan]) -> None:
    actor = acting(user_id)
    boards: dict[str, Any] = {"my": lambda plan: plan.holder == user_id}
    if actor.at_least("manager"):
        team = {user_id, *(one.id for one in reports_of(user_id))}
        boards["team"] = lambda plan: plan.holder in team
    if actor.role == "owner":
        boards = {"my": boards["my"], "account": lambda plan: True}
    for kind, holds in boards.items():
        columns = kanban(actor, board_of(actor, kind), {"per_page": 50})
        shown = {column.status: (column.total_count, len(column.tasks)) for column in columns}
        counted = Counter(
            plan.status for plan in planned if plan.archived is None and plan.deleted is None and holds(plan)
        )
        expected = {status: (min(count, CAP), min(count, 50)) for status, count in counted.items()}
        assert shown == expected, f"{kind} board of {user_id}: {shown}, planned were {expected}"


def _check_task(plan: Plan) -> None:
    task = find(acting(OWNER_ID), Task, plan.id, deleted=None)
    assert task.assigned_to_id == plan.holder and task.status == plan.status
    chain = db.session.scalars(select(ChainLink.user_id).where(ChainLink.task_id == task.id))
    assert set(chain) == set(chain_of(assignments_of(task))), f"chain of task {task.id}"
    assert task.actual_time == total_worked(task), f"clock of task {task.id}"
    assert all(one.worked + one.paused == one.elapsed for one in stretches_of(task)), f"stretches of task {task.id}"
    query = select(ActivityLog).where(ActivityLog.resource_type == "Task", ActivityLog.resource_id == task.id)
    events = db.session.scalars(query).all()
    assert len(events) == task.version and all(map(is_signed, events)), f"events of task {task.id}"


def _check_events() -> None:
    newest = select(ActivityLog).order_by(ActivityLog.seal_number.desc()).limit(SAMPLE)
    rows = list(db.session.scalars(newest))[::-1]
    if rows[-1].seal_number <= AUDITED_WHOLE:
        assert not (findings := audit(ACCOUNT_ID).findings), findings
    for before, row in pairwise(rows):
        assert row.chain_hash == chain_hash(before.chain_hash, row), f"event {row.id} hangs on nothing"
