"""Answers that are ready as they are: JSON, and what a browser is told after a POST (a toast, and the way back)."""

from typing import Any

import orjson
from flask import Response as FlaskResponse
from flask import flash, redirect, request
from werkzeug.wrappers import Response

from todoapp.kit.http import local_path


def json_of(content: dict[str, Any]) -> FlaskResponse:
    """An answer in JSON, ready as it is: instants in ISO 8601, with their offset."""
    return FlaskResponse(orjson.dumps(content), mimetype="application/json")


def done(
    text: str, fallback: str, *, undo: str | None = None, undo_label: str = "Undo", ignore_next: bool = False
) -> Response:
    """Say that `text` is done, offer to undo it by a POST to `undo`, and go back (`next`, else `fallback`)."""
    flash({"text": text, "undo_url": undo, "undo_label": undo_label}, "done")  # type: ignore[arg-type]
    return redirect(fallback, code=303) if ignore_next else back(fallback)


def back(fallback: str) -> Response:
    """Go where the form said, if that is a path on this site."""
    return redirect(local_path(request.form.get("next"), fallback), code=303)
