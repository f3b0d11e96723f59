"""What each member may really do to each task of a fixed house: found by doing it, and compared with the approved table."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import Cast
from tests.house.approval import approved
from tests.house.task_cases import Cases, trusted
from todoapp.accounts.models import AccountMembership
from todoapp.actions import ACTIONS
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.errors import BadInput, Conflict, Forbidden, NotFound
from todoapp.permissions import abilities, can, find
from todoapp.permissions.matrix import MATRIX
from todoapp.tasks.models import Task

COLUMNS = ("olga", "sven", "mara", "milo", "uma", "udo", "ulla", "nina")
STRANGER = "zoe"
BUILT_AT, SEEN_AT = "2026-11-24T09:00:00Z", "2026-11-24T10:00:00Z"
HIDDEN, DENIED, NOT_NOW, NO_SUCH = "-", ".", ":", "_"

USERS, MANAGERS, TOP = ("ulla", "udo", "nina"), ("milo", "mara"), ("sven", "olga")


@dataclass(frozen=True)
class Verb:
    """One letter of the table: the action that is called, with what, and to whom where it hands over."""

    letter: str
    action: str
    meaning: str
    fields: Callable[[], dict[str, Any]] = dict
    to: tuple[str, ...] = ()


VERBS = (
    Verb("w", "task.comment", "write a comment", lambda: {"body": "A word on it"}),
    Verb("e", "task.update", "edit", lambda: {"title": "Another title"}),
    Verb("u", "task.assign", "hand to a user", to=USERS),
    Verb("m", "task.assign", "hand to a manager", to=MANAGERS),
    Verb("h", "task.assign", "hand to a super manager or owner", to=TOP),
    Verb("t", "task.take", "take"),
    Verb("b", "task.take_back", "take back"),
    Verb("y", "task.accept", "accept"),
    Verb("n", "task.reject", "reject", lambda: {"reason": "no time"}),
    Verb("s", "task.start", "start"),
    Verb("r", "task.resume", "resume"),
    Verb("k", "task.correct_clock", "correct the clock", lambda: {"stopped_at": datetime.fromisoformat(BUILT_AT)}),
    Verb("p", "task.pause", "pause", lambda: {"reason": "lunch"}),
    Verb("c", "task.complete", "complete"),
    Verb("o", "task.reopen", "reopen"),
    Verb("a", "task.archive", "archive"),
    Verb("d", "task.delete", "delete"),
    Verb("R", "task.restore", "restore"),
)


HAND_OVERS = tuple(verb for verb in VERBS if verb.letter in "umhtb")
POLICY = "Where the account lets managers reassign (only v, u, m, h, t and b):"


class House:
    """The fixed house of tasks and who looks at it."""

    def __init__(self, acting: Callable[..., Actor], cast: Cast):
        self.cast = cast
        self.acting = acting
        self.rows = Cases(lambda name: acting(cast.people[name]), cast.people).rows
        db.session.commit()

    def cell(self, actor: Actor, task: Task, verbs: tuple[Verb, ...] = ()) -> str:
        """What happens when `actor` tries everything with `task`: nothing of it stays."""
        seen = self.outcome("v", lambda: find(actor, Task, task.id))
        if seen == HIDDEN and self.outcome("v", lambda: find(actor, Task, task.id, deleted=None)) == HIDDEN:
            return HIDDEN
        return seen + "".join(self.tried(actor, task, verb) for verb in verbs or VERBS)

    def tried(self, actor: Actor, task: Task, verb: Verb) -> str:
        """The verb's letter where it was done; else the sign of the refusal."""
        if task.deleted_at is not None and verb.action != "task.restore":
            return HIDDEN
        fields = verb.fields()
        if verb.to:
            receiver = self.receiver(actor, task, verb)
            if receiver is None:
                return NO_SUCH
            fields["assigned_to_id"] = receiver.user_id
        return self.outcome(verb.letter, lambda: ACTIONS[verb.action].run(actor, task, **fields))

    def receiver(self, actor: Actor, task: Task, verb: Verb) -> Any:
        """Somebody of the rank that the verb hands to, who is neither the actor nor the assignee."""
        people = (self.cast.people[name] for name in verb.to)
        return next((one for one in people if one.user_id not in (actor.user_id, task.assigned_to_id)), None)

    @staticmethod
    def outcome(letter: str, deed: Callable[[], Any]) -> str:
        """Run `deed` in a savepoint and undo it."""
        savepoint = db.session.begin_nested()
        try:
            deed()
        except NotFound:
            return HIDDEN
        except Forbidden:
            return DENIED
        except (Conflict, BadInput):
            return NOT_NOW
        else:
            db.session.expire_all()
            return letter
        finally:
            savepoint.rollback()


@pytest.fixture
def cases(at: Callable[[str], None], ctx: None, acting: Callable[..., Actor], cast: Cast) -> House:
    """The house, built at nine and looked at an hour later."""
    at(BUILT_AT)
    house = House(acting, cast)
    at(SEEN_AT)
    return house


