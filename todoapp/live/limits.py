"""How much one socket, one person and one process take, and how one says no."""

import time

SOCKETS_PER_PERSON = 20
UNKNOWN_SOCKETS = 200
SUBSCRIPTIONS = 100
MESSAGES_PER_SECOND, MESSAGES_AT_ONCE = 20, 40
READS_PER_SECOND, READS_AT_ONCE = 20, 200
MOST_UNREAD = 64
LARGEST_MESSAGE = 64 * 1024
MOST_WAITING_FRAMES, MOST_WAITING_BYTES = 256, 1024 * 1024
MOST_MISSED = 500

SECONDS_TO_SAY_WHO = 5
SWEEP_EVERY = 1.5
PING_AFTER, DEAD_AFTER = 25, 75
STUCK_AFTER = 10

NORMAL, GOING_AWAY, NOT_TEXT, POLICY, TOO_BIG, FAILED = 1000, 1001, 1003, 1008, 1009, 1011
NOT_SIGNED_IN, SHUT_OUT, TOO_MANY = 4401, 4403, 4429


class HangUp(Exception):
    """The socket ends, with a close code and a sentence."""

    def __init__(self, code: int, sentence: str):
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Bucket:
    """So many a second, and a few more at once."""

    __slots__ = ("burst", "left", "rate", "seen_at")

    def __init__(self, rate: float, burst: float):
        self.rate, self.burst, self.left, self.seen_at = rate, burst, burst, time.monotonic()

    def take(self, count: float = 1) -> float:
        """Take `count`; returns for how many seconds that was too early, 0 where it is in time."""
        at = time.monotonic()
        self.left = min(self.burst, self.left + (at - self.seen_at) * self.rate) - count
        self.seen_at = at
        return max(0.0, -self.left / self.rate)
