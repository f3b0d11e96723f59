"""How long from a commit to each watcher of a board, and what an idle socket costs. MariaDB and Redis, two workers.

The watchers are super managers who have the account's board open. They listen in this process, on the same machine, so that
the figures hold their work too.
"""

import selectors
import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, select

from bench.checking import acting
from bench.counting import megabytes
from bench.databases import Database
from bench.making import app_on
from bench.saying import say
from bench.serving import Served, serving
from tests.live.talk import Talker
from todoapp.accounts.models import Account, AccountMembership
from todoapp.extensions import db
from todoapp.kit.transaction import after_commit, atomic
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.actions.editing import update_task
from todoapp.tasks.models import Task
from todoapp.tenancy import across_accounts, enter
from todoapp.users.models import User
from todoapp.users.sessions import open_session
from todoapp.users.tokens import access_token

PEOPLE = 1000
WATCHERS = (20, 100, 1000)
GOALS = {20: "p95 of 15 ms", 1000: "p95 of 50 ms"}
ROUNDS, WARMING = 20, 3
IDLE_GOAL = "45 KiB"
BOARD = "account"
SETTLES_IN = 4


class House:
    """An account of many super managers, and a task on its board."""

    def __init__(self, app: Flask):
        self.app = app
        with app.app_context(), across_accounts("the bench fills its own database"):
            self.account_id, self.people = _furnish()
            self.sessions = [open_session(user_id, self.account_id, kind="api")[0] for user_id in self.people]
            db.session.commit()
            db.session.expunge_all()
        with app.app_context():
            enter(self.account_id)
            self.task_id = atomic(lambda: create_task(acting(self.people[0]), title="Watched", visibility="account")).id

    def token(self, number: int) -> str:
        """A fresh token of one of them."""
        with self.app.app_context():
            return access_token(self.sessions[number % len(self.sessions)])

    def edit(self, title: str) -> float:
        """Edit the task; returns when that was committed."""
        at: list[float] = []

        def work() -> None:
            after_commit(lambda: at.append(time.perf_counter()))
            task = db.session.get_one(Task, self.task_id, with_for_update=True)
            update_task(acting(self.people[0]), task, title=title)

        with self.app.app_context():
            enter(self.account_id)
            atomic(work)
        return at[-1]


def _furnish() -> tuple[int, list[int]]:
    account = Account(name="Live", slug="live", subscription_tier="enterprise", max_users=PEOPLE, settings={})
    db.session.add(account)
    db.session.flush()
    db.session.execute(insert(User), [{"first_name": f"P{number}", "preferences": {}} for number in range(PEOPLE)])
    ids = list(db.session.scalars(select(User.id).order_by(User.id)))
    roles = ["owner", *["super_manager"] * (len(ids) - 1)]
    db.session.add_all(
        AccountMembership(account_id=account.id, user_id=user_id, role=role)
        for user_id, role in zip(ids, roles, strict=True)
    )
    db.session.commit()
    return account.id, ids


def measure_live(database: Database, folder: Path, idle: Sequence[int]) -> list[dict[str, Any]]:
    """One row for each number of watchers, and one for each number of idle sockets."""
    with app_on(database, folder).app_context():
        upgrade()
        db.session.remove()
    rows = []
    with serving(database, folder) as server:
        house = House(app_on(database, folder, REDIS_URL=server.redis_url or ""))
        for count in WATCHERS:
            rows.append(_fan_out(house, server, count))
        for count in idle:
            rows.append(_weigh(house, server, count))
    return rows


@contextmanager
def watching(house: House, server: Served, count: int) -> Iterator[list[Talker]]:
    """So many sockets with the board open, each of the next person."""
    talkers = []
    try:
        for number in range(count):
            talker = Talker(server.port, Authorization=f"Bearer {house.token(number)}")
            talkers.append(talker)
            assert talker.hear()["type"] == "welcome"
            talker.subscribe(board_id=BOARD)
        yield talkers
    finally:
        for talker in talkers:
            talker.close()
        time.sleep(1)


def _fan_out(house: House, server: Served, count: int) -> dict[str, Any]:
    with watching(house, server, count) as talkers, selectors.DefaultSelector() as waiting:
        for talker in talkers:
            talker.socket.setblocking(False)
            waiting.register(talker.socket, selectors.EVENT_READ)
        spans = []
        for number in range(ROUNDS + WARMING):
            committed = house.edit(f"Round {number} of {count}")
            spans.append([(at - committed) * 1000 for at in receipts(waiting, count)])
    every = sorted(span for one in spans[WARMING:] for span in one)
    p50, p95 = (round(every[min(len(every) - 1, int(len(every) * part))], 1) for part in (0.5, 0.95))
    last = round(statistics.median(max(one) for one in spans[WARMING:]), 1)
    say(f"  {count} watchers: p50 {p50} ms, p95 {p95} ms, the last one {last} ms")
    case = f"live, {count:,} watchers of a board"
    return {"case": case, "role": "", "goal": GOALS.get(count), "p50": p50, "p95": p95, "last": last}


def receipts(waiting: selectors.BaseSelector, count: int) -> list[float]:
    """When each socket was heard on."""
    seen: dict[socket.socket, float] = {}
    until = time.perf_counter() + 30
    while len(seen) < count and time.perf_counter() < until:
        for key, _events in waiting.select(1):
            seen.setdefault(key.fileobj, time.perf_counter())  # type: ignore[arg-type]
            key.fileobj.recv(65536)  # type: ignore[union-attr]
    assert len(seen) == count, f"only {len(seen)} of {count} heard"
    return list(seen.values())


def _weigh(house: House, server: Served, count: int) -> dict[str, Any]:
    before = megabytes(server.web())
    with watching(house, server, count):
        time.sleep(SETTLES_IN)
        grown = megabytes(server.web()) - before
    each = round(grown * 1024 / count, 1)
    say(f"  {count} idle sockets: {each} KiB each")
    return {
        "case": f"{count:,} idle sockets",
        "role": "",
        "goal": IDLE_GOAL,
        "kib_each": each,
        "mb_before": round(before, 1),
    }
