"""Background work. The database holds the truth; Huey is the alarm clock that makes a worker look at it."""

import logging
import signal
import threading
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from tasks_queue import schedule
from tasks_queue.alarm import Alarm
from tasks_queue.consumer import QuietConsumer
from tasks_queue.jobs import JOBS, run
from todoapp.activity import deliver
from todoapp.kit.signals import work_waiting

log = logging.getLogger(__name__)
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def install(app: Flask) -> None:
    """Give `app` its alarm clock and the commands `flask worker` and `flask drain`."""
    alarm = Alarm(app)
    alarm.know(JOBS, schedule.TIMETABLE, lambda name, **given: run(app, name, **given))
    app.extensions["alarm"] = alarm
    app.cli.add_command(_worker)
    app.cli.add_command(_drain)


def start_consumer(app: Flask, threads: int = 1) -> QuietConsumer:
    """Work in the background of this process until the consumer's `stop(graceful=True)`."""
    alarm: Alarm = app.extensions["alarm"]
    consumer = QuietConsumer(alarm.huey, workers=threads, initial_delay=0.05, max_delay=1.0)
    app.extensions["consumer"] = consumer
    alarm.ring("deliver_due")
    consumer.start()
    return consumer


def stop(app: Flask) -> None:
    """Stop the consumer of this process, once the work in hand is done."""
    consumer = app.extensions.pop("consumer", None)
    if consumer is not None:
        consumer.stop(graceful=True)


def drain(app: Flask) -> int:
    """Do everything that is due now, once, in this very thread; returns how much that was."""
    with app.app_context():
        return deliver.drain()


@work_waiting.connect
def nudge(_sender: Any, **_facts: Any) -> None:
    """Wake a worker. A clock that cannot be reached is no reason to refuse the deed: the sweep finds what it left."""
    alarm: Alarm | None = current_app.extensions.get("alarm")
    try:
        if alarm is not None:
            alarm.nudge("deliver_due")
    except Exception:
        log.warning("no worker could be woken; the next sweep will find the work", exc_info=True)


@click.command("worker")
@click.option("--threads", default=2, show_default=True, help="How many jobs run at a time.")
@with_appcontext
def _worker(threads: int) -> None:
    """Do background work until SIGTERM, which waits for the work in hand."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    stopping = threading.Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_frame: stopping.set())
    consumer = start_consumer(app, threads)
    while not stopping.wait(1):
        consumer.check_worker_health()
    stop(app)


@click.command("drain")
@with_appcontext
def _drain() -> None:
    """Do everything that is due now, and end."""
    click.echo(f"{deliver.drain()} done")
