"""The one verb of imports: take what a foreign tool knows into the actor's account, all of it or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import select

from todoapp.accounts.holding import hold_account
from todoapp.actions import action
from todoapp.activity.record import Past, record, record_past
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.imports.ledger import Ledger
from todoapp.imports.people import People
from todoapp.imports.report import Report
from todoapp.kit.clock import now
from todoapp.tasks.models import Task

IDS_AT_ONCE = 500


@dataclass
class Work:
    """One import as it goes: who does it, when, what is known of the source already, and the history still to write."""

    actor: Actor
    at: datetime
    ledger: Ledger
    report: Report
    people: People
    _history: list[tuple[Past, str | None]] = field(default_factory=list)
    _last_change: dict[Task, datetime] = field(default_factory=dict)

    def who(self, foreign_id: str | None) -> int:
        """The user id of a foreign person; where the foreign tool does not say, it was who imports."""
        return self.people.id_of(foreign_id) if foreign_id else self.actor.user_id

    def tell(self, past: Past, foreign_id: str | None = None, counted_as: str | None = None) -> None:
        """Add an event to the history, with the id that it has in the foreign tool if it has one."""
        self._history.append((past, foreign_id))
        if counted_as:
            self.report.took(counted_as)

    def changed_last(self, task: Task, at: datetime) -> None:
        """Say when a task that is new here was last changed."""
        self._last_change[task] = at

    def write_history(self) -> None:
        """Save the told events, oldest first."""
        told = sorted(self._history, key=lambda item: item[0].at)
        for task, at in self._last_change.items():
            task.updated_at = at
        events = record_past(self.actor, [past for past, _ in told])
        for (_, foreign_id), event in zip(told, events, strict=True):
            if foreign_id is not None:
                self.ledger.note("event", foreign_id, event.id)
        db.session.flush()

    def tasks_here(self, ids: Iterable[int]) -> dict[int, Task]:
        """The tasks under these ids that still exist here, locked."""
        wanted = sorted(ids)
        found: dict[int, Task] = {}
        for start in range(0, len(wanted), IDS_AT_ONCE):
            some = select(Task).where(Task.id.in_(wanted[start : start + IDS_AT_ONCE])).order_by(Task.id)
            found |= {task.id: task for task in db.session.scalars(some.with_for_update())}
        return found


class Source(Protocol):
    """What a foreign tool gave us: read, checked, and ready to be taken."""

    @property
    def tool(self) -> str:
        """The name under which the ledger knows what came from it."""

    @property
    def title(self) -> str:
        """How reports and events call it."""

    def people(self) -> dict[str, str]:
        """The names of everybody in it, by foreign id."""

    def take(self, work: Work) -> None:
        """Make rows of it."""


@action("account.import")
def import_into_account(actor: Actor, *, source: Source) -> Report:
    """Take what is new in `source` into the actor's account. Nothing follows from it: no mail, no other reaction."""
    actor = actor.through("import")
    account = hold_account(actor)
    report = Report(source.title)
    ledger = Ledger(source.tool)
    work = Work(actor, now(), ledger, report, People(ledger, report, source.people()))
    source.take(work)
    work.write_history()
    if not report.is_empty:
        record(
            actor, "account_imported", account, summary=report.summary, source=source.tool, counts=dict(report.taken)
        )
    return report
