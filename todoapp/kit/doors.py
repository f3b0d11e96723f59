"""Every address is declared public, session or token; what is not declared does not open."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

ACCESS = ("public", "session", "token")
F = TypeVar("F", bound=Callable[..., Any])


def opens(access: str) -> Callable[[F], F]:
    """Declare one view's access, where it differs from its blueprint's."""
    if access not in ACCESS:
        raise ValueError(access)

    def decorate(view: F) -> F:
        view.access = access  # type: ignore[attr-defined]
        return view

    return decorate


def access_of(app: Flask, endpoint: str) -> str | None:
    """How the door `endpoint` opens; None when nobody declared it."""
    view = app.view_functions.get(endpoint)
    declared = getattr(view, "access", None)
    if declared is None:
        declared = getattr(getattr(view, "view_class", None), "access", None)
    if declared is None and "." in endpoint:
        blueprint = app.blueprints[endpoint.rsplit(".", 1)[0]]
        declared = getattr(blueprint, "access", None)
    return declared


def check_doors(app: Flask) -> None:
    """Refuse to start with a door that nobody declared."""
    undeclared = sorted(rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None)
    if undeclared:
        raise RuntimeError(f"Declare how these doors open (public, session or token): {', '.join(undeclared)}")
