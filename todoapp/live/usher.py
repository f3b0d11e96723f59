"""The usher: the hub's own thread. It tells what happened to who may hear it, and shows out who may not stay."""

import logging
import queue
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import Refusal
from todoapp.live.bulletin import Bulletin
from todoapp.live.connection import Connection, Subscription
from todoapp.live.hearers import Standing, inside_account, standings
from todoapp.live.histories import ENDINGS, PEOPLE
from todoapp.live.hub import House, Hub
from todoapp.live.limits import (
    DEAD_AFTER,
    GOING_AWAY,
    MOST_MISSED,
    NOT_SIGNED_IN,
    PING_AFTER,
    STUCK_AFTER,
    SWEEP_EVERY,
    HangUp,
)
from todoapp.live.opening import LOOK_BACK, changes_board, events_of, lately, later_than
from todoapp.live.protocol import frame, refused
from todoapp.live.rights import lost_rights
from todoapp.live.wire import PING

log = logging.getLogger(__name__)
KEEP_EVERY = 30
BREATH = 100
EXPIRED = HangUp(
    NOT_SIGNED_IN, 'Your access token has expired. Send a fresh one in time: {"type": "auth", "token": "…"}.'
)
RESTART = HangUp(GOING_AWAY, "The server restarts. Connect again.")


