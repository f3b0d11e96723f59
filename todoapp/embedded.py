"""The embedded shape: one threaded process, SQLite unless told otherwise, the worker inside, a demo on the first run."""

import sys

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

import config
from tasks_queue import start_consumer
from todoapp import create_app
from todoapp.accounts.models import Account
from todoapp.demo.telling import SignIn, load_demo
from todoapp.extensions import db
from todoapp.processes import claim_instance


def serve() -> None:
    """Migrate, load the demo on the first run, print the address and serve until stopped."""
    try:
        app = create_app(config.load(development=True))
        claim_instance(app)
    except config.ConfigError as error:
        sys.exit(str(error))
    with app.app_context():
        upgrade()
        sign_ins = [] if db.session.scalar(select(Account.id).limit(1)) else load_demo()
        db.session.remove()
    _greet(app, sign_ins)
    consumer = start_consumer(app)
    try:
        app.run(host="127.0.0.1", port=app.config["PORT"], threaded=True)
    finally:
        consumer.stop(graceful=True)


def _greet(app: Flask, sign_ins: list[SignIn]) -> None:
    print(f"\n  The task platform is at {app.config['BASE_URL']}")
    for sign_in in sign_ins:
        print(f"  {sign_in}")
    print(f"  Mail goes to {app.config['MAIL_URL'] or app.config['MAIL_DIR']}\n", flush=True)
