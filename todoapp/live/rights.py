"""Rights that were lost: subscriptions that would not be opened any more."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from todoapp.kit.errors import Forbidden, NotFound, Refusal
from todoapp.live.hearers import Standing
from todoapp.live.rooms import ACCOUNT, TASK, TEAM, USER
from todoapp.permissions.audience import who_opens, who_sees
from todoapp.permissions.matrix import WHO_MAY, reach_of

BOARD_RIGHTS = {USER: "board.view", TEAM: "board.team", ACCOUNT: "board.account"}
TASKS_AT_ONCE = 50


def lost_rights(subscriptions: Collection[Any], standing: Mapping[int, Standing]) -> Iterator[tuple[Any, Refusal]]:
    """The subscriptions whose hearer may not listen to them now, each with the refusal. `standing` is by session id."""
    known = [one for one in subscriptions if one.hearer.session_id in standing]
    yield from ((one, NotFound()) for one in _unseen([one for one in known if one.room.kind == TASK]))
    boards = [one for one in known if one.room.kind == USER]
    opens = who_opens({one.room.id for one in boards}, _people(boards)) if boards else set()
    for one in known:
        if one.room.kind != TASK and not opens_board(one, standing[one.hearer.session_id], opens):
            yield one, shut_board(one)


def opens_board(one: Any, standing: Standing, opens: set[tuple[int, int]]) -> bool:
    """Whether a board opens for its hearer; `opens` are pairs of a user id and the owner of a board."""
    if one.room.kind == USER:
        return (one.hearer.user_id, one.room.id) in opens
    return bool(reach_of(BOARD_RIGHTS[one.room.kind], standing.role))


def shut_board(one: Any) -> Refusal:
    """Why a board does not open any more."""
    return Forbidden(WHO_MAY[BOARD_RIGHTS[one.room.kind]])


def _unseen(listening: list[Any]) -> Iterator[Any]:
    by_task: dict[int, list[Any]] = defaultdict(list)
    for one in listening:
        by_task[one.room.id].append(one)
    tasks = list(by_task)
    for start in range(0, len(tasks), TASKS_AT_ONCE):
        some = tasks[start : start + TASKS_AT_ONCE]
        there = [one for task_id in some for one in by_task[task_id]]
        sees = who_sees(some, _people(there))
        yield from (one for one in there if (one.hearer.user_id, one.room.id) not in sees)


def _people(listening: list[Any]) -> set[int]:
    return {one.hearer.user_id for one in listening}
