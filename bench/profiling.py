"""Where one request spends its time: the statements that it sends, and the CPU by package. In this process, without a server."""

import cProfile
import pstats
import re
import sysconfig
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from bench.cases import Case, Scene
from bench.loading import Shot
from bench.making import ROOT

WARMING, TIMES = 5, 20
LONGEST_LINE, MOST_LINES = 150, 12
LIBRARIES = sysconfig.get_paths()["purelib"]


def profile(app: Flask, scene: Scene, cases: Sequence[Case], roles: Sequence[str]) -> None:
    """Print the profile of each case as each role."""
    for case in cases:
        for role in [role for role in roles if role in case.roles]:
            shot = case.shots(scene, role)[0]
            print(f"\n## {case.name}, {role}: GET {shot.path}\n")
            client = app.test_client(use_cookies=False)
            ask = _asking(client, shot)
            for _ in range(WARMING):
                ask()
            _print_statements(ask)
            _print_cpu(ask)


def _asking(client: Any, shot: Shot) -> Callable[[], Any]:
    def ask() -> Any:
        answer = client.get(shot.path, headers=shot.headers)
        assert answer.status_code == 200, answer.status_code
        return answer

    return ask


@contextmanager
def _timed_statements() -> Iterator[list[tuple[str, float]]]:
    """Each statement, its values left out, with the milliseconds that the driver took for it."""
    seen: list[tuple[str, float]] = []
    began: list[float] = []

    def before(*_told: Any) -> None:
        began.append(time.perf_counter())

    def after(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append((re.sub(r"\s+", " ", statement), (time.perf_counter() - began.pop()) * 1000))

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", before)
        event.remove(Engine, "after_cursor_execute", after)


def _print_statements(ask: Callable[[], Any]) -> None:
    runs = []
    for _ in range(3):
        with _timed_statements() as seen:
            began = time.perf_counter()
            ask()
            runs.append(((time.perf_counter() - began) * 1000, seen))
    whole, seen = min(runs, key=lambda run: run[0])
    print(f"{whole:.1f} ms, {len(seen)} statements, {sum(took for _, took in seen):.1f} ms of it in the driver:\n")
    for statement, took in seen:
        print(f"  {took:7.1f} ms  {_short(statement)}")


def _short(statement: str) -> str:
    """What a statement asks from which tables under which conditions, without its columns."""
    told = re.sub(r"^SELECT .*? FROM ", "SELECT … FROM ", statement)
    return told if len(told) <= LONGEST_LINE else told[:LONGEST_LINE] + "…"


def _print_cpu(ask: Callable[[], Any]) -> None:
    profiler = cProfile.Profile()
    before = time.process_time()
    for _ in range(TIMES):
        ask()
    plain = (time.process_time() - before) * 1000 / TIMES
    profiler.enable()
    for _ in range(TIMES):
        ask()
    profiler.disable()
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    spent = _by_package(stats)
    whole = sum(spent.values())
    print(f"\n{plain:.1f} ms of CPU a request; of that, in percent:\n")
    print("  " + ", ".join(f"{name} {100 * took / whole:.0f}" for name, took in spent.most_common(MOST_LINES)))


def _by_package(stats: dict[Any, Any]) -> Counter[str]:
    """Time in each package's own functions; what is built in counts for who called it."""
    spent: Counter[str] = Counter()
    for (file, _line, _name), (_calls, _primitive, own, _all, callers) in stats.items():
        if file != "~":
            spent[_package(file)] += own
            continue
        for (caller, _, _), told in callers.items():
            spent[_package(caller)] += told[2]
    return spent


def _package(file: str) -> str:
    for root, depth in ((LIBRARIES, 1), (str(ROOT), 1)):
        if file.startswith(root):
            return "/".join(Path(file).relative_to(root).with_suffix("").parts[:depth])
    return "built in" if file == "~" else "Python’s own"
