"""Huey's consumer as a guest in our process: it leaves the signals alone and rings every alarm once."""

from datetime import datetime
from typing import Any

from huey.consumer import Consumer, Scheduler


class OnceScheduler(Scheduler):
    """A scheduler that may run beside others: each minute of the timetable belongs to the first that claims it."""

    def enqueue_periodic_tasks(self, now: datetime | None) -> None:
        """Enqueue what is due in this minute, unless another scheduler did."""
        at = now or self.huey._get_timestamp()
        for task in self.huey.read_periodic(at):
            if self.huey.put_if_empty(f"{task.name} at {at:%Y-%m-%d %H:%M}", 1):
                self.huey.enqueue(task)


class QuietConsumer(Consumer):
    """A consumer that installs no signal handlers; whoever starts it stops it."""

    scheduler_class = OnceScheduler

    def __init__(self, huey: Any, **options: Any):
        super().__init__(huey, **options)
        self._logger.setLevel("WARNING")

    def _set_signal_handlers(self) -> None:
        """The process is not ours."""
