"""The one place where permission is asked: of a thing (`can`, `allow`), of a list (`visible`), by id (`find`)."""

from collections.abc import Iterable
from typing import Any, overload

from sqlalchemy import ColumnElement, Select, select

from todoapp.accounts.models import Account, AccountMembership
from todoapp.actor import Actor
from todoapp.comments.models import Comment
from todoapp.extensions import db
from todoapp.fields.models import CustomField
from todoapp.kit.errors import Forbidden, NotFound
from todoapp.kit.prepared import numbered, one_of_many, size_for
from todoapp.kit.signals import act_refused
from todoapp.kit.transaction import is_reading
from todoapp.permissions.matrix import MATRIX, WHO_MAY, reach_of
from todoapp.permissions.reaches import COMMENT_WORDS, MEMBER_WORDS, TASK_WORDS, Word, expression, sight
from todoapp.tasks.models import Tag, Task
from todoapp.tenancy import ask

WORDS: dict[type, dict[str, Word]] = {
    Task: TASK_WORDS,
    Comment: COMMENT_WORDS,
    AccountMembership: MEMBER_WORDS,
    Account: {},
    Tag: {},
    CustomField: {},
}
NOUNS: dict[type, str] = {
    Task: "task",
    Comment: "comment",
    AccountMembership: "member",
    Account: "account",
    Tag: "tag",
    CustomField: "custom_field",
}
LARGEST_ID = 2**63 - 1


def reaches_at_all(actor: Actor, action: str) -> bool:
    """Whether the actor's role may ever do `action`: the question of a menu or of a whole page."""
    return bool(reach_of(action, actor.role))


def within(actor: Actor, action: str, model: type) -> ColumnElement[bool]:
    """The SQL condition on `model` under which the actor may do `action`."""
    return expression(actor, reach_of(action, actor.role), WORDS[model])


def visible(actor: Actor, model: type = Task) -> ColumnElement[bool]:
    """The SQL condition under which the actor sees a row of `model`."""
    return within(actor, f"{NOUNS[model]}.view", model)


def can(actor: Actor, action: str, subject: Any = None) -> bool:
    """Whether the actor may do `action` to `subject` (a row of the account, or nothing for `create`)."""
    if subject is None:
        return reaches_at_all(actor, action)
    return action in abilities(actor, [subject], [action])[subject.id]


def allow(actor: Actor, action: str, subject: Any = None) -> None:
    """Refuse with a sentence that says who may, unless the actor may do `action` to `subject`."""
    if not can(actor, action, subject):
        act_refused.send(actor, action=action, subject=subject)
        raise Forbidden(WHO_MAY[action], action=action)


def abilities(
    actor: Actor, subjects: Iterable[Any], actions: Iterable[str] | None = None, model: type | None = None
) -> dict[int, set[str]]:
    """What the actor may do to each of `subjects` (rows of one model), in one query: ids to action names.

    `model` is named where they are not its instances but were read from its table.

    `actions` defaults to all actions of the noun.
    """
    rows = list(subjects)
    if not rows:
        return {}
    model = model or type(rows[0])
    asked = list(actions) if actions is not None else [name for name in MATRIX if name.startswith(NOUNS[model] + ".")]
    reaches = {action: reach_of(action, actor.role) for action in asked}
    words = sorted(frozenset().union(*(word for reach in reaches.values() for word in reach)))
    if not words or model is Account:
        always = {action for action, reach in reaches.items() if frozenset() in reach}
        return {row.id: set(always) for row in rows}
    held = {
        row_id: {word for word, holds in zip(words, values, strict=True) if holds}
        for row_id, *values in _facts(actor, model, tuple(words), [row.id for row in rows])
    }
    return {
        row.id: {action for action, reach in reaches.items() if any(need <= held.get(row.id, set()) for need in reach)}
        for row in rows
    }


def _facts(actor: Actor, model: Any, words: tuple[str, ...], ids: list[int]) -> list[tuple[Any, ...]]:
    """Of each row its id, and which of `words` hold for the actor."""

    def write() -> Select[Any]:
        facts = (WORDS[model][word](actor).label(word) for word in words)
        return select(model.id, *facts).where(model.id.in_(one_of_many("ids", ids)))

    question = (sight(actor), model, words, size_for(len(ids)))
    return ask("what holds", question, write, **numbered("ids", ids))


@overload
def find(actor: Actor, model: type[Task], row_id: int, *, deleted: bool | None = False) -> Task: ...
@overload
def find(actor: Actor, model: type[Tag], row_id: int, *, deleted: bool | None = False) -> Tag: ...
@overload
def find(actor: Actor, model: type[CustomField], row_id: int, *, deleted: bool | None = False) -> CustomField: ...
@overload
def find(actor: Actor, model: type[Comment], row_id: int, *, deleted: bool | None = False) -> Comment: ...
@overload
def find(
    actor: Actor, model: type[AccountMembership], row_id: int, *, deleted: bool | None = False
) -> AccountMembership: ...
def find(actor: Actor, model: Any, row_id: int, *, deleted: bool | None = False) -> Any:
    """The row that the actor sees under this id, else `NotFound`. Members are found by their user id.

    Outside a reading transaction the row is locked, so that what is decided on it still holds when it is written.
    `deleted` finds deleted tasks and comments only; None finds both.
    """
    if not 0 < row_id <= LARGEST_ID:
        raise NotFound
    query = select(model).where(visible(actor, model))
    if model is AccountMembership:
        query = query.where(model.user_id == row_id, model.left_at.is_(None))
    else:
        query = query.where(model.id == row_id)
        if deleted is not None and hasattr(model, "deleted_at"):
            query = query.where(model.deleted_at.is_not(None) if deleted else model.deleted_at.is_(None))
    if not is_reading():
        query = query.with_for_update(of=model).execution_options(populate_existing=True)
    row = db.session.scalars(query).one_or_none()
    if row is None:
        raise NotFound
    return row
