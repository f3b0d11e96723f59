"""RFC 6455 in cases: what a rude client sends, and how a server answers. Asked of every server that we run on."""

import struct
from collections.abc import Callable

from tests.live.talk import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Talker, encoded

LIMIT = 64 * 1024
PLAIN = b'{"type": "ping"}'
BAD = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xed\xa0\x80edited"
Rudeness = Callable[[Talker], None]


def sends(*frames: bytes) -> Rudeness:
    return lambda talker: talker.raw(b"".join(frames))


def closing(code: int, reason: bytes = b"") -> Rudeness:
    return sends(encoded(CLOSE, struct.pack("!H", code) + reason))


RUDE: dict[str, tuple[Rudeness, int]] = {
    "text that is not UTF-8": (sends(encoded(TEXT, BAD)), 1007),
    "text that stops being UTF-8 in a later fragment": (
        sends(encoded(TEXT, BAD[:5], fin=False), encoded(CONTINUATION, BAD[5:])),
        1007,
    ),
    "text that ends within a character": (sends(encoded(TEXT, "é".encode()[:1])), 1007),
    "an unmasked frame": (sends(encoded(TEXT, PLAIN, masked=False)), 1002),
    "an unmasked ping": (sends(encoded(PING, b"x", masked=False)), 1002),
    "a reserved bit": (sends(encoded(TEXT, PLAIN, rsv=4)), 1002),
    "a reserved bit on a ping": (sends(encoded(PING, b"", rsv=1)), 1002),
    "a reserved opcode": (sends(encoded(3, PLAIN)), 1002),
    "a reserved control opcode": (sends(encoded(11, PLAIN)), 1002),
    "a ping in fragments": (sends(encoded(PING, b"x", fin=False)), 1002),
    "a ping that is too long": (sends(encoded(PING, b"x" * 126)), 1002),
    "a close frame that is too long": (closing(1000, b"x" * 124), 1002),
    "a continuation of nothing": (sends(encoded(CONTINUATION, PLAIN)), 1002),
    "a text within a text": (sends(encoded(TEXT, b"{", fin=False), encoded(TEXT, b"}")), 1002),
    "a length in more bytes than it needs": (sends(b"\x81\xfe\x00\x05abcd" + b"hello"), 1002),
    "a length beyond all lengths": (sends(b"\x81\xff" + b"\xff" * 8 + b"abcd"), 1002),
    "a close frame with half a code": (sends(encoded(CLOSE, b"\x03")), 1002),
    "a close reason that is not UTF-8": (closing(1000, BAD), 1007),
    "binary": (sends(encoded(BINARY, PLAIN)), 1003),
    "a message that is too big": (sends(encoded(TEXT, b"x" * (LIMIT + 1))), 1009),
    "a message that is much too big": (sends(encoded(TEXT, b"x" * 20 * LIMIT)), 1009),
    "fragments that are too big together": (
        sends(encoded(TEXT, b"x" * 40_000, fin=False), encoded(CONTINUATION, b"x" * 40_000)),
        1009,
    ),
    "a message of few letters and many bytes": (sends(encoded(TEXT, "€".encode() * 30_000)), 1009),
} | {
    f"the close code {code}": (closing(code), 1002)
    for code in (0, 999, 1004, 1005, 1006, 1014, 1015, 1016, 1100, 2000, 2999, 5000, 65535)
}


CLOSE_CODES = (None, 1000, 1001, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
"""Codes with which a client may close."""


def check_rudeness(talker: Talker, name: str) -> None:
    """The server closes with the right code, lets us read it, and hangs up."""
    rudeness, code = RUDE[name]
    rudeness(talker)
    end = talker.closed()
    assert (name, end.code) == (name, code)
    assert talker.hung_up(), "hung up before its last word could be read"


def check_closing(talker: Talker, code: int | None) -> None:
    """A close frame is answered in kind, and then the server hangs up; what follows it is ignored."""
    payload = b"" if code is None else struct.pack("!H", code) + b"bye"
    talker.raw(encoded(CLOSE, payload) + encoded(TEXT, PLAIN))
    end = talker.closed()
    assert (end.code, end.reason) == ((1005, "") if code is None else (code, "bye"))
    assert talker.hung_up()


def check_manners(talker: Talker) -> None:
    """What is allowed, however odd, is understood."""
    pong = {"type": "pong"}
    talker.raw(
        encoded(TEXT, b'{"type"', fin=False)
        + encoded(CONTINUATION, b"", fin=False)
        + encoded(CONTINUATION, b': "ping"}')
    )
    assert talker.hear() == pong
    for letter in encoded(TEXT, PLAIN):
        talker.raw(bytes([letter]))
    assert talker.hear() == pong
    talker.raw(
        encoded(TEXT, PLAIN[:4], fin=False) + encoded(PING, b"are you there?") + encoded(CONTINUATION, PLAIN[4:])
    )
    both = sorted(talker.frame()[1:] for _ in range(2))
    assert both == [(TEXT, b'{"type":"pong"}'), (PONG, b"are you there?")]
    for payload in (b"", b"\x00\xff" * 62 + b"!", b"x"):
        talker.send_frame(PING, payload)
        assert talker.frame() == (True, PONG, payload)
    talker.send_frame(PONG, b"nobody asked")
    split = '{"type": "dänce €"}'.encode()
    talker.raw(
        encoded(TEXT, split[:12], fin=False)
        + encoded(CONTINUATION, split[12:18], fin=False)
        + encoded(CONTINUATION, split[18:])
    )
    assert talker.hear()["code"] == "invalid"
    talker.send_frame(TEXT, b" " * (LIMIT - len(PLAIN)) + PLAIN)
    assert talker.hear() == pong
    talker.raw(encoded(TEXT, PLAIN) * 5)
    assert [talker.hear() for _ in range(5)] == [pong] * 5


def check_vanishing(talker: Talker) -> None:
    """Who goes without a word in the middle of a frame is let go."""
    talker.raw(encoded(TEXT, PLAIN)[:5])
    talker.close()
