"""How a serving process starts: what it has not loaded, what it does not hold when gunicorn forks, what it refuses."""

import json
import os
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pymysql.connections import Connection

from todoapp.kit.mariadb import LightConnection

ROOT = Path(__file__).parent.parent.parent
RARE = {"hypothesis", "openai", "playwright", "pytest", "schemathesis", "zxcvbn"}
SAFE = {"SECRET_KEY": "a test secret that is long enough to pass 0123456789", "BASE_URL": "http://localhost"}
NOBODY_THERE = "127.0.0.1:1"
SCALED_OUT = {"DATABASE_URL": f"mysql+pymysql://root@{NOBODY_THERE}/todo", "REDIS_URL": f"redis://{NOBODY_THERE}/0"}
BEFORE_THE_FORK = """
import gc, json, os, runpy, sys
gunicorn = runpy.run_path("gunicorn.conf.py")
from wsgi import app
gunicorn["pre_fork"](None, None)
descriptors = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
print(json.dumps({
    "modules": list(sys.modules),
    "threads": len(os.listdir("/proc/self/task")),
    "open": [os.readlink(one) for one in descriptors if os.path.exists(one) or os.path.islink(one)],
    "left to collect": len(gc.get_objects()),
    "frozen": gc.get_freeze_count(),
}))
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run something in the environment of an operator."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        command, cwd=ROOT, env=inherited | environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module", params=[{}, SCALED_OUT], ids=["embedded", "scaled out"])
def before_the_fork(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a master process looks like when it is about to fork."""
    if not Path("/proc/self/task").is_dir():
        pytest.skip("there is no /proc")
    folder = str(tmp_path_factory.mktemp("master"))
    ran = run(sys.executable, "-c", BEFORE_THE_FORK, **SAFE, **request.param, TODO_INSTANCE_DIR=folder)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)  # type: ignore[no-any-return]


def test_what_is_rarely_needed_is_not_loaded(before_the_fork):
    assert not RARE & set(before_the_fork["modules"])


def test_nothing_is_open_that_two_processes_must_not_share(before_the_fork):
    assert before_the_fork["threads"] == 1
    shared = [what for what in before_the_fork["open"] if what.startswith("socket:") or "sqlite" in what]
    assert shared == []


def test_what_the_workers_share_is_no_business_of_the_collector(before_the_fork):
    assert before_the_fork["frozen"] > 50 * before_the_fork["left to collect"]


@pytest.mark.parametrize(
    ("given", "said"),
    [({}, "Set SECRET_KEY"), (SAFE, "Set REDIS_URL"), (SAFE | {"SECRET_KEY": "secret"}, "Set SECRET_KEY")],
    ids=["no secret", "two workers without Redis", "a weak secret"],
)
def test_gunicorn_ends_with_one_sentence(tmp_path, given, said):
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    settings = {"BASE_URL": "http://localhost", "TODO_INSTANCE_DIR": str(tmp_path)} | given
    ran = run(gunicorn, "-w", "2", "-b", "127.0.0.1:0", "wsgi:app", **settings)
    assert ran.returncode == 1 and "Traceback" not in ran.stderr
    assert ran.stderr.splitlines()[-1].startswith(said)


def test_a_connection_takes_tls_as_pymysql_does_without_its_authorities():
    ours, theirs = (kind(defer_connect=True)._create_ssl_ctx({}) for kind in (LightConnection, Connection))
    for name in ("verify_mode", "check_hostname", "minimum_version", "maximum_version"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert ours.cert_store_stats()["x509_ca"] == 0
    assert LightConnection(defer_connect=True).ctx is ours


def test_a_connection_that_is_told_to_check_certificates_checks_them():
    connection = LightConnection(defer_connect=True, ssl={"verify_mode": True})
    assert connection.ctx.verify_mode == ssl.CERT_REQUIRED and connection.ctx.cert_store_stats()["x509_ca"] > 0
