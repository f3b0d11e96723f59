"""Logs: one JSON object a line, with the request, the account and the person it belongs to."""

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_app_context, has_request_context, request

KNOWN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
QUIET = ("/healthz", "/readyz", "/static/")


class JsonLines(logging.Formatter):
    """Writes a record and its extras as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= _whose()
        line |= {name: value for name, value in vars(record).items() if name not in KNOWN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def install(app: Flask) -> None:
    """Log in JSON outside development, one line a request."""
    root = logging.getLogger()
    if not app.config["DEVELOPMENT"] and not app.testing and not any(_is_ours(handler) for handler in root.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        root.addHandler(handler)
        root.setLevel(app.config["LOG_LEVEL"])
    app.before_request(_note_start)
    app.after_request(_log_request)


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, JsonLines)


def note_whose(account_id: int | None, user_id: int | None = None) -> None:
    """Remember to whom what happens now belongs; also when it is refused or fails, and its rows are gone."""
    g.whose = {"account_id": account_id, "user_id": user_id}


def _whose() -> dict[str, Any]:
    if not has_app_context():
        return {}
    facts = {"request_id": g.get("request_id")} | g.get("whose", {})
    return {name: value for name, value in facts.items() if value is not None}


def _note_start() -> None:
    g.started = time.monotonic()


def _log_request(response: Response) -> Response:
    if has_request_context() and not request.path.startswith(QUIET):
        route = request.url_rule.rule if request.url_rule else "(none)"
        facts = request_line(request.method, route, response.status_code, g.get("started", time.monotonic()))
        logging.getLogger("todoapp.requests").info("request", extra=facts)
    return response


def request_line(method: str, route: str, status: int, began: float) -> dict[str, Any]:
    """What the log says of a request that `began` then. The rule, not the path: a path may hold a one-time token."""
    milliseconds = round((time.monotonic() - began) * 1000, 1)
    return {"method": method, "route": route, "status": status, "milliseconds": milliseconds}
