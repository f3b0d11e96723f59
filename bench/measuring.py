"""Measuring in rounds: yardsticks, a case as each role, yardsticks again, so that the noise of a shared machine cancels."""

import statistics
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.counting import cpu_seconds
from bench.loading import CONNECTIONS, Load, Shot, fire
from bench.serving import Served
from bench.yardsticks import EMPTY, QUERY

MOST_SECONDS = 4
LEAST_REQUESTS = 60
LONGEST_REST, QUIET = 5.0, 4
TRIES = 3


@dataclass(slots=True)
class Sample:
    """One load: requests per second, latency and CPU time per request in milliseconds, bytes per answer."""

    per_second: float
    p50: float
    p95: float
    cpu: float
    bytes: float = 0
    statuses: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Pair:
    """Both yardsticks, measured one after the other."""

    empty: Sample
    y2: Sample


Round = tuple[Sample, Pair, Pair]
"""A sample, and the yardsticks before and after it."""


class Wrong(Exception):
    """What was answered is not what was asked for."""


class Unanswered(Wrong):
    """Nothing was answered while the server was loaded."""


def sample(server: Served, sequences: Sequence[Sequence[Shot]], seconds: int, **how: Any) -> tuple[Sample, Load]:
    """Load the server once."""
    pids = server.everything()
    before = cpu_seconds(pids)
    load = fire(server.port, sequences, seconds, **how)
    if load.refused or load.broken:
        raise Wrong(f"{load.refused} refused and {load.broken} not answered of {load.requests}")
    if not load.requests:
        raise Unanswered(f"nothing was answered in {seconds} s")
    # wrk goes while each connection still waits for an answer, which is worked out all the same.
    worked_out = load.requests + (len(sequences) if how.get("each_its_own") else CONNECTIONS)
    spent = (_at_rest(pids, before) - before) * 1000 / worked_out
    return Sample(load.per_second, load.p50, load.p95, spent, load.bytes / load.requests, load.statuses), load


def _at_rest(pids: Sequence[int], before: float) -> float:
    """The CPU time once nobody computes any more."""
    until, seen, quiet = time.monotonic() + LONGEST_REST, before, 0
    while quiet < QUIET and time.monotonic() < until:
        time.sleep(0.05)
        now = cpu_seconds(pids)
        quiet, seen = (quiet + 1 if now == seen else 0), now
    return seen


def yardsticks(server: Served) -> Pair:
    """Both yardsticks, for a second each."""
    return Pair(*(_yardstick(server, path) for path in (EMPTY, QUERY)))


def _yardstick(server: Served, path: str) -> Sample:
    for _ in range(TRIES):
        try:
            return sample(server, [[Shot(path, {})]], 1)[0]
        except Unanswered:
            continue
    raise Wrong(f"{path} was not answered: the machine is too busy to measure anything")


def long_enough(seconds: int, milliseconds: float) -> int:
    """How long to load the server so that enough is answered."""
    return max(seconds, min(MOST_SECONDS, round(LEAST_REQUESTS * milliseconds / 2000)))


def summary(rounds: Sequence[Round]) -> dict[str, Any]:
    """The medians over all rounds; a ratio is taken in each round, to the yardsticks before and after it."""
    samples = [one for one, _before, _after in rounds]
    statuses: Counter[str] = Counter()
    for one in samples:
        statuses.update(one.statuses)
    return {
        "per_second": _median((one.per_second for one in samples), 1),
        "p50": _median((one.p50 for one in samples), 2),
        "p95": _median((one.p95 for one in samples), 2),
        "cpu": _median((one.cpu for one in samples), 3),
        "of_empty": _median((one.per_second / _rate(a.empty, b.empty) for one, a, b in rounds), 4),
        "of_y2": _median((one.per_second / _rate(a.y2, b.y2) for one, a, b in rounds), 4),
        "cpu_of_y2": _median(((a.y2.cpu + b.y2.cpu) / 2 / one.cpu for one, a, b in rounds if one.cpu), 4),
        "rounds": [round(one.per_second, 1) for one in samples],
        "empty_rounds": [round(_rate(a.empty, b.empty)) for _one, a, b in rounds],
        "y2_rounds": [round(_rate(a.y2, b.y2)) for _one, a, b in rounds],
        "statuses": dict(statuses),
    }


def _rate(one: Sample, other: Sample) -> float:
    return (one.per_second + other.per_second) / 2


def _median(values: Iterable[float], digits: int) -> float | None:
    found = list(values)
    return round(statistics.median(found), digits) if found else None