class Usher:
    """Serves one hub."""

    def __init__(self, hub: Hub):
        self.hub = hub
        self.started = False
        self.server: Any = None
        self.swept_at = self.kept_at = 0.0

    def start(self) -> None:
        """Begin, with the first socket of this process (a server that forks has forked by then)."""
        with self.hub.lock:
            if self.started:
                return
            self.started = True
        self.server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
        self.hub.broker.listen(self.hub.nudge)
        threading.Thread(target=self.run, name="live-usher", daemon=True).start()

    def run(self) -> None:
        """Tell and sweep, for as long as the process lives."""
        while True:
            for account_id, event_ids in self._wait().items():
                self._care(account_id, partial(self.tell, event_ids=event_ids))
            if time.monotonic() >= self.swept_at + SWEEP_EVERY:
                self.swept_at = time.monotonic()
                for account_id in list(self.hub.houses):
                    self._care(account_id, self.sweep)
                self._keep_count()

    def tell(self, house: House, event_ids: Iterable[int]) -> None:
        """Tell what these events mean to everybody who listens in the account."""
        fresh = [event_id for event_id in event_ids if event_id not in house.told]
        listening = self.hub.listening(house)
        if not fresh:
            return
        try:
            events, bulletin = self._read(house, lambda: _look(fresh, listening))
            self._deliver(house, bulletin)
        except (DBAPIError, Refusal):
            raise  # the next sweep finds these events again
        except Exception:
            house.note(fresh)
            raise
        house.note(event.id for event in events)
        actions = {event.action for event in events}
        if actions & (PEOPLE | ENDINGS):
            self.sweep(house, everybody=bool(actions & PEOPLE))
        self._resync(house, (one for one in listening if changes_board(one.room, actions)))

    def sweep(self, house: House, everybody: bool = False) -> None:
        """Show out whose session, membership or right has ended; find events of which nobody told us.

        Rights are asked again of those whose role or manager changed, or of `everybody`.
        """
        sockets, listening = self.hub.sockets(house), self.hub.listening(house)
        self._look_after(sockets)
        hearers = {socket.hearer for socket in sockets if socket.hearer and socket.verdict is None}

        def look() -> tuple[dict[int, Standing | HangUp], list[Any], Sequence[int]]:
            found = standings(hearers)
            standing = {session_id: one for session_id, one in found.items() if isinstance(one, Standing)}
            asked = [one for one in listening if everybody or _has_changed(one, house, standing)]
            return found, list(lost_rights(asked, standing)), _untold(house)

        found, lost, untold = self._read(house, look)
        house.standing = {session_id: one for session_id, one in found.items() if isinstance(one, Standing)}
        self._show_out(house, {session_id: one for session_id, one in found.items() if isinstance(one, HangUp)})
        self._end(lost)
        if len(untold) > MOST_MISSED:
            house.note(self._read(house, lately))
            self.sweep(house, everybody=True)
            self._resync(house, listening)
        elif untold:
            self.tell(house, untold)

    def _wait(self) -> dict[int, list[int]]:
        """The news that came until the next sweep, by account."""
        news: dict[int, list[int]] = defaultdict(list)
        try:
            patience = max(0.0, self.swept_at + SWEEP_EVERY - time.monotonic())
            account_id, event_ids = self.hub.news.get(timeout=patience)
            while True:
                news[account_id] += event_ids
                account_id, event_ids = self.hub.news.get_nowait()
        except queue.Empty:
            return news

    def _care(self, account_id: int, work: Callable[[House], None]) -> None:
        """Do something in an account. What fails there must not keep the others from hearing."""
        house = self.hub.houses.get(account_id)
        if house is None or not house.ready:
            return
        try:
            work(house)
        except (DBAPIError, Refusal) as error:
            log.warning("live news wait for the database", extra={"reason": str(error)[:200]})
        except Exception:
            log.exception("live news were not told", extra={"account": account_id})
            self._resync(house, self.hub.listening(house))

    def _read(self, house: House, look: Callable[[], Any]) -> Any:
        return inside_account(self.hub.app, house.account_id, look)

    def _deliver(self, house: House, bulletin: Bulletin) -> None:
        self._show_out(house, bulletin.fallen)
        self._end(bulletin.endings)
        for (message, sequence), hearing in bulletin.sendings.items():
            self._say(hearing, message, sequence)
        self._resync(house, bulletin.resyncs)

    def _say(self, hearing: Iterable[Subscription], message: bytes, sequence: int = 0) -> None:
        for count, one in enumerate(hearing, 1):
            if not one.hear(message, sequence):
                one.connection.wire.drop()
            if count % BREATH == 0:
                time.sleep(0)

    def _resync(self, house: House, hearing: Iterable[Subscription]) -> None:
        for one in hearing:
            if one.connection.subscriptions.get(one.room) is one:
                self._say([one], frame("resync", **one.room.names, sequence=house.last))

    def _end(self, lost: Iterable[tuple[Subscription, Refusal]]) -> None:
        for one, refusal in lost:
            if one.connection.unsubscribe(one.room):
                self._say([one], refused(refusal, one.room.names, "ended"))

    def _show_out(self, house: House, fallen: dict[int, HangUp]) -> None:
        for socket in self.hub.sockets(house):
            if socket.hearer and socket.hearer.session_id in fallen:
                socket.end(fallen[socket.hearer.session_id])

    def _look_after(self, sockets: Iterable[Connection]) -> None:
        at = time.monotonic()
        restart = getattr(self.server, "alive", True) is False
        for socket in sockets:
            wire = socket.wire
            quiet = at - wire.heard_at
            stuck = wire.stuck_since is not None and at - wire.stuck_since > STUCK_AFTER
            overdue = socket.verdict is not None and at - socket.verdict_at > 2 * SWEEP_EVERY
            if stuck or overdue or quiet > DEAD_AFTER:
                wire.drop()
            elif restart or socket.expired():
                socket.end(RESTART if restart else EXPIRED)
            elif quiet > PING_AFTER:
                wire.offer(PING)

    def _keep_count(self) -> None:
        if time.monotonic() < self.kept_at + KEEP_EVERY:
            return
        self.kept_at = time.monotonic()
        sockets = [socket for house in list(self.hub.houses.values()) for socket in self.hub.sockets(house)]
        self.hub.broker.keep([(socket.hearer.user_id, socket.id) for socket in sockets if socket.hearer])


def _look(event_ids: Sequence[int], listening: Sequence[Subscription]) -> tuple[Sequence[ActivityLog], Bulletin]:
    events = events_of(event_ids)
    return events, Bulletin(events, listening)


def _untold(house: House) -> Sequence[int]:
    """Events that nobody told us of: the broker was away, or another process wrote them."""
    later = select(ActivityLog.id).where(later_than(house.last, now())).order_by(ActivityLog.id)
    found = db.session.scalars(later.limit(LOOK_BACK + MOST_MISSED + 1))
    return [event_id for event_id in found if event_id not in house.told]


def _has_changed(one: Subscription, house: House, standing: dict[int, Standing]) -> bool:
    session_id = one.hearer.session_id
    return session_id in house.standing and house.standing[session_id] != standing.get(session_id)
