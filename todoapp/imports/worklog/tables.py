"""The tables of a work log: planned items of people, and the sessions in which they worked on them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from todoapp.imports.reading import BrokenFile, Row, read_table
from todoapp.kit.clock import seconds

TASK_COLUMNS = (
    "project_key",
    "person_key",
    "wbs_element_key",
    "plan_item_key",
    "task_actual_start_date",
    "task_actual_complete_date",
    "task_actual_time_minutes",
    "task_plan_time_minutes",
    "phase_short_name",
    "process_name",
)
TIME_COLUMNS = (
    "time_log_fact_key",
    "project_key",
    "person_key",
    "wbs_element_key",
    "plan_item_key",
    "time_log_start_date",
    "time_log_end_date",
    "time_log_delta_minutes",
    "time_log_interrupt_minutes",
    "phase_short_name",
    "process_name",
)
WBS_COLUMNS = ("project_key", "wbs_element_key", "parent_wbs_element_key")


@dataclass(frozen=True, slots=True)
class Item:
    """One plan item of one person. Without a row of its own, it is what its sessions say: no plan, no end."""

    project: str
    plan_item: str
    person: str
    element: str
    phase: str
    process: str
    planned: int | None = None
    worked: int | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None

    @property
    def key(self) -> str:
        """What tells it from all others."""
        return f"{self.project}/{self.plan_item}/{self.person}"


@dataclass(frozen=True, slots=True)
class Session:
    """One stretch of time in which a person worked, with what of it was not worked."""

    key: str
    item_key: str
    person: str
    started_at: datetime
    ended_at: datetime
    worked: int
    interrupted: int

    @property
    def length(self) -> int:
        """Seconds from start to end."""
        return seconds(self.ended_at - self.started_at)


@dataclass(frozen=True, slots=True)
class Tables:
    """The three tables, checked against each other. `without_row` are items that only sessions know."""

    items: dict[str, Item]
    sessions: list[Session]
    paths: dict[str, str]
    without_row: int


def read_tables(folder: Path) -> Tables:
    """Read the folder's tables; a broken one is refused."""
    if not folder.is_dir():
        raise BrokenFile(folder.name or str(folder), "There is no such folder.")
    tasks = read_table(_the_one(folder, "tasks"), TASK_COLUMNS)
    times = read_table(_the_one(folder, "time"), TIME_COLUMNS)
    parents = _parents(read_table(_the_one(folder, "wbs"), WBS_COLUMNS))
    sessions = [_session(row) for row in times]
    _refuse_twice(times, (session.key for session in sessions), "time_log_fact_key")
    planned = [_planned(row) for row in tasks]
    _refuse_twice(tasks, (item.key for item in planned), "plan_item_key")
    items = {item.key: item for item in planned}
    for row in times:
        item = _unplanned(row)
        items.setdefault(item.key, item)
    for row in (*tasks, *times):
        if _element(row) not in parents:
            raise row.fault("wbs_element_key", "is in no line of the table of elements")
    return Tables(items, sessions, _paths(parents), len(items) - len(planned))


def _the_one(folder: Path, name: str) -> Path:
    found = sorted(path for path in folder.iterdir() if path.name.endswith((f"{name}.csv", f"{name}.csv.gz")))
    if len(found) != 1:
        raise BrokenFile(folder.name, f"There must be one file whose name ends in {name}.csv or {name}.csv.gz.")
    return found[0]


def _session(row: Row) -> Session:
    return Session(
        key=f"{row.key('project_key')}/{row.key('time_log_fact_key')}",
        item_key=_unplanned(row).key,
        person=row.key("person_key"),
        started_at=row.instant("time_log_start_date"),
        ended_at=row.instant("time_log_end_date"),
        worked=row.seconds("time_log_delta_minutes"),
        interrupted=row.seconds("time_log_interrupt_minutes"),
    )


def _planned(row: Row) -> Item:
    return replace(
        _unplanned(row),
        planned=row.seconds("task_plan_time_minutes"),
        worked=row.seconds("task_actual_time_minutes"),
        started_at=row.maybe_instant("task_actual_start_date"),
        completed_at=row.maybe_instant("task_actual_complete_date"),
    )


def _unplanned(row: Row) -> Item:
    return Item(
        project=row.key("project_key"),
        plan_item=row.key("plan_item_key"),
        person=row.key("person_key"),
        element=_element(row),
        phase=row.text("phase_short_name"),
        process=row.text("process_name"),
    )


def _refuse_twice(rows: list[Row], keys: Iterable[str], column: str) -> None:
    counts = Counter(keys)
    twice = next((place for place, count in enumerate(counts.values()) if count > 1), None)
    if twice is not None:
        raise rows[twice].fault(column, "stands there twice")


def _element(row: Row) -> str:
    return f"{row.key('project_key')}/{row.key('wbs_element_key')}"


def _parents(rows: list[Row]) -> dict[str, str]:
    """Each element's parent; the keys of parents are written as decimal numbers (11166.0)."""
    parents: dict[str, str] = {}
    for row in rows:
        parent = row.values["parent_wbs_element_key"].strip().removesuffix(".0")
        parents[_element(row)] = f"{row.key('project_key')}/{parent}" if parent else ""
    for row in rows:
        if parents[_element(row)] and parents[_element(row)] not in parents:
            raise row.fault("parent_wbs_element_key", "is in no line of the table")
    return parents


def _paths(parents: dict[str, str]) -> dict[str, str]:
    """From the root down to each element, 1/11166/11193. A loop is refused."""
    paths: dict[str, str] = {}
    for element in parents:
        line: list[str] = []
        above = element
        while above:
            if above in line:
                raise BrokenFile("wbs", f"The element {above} is part of itself.")
            line.append(above)
            above = parents[above]
        paths[element] = "/".join(key.partition("/")[2] for key in reversed(line))
    return paths