def test_what_each_member_may_do_to_each_task(cases: House, cast: Cast, request: pytest.FixtureRequest) -> None:
    actors = {name: cases.acting(cast.people[name]) for name in COLUMNS}
    cells = {row: [cases.cell(actor, task) for actor in actors.values()] for row, task in cases.rows.items()}
    managers = {name: trusted(actors[name]) for name in ("mara", "milo")}
    trusting = {
        row: [cases.cell(actor, task, HAND_OVERS) for actor in managers.values()] for row, task in cases.rows.items()
    }
    assert disagreements(cases, actors, cells, VERBS) + disagreements(cases, managers, trusting, HAND_OVERS) == []
    table = [
        legend(),
        *lines(cells, COLUMNS, len(VERBS)),
        "",
        POLICY,
        "",
        *lines(trusting, tuple(managers), len(HAND_OVERS)),
    ]
    approved(request, "task_abilities.txt", "\n".join(table) + "\n")


def disagreements(
    cases: House, actors: dict[str, Actor], cells: dict[str, list[str]], verbs: tuple[Verb, ...]
) -> list[str]:
    """Where `abilities` says something else than calling showed."""
    wrong = []
    for place, (name, actor) in enumerate(actors.items()):
        said = abilities(actor, cases.rows.values())
        for row, task in cases.rows.items():
            cell = cells[row][place]
            can_do = said[task.id] - {"task.create"}
            if (cell == HIDDEN) != (not can_do) or (cell != HIDDEN and "task.view" not in can_do):
                wrong.append(f"{name}, {row}: {cell} and {sorted(can_do)}")
            for verb, shown in zip(verbs, cell[1:], strict=False):
                if task.deleted_at is None and shown != NO_SUCH:
                    foretold = expected(cases, actor, task, verb, can_do)
                    if foretold != (shown != DENIED):
                        wrong.append(f"{name}, {row}, {verb.meaning}: {shown}, but abilities say {foretold}")
    return wrong


def legend() -> str:
    """What the letters mean."""
    words = textwrap.fill(", ".join(["v see", *(f"{verb.letter} {verb.meaning}" for verb in VERBS)]) + ".", 100)
    return (
        "What each member may really do to each task, found by doing it and undoing it.\n\n"
        f"{words}\n"
        f"A letter: it was done. `{NOT_NOW}`: theirs to do, but the task's state does not allow it now (409).\n"
        f"`{DENIED}`: refused (403). `{HIDDEN}`: the task does not exist for them (404). "
        f"`{NO_SUCH}`: nobody else has that rank.\n\n"
        "Olga is owner; Sven super manager; Mara and Milo manage under him; Uma and Udo work for Mara, Ulla for Milo;\n"
        "Nina has no manager. `A to B` means that A assigned it to B.\n"
    )


def lines(cells: dict[str, list[str]], columns: tuple[str, ...], letters: int) -> list[str]:
    """The table: a row per task, a column per person."""
    width = letters + 1
    head = f"{'':38}" + "  ".join(f"{name.capitalize():{width}}" for name in columns)
    return [head.rstrip()] + [
        (f"{row:38}" + "  ".join(f"{cell:{width}}" for cell in found)).rstrip() for row, found in cells.items()
    ]


def test_a_stranger_sees_none_of_it(cases: House, cast: Cast) -> None:
    ids = {row: task.id for row, task in cases.rows.items()}
    zoe = cases.acting(cast.people[STRANGER])
    for row, task_id in ids.items():
        with pytest.raises(NotFound):
            find(zoe, Task, task_id, deleted=None)
        assert row


def test_every_verb_of_tasks_is_in_the_table() -> None:
    verbs = {name for name in ACTIONS if name.startswith("task.")} - {"task.create"}
    assert verbs == {verb.action for verb in VERBS}


def test_trust_is_asked_for_reassigning_alone() -> None:
    """Else the second table would have to show more verbs."""
    trusting = {
        row.action for row in MATRIX.values() for reach in row.cells.values() if "trusted" in set().union(*reach)
    }
    assert trusting == {"task.reassign"}


def expected(cases: House, actor: Actor, task: Task, verb: Verb, said: set[str]) -> bool:
    """What `abilities` foretells of a verb."""
    if verb.action == "task.take":
        return task.assigned_to_id == actor.user_id or bool(said & {"task.take_back", "task.take"})
    if verb.to:
        receiver = cases.receiver(actor, task, verb)
        query = select(AccountMembership).where(AccountMembership.user_id == receiver.user_id)
        member = db.session.scalars(query).one()
        kind = "task.assign" if task.assigned_to_id is None else "task.reassign"
        return kind in said and can(actor, "member.assign", member)
    return verb.action in said


def test_rejecting_is_the_accounts_to_allow(cases: House, cast: Cast) -> None:
    """The one verb that a setting forbids."""
    uma = cases.acting(cast.uma)
    strict = trusted(uma)
    object.__setattr__(strict, "settings", MappingProxyType({"allow_rejection": False}))
    reject = next(verb for verb in VERBS if verb.action == "task.reject")
    assert cases.tried(uma, cases.rows["Mara to Uma, waiting"], reject) == "n"
    assert cases.tried(strict, cases.rows["Mara to Uma, waiting"], reject) == DENIED
