"""The verbs by name. Only actions write; each asks the matrix before its first line runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

from marshmallow import Schema

from todoapp.activity.denials import note_denial
from todoapp.actor import Actor
from todoapp.kit.errors import Forbidden
from todoapp.kit.signals import act_refused
from todoapp.permissions import allow
from todoapp.permissions.matrix import MATRIX


@dataclass(frozen=True, slots=True)
class Action:
    """One verb: its name and row in the matrix, what it acts on, the schema of its input, its code."""

    name: str
    subject: type | None
    fields: type[Schema] | None
    run: Callable[..., Any]


ACTIONS: dict[str, Action] = {}
act_refused.connect(note_denial)


@contextmanager
def telling_refusals(actor: Actor, name: str, subject: Any) -> Iterator[None]:
    """Tell who listens when the verb itself forbids what the matrix allowed; `allow` has told of its own refusals."""
    try:
        yield
    except Forbidden as refusal:
        if "action" not in refusal.details:
            refusal.details["action"] = name
            act_refused.send(actor, action=name, subject=subject)
        raise


def action(
    name: str,
    *,
    subject: type | None = None,
    fields: type[Schema] | None = None,
    asks: Callable[..., str] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a verb. It is called as `verb(actor, subject, **fields)`, or `verb(actor, **fields)` without a subject.

    `asks(actor, subject, **fields)` names another row of the matrix where the verb is more than one kind of act.
    """
    if name not in MATRIX:
        raise ValueError(f"{name} has no row in the matrix")

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def run(actor: Actor, *args: Any, **kw: Any) -> Any:
            row = asks(actor, *args, **kw) if asks else name
            thing = args[0] if subject else None
            allow(actor, row, thing)
            with telling_refusals(actor, name, thing):
                return function(actor, *args, **kw)

        if name in ACTIONS:
            raise ValueError(f"{name} is registered twice")
        ACTIONS[name] = Action(name, subject, fields, run)
        return run

    return decorate
