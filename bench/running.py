"""One database with one size of account: made or kept, served, measured, and left as it was."""

import os
import subprocess
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bench.cases import READS, ROLES, Scene
from bench.counting import megabytes
from bench.databases import Database, MariaDB, SQLite
from bench.deeds import DEEDS, Stage
from bench.doing import do
from bench.live import measure_live
from bench.making import ROOT, Made, app_on, bring, restored
from bench.measuring import yardsticks
from bench.people import ACCOUNT_ID
from bench.profiling import profile
from bench.reading import read
from bench.saying import say
from bench.serving import Served, serving
from bench.visiting import Visitors

LOOKED_AT = 8
LIVE, MEMORY = "live", "memory"
MEMORY_GOAL = "200 MB"


def database_of(options: Namespace, what: str) -> Database:
    """Where the account of this size, or the one of the live cases, lies."""
    name = f"{options.name}_{what}"
    return MariaDB(options.server, name) if options.database == "mariadb" else SQLite(options.folder, name)


def measure(options: Namespace, size: str) -> list[dict[str, Any]]:
    """All chosen cases on the account of this size; one row for each case and role."""
    database, count = database_of(options, size), count_of(size)
    reads, deeds = chosen(READS, options.cases), chosen(DEEDS, options.cases)
    with_memory = wanted(MEMORY, options.cases)
    if not (reads or deeds or with_memory):
        return []
    say(f"{options.database}, {size} tasks")
    app = app_on(database, options.folder)
    made = bring(app, database, count)
    facts = facts_of(options, database) | {"size": size, "tasks": count}
    if options.profile:
        with restored(database, made):
            profile(app, scene_of(database, made, Visitors(app)), reads, ROLES)
        return []
    with restored(database, made), serving(database, options.folder) as server:
        scene = scene_of(database, made, Visitors(app))
        rows = read(server, scene, reads, options.seconds, options.rounds) if reads else []
        if with_memory:
            rows += weigh(server)
        if deeds:
            stage = Stage(scene, database, made)
            rows += do(server, stage, deeds, ROLES, options.seconds, options.rounds)
    return [facts | row for row in rows]


def measure_sockets(options: Namespace) -> list[dict[str, Any]]:
    """The live cases, where they are chosen and there is a Redis."""
    if options.profile or options.database != "mariadb" or not wanted(LIVE, options.cases):
        return []
    say("live")
    database = database_of(options, LIVE)
    database.remake()
    facts = facts_of(options, database) | {"size": LIVE}
    return [facts | row for row in measure_live(database, options.folder, options.sockets)]


def chosen(cases: Sequence[Any], asked: Sequence[str]) -> list[Any]:
    """The cases in whose name all words of one of the asked phrases stand. `all` are all, `goals` those that have one."""
    return [case for case in cases if "all" in asked or ("goals" in asked and case.goal) or is_named(case.name, asked)]


def is_named(name: str, asked: Sequence[str]) -> bool:
    """Whether all words of one of the phrases stand in a name."""
    words = set(name.replace(",", " ").split())
    return any(set(phrase.split()) <= words for phrase in asked)


def wanted(name: str, words: Sequence[str]) -> bool:
    """Whether a case that stands by itself is chosen."""
    return bool({name, "all", "goals"} & set(words))


def count_of(size: str) -> int:
    """10k, 100k or 1m as a number."""
    return int(size.lower().replace("k", "000").replace("m", "000000"))


def scene_of(database: Database, made: Made, visitors: Visitors) -> Scene:
    """Where the cases take place."""

    def tasks_of(user_id: int) -> list[int]:
        there = "deleted_at IS NULL AND archived_at IS NULL"
        mine = f"account_id = {ACCOUNT_ID} AND assigned_to_id = {user_id} AND {there}"
        newest = database.run(f"SELECT id FROM tasks WHERE {mine} ORDER BY id DESC LIMIT {10 * LOOKED_AT}")
        return [task_id for (task_id,) in newest[::10]]

    def busy_task_of(user_id: int) -> int:
        mine = f"account_id = {ACCOUNT_ID} AND assigned_to_id = {user_id}"
        return int(database.value(f"SELECT MIN(id) FROM tasks WHERE {mine}"))

    today = datetime.fromtimestamp(made.today, UTC).date()
    return Scene(visitors, today, tasks_of, busy_task_of, database.stop_queries)


def weigh(server: Served) -> list[dict[str, Any]]:
    """The yardsticks by themselves, and the memory of the serving processes."""
    pair = yardsticks(server)
    plain: dict[str, Any] = {"role": "", "goal": None}
    rows = [
        plain | {"case": name, "per_second": round(one.per_second), "p95": round(one.p95, 2), "cpu": round(one.cpu, 3)}
        for name, one in (("the empty view", pair.empty), ("Y2", pair.y2))
    ]
    web = round(megabytes(server.web()), 1)
    worker = round(megabytes(server.everything()) - web, 1)
    rows.append({"case": MEMORY, "role": "", "goal": MEMORY_GOAL, "mb": web, "worker_mb": worker})
    return rows


def facts_of(options: Namespace, database: Database) -> dict[str, Any]:
    """When and on what a row is measured, and how busy the machine is before we load it."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "database": options.database,
        "server": database.version(),
        "load": round(os.getloadavg()[0], 1),
        "cores": os.cpu_count(),
    }


def commit() -> str:
    """The commit that was measured; marked where the product differs from it."""
    head = _git("rev-parse", "--short=10", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!bench", ":!docs", ":!*.md")
    return head + ("+" if changed else "")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
