"""The edge: one transaction a request, refusals in the dialect of each face, headers, ids."""

import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, g, json, redirect, render_template, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import IntegerConverter, Map
from werkzeug.routing import ValidationError as RoutingMismatch

from todoapp.kit.errors import BadInput, Forbidden, Refusal
from todoapp.kit.transaction import atomic, reading

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class RowId(IntegerConverter):
    """An id in a path; a number that no database keeps is nobody's, whatever the method."""

    def __init__(self, url_map: Map, **kw: Any):
        super().__init__(url_map, min=1, max=2**63 - 1, **kw)

    def to_python(self, value: str) -> Any:
        """The number; were it but no match, a method that is there would be called unknown."""
        try:
            return super().to_python(value)
        except RoutingMismatch:
            raise NotFound from None


class StrictJson(DefaultJSONProvider):
    """Reads JSON as its standard has it: no NaN, no Infinity, and no nesting that exhausts the stack."""

    def loads(self, s: str | bytes, **kw: Any) -> Any:
        """Parse `s`; a ValueError says why it is no JSON."""
        try:
            return super().loads(s, parse_constant=_refuse_constant, **kw)
        except RecursionError:
            raise ValueError("nested too deep") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


class TransactionalFlask(Flask):
    """A Flask whose views each run in one transaction, committed when the view answered and undone when it refused."""

    json_provider_class = StrictJson
    gatekeeper: Callable[[], None]
    once: Callable[[Callable[[], ResponseReturnValue]], ResponseReturnValue]

    def dispatch_request(self) -> ResponseReturnValue:
        plain = super().dispatch_request
        if request.routing_exception is not None or request.endpoint == "static" or request.method == "OPTIONS":
            return plain()
        if is_websocket():
            # It lives for hours: each of its messages gets a transaction of its own, see todoapp/live.
            return plain()

        def view() -> ResponseReturnValue:
            self.gatekeeper()
            return self.once(plain)

        if request.method in SAFE_METHODS:
            with reading():
                return atomic(view)
        return atomic(view)


def install(app: Flask) -> None:
    """Hang the edge on `app`."""
    app.url_map.converters["int"] = RowId
    app.before_request(_name_request)
    app.after_request(_secure)
    app.register_error_handler(Refusal, refuse)
    app.register_error_handler(ValidationError, _refuse_input)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(Exception, _fail)


def speaks_json() -> bool:
    """Whether the request came through the API's door."""
    return (
        request.path.startswith(("/v1/", "/api/")) or request.path == "/v1" or request.endpoint in ("healthz", "readyz")
    )


def is_websocket() -> bool:
    """Whether the request asks to talk over a WebSocket, at a door that does."""
    return request.url_rule is not None and request.url_rule.websocket


def local_path(target: str | None, fallback: str = "/") -> str:
    """`target` if it is a path on this site, else `fallback`: what a `next` parameter may lead to."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return fallback
    parts = urlsplit(target)
    return fallback if parts.scheme or parts.netloc or any(ord(letter) < 32 for letter in target) else target


def problem(status: int, code: str, message: str, fields: Any = None, details: Any = None) -> Response:
    """The one shape of an error in JSON (RFC 9457), with the fields that are wrong and the request's id."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": message,
        "request_id": g.get("request_id"),
    }
    if fields:
        body["fields"] = fields
    if details:
        body["details"] = details
    return Response(json.dumps(body), status, mimetype="application/problem+json")


def request_id(given: str) -> str:
    """The number that the client or a proxy gave a request, where it is fit for a log; else one of ours."""
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _name_request() -> None:
    g.request_id = request_id(request.headers.get("X-Request-Id", ""))


def _secure(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _answer(status: int, code: str, message: str, fields: Any = None, details: Any = None) -> Response:
    if speaks_json():
        response = problem(status, code, message, fields, details)
    else:
        page = render_template(
            "errors/error.html",
            status=status,
            message=message,
            fields=fields,
            details=details,
            request_id=g.get("request_id"),
        )
        response = Response(page, status)
    if details and "retry_after" in details:
        response.headers["Retry-After"] = str(details["retry_after"])
    if status == 401 and speaks_json():
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def refuse(refusal: Refusal) -> ResponseReturnValue:
    """The refusal in the dialect of the face that was asked."""
    if refusal.show_again is not None:
        return refusal.show_again()
    if refusal.status == 401 and not speaks_json():
        here = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
        return redirect("/login" + (f"?next={quote(here, safe='')}" if here else ""))
    return _answer(refusal.status, refusal.code, refusal.message, refusal.fields, refusal.details)


def _refuse_input(error: ValidationError) -> ResponseReturnValue:
    return refuse(BadInput(fields=flat_fields(error.messages)))


def _refuse_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error.get_response()
    status = error.code or 500
    messages = getattr(error, "data", {}).get("messages") if hasattr(error, "data") else None
    if status == 422 and messages:
        return refuse(BadInput(fields=flat_fields(messages)))
    code = HTTP_STATUS_CODES.get(status, "error").lower().replace(" ", "_")
    response = _answer(status, code, _sentence(error))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _sentence(error: HTTPException) -> str:
    return {
        400: "We cannot read this request. Send valid JSON." if speaks_json() else "We cannot read this request.",
        404: "There is nothing here that you may see.",
        405: "This address does not take that method.",
        413: "That is too large to take.",
        415: "Send JSON with the header Content-Type: application/json.",
        500: "Something went wrong on our side. Nothing was changed. Tell us the request number if it happens again.",
    }.get(error.code or 500, error.description or "That did not work.")


def _fail(error: Exception) -> ResponseReturnValue:
    current_app.logger.exception("unhandled", exc_info=error, extra={"request_id": g.get("request_id")})
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    return _refuse_http(InternalServerError())


def flat_fields(messages: Any) -> dict[str, Any]:
    """webargs nests messages under the place ("json", "query"); our fields do not."""
    if (
        isinstance(messages, dict)
        and messages
        and set(messages) <= {"json", "query", "form", "json_or_form", "path", "headers"}
    ):
        merged: dict[str, Any] = {}
        for place in messages.values():
            merged.update(place if isinstance(place, dict) else {"body": place})
        return merged
    return messages if isinstance(messages, dict) else {"body": messages}


def is_own_origin(origin: str) -> bool:
    """Whether a page at `origin` is one of ours."""
    try:
        netloc = urlsplit(origin).netloc
    except ValueError:
        return False
    return netloc in (request.host, urlsplit(current_app.config["BASE_URL"]).netloc)


def refuse_foreign_origin() -> None:
    """Refuse an unsafe request that another site made."""
    origin = request.headers.get("Origin")
    if origin and not is_own_origin(origin):
        raise Forbidden("This form was sent from another site. Open the page here and send it again.")


def refuse_other_bodies() -> None:
    """Refuse a body that is not JSON: it would be read as empty, and the deed done without what it said."""
    body = request.get_data(cache=True)
    if request.content_length is None and len(body) >= current_app.config["MAX_CONTENT_LENGTH"]:
        # Of a body that does not say how long it is, Werkzeug reads as much as is allowed, and leaves the rest.
        raise RequestEntityTooLarge
    if not body:
        return
    if not request.is_json:
        raise UnsupportedMediaType
    request.get_json()
