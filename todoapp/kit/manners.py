"""How the API behaves towards its clients: versions by media type, cross-origin reads, unchanged answers."""

import hashlib
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, current_app, g, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from todoapp.kit.errors import NotAcceptable
from todoapp.kit.http import is_websocket

MEDIA_TYPE = "application/vnd.taskapp.v1+json"
GIVEN = ("application/json", MEDIA_TYPE)
UNVERSIONED = ("/v1/", "/api/", "/healthz", "/readyz", "/static/")
KEPT = 60
"""Seconds that an answer may be given again, if nothing changes."""
EXPOSED = "ETag, Location, Retry-After, X-Request-Id, Idempotency-Replayed"
SENT = "Authorization, Content-Type, Accept, Idempotency-Key, If-Match, If-None-Match, X-Request-Id"


class VersionByAccept:
    """WSGI layer: `GET /tasks` with `Accept: application/vnd.taskapp.v1+json` is `GET /v1/tasks`."""

    def __init__(self, wsgi_app: Callable[..., Iterable[bytes]]):
        self.wsgi_app = wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(UNVERSIONED) and _names_the_version(environ.get("HTTP_ACCEPT", "")):
            environ["PATH_INFO"] = "/v1" + path
        return self.wsgi_app(environ, start_response)


def install(app: Flask) -> None:
    """Teach `app` these manners."""
    app.wsgi_app = VersionByAccept(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(_refuse_other_types)
    app.after_request(_mind_the_client)


def may_be_kept() -> None:
    """Say of the answer at hand that it shows nothing but what the account's version covers: it may be given again."""
    g.kept_since = time.time()


def ages() -> None:
    """Say of the answer at hand that it shows something that changes by itself, by the second."""
    g.ages = True


def holds_until() -> float | None:
    """Until when the answer at hand may be given again, in seconds of the epoch; None where its view did not say."""
    since: float | None = g.get("kept_since")
    # The second in which it was begun, for that is what its clocks were read in.
    return since and (float(int(since) + 1) if g.get("ages") else since + KEPT)


def _wanted(accept: str) -> MIMEAccept:
    """The media types that a client takes, without their parameters."""
    named = parse_accept_header(accept, MIMEAccept)
    return MIMEAccept([(kind.partition(";")[0].strip().lower(), quality) for kind, quality in named])


def _names_the_version(accept: str) -> bool:
    return any(kind == MEDIA_TYPE and quality > 0 for kind, quality in _wanted(accept))


def _refuse_other_types() -> None:
    """A client that takes only another version must not mistake ours for it."""
    wanted = _wanted(request.headers.get("Accept", ""))
    if request.path.startswith("/v1/") and not is_websocket() and wanted and wanted.best_match(GIVEN) is None:
        raise NotAcceptable(f"We answer with {' or '.join(GIVEN)}. Send one of them as Accept, or none.")


def _mind_the_client(response: Response) -> Response:
    if not request.path.startswith(("/v1/", "/api/")):
        return response
    _allow_origin(response)
    if response.status_code == 200 and response.is_json and request.method in ("GET", "HEAD"):
        _tell_unchanged(response)
    elif response.status_code < 300 and "etag_version" in g:
        response.set_etag(g.etag_version, weak=True)
    if (
        response.mimetype == "application/json"
        and _wanted(request.headers.get("Accept", "")).best_match(GIVEN) == MEDIA_TYPE
    ):
        response.headers["Content-Type"] = MEDIA_TYPE
    return response


def _tell_unchanged(response: Response) -> None:
    """304 where the client has this very answer already. The version of the row that it shows stands in front."""
    version = g.get("etag_version")
    body = hashlib.sha256(response.get_data()).hexdigest()[:24]
    response.set_etag(f"{version}-{body}" if version else body, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request.environ)


def _allow_origin(response: Response) -> None:
    response.vary.add("Origin")
    response.vary.add("Accept")
    origin = request.headers.get("Origin")
    if origin is None or origin not in current_app.config["CORS_ORIGINS"]:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        response.headers["Access-Control-Allow-Headers"] = SENT
        response.headers["Access-Control-Max-Age"] = "600"
