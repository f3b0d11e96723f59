"""Every deed leaves its event: read from the source, and seen by doing every verb once."""

import ast
import io
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import islice, product
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from tests.house.doors import UNSAFE, kind_of
from tests.house.photograph import differences
from tests.house.source import modules
from tests.house.visiting import Furnished
from todoapp.accounts.models import Absence, Account, AccountMembership, Invitation
from todoapp.actions import ACTIONS, Action
from todoapp.activity.models import ActivityLog
from todoapp.activity.phrases import PHRASES
from todoapp.activity.reactions import DELIVERERS, REACTIONS
from todoapp.activity.record import DENIED
from todoapp.actor import Actor, actor_for
from todoapp.extensions import db
from todoapp.kit.errors import Refusal
from todoapp.permissions.matrix import MATRIX, WHO_MAY
from todoapp.permissions.reaches import TASK_WORDS
from todoapp.tenancy import enter

WRITERS = {"record": 1, "Past": 0, "record_person": 2}
"""What writes events, and which of its arguments is the event's name."""

FROM_OUTSIDE = {"todoapp.activity.record", "todoapp.users.visits", "todoapp.imports.trello.holders"}
"""Modules whose event names come from their callers, or from a file that is imported."""

QUESTIONS = {
    "task.view",
    "task.reassign",
    "comment.view",
    "member.view",
    "member.assign",
    "board.view",
    "board.team",
    "board.account",
    "account.view",
    "tag.view",
    "custom_field.view",
    "activity.view_task",
    "activity.view_person",
    "activity.view_account",
}
"""Rows of the matrix that no verb bears the name of: they are asked of people, boards and lists, or inside a verb."""


def recorded() -> Iterator[tuple[str, int, set[str]]]:
    """Every place that writes an event: its module, line, and the names that it may write."""
    for module, tree in modules().items():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in WRITERS:
                    place = WRITERS[call.func.id]
                    yield module, call.lineno, set(names_in(call.args[place], function, tree))


