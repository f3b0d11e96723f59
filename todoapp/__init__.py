"""An enterprise task platform: work handed down a hierarchy, worked on with an exact clock, seen on boards."""

from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFError
from werkzeug.middleware.proxy_fix import ProxyFix

import config
import tasks_queue
from todoapp import freshness, models, remembered, tenancy
from todoapp.cli import add_commands
from todoapp.extensions import csrf, db, login_manager, migrate, principal
from todoapp.faces import open_doors
from todoapp.idempotency.once import once
from todoapp.kit import http, logs, manners
from todoapp.kit.database import open_reading_engine
from todoapp.kit.doors import check_doors
from todoapp.kit.errors import Forbidden
from todoapp.kit.mariadb import connect_lightly
from todoapp.openapi import API_SETTINGS, prepare_api
from todoapp.shell import dress_templates
from todoapp.signed_in import keep_the_gate


def create_app(settings: dict[str, Any] | None = None) -> Flask:
    """The application. `settings` default to what the environment describes (see `config.load`)."""
    app = http.TransactionalFlask(__name__, root_path=str(config.ROOT), instance_path=str(config.ROOT / "instance"))
    app.config.from_mapping(settings if settings is not None else config.load())
    app.config.from_mapping(API_SETTINGS)
    app.gatekeeper = keep_the_gate
    app.once = once
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    _start_extensions(app)
    remembered.install(app)
    http.install(app)
    manners.install(app)
    logs.install(app)
    app.register_error_handler(CSRFError, _refuse_stale_form)
    dress_templates(app)
    open_doors(app)
    add_commands(app)
    tasks_queue.install(app)
    app.view_functions["static"].access = "public"  # type: ignore[attr-defined]
    app.blueprints["api-docs"].access = "public"  # type: ignore[attr-defined]
    check_doors(app)
    return app


def _start_extensions(app: Flask) -> None:
    app.config["INSTANCE_DIR"].mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        _guard_engines(app)
    migrate.init_app(app, db, directory=str(config.ROOT / "migrations"), render_as_batch=True, compare_type=True)
    login_manager.init_app(app)
    principal.init_app(app)
    csrf.init_app(app)
    prepare_api(app)


def _guard_engines(app: Flask) -> None:
    reading = open_reading_engine(app, db.engine.url, app.config["SQLALCHEMY_ENGINE_OPTIONS"])
    for engine in filter(None, (db.engine, reading)):
        tenancy.guard(engine)
        freshness.watch(engine)
        connect_lightly(engine)


def _refuse_stale_form(_error: CSRFError) -> Any:
    return http.refuse(Forbidden("This form is too old or came from elsewhere. Reload the page and send it again."))


__all__ = ["create_app", "models"]
