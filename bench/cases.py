"""What is measured: each case as several people of a role, with what a right answer looks like."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from bench.loading import Shot
from bench.people import Member, of_role, reports_of
from bench.planning import FREQUENT, RARE
from bench.visiting import Answer, Visitors

ROLES = ("user", "manager", "owner")
MOST_PEOPLE = 8
FRESH = {"Cache-Control": "no-cache"}
CARDS, FEWER = 200, 60
"""Cards of a whole board, fifty in each column; and of a filtered one, fifteen in each."""
Check = Callable[[Answer], bool]


@dataclass(frozen=True, slots=True)
class Scene:
    """Where cases take place: the people, the day on which the account was made, and tasks to look at; `give_up` ends
    what still runs for who has stopped waiting.
    """

    visitors: Visitors
    today: date
    tasks_of: Callable[[int], Sequence[int]]
    busy_task_of: Callable[[int], int]
    give_up: Callable[[], None]


Ask = Callable[[Scene, Member], list[Shot]]


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that people do. `wanted` says in words what a right answer holds; `is_right` looks."""

    name: str
    ask: Ask
    wanted: str
    is_right: Check
    roles: tuple[str, ...] = ROLES
    unchanged: bool = False
    again: bool = False
    goal: str | None = None

    def shots(self, scene: Scene, role: str) -> list[Shot]:
        """The requests of some people of a role, in turn: one after another asks for what the next one does not."""
        each = [self.ask(scene, member) for member in of_role(role)[:MOST_PEOPLE]]
        longest = max(map(len, each))
        return [self._dressed(shots[place % len(shots)]) for place in range(longest) for shots in each]

    def _dressed(self, shot: Shot) -> Shot:
        """Unless it is about what is remembered, a read asks for an answer that is made anew."""
        fresh = shot.method == "GET" and not self.unchanged and not self.again
        return replace(shot, headers=shot.headers | FRESH) if fresh else shot


def tasks(count: int) -> Check:
    """An answer of JSON with so many tasks."""
    return lambda answer: answer.status == 200 and len(json.loads(answer.body)["tasks"]) == count


def columns(count: int) -> Check:
    """A board of JSON with so many cards."""
    return lambda answer: (
        answer.status == 200 and sum(len(one["tasks"]) for one in json.loads(answer.body)["columns"]) == count
    )


def cards(count: int) -> Check:
    """A page with so many cards."""
    return lambda answer: answer.status == 200 and answer.body.count(b'<li class="card') == count


def events(count: int) -> Check:
    """An answer with so many events."""
    return lambda answer: answer.status == 200 and len(json.loads(answer.body)["activity_logs"]) == count


def one_task(answer: Answer) -> bool:
    """An answer with a task."""
    return answer.status == 200 and json.loads(answer.body)["id"] > 0


def somebody_below(member: Member) -> int:
    """Whose work a member looks at: their own, if there is nobody below them."""
    below = reports_of(member.id)
    return below[member.id % len(below)].id if below else member.id


def getting(path: str | Callable[[Member], str], **query: Any) -> Ask:
    """Ask the API for a path; `query` may hold functions of the scene and the member."""

    def ask(scene: Scene, member: Member) -> list[Shot]:
        given = {name: one(scene, member) if callable(one) else one for name, one in query.items()}
        where = path(member) if callable(path) else path
        return [Shot(f"{where}?{urlencode(given)}" if given else where, scene.visitors.token(member))]

    return ask


def opening(path: str | Callable[[Member], str], **query: Any) -> Ask:
    """Ask for a page, with a cookie."""

    def ask(scene: Scene, member: Member) -> list[Shot]:
        where = path(member) if callable(path) else path
        return [Shot(f"{where}?{urlencode(query)}" if query else where, scene.visitors.cookie(member))]

    return ask


def looking(scene: Scene, member: Member) -> list[Shot]:
    """Ask for one task after another."""
    token = scene.visitors.token(member)
    return [Shot(f"/v1/tasks/{task_id}", token) for task_id in scene.tasks_of(somebody_below(member))]


def reading_history(scene: Scene, member: Member) -> list[Shot]:
    """Ask what happened to a task that much was said on."""
    task_id = scene.busy_task_of(somebody_below(member))
    return [Shot(f"/v1/activity-logs/task/{task_id}", scene.visitors.token(member))]


def _days(number: int) -> Callable[[Scene, Member], str]:
    return lambda scene, _member: (scene.today + timedelta(days=number)).isoformat()


FILTERED = getting(
    "/v1/tasks",
    assigned_to=lambda _scene, member: somebody_below(member),
    status="pending,paused",
    due_date_from=_days(-20),
    due_date_to=_days(60),
    sort="due_date",
    order="asc",
)
ABOVE = ("manager", "owner")
PRIORITY = {"priority": "high", "per_page": FEWER // 4}


def _boards(name: str, api: Any, page: Any, roles: tuple[str, ...] = ROLES, goals: bool = False) -> list[Case]:
    def case(kind: str, ask: Ask, check: Callable[[int], Check], count: int, goal: str | None = None) -> Case:
        return Case(f"{name} {kind}", ask, f"{count} cards", check(count), roles, goal=goal if goals else None)

    return [
        case("JSON", getting(api, per_page=CARDS // 4), columns, CARDS, "0.5 of Y2"),
        case("JSON, filtered", getting(api, **PRIORITY), columns, FEWER),
        case("HTML", opening(page), cards, CARDS, "0.25 of Y2"),
        case("HTML, filtered", opening(page, **PRIORITY), cards, FEWER),
    ]


def _reads() -> list[Case]:
    plain = getting("/v1/tasks")
    return [
        Case("list by assignee, status, due", FILTERED, "20 tasks", tasks(20), goal="0.7 of Y2"),
        Case(
            "list by assignee, status, due, unchanged", FILTERED, "304", tasks(20), unchanged=True, goal="0.7 of empty"
        ),
        Case("list, unfiltered", plain, "20 tasks", tasks(20), goal="0.7 of Y2"),
        Case("list, unfiltered, unchanged", plain, "304", tasks(20), unchanged=True, goal="0.7 of empty"),
        Case("list, unfiltered, again", plain, "20 tasks", tasks(20), again=True),
        Case("list by tag", getting("/v1/tasks", tags="customer"), "20 tasks", tasks(20), goal="0.7 of Y2"),
        Case("search, rare word", getting("/v1/tasks", search=RARE), "20 tasks", tasks(20)),
        Case("search, frequent word", getting("/v1/tasks", search=FREQUENT), "20 tasks", tasks(20)),
        Case("one task", looking, "a task", one_task, goal="1.0 of Y2"),
        Case("one task, unchanged", looking, "304", one_task, unchanged=True),
        *_boards("my board", "/v1/boards/my-board", "/boards/me", goals=True),
        Case(
            "my board JSON, again",
            getting("/v1/boards/my-board", per_page=CARDS // 4),
            "200 cards",
            columns(CARDS),
            again=True,
        ),
        Case(
            "my board JSON, unchanged",
            getting("/v1/boards/my-board", per_page=CARDS // 4),
            "304",
            columns(CARDS),
            unchanged=True,
        ),
        *_boards(
            "a person’s board",
            lambda member: f"/v1/boards/user/{somebody_below(member)}",
            lambda member: f"/boards/people/{somebody_below(member)}",
            ABOVE,
        ),
        *_boards("team board", "/v1/boards/team", "/boards/team", ABOVE),
        *_boards("account board", "/v1/boards/account", "/boards/account", ("owner",)),
        Case("activity of a task", reading_history, "20 events", events(20)),
    ]


READS = _reads()