def names_in(expression: ast.expr, *scopes: ast.AST) -> Iterator[str]:
    """The strings that an expression may be, followed through names, choices and tables."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, ast.IfExp):
        yield from names_in(expression.body, *scopes)
        yield from names_in(expression.orelse, *scopes)
    elif isinstance(expression, ast.Dict):
        for value in expression.values:
            yield from names_in(value, *scopes)
    elif isinstance(expression, ast.Tuple):
        for value in expression.elts:
            yield from names_in(value, *scopes)
    elif isinstance(expression, ast.Subscript):
        yield from names_in(expression.value, *scopes)
    elif isinstance(expression, ast.Call) and isinstance(expression.func, ast.Attribute):
        yield from names_in(expression.func.value, *scopes)
    elif isinstance(expression, ast.Name):
        for scope in scopes:
            for node in ast.walk(scope):
                if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
                    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                    if any(expression.id in ast.unparse(target).split(", ") for target in targets):
                        yield from names_in(node.value, scope)


def test_every_recorded_event_has_a_phrase() -> None:
    places = list(recorded())
    wrong = [
        f"{module}:{line} writes {names - PHRASES.keys()}" for module, line, names in places if names - PHRASES.keys()
    ]
    nameless = {module for module, _line, names in places if not names} - FROM_OUTSIDE
    assert wrong == []
    assert nameless == set(), "no name could be read there: say in FROM_OUTSIDE whose names they are"
    assert len(places) > 30


def test_every_phrase_is_of_an_event_that_is_recorded() -> None:
    written = {name for _module, _line, names in recorded() for name in names}
    strings = {
        node.value
        for module, tree in modules().items()
        if module != "todoapp.activity.phrases"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert PHRASES.keys() - written - strings - {DENIED} == set()


def test_every_reaction_is_of_an_event_and_is_there() -> None:
    assert REACTIONS.keys() <= PHRASES.keys()
    for dotted in [*DELIVERERS.values(), *(name for names in REACTIONS.values() for name in names)]:
        module, _, function = dotted.rpartition(".")
        assert callable(getattr(import_module(module), function, None)), dotted


def test_every_verb_has_its_row_and_every_row_its_verb_or_is_a_question() -> None:
    assert MATRIX.keys() == ACTIONS.keys() | QUESTIONS
    assert not ACTIONS.keys() & QUESTIONS
    assert MATRIX.keys() == WHO_MAY.keys()


def test_every_word_of_the_matrix_is_in_use() -> None:
    used = {word for row in MATRIX.values() for reach in row.cells.values() for word in frozenset().union(*reach)}
    assert TASK_WORDS.keys() <= used


QUIET_DOORS = {
    "POST /v1/auth/refresh": "a token is spent and replaced",
    "PATCH /v1/users/me": "one's own name, zone and language belong to no account",
    "PATCH /v1/users/me/preferences": "one's own preferences belong to no account",
    "POST /settings/profile": "the same in the browser",
}
"""Doors that change something without an event, with the reason."""

UNTOLD = {"secret_tries", "sign_ins", "sessions", "refresh_tokens", "given_answers", "deliveries"}
"""Tables whose rows are no deed of a member: tries, tokens, what waits to be posted."""


def test_no_door_changes_anything_silently(furnished: Furnished) -> None:
    wrong, told = [], 0
    for door in furnished.house.doors:
        granted = furnished.granted(door) if door.method in UNSAFE else None
        if granted is None or door.name in QUIET_DOORS:
            continue
        changed = differences(furnished.photograph, granted.after)
        told += bool(changed.get("activity_logs", {}).get("new"))
        if changed.keys() - UNTOLD and not changed.get("activity_logs", {}).get("new"):
            wrong.append(f"{door.name} changed {sorted(changed)}")
    assert not wrong, "\n".join(wrong)
    assert told > 20


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_verb_leaves_an_event(furnished: Furnished, name: str) -> None:
    """Each verb is tried by everybody on everything until it is done once."""
    with furnished.app.app_context():
        enter(furnished.ours.account_id)
        events = select(func.count()).select_from(ActivityLog)
        before = db.session.scalar(events)
        assert any(is_done(attempt, events, before) for attempt in islice(attempts(furnished, name), 400)), (
            f"nothing in the furnished house lets {name} be done: furnish it, or say in BY_HAND how"
        )
        db.session.rollback()


def is_done(attempt: Callable[[], Any], events: Any, before: int | None) -> bool:
    """Whether the attempt was done and told; what was done is undone."""
    savepoint = db.session.begin_nested()
    try:
        attempt()
        db.session.flush()
        return (db.session.scalar(events) or 0) > (before or 0)
    except Refusal:
        return False
    finally:
        savepoint.rollback()
        db.session.expire_all()


def attempts(furnished: Furnished, name: str) -> Iterator[Callable[[], Any]]:
    """Ways to do a verb: every member, every subject, own ids in its fields."""
    action = ACTIONS[name]
    members = db.session.scalars(select(AccountMembership).order_by(AccountMembership.id)).all()
    actors = [actor_for(member, via="api") for member in members if member.user.email]
    subjects = db.session.scalars(select(action.subject)).unique().all() if action.subject else [None]
    for subject, actor, fields in product(subjects, actors, bodies(furnished, action)):
        if name in BY_HAND:
            yield lambda actor=actor: BY_HAND[name](actor)
        elif subject is None:
            yield lambda actor=actor, fields=fields: action.run(actor, **fields)
        else:
            yield lambda actor=actor, subject=subject, fields=fields: action.run(actor, subject, **fields)


def bodies(furnished: Furnished, action: Action) -> list[dict[str, Any]]:
    """What the verb's own schema makes of the smallest input, with each possible row in its required ids."""
    if action.fields is None:
        return [{}]
    schema = action.fields()
    described = furnished.house.described(schema)
    body = furnished.house.patched(described)
    ids = [name for name in body if kind_of(name)]
    choices = product(*(furnished.ours.of(kind_of(name) or "") for name in ids))
    ways = [
        {name: [row_id] if isinstance(body[name], list) else row_id for name, row_id in zip(ids, chosen, strict=True)}
        for chosen in choices
    ]
    return [schema.load(body | way) for way in ways]


def uninvite(actor: Actor) -> Any:
    """Take back the invitation that was furnished."""
    return ACTIONS["member.uninvite"].run(actor, db.session.scalars(select(Invitation)).first())


def import_something(actor: Actor) -> Any:
    """Take over one person from a board without cards."""
    board = SimpleNamespace(tool="trello", title="A board", people=lambda: {"p1": "Karl"}, take=lambda _work: None)
    return ACTIONS["account.import"].run(actor, source=board)


def restore_account(actor: Actor) -> Any:
    """Delete first."""
    account = db.session.get(Account, actor.account_id)
    ACTIONS["account.delete"].run(actor, account)
    return ACTIONS["account.restore"].run(actor, account)


def set_logo(actor: Actor) -> Any:
    """A picture of one pixel."""
    content = io.BytesIO()
    Image.new("RGB", (1, 1)).save(content, "PNG")
    return ACTIONS["account.set_logo"].run(actor, db.session.get(Account, actor.account_id), picture=content.getvalue())


def remove_logo(actor: Actor) -> Any:
    """Set one first."""
    set_logo(actor)
    return ACTIONS["account.remove_logo"].run(actor, db.session.get(Account, actor.account_id))


def remove_absence(actor: Actor) -> Any:
    """The one that was furnished."""
    absence = db.session.scalars(select(Absence)).first()
    member = db.session.scalars(select(AccountMembership).where(AccountMembership.user_id == absence.user_id)).one()
    return ACTIONS["member.remove_absence"].run(actor, member, absence=absence)


BY_HAND: dict[str, Callable[[Actor], Any]] = {
    "member.uninvite": uninvite,
    "account.import": import_something,
    "account.restore": restore_account,
    "member.remove_absence": remove_absence,
    "account.set_logo": set_logo,
    "account.remove_logo": remove_logo,
}
"""Verbs that need more than a row and a body."""
