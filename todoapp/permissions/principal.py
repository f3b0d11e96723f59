"""Flask-Principal guards whole pages and menus with needs that come from the matrix."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask_principal import Identity, Need, Permission

from todoapp.actor import Actor
from todoapp.kit.errors import Forbidden
from todoapp.permissions.matrix import MATRIX, WHO_MAY, reach_of


def needs_of(actor: Actor) -> set[Need]:
    """One need for every action that the actor's role may do at all."""
    return {Need("action", action) for action in MATRIX if reach_of(action, actor.role)}


def identity_of(actor: Actor) -> Identity:
    """The Flask-Principal identity of an actor."""
    identity = Identity(actor.user_id)
    identity.provides |= needs_of(actor)
    return identity


def guarded(action: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Open a whole page only to roles that may do `action` at all."""
    if action not in MATRIX:
        raise ValueError(f"{action} is not in the matrix")
    permission = Permission(Need("action", action))

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guard(*args: Any, **kw: Any) -> Any:
            if not permission.can():
                raise Forbidden(WHO_MAY[action], action=action)
            return view(*args, **kw)

        return guard

    return decorate
