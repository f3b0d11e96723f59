"""HTML forms: what a person typed becomes what a schema takes, and a refused form is shown again with all that was in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial, wraps
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from todoapp.kit.errors import BadInput, NotFound, Refusal
from todoapp.kit.fields import Due, Id, InstantField, reading_text
from todoapp.kit.http import flat_fields, refuse
from todoapp.kit.transaction import atomic, reading

OURS = {"csrf_token", "next"}
MISSING = fields.Field.default_error_messages["required"]


@dataclass(frozen=True, slots=True)
class Form:
    """What a page knows of the form on it: nothing at first, everything when it was refused."""

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None
    refusal: Refusal | None = None

    @property
    def is_refused(self) -> bool:
        """Whether it comes back."""
        return self.refusal is not None


FRESH = Form()


def shown_again_by(
    show: Callable[..., ResponseReturnValue], **told: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Have `show(form=..., **path)` answer when the POST is refused, with the refusal's status; nothing was saved.

    A view that is a method of a page is shown again by another method of it.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def tried(*page: Any, **path: Any) -> Any:
            try:
                return view(*page, **path)
            except NotFound:
                raise
            except ValidationError as error:
                refusal: Refusal = BadInput(fields=flat_fields(error.messages))
            except Refusal as error:
                refusal = error
            refusal.show_again = lambda: _show_again(partial(show, *page), refusal, path | told)
            raise refusal

        return tried

    return decorate


def _show_again(show: Callable[..., ResponseReturnValue], refusal: Refusal, told: dict[str, Any]) -> Response:
    form = Form(request.form, sentences(refusal.fields), refusal.message, refusal)
    try:
        with reading():
            page = atomic(lambda: make_response(show(form=form, **told)))
    except Refusal as worse:
        return make_response(refuse(worse))
    page.status_code = refusal.status
    if "retry_after" in refusal.details:
        page.headers["Retry-After"] = str(refusal.details["retry_after"])
    return page


def sentences(messages: Mapping[str, Any]) -> dict[str, str]:
    """One text for each field, whatever the nesting of its messages."""
    return {name: " ".join(_flat(found)) for name, found in messages.items()}


def _flat(found: Any) -> list[str]:
    if isinstance(found, Mapping):
        return [text for part in found.values() for text in _flat(part)]
    if isinstance(found, list):
        return [text for part in found for text in _flat(part)]
    return ["Fill this in." if found == MISSING else str(found)]


def said_of(form: Form) -> str | None:
    """Why a form without fields of its own on the page was refused, in one sentence."""
    return next(iter(form.errors.values()), form.problem)


def read_form(schema: Schema, zone: str, typed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What `schema` makes of the form: times without a zone are the person's own, an empty field means none."""
    if typed is None:
        typed = as_typed(request.form, schema)
    data = {name: _given(schema.fields.get(name), value, zone) for name, value in typed.items() if name not in OURS}
    required = {name for name, kind in schema.fields.items() if kind.required}
    with reading_text():
        return dict(schema.load({name: data[name] for name in data if name not in required or not _blank(data[name])}))


def _blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def as_typed(form: MultiDict[str, str], schema: Schema) -> dict[str, Any]:
    """The form as a plain dictionary, with lists where the schema has lists. Of a tick and its hidden "no" the last counts."""
    lists = {name for name, kind in schema.fields.items() if isinstance(kind, fields.List)}
    return {name: form.getlist(name) if name in lists else form.getlist(name)[-1] for name in form}


def _given(kind: fields.Field | None, value: Any, zone: str) -> Any:
    if isinstance(value, str) and isinstance(kind, Due | InstantField):
        value = in_zone(value, zone)
    if isinstance(value, str) and isinstance(kind, Id):
        value = value.strip().removeprefix("#")
    if value == "" and kind is not None and kind.allow_none:
        return None
    return value


def in_zone(typed: str, zone: str) -> str:
    """What a datetime-local field holds, with the offset of `zone`; anything else stays as it is."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return typed
    if at.tzinfo is not None or len(typed) <= len("2026-11-22"):
        return typed
    return at.replace(tzinfo=ZoneInfo(zone)).isoformat()
