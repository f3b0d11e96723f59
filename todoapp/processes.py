"""How many processes serve: one on its own, or several that share Redis."""

import fcntl
from typing import IO

from flask import Flask
from sqlalchemy.orm import configure_mappers

from config import ConfigError

_held: list[IO[str]] = []


def claim_instance(app: Flask) -> None:
    """Make this the one serving process of its instance folder. With Redis, any number may serve.

    Without Redis a second process is a `ConfigError`: it would not hear what the first one does.
    """
    if app.config["REDIS_URL"]:
        return
    lock = (app.config["INSTANCE_DIR"] / "serving.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise ConfigError(
            "Another process already serves this instance. Stop it, or set REDIS_URL so that several can work together."
        ) from None
    _held.append(lock)


def prepare_to_fork(app: Flask) -> None:
    """Do what each worker would do for itself at its first request, and let go of what two processes must not share."""
    configure_mappers()
    for name in app.jinja_loader.list_templates() if app.jinja_loader else ():
        app.jinja_env.get_template(name)
    app.extensions["alarm"].disconnect()
