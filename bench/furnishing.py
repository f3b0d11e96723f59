"""The account's people, and its planned tasks as rows of each table."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any

from sqlalchemy import insert

from bench.databases import Instant, Row
from bench.people import ACCOUNT_ID, PASSPHRASE, PEOPLE
from bench.planning import LINES, TAGS, Plan
from bench.telling import EVENT_COLUMNS, Book, count_of, said_at
from todoapp.accounts.models import Account, AccountMembership
from todoapp.extensions import db
from todoapp.kit.clock import FAR_FUTURE, now
from todoapp.search.indexing import Said
from todoapp.search.words import Document
from todoapp.tasks.models import PRIORITIES
from todoapp.tenancy import across_accounts
from todoapp.users.models import User
from todoapp.users.passwords import hash_password

Rows = Iterator[Row]
Filling = tuple[str, Callable[[Iterable[Plan]], Rows]]
NEVER = Instant(FAR_FUTURE.timestamp())


def settle() -> None:
    """Save the account and its members, who can all sign in."""
    with across_accounts("the bench fills its own database"):
        limits = {"subscription_tier": "enterprise", "max_users": 1000, "max_tasks_per_user": 1_000_000}
        settings = {"several_running_tasks": True}
        db.session.add(Account(id=ACCOUNT_ID, name="Measured", slug="measured", settings=settings, **limits))
        db.session.flush()
        known = {"password_hash": hash_password(PASSPHRASE), "activated_at": now(), "default_account_id": ACCOUNT_ID}
        for one in PEOPLE:
            first, last = one.name.split()
            db.session.add(User(id=one.id, email=one.email, first_name=first, last_name=last, **known))
        db.session.flush()
        for one in PEOPLE:
            placed = {"account_id": ACCOUNT_ID, "user_id": one.id, "role": one.role, "manager_id": one.manager_id}
            db.session.execute(insert(AccountMembership).values(**placed))
        db.session.commit()


def _at(instant: int | None) -> Instant | None:
    return None if instant is None else Instant(instant)


def task_rows(plans: Iterable[Plan]) -> Rows:
    """Each task with its clock."""
    for plan in plans:
        started, stopped = _at(plan.started), _at(plan.stopped)
        changed = max(plan.created, plan.started or 0, plan.stopped or 0, plan.archived or 0, plan.deleted or 0)
        runs, done = plan.status == "in_progress", plan.status == "completed"
        texts = (plan.title, plan.description, plan.status, plan.priority, plan.visibility)
        dates = (_at(plan.due), NEVER if plan.due is None else Instant(plan.due))
        clock = (started, started if runs else None, stopped if done else None, _worked(plan), int(bool(plan.started)))
        yield (
            *(plan.id, ACCOUNT_ID, plan.creator, plan.holder, plan.parent),
            *(*texts, *dates, *clock),
            *(_at(plan.archived), _at(plan.deleted), plan.id * 1024, count_of(plan)),
            *(1800 * (1 + plan.id % 9) if plan.id % 3 else None, Instant(plan.created), Instant(changed)),
        )


def _worked(plan: Plan) -> int:
    return plan.stopped - plan.started if plan.stopped and plan.started else 0


def assignment_rows(plans: Iterable[Plan]) -> Rows:
    """Each hand-over."""
    numbers = count(1)
    for plan in plans:
        for place, (giver, taker) in enumerate(plan.hand_overs):
            current = place == len(plan.hand_overs) - 1
            at = Instant(plan.created + 60 * place)
            accepted = None if current and plan.awaits_answer else Instant(at + (0 if giver == taker else 120))
            yield (next(numbers), ACCOUNT_ID, plan.id, giver, taker, at, accepted, place, int(current), at, at)


def chain_rows(plans: Iterable[Plan]) -> Rows:
    """Who handed each task down to whom."""
    for plan in plans:
        for person in sorted({person for hand_over in plan.hand_overs for person in hand_over}):
            yield plan.id, person, ACCOUNT_ID


def entry_rows(plans: Iterable[Plan]) -> Rows:
    """Each stretch of work."""
    numbers = count(1)
    for plan in plans:
        if plan.started:
            yield next(numbers), ACCOUNT_ID, plan.id, plan.holder, 1, Instant(plan.started), _at(plan.stopped)


def pause_rows(plans: Iterable[Plan]) -> Rows:
    """The pause in which each paused task stands."""
    numbers = count(1)
    for plan in plans:
        if plan.status == "paused":
            facts = (Instant(plan.stopped or 0), _worked(plan), "waiting for an answer")
            yield next(numbers), ACCOUNT_ID, plan.id, plan.holder, 1, *facts


def snapshot_rows(plans: Iterable[Plan]) -> Rows:
    """How each task stood when it was paused or completed."""
    numbers = count(1)
    for plan in plans:
        if plan.started and plan.stopped:
            kind = "pause" if plan.status == "paused" else "milestone"
            state = {"title": plan.title, "description": plan.description, "status": plan.status}
            state |= {"priority": PRIORITIES[plan.priority], "visibility": plan.visibility, "stretch": 1}
            state |= {"assigned_to_id": plan.holder, "actual_time": _worked(plan), "tags": []}
            yield next(numbers), ACCOUNT_ID, plan.id, kind, json.dumps(state), _worked(plan), Instant(plan.stopped)


def tag_rows(_plans: Iterable[Plan]) -> Rows:
    """The tags."""
    for number, name in enumerate(TAGS, 1):
        yield number, ACCOUNT_ID, name, name


def tagging_rows(plans: Iterable[Plan]) -> Rows:
    """Which task has which tag."""
    for plan in plans:
        for tag in plan.tags:
            yield plan.id, tag, ACCOUNT_ID


def comment_rows(plans: Iterable[Plan]) -> Rows:
    """What was said."""
    numbers = count(1)
    for plan in plans:
        for place in range(plan.comments):
            body = LINES[(plan.id + place) % len(LINES)]
            at = Instant(said_at(plan, place))
            yield next(numbers), ACCOUNT_ID, plan.id, plan.holder or plan.creator, body, body, at


def document_rows(plans: Iterable[Plan]) -> Rows:
    """The text of each task, as search keeps it."""
    for plan in plans:
        yield ACCOUNT_ID, plan.id, _document(plan).text, count_of(plan), Instant(plan.created)


def term_rows(plans: Iterable[Plan]) -> Rows:
    """The words of each task, as search finds them."""
    for plan in plans:
        for term, weight in _document(plan).terms.items():
            yield ACCOUNT_ID, term, plan.id, weight


def _document(plan: Plan) -> Document:
    said = [LINES[(plan.id + place) % len(LINES)] for place in range(plan.comments)]
    tags = [TAGS[number - 1] for number in plan.tags]
    return Said(0, plan.title, plan.description, sorted(tags), said[::-1]).document()


def event_rows(plans: Iterable[Plan]) -> Rows:
    """What happened."""
    book = Book()
    for plan in plans:
        yield from book.rows_of(plan)


FILLINGS: dict[str, Filling] = {
    "tasks": (
        "id account_id created_by_id assigned_to_id parent_task_id title description status priority visibility "
        "due_date_time due_sort started_at last_resumed_at completed_at actual_time stretch archived_at deleted_at "
        "position version estimated_time created_at updated_at",
        task_rows,
    ),
    "task_assignments": (
        "id account_id task_id assigned_by_id assigned_to_id assigned_at accepted_at reassignment_count is_current "
        "created_at updated_at",
        assignment_rows,
    ),
    "task_chain": ("task_id user_id account_id", chain_rows),
    "time_entries": ("id account_id task_id user_id stretch started_at ended_at", entry_rows),
    "task_pauses": ("id account_id task_id paused_by_id stretch paused_at work_duration reason", pause_rows),
    "task_snapshots": (
        "id account_id task_id snapshot_type state_data total_time_at_snapshot created_at",
        snapshot_rows,
    ),
    "tags": ("id account_id name key", tag_rows),
    "task_tags": ("task_id tag_id account_id", tagging_rows),
    "comments": ("id account_id task_id user_id body excerpt created_at", comment_rows),
    "search_documents": ("account_id task_id text version indexed_at", document_rows),
    "search_terms": ("account_id term task_id weight", term_rows),
    "activity_logs": (" ".join(EVENT_COLUMNS), event_rows),
}


def filling_of(table: str, plans: Iterable[Plan], today: int) -> tuple[list[str], Rows]:
    """The columns and rows of a table; columns that nothing is planned for hold what the model says by default."""
    columns, rows = FILLINGS[table][0].split(), FILLINGS[table][1]
    rest = {
        column.name: _default(column, today)
        for column in db.metadata.tables[table].columns
        if column.name not in columns and not column.nullable and column.server_default is None
    }
    return [*columns, *rest], ((*row, *rest.values()) for row in rows(plans))


def _default(column: Any, today: int) -> Any:
    if column.default is None:
        raise LookupError(f"Plan something for {column.table.name}.{column.name}, or give it a default.")
    if column.default.is_callable:
        found = column.default.arg(None)
        return Instant(today) if hasattr(found, "timestamp") else json.dumps(found)
    return column.default.arg
