"""A blueprint of the JSON API: token doors by default, every refusal documented."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint as SmorestBlueprint

from todoapp.kit.doors import opens

READ = (401, 404, 422, 503)
WRITE = (401, 403, 404, 409, 422, 503)


class ApiBlueprint(SmorestBlueprint):
    """A flask-smorest blueprint whose doors need a token."""

    access = "token"

    def refusals(self, *statuses: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Document that a view may answer with these errors."""

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            for status in statuses:
                view = self.alt_response(status, schema="Problem", success=False)(view)
            return view

        return decorate

    def public(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Declare a view that opens without a token."""
        return self.doc(security=[])(opens("public")(view))
