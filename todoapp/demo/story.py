"""How a story is told: a task, and the deeds that were done to it, in hours from now."""

from dataclasses import dataclass, field
from typing import Any

Step = tuple[float, str, str, dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """One task. `made` and the steps are hours ago; `due` is hours from now, negative when late. Of its parts we know when
    they were done, if they are.
    """

    title: str
    by: str
    to: str | None
    made: float
    due: float | None = None
    priority: str = "medium"
    tags: tuple[str, ...] = ()
    visibility: str = "private"
    description: str = ""
    estimate_hours: float | None = None
    values: dict[str, Any] = field(default_factory=dict)
    parts: tuple[tuple[str, float | None], ...] = ()
    steps: tuple[Step, ...] = field(default=())


def step(hours_ago: float, who: str, verb: str, **said: Any) -> Step:
    """One deed of a story."""
    return (hours_ago, who, verb, said)


def worked(who: str, *hours: float) -> tuple[Step, ...]:
    """Accepted and then worked on in stretches: start, stop, start, stop … in hours ago; completed at the last."""
    deeds = [step(hours[0] + 0.5, who, "accept")]
    for place, at in enumerate(hours):
        last = place == len(hours) - 1
        verb = "start" if place % 2 == 0 else "complete" if last else "pause"
        deeds.append(step(at, who, verb, **({"reason": "end of day"} if verb == "pause" else {})))
    return tuple(deeds)
