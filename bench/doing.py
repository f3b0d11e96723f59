"""Measuring what people write: each deed in rounds, and what the database holds of it afterwards."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bench.deeds import Deed, Stage
from bench.loading import CONNECTIONS, Shot
from bench.measuring import Round, Sample, Unanswered, Wrong, long_enough, sample, summary, yardsticks
from bench.saying import say
from bench.serving import Served
from bench.visiting import Answer, visit


@dataclass(slots=True)
class Doing:
    """A deed as one role. `done` is how far its sequence of requests has come."""

    deed: Deed
    role: str
    sequences: list[list[Shot]]
    answers: list[Answer] = field(default_factory=list)
    latest: Sample | None = None
    rounds: list[Round] = field(default_factory=list)
    done: int = 0
    wrong: str | None = None


def do(
    server: Served, stage: Stage, deeds: Sequence[Deed], roles: Sequence[str], seconds: int, rounds: int
) -> list[dict[str, Any]]:
    """Measure these deeds; one row for each role."""
    rows = []
    for deed in deeds:
        doings = [Doing(deed, role, deed.prepare(stage, role)) for role in roles]
        for doing in doings:
            _meet(server, doing)
        before = yardsticks(server)
        for _ in range(rounds):
            for doing in doings:
                _load(server, stage, doing, seconds)
            after = yardsticks(server)
            for doing in doings:
                if doing.latest:
                    doing.rounds.append((doing.latest, before, after))
            before = after
        rows += [_row_of(doing) for doing in doings]
    return rows


def _meet(server: Served, doing: Doing) -> None:
    """Do it by hand, twice at the least: what the last ones ask of the database is counted."""
    shots = doing.sequences[0]
    for place in range(2):
        doing.answers = [visit(server.port, shot, place=place, counted=place > 0) for shot in shots]
        refused = [answer for answer in doing.answers if not 200 <= answer.status < 300]
        if refused:
            doing.wrong = f"{refused[0].status} {refused[0].body[:200]!r}"
            break
    doing.done = 0 if doing.deed.in_order else 2 * len(shots)
    told = ", ".join(f"{answer.queries} queries in {answer.milliseconds:.0f} ms" for answer in doing.answers[:2])
    say(f"  {doing.deed.name}, {doing.role}: {doing.wrong or told}")


def _load(server: Served, stage: Stage, doing: Doing, seconds: int) -> None:
    doing.latest = None
    if doing.wrong:
        return
    try:
        if not doing.rounds:
            with suppress(Unanswered):
                _fire(server, stage, doing, 1)
        doing.latest = _fire(server, stage, doing, seconds)
    except Unanswered:
        say(f"  {doing.deed.name}, {doing.role}: nothing was answered")
    except Wrong as problem:
        doing.wrong = str(problem)
        say(f"  {doing.deed.name}, {doing.role}: {doing.wrong}")


def _fire(server: Served, stage: Stage, doing: Doing, seconds: int) -> Sample:
    slowest = max(answer.milliseconds for answer in doing.answers)
    counted = stage.database.value(doing.deed.proof)
    how = {"offset": doing.done, "each_its_own": doing.deed.in_order}
    doing.done += 0 if doing.deed.in_order else CONNECTIONS
    found, load = sample(server, doing.sequences, long_enough(seconds, slowest), **how)
    done = stage.database.value(doing.deed.proof) - counted
    # The first start of a round may find its task started already: that is answered, and nothing is done.
    if not load.requests - CONNECTIONS <= done <= load.requests + CONNECTIONS:
        raise Wrong(f"{load.requests} were answered, and {done} done")
    if not doing.deed.in_order:
        doing.done += load.requests
    return found


def _row_of(doing: Doing) -> dict[str, Any]:
    deed = doing.deed
    row: dict[str, Any] = {"case": deed.name, "role": doing.role, "wanted": "2xx, and done", "goal": deed.goal}
    queries = [answer.queries for answer in doing.answers]
    row |= {"queries": max(queries), "trips": max(answer.trips for answer in doing.answers)}
    row |= {"bytes": max(answer.size for answer in doing.answers)}
    row |= {"alone": round(max(answer.milliseconds for answer in doing.answers), 1)}
    if doing.wrong or not doing.rounds:
        return row | {"wrong": doing.wrong or "no answer under load"}
    return row | summary(doing.rounds) | {"by_hand": False}
