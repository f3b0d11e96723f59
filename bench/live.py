"""How long from a commit to the last hearer, and what an idle socket costs: one gunicorn worker, MariaDB and Redis.

    python bench/live.py                        1, 100 and 1,000 sockets, each of another person
    python bench/live.py --people 50            50 people with several sockets each
    python bench/live.py --idle 5000            memory of so many idle sockets

MariaDB and Redis are those of the tests (TEST_MARIADB_URL, TEST_REDIS_URL). Everything stays on the loopback; the clients run
in this process, on the same machine, so that the figures hold their work too.
"""

import argparse
import os
import selectors
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import create_engine, insert, select, text  # noqa: E402

import config  # noqa: E402
from tests.live.servers import Gunicorn  # noqa: E402
from tests.live.talk import Talker  # noqa: E402
from todoapp import create_app  # noqa: E402
from todoapp.accounts.models import Account, AccountMembership  # noqa: E402
from todoapp.actor import Actor, actor_for  # noqa: E402
from todoapp.extensions import db  # noqa: E402
from todoapp.kit.transaction import after_commit, atomic  # noqa: E402
from todoapp.tasks.actions.creating import create_task  # noqa: E402
from todoapp.tasks.actions.editing import update_task  # noqa: E402
from todoapp.tasks.models import Task  # noqa: E402
from todoapp.tenancy import across_accounts, enter  # noqa: E402
from todoapp.users.models import User  # noqa: E402
from todoapp.users.sessions import open_session  # noqa: E402
from todoapp.users.tokens import access_token  # noqa: E402

MARIADB = os.environ.get("TEST_MARIADB_URL", "mysql+pymysql://root@127.0.0.1:3306/").rsplit("/", 1)[0]
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
SECRET = "a secret for measuring that is long enough 0123456789"
PER_PERSON = 20


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--sockets", type=int, nargs="+", default=[1, 100, 1000])
    asked.add_argument("--people", type=int, default=1000)
    asked.add_argument("--rounds", type=int, default=20)
    asked.add_argument("--idle", type=int, default=2000)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, furnished(Path(folder), options.people) as house:
        server = Gunicorn(Path(folder), workers=1)
        server.start_on(house.app.config, REDIS)
        try:
            print(f"one worker, {options.people} people, {options.rounds} rounds; milliseconds from commit to receipt")
            print(f"{'sockets':>8} {'payload':>8} {'p50':>7} {'p95':>7} {'last':>7}")
            for count in options.sockets:
                for payload in (False, True):
                    report(count, payload, measure(house, server, count, payload, options.rounds))
            weigh(house, server, options.idle)
        finally:
            server.stop(9)


class House:
    """An account of many people on a database of its own, and a task that all of them see."""

    def __init__(self, settings: dict[str, Any]):
        self.app = create_app(settings)
        self.tokens: list[str] = []

    def furnish(self, people: int) -> None:
        """Make them, signed in."""
        with self.app.app_context(), across_accounts("the bench fills its own database"):
            db.create_all()
            account = Account(name="Bench", slug="bench", subscription_tier="enterprise", max_users=people, settings={})
            db.session.add(account)
            db.session.flush()
            self.account_id = account.id
            db.session.execute(
                insert(User), [{"first_name": f"P{number}", "preferences": {}} for number in range(people)]
            )
            ids = list(db.session.scalars(select(User.id).order_by(User.id)))
            roles = ["owner", *["user"] * (len(ids) - 1)]
            db.session.add_all(
                AccountMembership(
                    account_id=account.id, user_id=user_id, role=role, manager_id=None if user_id == ids[0] else ids[0]
                )
                for user_id, role in zip(ids, roles, strict=True)
            )
            sessions = [open_session(user_id, account.id, kind="api")[0] for user_id in ids]
            db.session.commit()
            self.tokens = [access_token(session) for session in sessions]
            self.owner_id = ids[0]
        with self.app.app_context():
            self.task_id = atomic(lambda: create_task(self.owner(), title="Measured", visibility="account")).id

    def owner(self) -> Actor:
        """Who acts."""
        enter(self.account_id)
        query = select(AccountMembership).where(AccountMembership.user_id == self.owner_id)
        return actor_for(db.session.scalars(query).one(), via="api")

    def edit(self, title: str) -> float:
        """Edit the task in a transaction; returns when it was committed."""
        at: list[float] = []

        def work() -> None:
            owner = self.owner()
            after_commit(lambda: at.append(time.perf_counter()))
            update_task(owner, db.session.get_one(Task, self.task_id, with_for_update=True), title=title)

        with self.app.app_context():
            atomic(work)
        return at[-1]


