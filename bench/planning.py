"""What each task of the measured account is. The same size and day give the same tasks, whatever the database."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from bench.people import BY_ID, OWNER_ID, PEOPLE, SUPER_ID

SEED = "the same account again"
DAY = 24 * 3600
SPAN = 3 * 365 * DAY
"""The tasks were made one after another in the last three years."""
REGULAR = 0.98
"""The share of tasks that are on somebody's board; of the rest, half is nobody's and half is put away."""
FLOOR = 51
"""So many tasks of each status everybody has at the least: one more than a column of a board shows."""
SMALLEST = 10_000
OPEN_SHARES = {"pending": 0.12, "in_progress": 0.005, "paused": 0.03}
RARE, FREQUENT = "zeppelin", "report"
RARE_COUNT = 30
TAGS = (
    "customer",
    "legal",
    "hiring",
    "website",
    "billing",
    "urgent",
    "idea",
    "audit",
    "travel",
    "office",
    "launch",
    "risk",
)
BUSY_COMMENTS = 30
"""How much was said on the first task of each person, whose activity fills more than a page."""
VERBS = "Check Write Review Prepare Send Plan Update Discuss Test Order Translate Draft Approve".split()
NOUNS = ("contract", "offer", FREQUENT, "slides", "invoice")
FOR = "Northwind Contoso Fabrikam Tailspin Wingtip Litware Proseware Adatum".split()
LINES = (
    "Please look at the second paragraph before the meeting.",
    "The numbers of last quarter are in the shared folder.",
    "They asked for a shorter version with fewer pictures.",
    "Ask finance whether the budget still holds.",
    "We promised an answer by the end of the week.",
    "The supplier has changed, so the old address is wrong.",
    "See what we did for the other branch and do the same.",
)


@dataclass(slots=True)
class Plan:
    """One task. Instants are seconds since 1970; `hand_overs` are (by, to), the last one current."""

    id: int
    creator: int
    holder: int | None
    hand_overs: list[tuple[int, int]]
    status: str
    priority: int
    visibility: str
    created: int
    due: int | None
    title: str
    description: str
    is_native: bool
    awaits_answer: bool = False
    parent: int | None = None
    started: int | None = None
    stopped: int | None = None
    archived: int | None = None
    deleted: int | None = None
    comments: int = 0
    tags: list[int] = field(default_factory=list)


def mix(number: int, salt: int) -> int:
    """A number that looks random and is always the same."""
    mixed = (number * 2654435761 + salt * 97531) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    return (mixed * 2246822519 & 0xFFFFFFFF) >> 8


def plans(size: int, today: int) -> Iterator[Plan]:
    """All tasks in the order in which they were made; `today` is the midnight before which everything happened."""
    hands = Hands(size)
    for number in range(size):
        yield _put_in_time(hands.deal(number), size, today)


class Hands:
    """Deals tasks to people so that everybody has their share of each status, in an order that looks like life."""

    def __init__(self, size: int):
        self.size = size
        self.extras = size - int(size * REGULAR) // len(PEOPLE) * len(PEOPLE)
        self.decks = {member.id: _deck(member.id, (size - self.extras) // len(PEOPLE)) for member in PEOPLE}
        self.dealt: Counter[int] = Counter()
        self.ranks: Counter[tuple[int, str]] = Counter()
        self.regular = self.odd = self.rare = 0
        self.latest: dict[int, int] = {}

    def deal(self, number: int) -> Plan:
        """The next task."""
        is_extra = number * self.extras // self.size != (number + 1) * self.extras // self.size
        plan = self._extra(number) if is_extra else self._regular(number)
        if mix(number, 4) % 100 < 40:
            plan.tags = sorted({mix(number, salt) % len(TAGS) + 1 for salt in ((5,) if number % 4 else (5, 6))})
        if plan.visibility == "account" and plan.deleted is None and plan.archived is None:
            self.rare += 1
            if self.rare % max(1, self.size // 3 // RARE_COUNT) == 0:
                plan.title += f" by {RARE}"
        return plan

    def _regular(self, number: int) -> Plan:
        holder = PEOPLE[self.regular % len(PEOPLE)].id
        self.regular += 1
        place = self.dealt[holder]
        self.dealt[holder] += 1
        status = self.decks[holder][place]
        rank = self.ranks[holder, status]
        self.ranks[holder, status] += 1
        plan = _plan(number, holder, _ways(number, holder), status, rank % 3)
        plan.parent = self.latest[holder] if place % 20 == 7 else None
        self.latest[holder] = plan.id
        plan.is_native = plan.is_native or place == 0
        plan.comments = BUSY_COMMENTS if place == 0 else int(mix(number, 7) % 20 == 0)
        return plan

    def _extra(self, number: int) -> Plan:
        self.odd += 1
        if self.odd % 2:
            giver = PEOPLE[1 + self.odd // 2 % 7].id
            return _plan(number, None, [], "pending", number % 3, creator=giver)
        plan = _plan(number, PEOPLE[self.odd // 2 % len(PEOPLE)].id, [], "completed", number % 3)
        plan.hand_overs = _ways(number, plan.holder or 0)
        plan.creator = plan.hand_overs[0][0]
        plan.archived, plan.deleted = (None, 1) if self.odd % 8 == 0 else (1, None)
        return plan


def _deck(person: int, count: int) -> list[str]:
    deck = [status for status, share in OPEN_SHARES.items() for _ in range(max(FLOOR, int(count * share)))]
    deck += ["completed"] * (count - len(deck))
    Random(f"{SEED} {person}").shuffle(deck)
    return deck


def _ways(number: int, holder: int) -> list[tuple[int, int]]:
    """How a task came to its holder: made by themselves, given by the manager, or handed down from the very top."""
    way = mix(number, 1) % 20
    manager = BY_ID[holder].manager_id
    if manager is None or way < 8:
        return [(holder, holder)]
    if way < 16 or BY_ID[holder].role != "user":
        return [(manager, holder)]
    return [(SUPER_ID, manager), (manager, holder)] if way < 19 else [(OWNER_ID, holder)]


def _plan(
    number: int, holder: int | None, ways: list[tuple[int, int]], status: str, priority: int, creator: int = 0
) -> Plan:
    return Plan(
        id=number + 1,
        creator=ways[0][0] if ways else creator,
        holder=holder,
        hand_overs=ways,
        status=status,
        priority=priority,
        visibility=("account", "team", "private")[mix(number, 2) % 3],
        created=0,
        due=None,
        title=f"{VERBS[mix(number, 11) % len(VERBS)]} the {NOUNS[mix(number, 12) % 5]} for {FOR[mix(number, 13) % 8]}",
        description=" ".join(LINES[mix(number, salt) % len(LINES)] for salt in (14, 15, 16)),
        is_native=status in ("in_progress", "paused") or mix(number, 3) % 10 == 0,
        awaits_answer=status == "pending" and bool(ways) and ways[-1][0] != holder and mix(number, 8) % 3 == 0,
    )


def _put_in_time(plan: Plan, size: int, today: int) -> Plan:
    plan.created = today - SPAN + (plan.id - 1) * (SPAN - DAY) // size
    is_open = plan.status != "completed"
    if mix(plan.id, 21) % 5:
        ahead = mix(plan.id, 22) % 90 - 30 if is_open else 1 + mix(plan.id, 22) % 60
        due = (today if is_open else plan.created) + ahead * DAY + mix(plan.id, 23) % DAY
        plan.due = max(due, plan.created + DAY)
    began = min(plan.created + 600 + mix(plan.id, 24) % (5 * DAY), today - 8 * 3600)
    if plan.is_native and plan.status != "pending":
        plan.started = max(plan.created, began)
    if plan.status in ("paused", "completed"):
        plan.stopped = max(plan.created, began) + 300 + mix(plan.id, 25) % (7 * 3600)
    if plan.archived:
        plan.archived = min((plan.stopped or plan.created) + 30 * DAY, today)
    if plan.deleted:
        plan.deleted = min((plan.stopped or plan.created) + DAY, today)
    return plan
