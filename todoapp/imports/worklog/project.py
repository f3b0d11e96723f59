"""A work log as a source: each plan item of a person becomes a task of theirs, with its estimate, its end and its clock."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from todoapp.imports.taking import Work
from todoapp.imports.worklog.clocks import overlaps_in
from todoapp.imports.worklog.items import take_items
from todoapp.imports.worklog.later import add_later_sessions
from todoapp.imports.worklog.tables import Item, Session, Tables, read_tables


@dataclass(frozen=True)
class Project:
    """The work log of a folder."""

    tables: Tables
    folder: str
    tool: str = "worklog"

    @property
    def title(self) -> str:
        """How reports and events call it."""
        return f"the work log “{self.folder}”"

    def people(self) -> dict[str, str]:
        """Everybody who worked; the tables know them by number alone."""
        return {item.person: f"Person {item.person}" for item in self.tables.items.values()}

    def take(self, work: Work) -> None:
        """Make tasks of the items that are new, with their clocks, and add later sessions to the others."""
        sessions = self._new_sessions(work)
        new: list[Item] = []
        for item in self.tables.items.values():
            if work.ledger.has("task", item.key):
                work.report.knew("tasks")
            elif item.planned is not None or item.key in sessions:
                new.append(item)
        take_items(work, new, sessions, self.tables.paths)
        taken = {item.key for item in new}
        add_later_sessions(work, {key: more for key, more in sessions.items() if key not in taken})
        _note_oddities(work, new, sessions)

    def _new_sessions(self, work: Work) -> dict[str, list[Session]]:
        """The sessions that are new and possible, by item."""
        new: dict[str, list[Session]] = defaultdict(list)
        for session in self.tables.sessions:
            if work.ledger.has("session", session.key):
                work.report.knew("sessions")
            elif session.length < 0:
                work.report.leave_out("sessions", "they end before they start")
            elif session.worked > session.length:
                work.report.leave_out("sessions", "more was worked in them than lies between start and end")
            else:
                new[session.item_key].append(session)
        return dict(new)


def read_project(folder: Path) -> Project:
    """The work log in the folder; a broken one is refused."""
    return Project(read_tables(folder), folder.resolve().name[:100])


def _note_oddities(work: Work, items: list[Item], sessions: dict[str, list[Session]]) -> None:
    """Say what is odd in the source and was kept as it is."""
    every = [session for group in sessions.values() for session in group]
    early = sum(
        item.completed_at is not None and any(one.ended_at > item.completed_at for one in sessions.get(item.key, ()))
        for item in items
    )
    other = sum(
        item.worked != sum(one.worked for one in sessions.get(item.key, ()))
        for item in items
        if item.planned is not None
    )
    oddities = {
        "sessions begin before the one before them, of the same task, has ended; both are kept, and there worked and "
        "paused time add up to more than what elapsed": sum(overlaps_in(group) for group in sessions.values()),
        "sessions cross midnight": sum(one.started_at.date() != one.ended_at.date() for one in every),
        "sessions have no length": sum(one.length == 0 for one in every),
        "sessions say other interruptions than their times": sum(
            one.length != one.worked + one.interrupted for one in every
        ),
        "tasks were complete before their last session ended": early,
        "tasks have no row of their own: no estimate, and no end": sum(item.planned is None for item in items),
        "task rows say another working time than their sessions, which hold": other,
    }
    for what, count in oddities.items():
        if count:
            work.report.note(f"{count:,} {what}.")
    if every:
        work.report.note(f"{sum(one.worked for one in every) // 60:,} minutes were worked in the new sessions.")
