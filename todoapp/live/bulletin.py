"""The bulletin: what a batch of events means for everybody who listens, decided under each hearer's own rights, in a few
queries however many they are. A frame is encoded once for all who get the same bytes.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Protocol

from sqlalchemy import select

from todoapp.activity.models import ActivityLog
from todoapp.activity.queries import Entry, as_entries
from todoapp.extensions import db
from todoapp.kit.errors import NotFound, Refusal
from todoapp.live.hearers import Hearer, Standing, standings
from todoapp.live.histories import State, moves, of_tasks, state_of, states_before
from todoapp.live.limits import HangUp
from todoapp.live.protocol import frame
from todoapp.live.rights import opens_board, shut_board
from todoapp.live.rooms import ACCOUNT, TASK, TEAM, USER, Room
from todoapp.permissions.audience import lines_above, who_opens, who_sees
from todoapp.permissions.matrix import reach_of
from todoapp.tasks.models import Task, TaskAssignment
from todoapp.tasks.queries import SHOWN
from todoapp.tasks.schemas import TaskOut

MANY_CARDS = 100
ADDED, MOVED, UPDATED, REMOVED = "task_added", "task_moved", "task_updated", "task_removed"


class Listening(Protocol):
    """One subscription, as far as the bulletin needs to know it."""

    room: Room
    with_payload: bool

    @property
    def hearer(self) -> Hearer:
        """Who listens."""


class Bulletin:
    """Read it inside the account, in a transaction; then `sendings`, `endings`, `resyncs` and `fallen` say what to do."""

    def __init__(self, events: Sequence[ActivityLog], listening: Collection[Any], since: int = 0):
        self.histories = of_tasks(events)
        self.since = since
        self.sendings: dict[tuple[bytes, int], list[Any]] = defaultdict(list)
        self.endings: list[tuple[Any, Refusal]] = []
        self.resyncs: list[Any] = []
        self.fallen: dict[int, HangUp] = {}
        if self.histories and listening:
            self._read_tasks()
            self._read_hearers([one for one in listening if self._concerns(one.room)])
            for one in self.listening:
                self._report(one)

    def _read_tasks(self) -> None:
        query = select(Task).where(Task.id.in_(self.histories)).options(*SHOWN)
        self.tasks = {task.id: task for task in db.session.scalars(query).unique()}
        self.now = {task.id: state_of(task) for task in self.tasks.values()}
        self.before = {
            task.id: states_before(task, self.histories[task.id], self.since) for task in self.tasks.values()
        }
        states = [*self.now.values(), *(state for before in self.before.values() for state in before)]
        self.holders = {state.assigned_to_id for state in states if state.assigned_to_id is not None}
        self.frames: dict[Any, tuple[bytes, int]] = {}
        self.entries: dict[int, Entry] = {}
        self.shown: dict[int, Any] = {}

    def _concerns(self, room: Room) -> bool:
        wanted = {TASK: self.tasks, USER: self.holders}.get(room.kind)
        return wanted is None or room.id in wanted

    def _read_hearers(self, concerned: list[Any]) -> None:
        standing = standings({one.hearer for one in concerned})
        self.fallen = {session_id: one for session_id, one in standing.items() if isinstance(one, HangUp)}
        self.standing = {session_id: one for session_id, one in standing.items() if isinstance(one, Standing)}
        self.listening = [one for one in concerned if one.hearer.session_id in self.standing]
        people = {one.hearer.user_id for one in self.listening}
        kinds = {one.room.kind for one in self.listening}
        self.sees = who_sees(self.tasks, people) if people else set()
        self.opens = who_opens(self.holders, people) if kinds - {TASK} else set()
        self.above = lines_above(self.holders) if TEAM in kinds else {}
        self.involved = _involved(self.tasks) if kinds & {TEAM, ACCOUNT} else set()

    def _report(self, one: Any) -> None:
        if one.room.kind == TASK:
            self._report_task(one, self.tasks[one.room.id])
        elif not opens_board(one, self.standing[one.hearer.session_id], self.opens):
            self.endings.append((one, shut_board(one)))
        elif len(self.tasks) > MANY_CARDS:
            self.resyncs.append(one)
        else:
            for task in self.tasks.values():
                self._report_card(one, task)

    def _report_task(self, one: Any, task: Task) -> None:
        if (one.hearer.user_id, task.id) not in self.sees:
            self.endings.append((one, NotFound()))
            return
        for event in self.histories[task.id]:
            self._send(one, task, event.action, event)

    def _report_card(self, one: Any, task: Task) -> None:
        name = self._card_news(one, task)
        if name is not None:
            self._send(one, task, name, self.histories[task.id][-1])

    def _card_news(self, one: Any, task: Task) -> str | None:
        """What happened to the task on the hearer's board, in the words of the board; None for nothing."""
        now, before = self.now[task.id], self.before[task.id]
        there = [state for state in before if state.present and self._holds(one, state)]
        if now.present and self._holds(one, now) and (one.hearer.user_id, task.id) in self.sees:
            if there != before or any(
                now.visibility != was.visibility and not self._saw(one, task, was) for was in there
            ):
                return ADDED
            return MOVED if moves(self.histories[task.id]) else UPDATED
        if any(self._saw(one, task, was) for was in there):
            return REMOVED
        if any(was.visibility == "team" != now.visibility for was in there):
            self.resyncs.append(one)  # whether they shared a manager then is not kept
        return None

    def _holds(self, one: Any, state: State) -> bool:
        if one.room.kind == USER:
            return state.assigned_to_id == one.room.id
        if one.room.kind == TEAM and state.assigned_to_id is not None:
            me = one.hearer.user_id
            return state.assigned_to_id == me or me in self.above.get(state.assigned_to_id, ())
        return one.room.kind == ACCOUNT

    def _saw(self, one: Any, task: Task, was: State) -> bool:
        """Whether it is certain that the hearer could see the task when it stood so."""
        me = one.hearer.user_id
        if was.assigned_to_id is None and frozenset({"unassigned"}) in self._sight(one):
            return True
        return (
            me in (task.created_by_id, was.assigned_to_id)
            or was.visibility == "account"
            or (me, was.assigned_to_id) in self.opens
            or (me, task.id) in self.involved
        )

    def _sight(self, one: Any) -> Any:
        return reach_of("task.view", self.standing[one.hearer.session_id].role)

    def _send(self, one: Any, task: Task, name: str, event: ActivityLog) -> None:
        key = (one.room, name, event.id, one.with_payload)
        if key not in self.frames:
            self.frames[key] = (self._encode(one.room, task, name, event, one.with_payload), event.id)
        self.sendings[self.frames[key]].append(one)

    def _encode(self, room: Room, task: Task, name: str, event: ActivityLog, with_payload: bool) -> bytes:
        content: dict[str, Any] = {"event": name, "task_id": task.id, "sequence": event.id, "at": event.created_at}
        if name != REMOVED:
            content |= {"status": task.status, "version": task.version}
            if with_payload:
                content["payload"] = self._payload(task, event)
        return frame("event", **room.names | content)

    def _payload(self, task: Task, event: ActivityLog) -> dict[str, Any]:
        """What the API shows to whoever sees the task: the task as it is now, and its line of history."""
        if not self.entries:
            everything = [event for history in self.histories.values() for event in history]
            self.entries = {entry.id: entry for entry in as_entries(everything)}
        if task.id not in self.shown:
            self.shown[task.id] = TaskOut().dump(task) if task.deleted_at is None else None
        entry = self.entries[event.id]
        return {
            "task": self.shown[task.id],
            "by": entry.who and {"id": entry.who.id, "name": entry.who.name},
            "sentence": entry.sentence,
            "changes": entry.changes,
        }


def _involved(task_ids: Collection[int]) -> set[tuple[int, int]]:
    """Who ever handed a task over or had it: pairs of a user id and a task id."""
    query = select(TaskAssignment.task_id, TaskAssignment.assigned_by_id, TaskAssignment.assigned_to_id)
    rows = db.session.execute(query.where(TaskAssignment.task_id.in_(task_ids)))
    return {(user_id, task_id) for task_id, *people in rows for user_id in people}
