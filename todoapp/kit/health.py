"""Whether the process lives, and whether it is ready to serve."""

from collections.abc import Callable, Iterable
from functools import cache

from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from redis import Redis
from sqlalchemy import column, select, table, text

from todoapp.kit.database import session

health = Blueprint("health", __name__)
health.access = "public"  # type: ignore[attr-defined]

PATIENCE = 2


@health.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@health.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Database, broker and migrations are as they must be; 503 names what is not."""
    checks = {name: _holds(check) for name, check in CHECKS.items()}
    ready = all(checks.values())
    shown = {name: "ok" if holds else "failing" for name, holds in checks.items()}
    return jsonify(status="ready" if ready else "not ready", checks=shown), 200 if ready else 503


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:
        current_app.logger.warning("not ready: %s", check.__name__, exc_info=True)
        return False


def database() -> bool:
    """It answers."""
    return bool(session().execute(text("SELECT 1")).scalar() == 1)  # nosemgrep: raw-sql


def broker() -> bool:
    """Redis answers; without one there is nothing to wait for."""
    url = current_app.config["REDIS_URL"]
    return url is None or bool(Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE).ping())


def migrations() -> bool:
    """The schema is the one that this program was written for."""
    # Alembic's own context would write two lines into the log at each probe.
    there: Iterable[str] = session().scalars(select(column("version_num")).select_from(table("alembic_version")))
    return set(there) == _written_for(current_app.extensions["migrate"].directory)


@cache
def _written_for(directory: str) -> frozenset[str]:
    return frozenset(ScriptDirectory(directory).get_heads())


CHECKS: dict[str, Callable[[], bool]] = {"database": database, "broker": broker, "migrations": migrations}
