"""The door of the API reference."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

pages = Blueprint("reference", __name__)
pages.access = "public"  # type: ignore[attr-defined]


@pages.get("/api/docs")
def reference() -> ResponseReturnValue:
    """Every address of the API, to read and to try."""
    return render_template("api/reference.html")