@contextmanager
def furnished(folder: Path, people: int) -> Iterator[House]:
    """A furnished house on a database that is dropped afterwards."""
    name = f"todo_bench_{os.getpid()}"
    engine = create_engine(MARIADB + "/", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} CHARACTER SET utf8mb4"))
        try:
            settings = config.load(
                {
                    "TODO_INSTANCE_DIR": str(folder),
                    "DATABASE_URL": f"{MARIADB}/{name}",
                    "SECRET_KEY": SECRET,
                    "BASE_URL": "http://localhost",
                    "REDIS_URL": REDIS,
                    "LOG_LEVEL": "ERROR",
                }
            )
            house = House(settings)
            house.furnish(people)
            yield house
        finally:
            connection.execute(text(f"DROP DATABASE {name}"))


def connect(house: House, server: Gunicorn, count: int, **wanted: Any) -> list[Talker]:
    """So many sockets, each of the next person."""
    if count > len(house.tokens) * PER_PERSON:
        sys.exit(f"{count} sockets need at least {count // PER_PERSON} people.")
    talkers = []
    for number in range(count):
        talker = Talker(server.port, Authorization=f"Bearer {house.tokens[number % len(house.tokens)]}")
        assert talker.hear()["type"] == "welcome"
        talker.subscribe(**wanted)
        talkers.append(talker)
    return talkers


def measure(house: House, server: Gunicorn, count: int, payload: bool, rounds: int) -> list[list[float]]:
    """For each round, the milliseconds after which each socket had its first bytes."""
    talkers = connect(house, server, count, task_id=house.task_id, payload=payload)
    waiting = selectors.DefaultSelector()
    for talker in talkers:
        talker.socket.setblocking(False)
        waiting.register(talker.socket, selectors.EVENT_READ)
    spans = []
    for number in range(rounds + 3):
        committed = house.edit(f"Round {number} of {count} {payload} {time.time()}")
        spans.append([(at - committed) * 1000 for at in receipts(waiting, count)])
    for talker in talkers:
        talker.close()
    time.sleep(1)
    return spans[3:]


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


def report(count: int, payload: bool, spans: list[list[float]]) -> None:
    """One line of the table."""
    every = sorted(span for one in spans for span in one)
    p50, p95 = (every[min(len(every) - 1, int(len(every) * part))] for part in (0.5, 0.95))
    last = statistics.median(max(one) for one in spans)
    print(f"{count:>8} {'yes' if payload else 'no':>8} {p50:7.1f} {p95:7.1f} {last:7.1f}", flush=True)


def weigh(house: House, server: Gunicorn, count: int) -> None:
    """What an idle socket costs the worker in memory."""
    (worker,) = server.pids()
    before = resident(worker)
    talkers = connect(house, server, min(count, len(house.tokens) * PER_PERSON), board_id="me")
    time.sleep(4)
    grown = resident(worker) - before
    print(f"{len(talkers)} idle sockets: {grown / len(talkers):.1f} KiB each, {before / 1024:.0f} MiB before")
    for talker in talkers:
        talker.close()


def resident(pid: int) -> float:
    """The resident memory of a process, in KiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


if __name__ == "__main__":
    main()
