"""Flask-Principal guards whole pages and menus with needs that come from the matrix."""

from functools import lru_cache

from flask_principal import Identity, Need, Permission

from todoapp.actor import Actor
from todoapp.permissions.matrix import MATRIX, reach_of


@lru_cache
def needs_of(role: str) -> frozenset[Need]:
    """One need for every action that `role` may do at all."""
    return frozenset(Need("action", action) for action in MATRIX if reach_of(action, role))


def identity_of(actor: Actor) -> Identity:
    """The Flask-Principal identity of an actor."""
    identity = Identity(actor.user_id)
    identity.provides |= needs_of(actor.role)
    return identity


def opens(action: str) -> bool:
    """Whether a whole page, or an entry in a menu, opens to who is here: their role may do `action` at all."""
    return bool(Permission(Need("action", action)).can())
