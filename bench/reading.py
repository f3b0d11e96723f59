"""Measuring what people read: each case is first visited and its answer looked at, then loaded in rounds."""

import statistics
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from bench.cases import Case, Scene
from bench.counting import cpu_seconds
from bench.loading import Shot
from bench.measuring import Pair, Round, Sample, Unanswered, Wrong, long_enough, sample, summary, yardsticks
from bench.saying import say
from bench.serving import Served
from bench.visiting import Answer, TooSlow, visit

TOO_SLOW_TO_LOAD = 700
COLD = 4
COUNTED = 4
BY_HAND = 3
ALIKE = 0.05


@dataclass(slots=True)
class Subject:
    """A case as one role: what its visits told, and its rounds."""

    case: Case
    role: str
    answers: list[Answer] = field(default_factory=list)
    latest: Sample | None = None
    rounds: list[Round] = field(default_factory=list)
    size: float = 0
    by_hand: bool = False
    wrong: str | None = None

    @property
    def loadable(self) -> bool:
        """Whether it is to be loaded."""
        return not self.by_hand and not self.wrong

    @property
    def milliseconds(self) -> float:
        """How long a visit takes."""
        return statistics.median(answer.milliseconds for answer in self.answers)


def read(server: Served, scene: Scene, cases: Sequence[Case], seconds: int, rounds: int) -> list[dict[str, Any]]:
    """Measure these cases; one row for each role."""
    subjects = [Subject(case, role) for case in cases for role in case.roles]
    for subject in subjects:
        meet(server, scene, subject)
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        before = yardsticks(server)
        for case in cases:
            measured = [subject for subject in subjects if subject.case is case and subject.loadable]
            for subject in measured:
                load(server, scene, subject, seconds)
            if measured:
                after = yardsticks(server)
                note(measured, before, after)
                before = after
    return [row_of(subject) for subject in subjects]


def meet(server: Served, scene: Scene, subject: Subject) -> None:
    """Visit each address, look at the answers, and count what the last ones ask of the database."""
    case = subject.case
    try:
        shots = case.shots(scene, subject.role)
        first = [visit(server.port, shots[0], counted=False)]
        while len(first) < COLD and first[-1].milliseconds > TOO_SLOW_TO_LOAD:
            first.append(visit(server.port, shots[0], counted=False))
        subject.by_hand = first[-1].milliseconds > TOO_SLOW_TO_LOAD
        shots = shots[:1] if subject.by_hand else shots
        answers = first[-1:] + [visit(server.port, shot, counted=False) for shot in shots[1:]]
        if not all(map(case.is_right, answers)):
            raise Wrong(f"{answers[0].status}, and not {case.wanted}")
        subject.size = statistics.mean(answer.size for answer in answers)
        if case.unchanged:
            shots = again(server, shots)
        subject.answers = [visit(server.port, shot) for shot in shots[:COUNTED]]
        if subject.by_hand:
            walk(server, subject, shots[0])
    except Wrong as problem:
        subject.wrong = str(problem)
    except TooSlow:
        subject.wrong = "no answer in a minute"
        scene.give_up()
    say(f"  {case.name}, {subject.role}: {_told(subject)}")


def again(server: Served, shots: Sequence[Shot]) -> list[Shot]:
    """The same requests of somebody who has the answer already."""
    etags = [visit(server.port, shot, counted=False).etag for shot in shots]
    return [
        replace(shot, headers=shot.headers | {"If-None-Match": etag or "none"})
        for shot, etag in zip(shots, etags, strict=True)
    ]


def walk(server: Served, subject: Subject, shot: Shot) -> None:
    """What is too slow to be loaded is asked a few times, one after the other."""
    before, pids, samples = yardsticks(server), server.everything(), []
    for _ in range(BY_HAND):
        began = cpu_seconds(pids)
        took = visit(server.port, shot, counted=False).milliseconds
        samples.append(Sample(1000 / took, took, took, (cpu_seconds(pids) - began) * 1000))
    after = yardsticks(server)
    subject.rounds = [(one, before, after) for one in samples]


def load(server: Served, scene: Scene, subject: Subject, seconds: int) -> None:
    """One round; an answer of another size than the visited ones is a wrong one. A round without any answer is left out."""
    subject.latest = None
    shots, unchanged = subject.case.shots(scene, subject.role), subject.case.unchanged
    if unchanged:
        shots = again(server, shots)
    try:
        if not subject.rounds:
            with suppress(Unanswered):
                sample(server, [shots], 1)
        found, _load = sample(server, [shots], long_enough(seconds, subject.milliseconds), counts_statuses=unchanged)
        if not unchanged and abs(found.bytes - subject.size) > ALIKE * subject.size:
            raise Wrong(f"answers of {found.bytes:.0f} bytes instead of {subject.size:.0f}")
        subject.latest = found
    except Unanswered:
        say(f"  {subject.case.name}, {subject.role}: nothing was answered")
    except Wrong as problem:
        subject.wrong = str(problem)


def note(measured: Sequence[Subject], before: Pair, after: Pair) -> None:
    """Put the yardsticks around a round beside it."""
    for subject in measured:
        if subject.latest:
            subject.rounds.append((subject.latest, before, after))


def row_of(subject: Subject) -> dict[str, Any]:
    """What is known of a subject, as one row."""
    case = subject.case
    row: dict[str, Any] = {"case": case.name, "role": subject.role, "wanted": case.wanted, "goal": case.goal}
    if subject.answers:
        row |= {
            "queries": max(answer.queries for answer in subject.answers),
            "trips": max(answer.trips for answer in subject.answers),
            "bytes": round(statistics.mean(answer.size for answer in subject.answers)),
            "alone": round(subject.milliseconds, 1),
        }
    if subject.wrong or not subject.rounds:
        return row | {"wrong": subject.wrong or "no answer under load"}
    return row | summary(subject.rounds) | {"by_hand": subject.by_hand}


def _told(subject: Subject) -> str:
    if subject.wrong:
        return subject.wrong
    answer = subject.answers[-1]
    slow = ", too slow to be loaded" if subject.by_hand else ""
    return f"{answer.status}, {answer.size:,} bytes, {answer.queries} queries, {subject.milliseconds:.0f} ms{slow}"
