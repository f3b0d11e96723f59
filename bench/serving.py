"""Starting the product as its users do: gunicorn with two gevent workers, Redis and a worker process; or `app.py` alone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import urlopen

from bench.counting import family
from bench.databases import Database
from bench.making import ROOT, settings_for
from tests.live.servers import Process, Redis
from tests.live.talk import until

WORKERS = 2
SLOW_START = 300


class Served(Process):
    """The product, serving on a port of its own."""

    redis_url: str | None = None
    worker: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """gunicorn as the documentation has it."""
        gunicorn = [str(Path(sys.executable).with_name("gunicorn")), "-k", "gevent", "-w", str(WORKERS)]
        return [*gunicorn, "-b", f"127.0.0.1:{self.port}", "bench.wsgi:app"]

    def web(self) -> list[int]:
        """The processes that answer requests."""
        assert self.process is not None
        return family(self.process.pid)

    def everything(self) -> list[int]:
        """All processes of ours."""
        return self.web() + (family(self.worker.pid) if self.worker else [])

    def answers(self) -> bool:
        """Whether each worker has answered: one that still starts takes no connection."""
        return all(self._is_ready() for _ in range(4 * WORKERS))

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=SLOW_START) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def begin(self, environment: dict[str, str]) -> None:
        """Start it, and the worker process beside it."""
        self.start(**environment)
        until(lambda: len(self.web()) > WORKERS and self.answers(), SLOW_START)
        flask = str(Path(sys.executable).with_name("flask"))
        log = (self.folder / "worker.log").open("ab")
        inherited = os.environ | environment | {"FLASK_APP": "wsgi.py"}
        self.worker = subprocess.Popen([flask, "worker"], cwd=ROOT, env=inherited, stdout=log, stderr=log)

    def end(self) -> None:
        """Stop all of it."""
        try:
            if self.worker:
                self.worker.terminate()
                self.worker.wait(60)
        finally:
            self.stop(patience=60)


class Embedded(Served):
    """The product in one process, as `bin/dev` starts it."""

    def command(self) -> list[str]:
        return [sys.executable, "-m", "bench.embedded"]

    def begin(self, environment: dict[str, str]) -> None:
        self.start(**environment, PORT=str(self.port), TODO_ENV="development")
        until(self.answers, SLOW_START)


@contextmanager
def serving(database: Database, folder: Path) -> Iterator[Served]:
    """The product on `database`: scaled out on MariaDB, embedded on SQLite. Logs lie in `folder`."""
    with ExitStack() as opened:
        more = {}
        if database.kind == "mariadb":
            redis = Redis(folder)
            opened.callback(redis.stop)
            redis.start()
            more["REDIS_URL"] = redis.url
        server = Served(folder) if more else Embedded(folder)
        server.redis_url = more.get("REDIS_URL")
        opened.callback(server.end)
        server.begin(settings_for(database, folder, **more))
        yield server
