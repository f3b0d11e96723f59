"""The alarm clock: Huey in a file of its own, or in Redis. It carries names of jobs, never the truth."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Flask
from huey import Huey, RedisExpireHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer
from redis import ConnectionPool

NAME = "todoapp"
A_DAY = 24 * 3600
NUDGED = "nudged"


class JsonSerializer(Serializer):
    """Messages as JSON: who can write into the queue can name jobs, and run no code of their own."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Any:
        found = json.loads(bytes(data))
        return Message(*found) if isinstance(found, list) else found


class Alarm:
    """The Huey of one application."""

    def __init__(self, app: Flask):
        self.huey = _huey(app)
        self.tasks: dict[str, Any] = {}

    def know(
        self, jobs: Iterable[str], timetable: Mapping[str, Callable[[Any], bool]], run: Callable[..., Any]
    ) -> None:
        """Learn the names of the jobs and when they are due by themselves; `run(name, **given)` does one."""
        for name in jobs:
            self.tasks[name] = self._task(name, timetable.get(name), run)

    def ring(self, name: str, **given: Any) -> None:
        """Have a job done soon."""
        self.tasks[name](**given)

    def nudge(self, name: str) -> None:
        """Have a job done soon, if that is not about to happen anyway."""
        if self.huey.put_if_empty(NUDGED, 1):
            self.ring(name)

    def heard(self) -> None:
        """The job that was nudged begins: what comes from now on needs another nudge."""
        self.huey.get_raw(NUDGED)

    def disconnect(self) -> None:
        """Close the file of the queue until it is needed; a connection to SQLite must not live through a fork."""
        if isinstance(self.huey, SqliteHuey):
            self.huey.storage.close()

    def _task(self, name: str, due: Callable[[Any], bool] | None, run: Callable[..., Any]) -> Any:
        def do(**given: Any) -> None:
            run(name, **given)

        return self.huey.periodic_task(due, name=name)(do) if due else self.huey.task(name=name)(do)


def _huey(app: Flask) -> Huey:
    settings: dict[str, Any] = {"results": False, "serializer": JsonSerializer()}
    url = app.config["REDIS_URL"]
    if url:
        pool = ConnectionPool.from_url(url, socket_timeout=5, socket_connect_timeout=2)
        return RedisExpireHuey(NAME, connection_pool=pool, expire_time=A_DAY, **settings)
    return SqliteHuey(
        NAME, filename=str(app.config["INSTANCE_DIR"] / "queue.sqlite3"), timeout=2, fsync=False, **settings
    )
