"""A process that does a deed through the API and is killed in the middle of it, again and again. Run by test_fate.py.

It reads one JSON object: the settings, and the requests to send. For each moment of each request it forks a child,
which kills itself (SIGKILL: no clean-up of any kind) when the moment comes. It prints how many moments each had.
"""

import json
import os
import signal
import sys
from typing import Any

from sqlalchemy import event

import config
from todoapp import create_app
from todoapp.extensions import db


class Moments:
    """Counts what happens between us and the database, and dies before the chosen one."""

    def __init__(self, fatal: int):
        self.fatal, self.passed = fatal, 0

    def pass_by(self, *_facts: Any) -> None:
        """One moment."""
        if self.passed == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1

    def watch(self) -> None:
        """See every statement before it runs, every commit before and after."""
        event.listen(db.engine, "before_cursor_execute", self.pass_by)
        event.listen(db.engine, "commit", self.pass_by)
        event.listen(db.engine, "checkin", self.pass_by)


def main() -> None:
    """Read the task, die often, print how often there was to die."""
    told = json.load(sys.stdin)
    app = create_app(config.load(told["settings"]))
    moments = {name: suffer(app, request) for name, request in told["requests"].items()}
    json.dump(moments, sys.stdout)


def suffer(app: Any, request: dict[str, Any]) -> int:
    """Do the request, killed at each moment in turn, and at last undisturbed; how many moments it had."""
    moment = 0
    while was_killed(app, request, moment):
        moment += 1
    return moment


def was_killed(app: Any, request: dict[str, Any], fatal: int) -> bool:
    """Fork a child that does the request; whether it died of it."""
    child = os.fork()
    if child == 0:
        with app.app_context():
            db.engine.dispose(close=False)
            Moments(fatal).watch()
        body = json.loads(json.dumps(request["json"]).replace("MOMENT", str(fatal)))
        answer = app.test_client().post(request["path"], headers=request["headers"], json=body)
        os._exit(0 if answer.status_code == 201 else 1)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    if os.WEXITSTATUS(status):
        raise RuntimeError(f"{request['path']} was refused")
    return False


if __name__ == "__main__":
    main()
