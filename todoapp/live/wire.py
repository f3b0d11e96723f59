"""The wire: the one place that touches the network. Frames go out whole, and nobody waits for a slow reader."""

import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from socket import MSG_DONTWAIT, SHUT_RDWR, SHUT_WR, SO_SNDBUF, SOL_SOCKET
from struct import pack
from typing import Any

from todoapp.live.limits import (
    MOST_UNREAD,
    MOST_WAITING_BYTES,
    MOST_WAITING_FRAMES,
    READS_AT_ONCE,
    READS_PER_SECOND,
    Bucket,
)

WIRE = "live.wire"
PING = b"\x89\x00"
SEND_BUFFER = 64 * 1024
LINGER = 1.0
_CLOSE, _PONG = 0x88, 0x8A


def text_frame(text: bytes) -> bytes:
    """An unmasked text frame; made once for everybody who hears the same."""
    size = len(text)
    if size < 126:
        return pack("!BB", 0x81, size) + text
    if size < 1 << 16:
        return pack("!BBH", 0x81, 126, size) + text
    return pack("!BBQ", 0x81, 127, size) + text


class Wire:
    """One connection's socket. simple-websocket reads from it and answers pings through it; the hub offers frames to it.

    The server that accepted the socket also closes it: here it is only shut down.
    """

    __slots__ = ("backlog", "heard_at", "lock", "over", "pace", "sock", "stuck_since", "waiting", "wake")

    def __init__(self, sock: Any):
        self.sock = sock
        self.lock = threading.Lock()
        self.waiting: deque[bytes] = deque()
        self.backlog: list[Any] = []
        self.wake: Callable[[], object] = lambda: None
        self.pace = Bucket(READS_PER_SECOND, READS_AT_ONCE)
        self.heard_at = time.monotonic()
        self.stuck_since: float | None = None
        self.over = False
        sock.setsockopt(SOL_SOCKET, SO_SNDBUF, SEND_BUFFER)

    def fileno(self) -> int:
        """The descriptor."""
        return int(self.sock.fileno())

    def recv(self, size: int) -> bytes:
        """Read. Who talks faster than we listen is kept waiting, by the network itself."""
        self._rest(self.pace.take())
        while len(self.backlog) >= MOST_UNREAD and not self.over:
            time.sleep(0.02)
        if self.over:
            self.backlog.clear()  # we have said our last word and only wait for theirs
        data: bytes = self.sock.recv(size)
        self.heard_at = time.monotonic()
        return data

    def send(self, data: bytes) -> int:
        """Send what simple-websocket has to say: the handshake, pongs, the close frame."""
        pongs, closes = _control_frames(data)
        self._rest(self.pace.take(max(0, pongs - 1)))
        self.put(bytes(data))
        self.over = self.over or closes
        return len(data)

    def put(self, frame: bytes) -> None:
        """Send a frame after those that wait, however long the reader takes."""
        with self.lock:
            self._drain()
            self._send_all(frame)

    def offer(self, frame: bytes) -> bool:
        """Send a frame now, as far as the reader takes it; the rest waits. False: more waits than is good."""
        if self.over:
            return True
        if self.lock.acquire(blocking=False):
            try:
                rest = frame if self.waiting else frame[self._send_now(frame) :]
                if rest:
                    self.waiting.append(rest)
            finally:
                self.lock.release()
        else:
            rest = frame
            self.waiting.append(rest)
        return not rest or self._may_wait()

    def flush(self) -> None:
        """Send what waits, however long the reader takes."""
        if self.waiting:
            with self.lock:
                self._drain()

    def close(self) -> None:
        """Say that nothing more comes, hear the other side out for a moment (else the close frame is lost), and hang up."""
        until = time.monotonic() + LINGER
        with suppress(OSError):
            self.sock.shutdown(SHUT_WR)
            self.sock.settimeout(LINGER)
            while self.sock.recv(65536) and time.monotonic() < until:
                pass
        self.drop()

    def drop(self) -> None:
        """Hang up at once, whoever is reading or writing."""
        self.over = True
        with suppress(OSError):
            self.sock.shutdown(SHUT_RDWR)
        self.wake()

    def _may_wait(self) -> bool:
        self.stuck_since = self.stuck_since or time.monotonic()
        self.wake()
        frames = tuple(self.waiting)
        return len(frames) <= MOST_WAITING_FRAMES and sum(map(len, frames)) <= MOST_WAITING_BYTES

    def _drain(self) -> None:
        while self.waiting:
            self._send_all(self.waiting.popleft())

    def _send_all(self, frame: bytes) -> None:
        self.stuck_since = time.monotonic()
        self.sock.sendall(frame)
        self.stuck_since = None

    def _send_now(self, frame: bytes) -> int:
        """How many bytes the reader takes without our waiting."""
        try:
            if isinstance(self.sock, ssl.SSLSocket):
                return 0
            if type(self.sock).__module__.startswith("gevent"):
                return int(self.sock.send(frame, timeout=0.0))
            return int(self.sock.send(frame, MSG_DONTWAIT))
        except BlockingIOError:
            return 0
        except OSError:
            self.drop()
            return len(frame)

    def _rest(self, seconds: float) -> None:
        if seconds and not self.over:
            time.sleep(min(seconds, 1.0))


class Wires:
    """WSGI layer: puts a wire under each WebSocket, and offers no compression, which costs more memory than it saves."""

    def __init__(self, wsgi_app: Callable[..., Iterable[bytes]]):
        self.wsgi_app = wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            for name in ("gunicorn.socket", "werkzeug.socket"):
                if name in environ:
                    environ[name] = environ[WIRE] = Wire(environ[name])
        return self.wsgi_app(environ, start_response)


def _control_frames(data: bytes) -> tuple[int, bool]:
    """How many pongs are in what simple-websocket sends, and whether a close frame is."""
    pongs, at = 0, 0
    while at + 1 < len(data) and data[at] in (_PONG, _CLOSE):
        if data[at] == _CLOSE:
            return pongs, True
        pongs += 1
        at += 2 + data[at + 1]
    return pongs, False
