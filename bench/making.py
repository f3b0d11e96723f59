"""Making the measured account: kept between runs, made anew when its recipe, the schema or its size is another."""

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Table

import config
from bench.checking import check
from bench.databases import Database, literal
from bench.furnishing import FILLINGS, filling_of, settle
from bench.people import ACCOUNT_ID
from bench.planning import DAY, plans
from todoapp import create_app
from todoapp.activity.chain import head_seal
from todoapp.activity.models import ActivityChain, ActivityLog
from todoapp.extensions import db
from todoapp.tenancy import across_accounts

ROOT = Path(__file__).parent.parent
SECRET = "a secret for measuring that is long enough 0123456789"
RECIPE = ("people.py", "planning.py", "telling.py", "furnishing.py")


@dataclass(frozen=True, slots=True)
class Made:
    """A made account: its size, the midnight before which all of it happened, where the rows of each table end, and the
    head of its audit chain.
    """

    size: int
    today: int
    last_ids: dict[str, int]
    head: dict[str, Any]


def settings_for(database: Database, folder: Path, **more: str) -> dict[str, str]:
    """The environment in which the product runs on `database`."""
    return {
        "DATABASE_URL": database.url,
        "TODO_INSTANCE_DIR": str(folder),
        "SECRET_KEY": SECRET,
        "BASE_URL": "http://127.0.0.1:5000",
    } | more


def app_on(database: Database, folder: Path, **more: str) -> Flask:
    """The application in this process, on the same database and secret as the one that serves."""
    return create_app(config.load(settings_for(database, folder, LOG_LEVEL="ERROR", **more)))


def bring(app: Flask, database: Database, size: int) -> Made:
    """The account of `size` tasks: the kept one, or a new one."""
    kept = _kept(database)
    if kept is None or (kept["recipe"], kept["size"]) != (_recipe(), size):
        kept = _make(app, database, size)
    return Made(size, kept["today"], kept["last_ids"], kept["head"])


@contextmanager
def restored(database: Database, made: Made) -> Iterator[None]:
    """The account as it was made, before and after."""
    restore(database, made)
    try:
        yield
    finally:
        restore(database, made)


def _recipe() -> str:
    files = [*(Path(__file__).with_name(name) for name in RECIPE), *sorted(ROOT.glob("migrations/versions/*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _kept(database: Database) -> Any:
    if not database.exists():
        return None
    try:
        return json.loads(database.value("SELECT stamp FROM bench_made"))
    except Exception:  # whatever is missing: it was not finished
        return None


def _make(app: Flask, database: Database, size: int) -> dict[str, Any]:
    today = int(time.time()) // DAY * DAY
    database.remake()
    with app.app_context():
        db.engine.dispose()
        with _timed("schema and people"):
            upgrade()
            settle()
        planned = list(plans(size, today))
        for table in FILLINGS:
            with _timed(table) as said:
                said(f"{database.fill(table, *filling_of(table, planned, today)):,} rows")
        head = _head()
        with _timed("checked"):
            check(database, planned)
        db.session.remove()
    stamp = {"recipe": _recipe(), "size": size, "today": today, "last_ids": _last_ids(database), "head": head}
    database.run(
        "CREATE TABLE bench_made (stamp TEXT)", f"INSERT INTO bench_made VALUES ({literal(json.dumps(stamp))})"
    )
    return stamp


def _head() -> dict[str, Any]:
    """Write how far the events are sealed."""
    with across_accounts("the bench fills its own database"):
        last = db.session.query(ActivityLog).order_by(ActivityLog.id.desc()).first()
        assert last is not None
        head = ActivityChain(
            account_id=ACCOUNT_ID, sealed=last.seal_number, last_id=last.id, chain_hash=last.chain_hash
        )
        head.seal = head_seal(head)
        db.session.add(head)
        db.session.commit()
        return {name: getattr(head, name) for name in ("sealed", "last_id", "chain_hash", "seal")}


def _last_ids(database: Database) -> dict[str, int]:
    keys = {table.name: _key(table) for table in db.metadata.sorted_tables}
    counted = {name: key for name, key in keys.items() if key in ("id", "task_id")}
    return {name: database.value(f"SELECT COALESCE(MAX({key}), 0) FROM {name}") for name, key in counted.items()}


def _key(table: Table) -> str:
    """The part of its primary key that grows; a word of search has the number of its task."""
    names = [column.name for column in table.primary_key]
    return "task_id" if "task_id" in names else names[0]


def restore(database: Database, made: Made) -> None:
    """Take out what measuring wrote, and put the head of the audit chain back."""
    back = ", ".join(f"{name} = {literal(value)}" for name, value in made.head.items())
    statements = [f"UPDATE activity_chains SET {back}"]
    for table in reversed(db.metadata.sorted_tables):
        key = _key(table)
        if table.name in made.last_ids:
            statements.append(f"DELETE FROM {table.name} WHERE {key} > {made.last_ids[table.name]}")
    database.run(*database.without_checks, *statements, "DELETE FROM secret_tries")


@contextmanager
def _timed(what: str) -> Iterator[Callable[[str], None]]:
    began, said = time.monotonic(), [""]
    yield lambda text: said.__setitem__(0, text)
    print(f"  {what:<20} {said[0]:>18} {time.monotonic() - began:6.1f} s", file=sys.stderr, flush=True)
