"""Answers of the API that were given before, given again while nothing that they show has changed.

A layer below Flask: whoever asks the same again, standing where they stood, in an account of the same version, gets the same
answer, or 304. Where they stand is asked of the database each time, in one question. See docs/speed.md.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from cachetools import LRUCache
from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import Headers
from werkzeug.http import parse_etags, remove_entity_headers

from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.database import READING
from todoapp.kit.http import request_id
from todoapp.kit.logs import request_line
from todoapp.kit.manners import holds_until
from todoapp.kit.transaction import reading
from todoapp.standing import STANDING, Standing, standing_of
from todoapp.users.sessions import SEEN_EVERY, claims_of
from todoapp.users.tokens import Claims

LARGEST, LARGEST_TOGETHER = 512 * 1024, 8 * 1024 * 1024
MOST_TOKENS = 4096
OVERHEAD = 4096
"""Bytes of the headers and objects around an answer, roughly."""
ASKED_BY = ("HTTP_AUTHORIZATION", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT", "HTTP_ORIGIN")
Environ = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer: to whom it was given, and until when it holds, in seconds of the epoch."""

    standing: Standing
    until: float
    route: str
    headers: Headers
    body: bytes
    known_by: tuple[str, ...]

    @property
    def size(self) -> int:
        """About how many bytes it takes to keep."""
        return len(self.body) + sum(map(len, self.known_by)) + OVERHEAD

    def holds_for(self, standing: Standing) -> bool:
        """Whether it is the answer now."""
        return time.time() < self.until and self.standing.sees_as(standing)


class Remembering:
    """WSGI layer: asks where the sender stands, and answers from memory what it can."""

    def __init__(self, app: Flask):
        self.app = app
        self.below = app.wsgi_app
        self.kept: LRUCache[tuple[str, ...], Kept] = LRUCache(LARGEST_TOGETHER, lambda kept: kept.size)
        self.claims: LRUCache[str, Claims] = LRUCache(MOST_TOKENS)
        self.lock = Lock()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.monotonic()
        if not _may_be_known(environ):
            return self.below(environ, start_response)
        standing = environ[STANDING] = self._ask_standing(environ["HTTP_AUTHORIZATION"])
        kept = self._find(environ, standing)
        if kept is None:
            return self.below(environ, start_response)
        status, headers, body = _again(kept, environ)
        _log(kept, status, headers, began)
        start_response(status, headers.to_wsgi_list())
        return [body] if body else []

    def note(self, response: Response) -> Response:
        """Keep the answer that is on its way out, where its view said that it may be kept."""
        standing, until = request.environ.get(STANDING), holds_until()
        if standing is None or until is None or response.status_code not in (200, 304) or g.get("actor") is None:
            return response
        body = response.get_data()
        if len(body) <= LARGEST and "Set-Cookie" not in response.headers and request.url_rule is not None:
            headers = Headers(response.headers)
            headers.remove("X-Request-Id")
            headers["Content-Length"] = str(len(body))
            key = _key(request.environ)
            with self.lock:
                self.kept[key] = Kept(standing, until, request.url_rule.rule, headers, body, key)
        return response

    def _find(self, environ: Environ, standing: Standing | None) -> Kept | None:
        if standing is None or not _is_awake(standing) or "no-cache" in environ.get("HTTP_CACHE_CONTROL", ""):
            return None
        with self.lock:
            kept = self.kept.get(_key(environ))
        return kept if kept is not None and kept.holds_for(standing) else None

    def _ask_standing(self, authorization: str) -> Standing | None:
        claims = self._claims(authorization)
        if claims is None:
            return None
        try:
            with reading(), self.app.extensions[ENGINE].connect() as connection:
                return standing_of(connection, claims)
        except SQLAlchemyError:
            # The transaction of the request itself meets the same trouble, and knows how to try again.
            return None

    def _claims(self, authorization: str) -> Claims | None:
        with self.lock:
            claims = self.claims.get(authorization)
        if claims is None:
            with self.app.app_context():
                claims = claims_of(authorization)
            if claims is not None:
                with self.lock:
                    self.claims[authorization] = claims
        return claims if claims is not None and claims.expires_at > now() else None


ENGINE = "remembering_engine"


def install(app: Flask) -> None:
    """Let `app` remember. Before every other layer, so that what is kept is what leaves the house."""
    with app.app_context():
        app.extensions[ENGINE] = app.extensions.get(READING) or db.engine
    layer = Remembering(app)
    app.wsgi_app = layer  # type: ignore[method-assign]
    app.after_request(layer.note)


def _may_be_known(environ: Environ) -> bool:
    return (
        environ["REQUEST_METHOD"] == "GET"
        and environ.get("PATH_INFO", "").startswith("/v1/")
        and "HTTP_AUTHORIZATION" in environ
        and "HTTP_UPGRADE" not in environ
    )


def _is_awake(standing: Standing) -> bool:
    """Whether the session was seen lately; else the request goes its whole way, which notes that."""
    return standing.last_seen_at > now() - SEEN_EVERY


def _key(environ: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(environ.get(name, "") for name in ASKED_BY)


def _again(kept: Kept, environ: Environ) -> tuple[str, Headers, bytes]:
    headers = Headers(kept.headers)
    headers["X-Request-Id"] = request_id(environ.get("HTTP_X_REQUEST_ID", ""))
    known = parse_etags(environ.get("HTTP_IF_NONE_MATCH"))
    if known and known.contains_raw(headers["ETag"]):
        remove_entity_headers(headers)
        return "304 NOT MODIFIED", headers, b""
    return "200 OK", headers, kept.body


def _log(kept: Kept, status: str, headers: Headers, began: float) -> None:
    facts = request_line("GET", kept.route, int(status[:3]), began)
    whose = {"account_id": kept.standing.account_id, "user_id": kept.standing.user_id}
    logging.getLogger("todoapp.requests").info("request", extra=facts | whose | {"request_id": headers["X-Request-Id"]})
