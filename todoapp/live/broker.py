"""The broker carries the news that something happened from the process that wrote it to those in which somebody listens.

It carries ids only: what they mean, and for whom, each process reads in the database. News that is lost is found there too.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import orjson
from redis import Redis, RedisError

from todoapp.live.limits import SOCKETS_PER_PERSON

log = logging.getLogger(__name__)
Hear = Callable[[int, list[int]], None]
Sockets = Iterable[tuple[int, str]]

SILENT_AFTER_FAILURE = 2.0
TAKEN_FOR_GONE = 90


class Broker(Protocol):
    """What the hub needs of one."""

    def publish(self, account_id: int, event_ids: list[int]) -> None:
        """Tell every process that these events are there. Never fails, and never waits for long."""

    def listen(self, hear: Hear) -> None:
        """Have `hear` called with everything that is published, from a thread of the broker's choice."""

    def admit(self, user_id: int, socket_id: str) -> bool:
        """Count a socket of a person; False where they have too many."""

    def dismiss(self, user_id: int, socket_id: str) -> None:
        """A socket is gone."""

    def keep(self, sockets: Sockets) -> None:
        """These sockets are still there."""


class InProcess:
    """The broker of a process on its own."""

    def __init__(self) -> None:
        self.hear: Hear | None = None
        self.sockets: Counter[int] = Counter()
        self.lock = threading.Lock()

    def publish(self, account_id: int, event_ids: list[int]) -> None:
        """Tell the hub of this process, if somebody listens."""
        if self.hear is not None:
            self.hear(account_id, event_ids)

    def listen(self, hear: Hear) -> None:
        """Tell `hear`."""
        self.hear = hear

    def admit(self, user_id: int, socket_id: str) -> bool:
        """Count."""
        with self.lock:
            if self.sockets[user_id] >= SOCKETS_PER_PERSON:
                return False
            self.sockets[user_id] += 1
            return True

    def dismiss(self, user_id: int, socket_id: str) -> None:
        """Count down."""
        with self.lock:
            self.sockets[user_id] -= 1
            if self.sockets[user_id] <= 0:
                del self.sockets[user_id]

    def keep(self, sockets: Sockets) -> None:
        """Nothing is forgotten in one process."""


class OverRedis:
    """The broker of several processes: Redis pub/sub for the news, a sorted set per person for their sockets."""

    def __init__(self, url: str, name: str):
        self.name = name
        self.speaking = Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
        self.listening = Redis.from_url(url, socket_connect_timeout=3, health_check_interval=15, socket_keepalive=True)
        self.silent_until = 0.0

    def publish(self, account_id: int, event_ids: list[int]) -> None:
        """Tell all processes. While Redis does not answer, nobody waits for it: the hubs find the events in the database."""
        message = orjson.dumps([account_id, event_ids])
        self._try(lambda: self.speaking.publish(self.name, message))

    def listen(self, hear: Hear) -> None:
        """Tell `hear` from a thread of its own."""
        threading.Thread(target=self._listen, args=(hear,), name="live-redis", daemon=True).start()

    def admit(self, user_id: int, socket_id: str) -> bool:
        """Count over all processes. Sockets of a process that died are forgotten after a while."""
        key, at = self._key(user_id), time.time()

        def count() -> int:
            with self.speaking.pipeline() as pipe:
                pipe.zremrangebyscore(key, 0, at)
                pipe.zadd(key, {socket_id: at + TAKEN_FOR_GONE})
                pipe.expire(key, TAKEN_FOR_GONE)
                pipe.zcard(key)
                return int(pipe.execute()[-1])

        if (self._try(count) or 0) <= SOCKETS_PER_PERSON:
            return True
        self.dismiss(user_id, socket_id)
        return False

    def dismiss(self, user_id: int, socket_id: str) -> None:
        """Forget one."""
        self._try(lambda: self.speaking.zrem(self._key(user_id), socket_id))

    def keep(self, sockets: Sockets) -> None:
        """Remember them for another while."""
        until = time.time() + TAKEN_FOR_GONE

        def remember() -> None:
            with self.speaking.pipeline(transaction=False) as pipe:
                for user_id, socket_id in sockets:
                    pipe.zadd(self._key(user_id), {socket_id: until})
                    pipe.expire(self._key(user_id), TAKEN_FOR_GONE)
                pipe.execute()

        self._try(remember)

    def _key(self, user_id: int) -> str:
        return f"{self.name}:sockets:{user_id}"

    def _try(self, ask: Callable[[], Any]) -> Any:
        """Ask Redis; None while it does not answer."""
        if time.monotonic() < self.silent_until:
            return None
        try:
            return ask()
        except (RedisError, OSError) as error:
            self.silent_until = time.monotonic() + SILENT_AFTER_FAILURE
            log.warning("Redis does not answer; live news go by the database", extra={"reason": str(error)})
            return None

    def _listen(self, hear: Hear) -> None:
        known = None
        while True:
            try:
                self._hear_out(hear)
            except (RedisError, OSError) as error:
                if type(error) is not known:
                    log.warning("the subscription to Redis broke", extra={"reason": str(error)})
                known = type(error)
                time.sleep(1)

    def _hear_out(self, hear: Hear) -> None:
        with self.listening.pubsub(ignore_subscribe_messages=True) as pubsub:
            pubsub.subscribe(self.name)
            while True:
                message = pubsub.get_message(timeout=5)
                if message is not None:
                    _pass_on(message["data"], hear)


def _pass_on(message: bytes, hear: Hear) -> None:
    try:
        account_id, event_ids = orjson.loads(message)
        hear(int(account_id), [int(event_id) for event_id in event_ids])
    except (ValueError, TypeError):
        log.warning("a message that is not ours came over Redis")
