"""A WebSocket client that can be as rude as a test needs: it writes frames byte by byte and reads what comes."""

import base64
import json
import os
import secrets
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
PATIENCE = 10.0


class Closed(Exception):
    """The server closed the socket: with a close frame, or (code None) without one."""

    def __init__(self, code: int | None, reason: str = ""):
        super().__init__(f"{code} {reason}")
        self.code, self.reason = code, reason


class Refused(Exception):
    """The server answered the handshake with something else than 101."""

    def __init__(self, status: int, headers: dict[str, str], body: str):
        super().__init__(f"{status} {body[:300]}")
        self.status, self.headers, self.body = status, headers, body


def until(holds: Callable[[], Any], patience: float = PATIENCE) -> None:
    """Wait until `holds()`, for a while."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)


class Talker:
    """One socket to the live door."""

    def __init__(self, port: int, *, receive_buffer: int | None = None, **headers: str | None):
        self.port = port
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self.buffer = b""
        self.kept: list[dict[str, Any]] = []
        self.headers = self._shake_hands({name.replace("_", "-"): value for name, value in headers.items()})

    def _shake_hands(self, more: dict[str, str | None]) -> dict[str, str]:
        wanted: dict[str, str | None] = {
            "Host": f"127.0.0.1:{self.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(),
            "Sec-WebSocket-Version": "13",
        }
        wanted.update(more)
        lines = [f"{name}: {value}" for name, value in wanted.items() if value is not None]
        self.raw("\r\n".join(["GET /v1/live HTTP/1.1", *lines, "", ""]).encode())
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        first, *rest = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
        status = int(first.split()[1])
        if status != 101:
            size = int(headers.get("content-length", "0"))
            while len(self.buffer) < size:
                self._more()
            self.socket.close()
            raise Refused(status, headers, self.buffer.decode())
        return headers

    def raw(self, data: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(data)

    def send_frame(
        self, opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, rsv: int = 0
    ) -> None:
        """Send one frame, right or wrong."""
        self.raw(encoded(opcode, payload, fin=fin, masked=masked, rsv=rsv))

    def say(self, kind: str, **content: Any) -> None:
        """Send a message."""
        self.send_frame(TEXT, json.dumps({"type": kind, **content}).encode())

    def ask(self, kind: str, **content: Any) -> dict[str, Any]:
        """Send a message and return the next answer."""
        self.say(kind, **content)
        return self.hear()

    def subscribe(self, **content: Any) -> dict[str, Any]:
        """Subscribe to a task (`task_id`) or a board (`board_id`); must be granted. What is heard before is kept."""
        channel = "TaskChannel" if "task_id" in content else "BoardChannel"
        self.say("subscribe", channel=channel, **content)
        *before, answer = self.hear_until(lambda message: message["type"] in ("subscribed", "refused"))
        assert answer["type"] == "subscribed", answer
        self.kept += before
        return answer

    def frame(self, patience: float = PATIENCE) -> tuple[bool, int, bytes]:
        """The next frame of the server: fin, opcode, payload."""
        until = time.monotonic() + patience
        while (found := self._complete_frame()) is None:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("nothing was heard")
            self.socket.settimeout(left)
            self._more()
        return found

    def hear(self, patience: float = PATIENCE) -> dict[str, Any]:
        """The next message. A ping of the server is answered; so is its close, which is `Closed`."""
        while True:
            _fin, opcode, payload = self.frame(patience)
            if opcode == PING:
                self.send_frame(PONG, payload)
            elif opcode == CLOSE:
                with suppress(OSError):
                    self.send_frame(CLOSE, payload)
                code = struct.unpack("!H", payload[:2])[0] if payload else 1005
                raise Closed(code, payload[2:].decode())
            elif opcode == TEXT:
                return json.loads(payload)  # type: ignore[no-any-return]

    def hear_until(self, wanted: Any, patience: float = PATIENCE) -> list[dict[str, Any]]:
        """The messages up to and with the first for which `wanted(message)` holds."""
        until, heard = time.monotonic() + patience, []
        while not heard or not wanted(heard[-1]):
            heard.append(self.hear(max(0.01, until - time.monotonic())))
        return heard

    def silence(self) -> list[dict[str, Any]]:
        """What is heard before the answer to a ping: nothing that was meant for us is still on its way after it."""
        self.say("ping")
        kept, self.kept = self.kept, []
        return kept + self.hear_until(lambda message: message["type"] == "pong")[:-1]

    def closed(self, patience: float = PATIENCE) -> Closed:
        """How the server closes the socket; messages before that are dropped."""
        until = time.monotonic() + patience
        try:
            while True:
                self.hear(max(0.01, until - time.monotonic()))
        except Closed as end:
            return end

    def hung_up(self, patience: float = PATIENCE) -> bool:
        """Whether the server ends the connection itself, after it has sent its close frame."""
        self.socket.settimeout(patience)
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            return False
        return True

    def close(self) -> None:
        """Go without a word."""
        self.socket.close()

    def _more(self) -> None:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        if not data:
            raise Closed(None)
        self.buffer += data

    def _complete_frame(self) -> tuple[bool, int, bytes] | None:
        data = self.buffer
        if len(data) < 2:
            return None
        size, start = data[1] & 0x7F, 2
        assert not data[1] & 0x80, "a server must not mask"
        if size >= 126:
            kind, width = ("!H", 2) if size == 126 else ("!Q", 8)
            if len(data) < 2 + width:
                return None
            size, start = struct.unpack(kind, data[2 : 2 + width])[0], 2 + width
        if len(data) < start + size:
            return None
        self.buffer = data[start + size :]
        assert not data[0] & 0x70, "no extension was agreed"
        return bool(data[0] & 0x80), data[0] & 0x0F, data[start : start + size]


def encoded(opcode: int, payload: bytes, *, fin: bool = True, masked: bool = True, rsv: int = 0) -> bytes:
    """A client's frame."""
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    mask_bit, size = (0x80 if masked else 0), len(payload)
    if size < 126:
        head += bytes([mask_bit | size])
    elif size < 1 << 16:
        head += struct.pack("!BH", mask_bit | 126, size)
    else:
        head += struct.pack("!BQ", mask_bit | 127, size)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    repeated = (mask * (size // 4 + 1))[:size]
    blended = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
    return head + mask + blended.to_bytes(size, "big")
