"""The hub: one per process. It knows who listens to what."""

import queue
import threading
from collections import defaultdict
from collections.abc import Iterable

from flask import Flask

from todoapp.live.broker import Broker
from todoapp.live.connection import Connection, Subscription
from todoapp.live.hearers import Standing, inside_account
from todoapp.live.limits import TOO_MANY, HangUp
from todoapp.live.opening import LOOK_BACK, lately
from todoapp.live.rooms import Room


class House:
    """What this process knows of one account in which somebody listens."""

    def __init__(self, account_id: int) -> None:
        self.account_id = account_id
        self.connections: set[Connection] = set()
        self.rooms: dict[Room, set[Subscription]] = defaultdict(set)
        self.standing: dict[int, Standing] = {}
        self.lock = threading.Lock()
        self.ready = False
        self.last = 0
        self.told: set[int] = set()

    def note(self, ids: Iterable[int]) -> None:
        """Remember that these events were told."""
        self.told.update(ids)
        self.last = max(self.told | {self.last})
        if len(self.told) > 5 * LOOK_BACK:
            self.told = {event_id for event_id in self.told if event_id > self.last - 2 * LOOK_BACK}


class Hub:
    """Accounts, their rooms and the sockets in them, and the news that waits to be told."""

    def __init__(self, app: Flask, broker: Broker):
        self.app, self.broker = app, broker
        self.lock = threading.RLock()
        self.houses: dict[int, House] = {}
        self.unknown: set[Connection] = set()
        self.news: queue.Queue[tuple[int, list[int]]] = queue.Queue()

    def nudge(self, account_id: int, event_ids: list[int]) -> None:
        """There is news in an account."""
        if account_id in self.houses:
            self.news.put((account_id, event_ids))

    def await_name(self, connection: Connection) -> None:
        """Take in a socket that has yet to say who it is."""
        with self.lock:
            self.unknown.add(connection)

    def join(self, connection: Connection) -> None:
        """Take in a socket whose hearer is known; `HangUp` where the person has too many."""
        hearer = connection.known
        if not self.broker.admit(hearer.user_id, connection.id):
            raise HangUp(TOO_MANY, "You have too many connections open. Close one and connect again.")
        with self.lock:
            self.unknown.discard(connection)
            house = self.houses.setdefault(hearer.account_id, House(hearer.account_id))
            house.connections.add(connection)
        with house.lock:
            if not house.ready:
                house.note(inside_account(self.app, house.account_id, lately))
                house.ready = True

    def part(self, connection: Connection) -> None:
        """Forget a socket."""
        self.silence(connection)
        with self.lock:
            self.unknown.discard(connection)
            hearer = connection.hearer
            house = self.houses.get(hearer.account_id) if hearer else None
            if house is None or hearer is None or connection not in house.connections:
                return
            house.connections.discard(connection)
            if not house.connections:
                del self.houses[house.account_id]
        self.broker.dismiss(hearer.user_id, connection.id)

    def silence(self, connection: Connection) -> None:
        """Say nothing more on a socket."""
        for room in list(connection.subscriptions):
            connection.unsubscribe(room)

    def enter(self, subscription: Subscription) -> None:
        """Let a subscription hear."""
        with self.lock:
            house = self.houses.get(subscription.hearer.account_id)
            if house is not None:
                house.rooms[subscription.room].add(subscription)

    def exit(self, subscription: Subscription) -> None:
        """Let it hear no more."""
        with self.lock:
            house = self.houses.get(subscription.hearer.account_id)
            if house is not None and subscription.room in house.rooms:
                house.rooms[subscription.room].discard(subscription)
                if not house.rooms[subscription.room]:
                    del house.rooms[subscription.room]

    def listening(self, house: House) -> list[Subscription]:
        """All subscriptions of an account."""
        with self.lock:
            return [one for room in house.rooms.values() for one in room]

    def sockets(self, house: House) -> list[Connection]:
        """All sockets of an account."""
        with self.lock:
            return list(house.connections)
