"""What every page of the administration is: a Flask-Admin view that is closed by default and stands in our own shell."""

from collections.abc import Callable
from typing import Any, ClassVar

from flask import Blueprint, render_template
from flask_admin import Admin, BaseView

from todoapp.permissions import allow
from todoapp.permissions.matrix import MATRIX
from todoapp.permissions.principal import opens
from todoapp.signed_in import current_actor


class AdminPage(BaseView):
    """A page, or a few that belong together. It opens to the roles that may do `row` of the matrix at all, to nobody else.

    Only what a page itself exposes is a door: none of Flask-Admin's stock views is inherited.
    """

    title: ClassVar[str]
    address: ClassVar[str]
    icon: ClassVar[str] = "settings"
    row: ClassVar[str]

    def __init__(self) -> None:
        if self.row not in MATRIX:
            raise ValueError(f"{self.row} is not in the matrix")
        endpoint = f"admin_{self.address}" if self.address else "admin"
        super().__init__(name=self.title, endpoint=endpoint, url=self.address or "/admin")

    def create_blueprint(self, admin: Admin) -> Blueprint:
        """The view's blueprint, which opens with a session."""
        blueprint = super().create_blueprint(admin)
        blueprint.access, blueprint.via = "session", "admin"
        return blueprint

    def is_accessible(self) -> bool:
        """Whether the page, and its entry in the menu, open for who asks."""
        current_actor()
        return opens(self.row)

    def inaccessible_callback(self, name: str, **kw: Any) -> None:  # type: ignore[override]
        """Refuse as the matrix does: with a sentence that says who may, and a line in the log."""
        allow(current_actor(), self.row)

    def render(self, template: str, **context: Any) -> str:
        """Render with what our shell knows; Flask-Admin's own would hide some of it behind its names (`theme`, `h`)."""
        return render_template(template, admin_view=self, get_url=self.get_url, **context)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        # Flask-Admin's own runs a view that raised a TypeError a second time.
        return fn(self, *args, **kw)
