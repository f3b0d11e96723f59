"""Servers in processes of their own: gunicorn with gevent workers, and a Redis to stop and start."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.live.talk import until

ROOT = Path(__file__).parent.parent.parent
ESTABLISHED = "01"


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as knock:
        knock.settimeout(1)
        return knock.connect_ex(("127.0.0.1", port)) == 0


class Process:
    """A server of ours on a port of its own."""

    def __init__(self, folder: Path):
        self.port, self.folder = free_port(), folder
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """How it is started."""
        raise NotImplementedError

    def start(self, **environment: str) -> None:
        """Start it and wait until it listens."""
        log = (self.folder / f"{type(self).__name__}-{self.port}.log").open("ab")
        self.process = subprocess.Popen(self.command(), cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log)
        until(lambda: answers(self.port), 30)

    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def stop(self, how: int = signal.SIGTERM, patience: float = 10) -> float:
        """Stop it; returns how long that took."""
        began = time.monotonic()
        if self.process is None:
            return 0
        self.process.send_signal(how)
        try:
            self.process.wait(patience)
        finally:
            self.process.kill()
            self.process.wait()
        return time.monotonic() - began


class Redis(Process):
    """A Redis that keeps nothing."""

    def command(self) -> list[str]:
        """redis-server."""
        return [
            "redis-server",
            "--port",
            str(self.port),
            "--save",
            "",
            "--bind",
            "127.0.0.1",
            "--dir",
            str(self.folder),
        ]

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}/0"


class Gunicorn(Process):
    """gunicorn with gevent workers, on the database of the tests."""

    def __init__(self, folder: Path, workers: int = 2):
        super().__init__(folder)
        self.workers = workers

    def command(self) -> list[str]:
        """As an operator starts it."""
        binary = str(Path(sys.executable).with_name("gunicorn"))
        flags = [
            "-k",
            "gevent",
            "-w",
            str(self.workers),
            "-b",
            f"127.0.0.1:{self.port}",
        ]
        return [binary, *flags, "wsgi:app"]

    def start_on(self, settings: dict[str, Any], redis_url: str) -> None:
        """Start it with the settings of the tests."""
        self.start(
            DATABASE_URL=str(settings["SQLALCHEMY_DATABASE_URI"]),
            SECRET_KEY=str(settings["SECRET_KEY"]),
            BASE_URL=str(settings["BASE_URL"]),
            TODO_INSTANCE_DIR=str(self.folder),
            REDIS_URL=redis_url,
        )
        until(lambda: len(self.pids()) == self.workers and self.get("/healthz"), 30)

    def pids(self) -> list[int]:
        """The workers."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def worker_of(self, talker: Any) -> int | None:
        """The worker that serves a socket."""
        theirs, ours = talker.socket.getsockname()[1], self.port
        wanted = f"0100007F:{ours:04X} 0100007F:{theirs:04X}"
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        inodes = {row[9] for row in rows if f"{row[1]} {row[2]}" == wanted}
        return next((pid for pid in self.pids() if inodes & _sockets_of(pid)), None)

    def held(self) -> dict[int, int]:
        """How many connections each worker holds that holds any."""
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        inodes = {row[9] for row in rows if row[1] == f"0100007F:{self.port:04X}" and row[3] == ESTABLISHED}
        counts = {pid: len(inodes & _sockets_of(pid)) for pid in self.pids()}
        return {pid: count for pid, count in counts.items() if count}

    def get(self, path: str) -> bool:
        """Whether a plain GET answers."""
        try:
            return self.ask("GET", path)[0] == 200
        except OSError:
            return False

    def ask(self, method: str, path: str, token: str | None = None, **body: Any) -> tuple[int, Any]:
        """A request to the API: the status and what was answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        connection.request(method, path, json.dumps(body) if method != "GET" else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None


def _sockets_of(pid: int) -> set[str]:
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = descriptor.readlink()
        except OSError:
            continue
        if str(target).startswith("socket:["):
            found.add(str(target)[8:-1])
    return found
