"""A worker as `flask worker` runs it, with shorter leases and an impatient clock, so that tests of its death are short."""

import os
import threading
import time
from datetime import timedelta

import config
from todoapp import create_app
from todoapp.activity import deliver

deliver.LEASE = timedelta(seconds=int(os.environ.get("LEASE_SECONDS", "2")))
app = create_app(config.load())


def look_often() -> None:
    """The sweep comes each minute; a test does not wait for it."""
    while True:
        time.sleep(0.5)
        app.extensions["alarm"].nudge("deliver_due")


threading.Thread(target=look_often, daemon=True).start()
app.test_cli_runner().invoke(args=["worker"], standalone_mode=False)
