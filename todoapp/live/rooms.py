"""Rooms: what one can listen to. Everybody in a room who hears of something hears the same bytes."""

from typing import Any, NamedTuple

TASK_CHANNEL, BOARD_CHANNEL = "TaskChannel", "BoardChannel"
TASK, USER, TEAM, ACCOUNT = "task", "user", "team", "account"


class Room(NamedTuple):
    """A task, a person's board, the team board or the account board. `id` is the task's or the person's."""

    kind: str
    id: int | None = None

    @property
    def names(self) -> dict[str, Any]:
        """How messages name it."""
        if self.kind == TASK:
            return {"channel": TASK_CHANNEL, "task_id": self.id}
        return {"channel": BOARD_CHANNEL, "board_id": f"user-{self.id}" if self.kind == USER else self.kind}
