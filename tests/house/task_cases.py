"""A fixed house of tasks: one of every kind of history that the rules of mission.md speak of."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from todoapp.actor import Actor
from todoapp.tasks.actions.archiving import archive_task, delete_task
from todoapp.tasks.actions.assigning import accept_task, assign_task, reject_task, take_task
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.actions.progressing import complete_task, pause_task, start_task
from todoapp.tasks.models import Task

ME = "me"
Act = Callable[[str], Actor]


def trusted(actor: Actor) -> Actor:
    """The actor, allowed to reassign."""
    return replace(actor, settings=MappingProxyType({"managers_can_reassign": True, "several_running_tasks": True}))


class Cases:
    """Builds the tasks, each under the sentence that is its row in the table."""

    def __init__(self, act: Act, people: dict[str, Any]):
        self.act, self.people = act, people
        self.rows: dict[str, Task] = {}
        self._build()

    def _make(
        self, row: str, by: str, to: str | None = ME, visibility: str = "private", *then: tuple[str, str]
    ) -> Task:
        """A task by one person for another (themselves, nobody), with what happened `then`: (who, what)."""
        to_id = None if to is None else self.people[by if to == ME else to].user_id
        task = create_task(trusted(self.act(by)), title=row, assigned_to_id=to_id, visibility=visibility)
        for who, what in then:
            self._happen(task, trusted(self.act(who)), what)
        self.rows[row] = task
        return task

    def _happen(self, task: Task, actor: Actor, what: str) -> None:
        if what in self.people:
            assign_task(actor, task, assigned_to_id=self.people[what].user_id)
        elif what == "paused":
            pause_task(actor, task, reason="waiting for keys")
        elif what == "rejected":
            reject_task(actor, task, reason="no time")
        else:
            VERBS[what](actor, task)

    def _build(self) -> None:
        make = self._make
        for visibility in ("private", "team", "account"):
            make(f"Uma's own, {visibility}", "uma", ME, visibility)
        make("Nina's own (no manager), team", "nina", ME, "team")
        make("Mara's own, private", "mara")
        make("Mara's own, team", "mara", ME, "team")
        make("Sven's own, private", "sven")
        make("Olga's own, private", "olga")
        make("Olga's own, account", "olga", ME, "account")
        for visibility in ("private", "team", "account"):
            make(f"Nobody's, by Uma, {visibility}", "uma", None, visibility)
        make("Nobody's, by Mara, private", "mara", None)
        make("Nobody's, by Sven, private", "sven", None)
        make("Mara to Uma, waiting", "mara", "uma")
        make("Mara to Uma, accepted", "mara", "uma", "private", ("uma", "accepted"))
        make("Mara to Uma, in progress", "mara", "uma", "private", ("uma", "started"))
        make("Mara to Uma, paused", "mara", "uma", "private", ("uma", "started"), ("uma", "paused"))
        make("Mara to Uma, completed", "mara", "uma", "private", ("uma", "started"), ("uma", "completed"))
        make("Mara to Uma, archived", "mara", "uma", "private", ("mara", "archived"))
        make("Mara to Uma, deleted", "mara", "uma", "private", ("mara", "deleted"))
        make("Mara to Uma, rejected", "mara", "uma", "private", ("uma", "rejected"))
        make("Mara to Ulla (not her report)", "mara", "ulla")
        make("Mara to Ulla, in progress", "mara", "ulla", "private", ("ulla", "started"))
        make("Mara to Uma, Sven to Ulla", "mara", "uma", "private", ("sven", "ulla"))
        make("Milo to Ulla, waiting", "milo", "ulla")
        make("Sven to Milo, waiting", "sven", "milo")
        make("Sven to Mara, Mara to Uma", "sven", "mara", "private", ("mara", "uma"))
        make("Sven to Mara, Mara to Uma, rejected", "sven", "mara", "private", ("mara", "uma"), ("uma", "rejected"))
        make("Olga to Sven to Mara to Ulla", "olga", "sven", "private", ("sven", "mara"), ("mara", "ulla"))
        make("Olga to Sven, waiting", "olga", "sven")
        make("Olga to Nina, waiting", "olga", "nina")
        make("Uma's own, taken by Sven", "uma", ME, "private", ("sven", "taken"))
        make("Uma's own, Sven to Ulla", "uma", ME, "private", ("sven", "ulla"))
        make("Nobody's, by Uma, Sven to Udo", "uma", None, "private", ("sven", "udo"))
        make("Mara to Uma, Mara to Udo", "mara", "uma", "private", ("mara", "udo"))


VERBS: dict[str, Callable[..., Any]] = {
    "accepted": accept_task,
    "started": start_task,
    "completed": complete_task,
    "archived": archive_task,
    "deleted": delete_task,
    "taken": take_task,
}
