"""New items become tasks, made and held by their person, with everything that belongs to them, a table at a time."""

from collections.abc import Iterable, Mapping, Sequence

from todoapp.activity.record import Past
from todoapp.extensions import db
from todoapp.fields.defining import define_filled
from todoapp.imports.taking import Work
from todoapp.imports.worklog.clocks import in_order, pauses_between
from todoapp.imports.worklog.tables import Item, Session
from todoapp.tasks.actions.creating import next_position
from todoapp.tasks.models import ChainLink, Task, TaskAssignment, TaskTag, TimeEntry
from todoapp.tasks.tagging import fold, tags_named

STEP = 1024
FIELDS = {
    "project": ("Project", "text"),
    "plan_item": ("Plan item", "text"),
    "wbs_path": ("WBS path", "text"),
    "phase": ("Phase", "text"),
    "process": ("Process", "text"),
}
Sessions = Mapping[str, Sequence[Session]]


def take_items(work: Work, items: Sequence[Item], sessions: Sessions, paths: Mapping[str, str]) -> None:
    """Make a task of each item, with assignment, tag, clock and history."""
    first = next_position()
    tasks = [
        _task(work, item, sessions.get(item.key, ()), paths[item.element], first + place * STEP)
        for place, item in enumerate(items)
    ]
    db.session.add_all(tasks)
    db.session.flush()
    pairs = list(zip(items, tasks, strict=True))
    for item, task in pairs:
        work.ledger.note("task", item.key, task.id)
        _hold(work, task)
        _tell(work, task)
    _tag(pairs)
    define_filled(work.actor, FIELDS, tasks)
    clocks = [(task, sessions[item.key]) for item, task in pairs if item.key in sessions]
    for task, entries in add_entries(work, clocks):
        db.session.add_all(pauses_between(task, task.created_by_id, entries))
    db.session.flush()
    work.report.took("tasks", len(tasks))


def add_entries(work: Work, clocks: Iterable[tuple[Task, Sequence[Session]]]) -> list[tuple[Task, list[TimeEntry]]]:
    """Save a time entry for each session of each task; returns them in order."""
    ordered = [(task, in_order(sessions)) for task, sessions in clocks]
    made = [(task, [_entry(work, task, session) for session in sessions]) for task, sessions in ordered]
    db.session.add_all(entry for _, entries in made for entry in entries)
    db.session.flush()
    for (_, sessions), (_, entries) in zip(ordered, made, strict=True):
        for session, entry in zip(sessions, entries, strict=True):
            work.ledger.note("session", session.key, entry.id)
        work.report.took("sessions", len(entries))
    return made


def _entry(work: Work, task: Task, session: Session) -> TimeEntry:
    """What was not worked in a session counts as interrupted."""
    return TimeEntry(
        task_id=task.id,
        user_id=work.people.id_of(session.person),
        stretch=1,
        started_at=session.started_at,
        ended_at=session.ended_at,
        interrupted_seconds=session.length - session.worked,
    )


def _task(work: Work, item: Item, sessions: Sequence[Session], path: str, position: int) -> Task:
    person_id = work.people.id_of(item.person)
    started_at = min((session.started_at for session in sessions), default=None)
    begun = "paused" if sessions else "pending"
    known = [at for at in (item.started_at, started_at, item.completed_at) if at]
    return Task(
        created_by_id=person_id,
        assigned_to_id=person_id,
        title=f"{item.phase or 'Work'}, plan item {item.plan_item}",
        status="completed" if item.completed_at else begun,
        estimated_time=item.planned,
        actual_time=sum(session.worked for session in sessions),
        custom_fields=_custom_fields(item, path),
        position=position,
        stretch=1 if sessions else 0,
        started_at=started_at,
        completed_at=item.completed_at,
        version=0,
        created_at=min(known, default=work.at),
    )


def _custom_fields(item: Item, path: str) -> dict[str, str]:
    said = {
        "project": item.project,
        "plan_item": item.plan_item,
        "wbs_path": path,
        "phase": item.phase,
        "process": item.process,
    }
    return {key: text for key, text in said.items() if text}


def _hold(work: Work, task: Task) -> None:
    """A plan item is its person's own: made, taken and accepted by them."""
    person_id, at = task.created_by_id, task.created_at
    db.session.add(ChainLink(task_id=task.id, user_id=person_id))
    db.session.add(
        TaskAssignment(
            task_id=task.id, assigned_by_id=person_id, assigned_to_id=person_id, assigned_at=at, accepted_at=at
        )
    )


def _tell(work: Work, task: Task) -> None:
    """Its history: where it comes from, when work began, when it was done."""
    who, details = task.created_by_id, {"source": "a work log", "title": task.title}
    work.tell(Past("task_imported", task, task.created_at, who, details))
    if task.started_at:
        work.tell(Past("task_started", task, task.started_at, who, {}, {"status": ["pending", "in_progress"]}))
    if task.completed_at:
        changes = {"status": ["in_progress" if task.started_at else "pending", "completed"]}
        work.tell(Past("task_completed", task, task.completed_at, who, {"worked": task.actual_time}, changes))


def _tag(pairs: Sequence[tuple[Item, Task]]) -> None:
    """The phase of the process is the task's tag."""
    tags = tags_named(item.phase for item, _ in pairs if item.phase)
    db.session.add_all(TaskTag(task_id=task.id, tag_id=tags[fold(item.phase)].id) for item, task in pairs if item.phase)
