"""One open socket: who hears on it, what they listen to, and the loop that serves it."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simple_websocket import ConnectionClosed, Server

from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput, Refusal, TooMany
from todoapp.kit.secrets import new_secret
from todoapp.kit.transaction import atomic, reading
from todoapp.live.hearers import Hearer, hearer_of_token
from todoapp.live.limits import (
    FAILED,
    LARGEST_MESSAGE,
    MESSAGES_AT_ONCE,
    MESSAGES_PER_SECOND,
    MOST_WAITING_FRAMES,
    NOT_SIGNED_IN,
    NOT_TEXT,
    SECONDS_TO_SAY_WHO,
    SUBSCRIPTIONS,
    TOO_BIG,
    TOO_MANY,
    Bucket,
    HangUp,
)
from todoapp.live.opening import open_channel
from todoapp.live.protocol import frame, named, parse, refused, room_of
from todoapp.live.rooms import Room
from todoapp.live.wire import Wire

if TYPE_CHECKING:
    from todoapp.live.hub import Hub

log = logging.getLogger(__name__)
Message = dict[str, Any]
LAST_WORDS = 2
SAY_WHO = 'Say who you are first: {"type": "auth", "token": "…"}.'


class Subscription:
    """One socket in one room. What it hears while it is being opened is held back until it was told so."""

    __slots__ = ("connection", "held", "lock", "room", "with_payload")

    def __init__(self, connection: "Connection", room: Room, with_payload: bool):
        self.connection, self.room, self.with_payload = connection, room, with_payload
        self.lock = threading.Lock()
        self.held: list[tuple[int, bytes]] | None = []

    @property
    def hearer(self) -> Hearer:
        """Who listens."""
        return self.connection.known

    def hear(self, message: bytes, sequence: int = 0) -> bool:
        """Take a frame; False where the socket is too slow for it."""
        with self.lock:
            if self.held is not None:
                self.held.append((sequence, message))
                return len(self.held) <= MOST_WAITING_FRAMES
        return self.connection.verdict is not None or self.connection.wire.offer(message)

    def open(self, told: set[int]) -> None:
        """Let through what was held back, except the sequences in `told`, and from now on everything."""
        while True:
            with self.lock:
                held, self.held = self.held, []
                if not held:
                    self.held = None
                    return
            for sequence, message in held:
                if sequence not in told:
                    self.connection.wire.put(message)


class Connection:
    """A socket from the handshake to its end. Its own thread serves it; the hub's thread only offers frames and verdicts."""

    def __init__(self, hub: "Hub", ws: Server, wire: Wire):
        self.hub, self.ws, self.wire = hub, ws, wire
        self.id = new_secret()[:16]
        self.hearer: Hearer | None = None
        self.subscriptions: dict[Room, Subscription] = {}
        self.pace = Bucket(MESSAGES_PER_SECOND, MESSAGES_AT_ONCE)
        self.verdict: HangUp | None = None
        self.verdict_at = 0.0
        wire.backlog, wire.wake = ws.input_buffer, ws.event.set

    @property
    def known(self) -> Hearer:
        """Who hears; only for sockets that said so."""
        if self.hearer is None:
            raise HangUp(NOT_SIGNED_IN, SAY_WHO)
        return self.hearer

    def serve(self, identify: Callable[[], Hearer | None]) -> None:
        """Serve the socket until one side ends it. `identify` says who opened it, as far as the handshake tells."""
        try:
            hearer = identify()
            if hearer is not None:
                self._welcome(hearer)
            self._listen(time.monotonic() + SECONDS_TO_SAY_WHO)
        except HangUp as end:
            self._close(end)
        except (ConnectionClosed, OSError):
            pass
        except Exception:
            log.exception("a live socket failed")
            self._close(HangUp(FAILED, "Something went wrong on our side. Connect again."))
        finally:
            self.hub.part(self)
            self.ws.thread.join(LAST_WORDS)
            self.wire.drop()

    def end(self, verdict: HangUp) -> None:
        """Have the socket's own thread end it; nothing more is said on it meanwhile."""
        if self.verdict is None:
            self.verdict, self.verdict_at = verdict, time.monotonic()
            self.hub.silence(self)
            self.wire.wake()

    def say(self, message: bytes) -> None:
        """Answer, after everything that waits."""
        self.wire.put(message)

    def expired(self) -> bool:
        """Whether the token with which it was opened has expired."""
        return self.hearer is not None and self.hearer.expires_at is not None and self.hearer.expires_at <= now()

    def _listen(self, until: float) -> None:
        while True:
            patience = None if self.hearer else max(0.0, until - time.monotonic())
            if not self.ws.event.wait(patience):
                raise HangUp(NOT_SIGNED_IN, SAY_WHO)
            self.ws.event.clear()
            while (text := self.ws.receive(timeout=0)) is not None:
                self._take(text)
            if self.verdict is not None:
                raise self.verdict
            # Last, because receiving may have swallowed the call that something waits.
            self.wire.flush()

    def _take(self, text: str | bytes) -> None:
        if self.verdict is not None:
            raise self.verdict
        if isinstance(text, bytes):
            raise HangUp(NOT_TEXT, "Send text frames with JSON.")
        if len(text.encode()) > LARGEST_MESSAGE:
            raise HangUp(TOO_BIG, "Message is too big")
        if self.pace.take() > 0:
            raise HangUp(TOO_MANY, f"At most {MESSAGES_PER_SECOND} messages a second.")
        try:
            message = parse(text)
            if message["type"] != "auth":
                _ = self.known
            getattr(self, f"_on_{message['type']}")(message)
        except Refusal as refusal:
            self.say(refused(refusal, refusal.details.get("named", {})))

    def _on_auth(self, message: Message) -> None:
        with self.hub.app.app_context(), reading():
            hearer = atomic(lambda: hearer_of_token(f"Bearer {message['token']}"))
        before = self.hearer
        if before is not None and (before.user_id, before.account_id) != (hearer.user_id, hearer.account_id):
            raise BadInput("This socket belongs to somebody else, or to another account. Open another one.")
        if before is None:
            self._welcome(hearer)
        else:
            self.hearer = hearer
            self._greet(hearer)

    def _on_ping(self, _message: Message) -> None:
        self.say(frame("pong"))

    def _on_subscribe(self, message: Message) -> None:
        room = room_of(message, self.known.user_id)
        if len(self.subscriptions) >= SUBSCRIPTIONS and room not in self.subscriptions:
            raise TooMany(f"A socket listens to at most {SUBSCRIPTIONS} channels.", named=named(message))
        self.unsubscribe(room)
        subscription = Subscription(self, room, message["payload"])
        self.subscriptions[room] = subscription
        self.hub.enter(subscription)
        try:
            sequence, missed, told = open_channel(self.hub.app, subscription, message.get("since"))
        except Refusal as refusal:
            self.unsubscribe(room)
            self.say(refused(refusal, room.names))
            return
        self.say(frame("subscribed", **room.names, sequence=sequence))
        for message_frame in missed:
            self.say(message_frame)
        subscription.open(told)

    def _on_unsubscribe(self, message: Message) -> None:
        room = room_of(message, self.known.user_id)
        self.unsubscribe(room)
        self.say(frame("unsubscribed", **room.names))

    def unsubscribe(self, room: Room) -> bool:
        """Stop listening to a room; whether one did."""
        subscription = self.subscriptions.pop(room, None)
        if subscription is not None:
            self.hub.exit(subscription)
        return subscription is not None

    def _welcome(self, hearer: Hearer) -> None:
        self.hearer = hearer
        self.hub.join(self)
        self._greet(hearer)

    def _greet(self, hearer: Hearer) -> None:
        self.say(frame("welcome", user_id=hearer.user_id, account_id=hearer.account_id, expires_at=hearer.expires_at))

    def _close(self, end: HangUp) -> None:
        self.end(end)  # from now on the usher hangs up on who does not even take the close frame
        try:
            self.ws.close(end.code, end.sentence)
        except (ConnectionClosed, OSError):
            self.wire.drop()
