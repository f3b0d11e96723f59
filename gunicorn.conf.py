"""How gunicorn serves the product: it reads this file by itself where it is started. Its command line, and
GUNICORN_CMD_ARGS and WEB_CONCURRENCY in the environment, go before what stands here.
"""

# ruff: noqa: E402  what is imported before the patch keeps locks and sockets that stop a whole worker
from gevent import monkey

monkey.patch_all()

import ctypes
import gc
import sys
from contextlib import suppress
from typing import Any

ONE_MEGABYTE = 1 << 20
M_MMAP_THRESHOLD = -3

worker_class = "gevent"
worker_connections = 10_000
preload_app = True
control_socket_disable = True  # a thread in the process that forks

# To check a password takes 19 MB for a moment. glibc would keep them for the next one, in each worker; musl has no such call.
with suppress(AttributeError):
    ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, ONE_MEGABYTE)


def on_starting(server: Any) -> None:
    """Refuse workers that would not hear each other."""
    if server.cfg.workers > 1 and not server.app.wsgi().config["REDIS_URL"]:
        sys.exit("Set REDIS_URL so that several workers can hear each other, or start one: gunicorn -w 1 wsgi:app")


def pre_fork(_server: Any, _worker: Any) -> None:
    """Keep the garbage collector from writing on the memory that the workers share."""
    gc.freeze()
