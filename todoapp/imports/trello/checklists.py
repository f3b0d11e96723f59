"""Lines of checklists become subtasks, with the card's assignee unless a line names its own."""

from datetime import datetime
from typing import Any

from todoapp.activity.record import Past
from todoapp.extensions import db
from todoapp.imports.taking import Work
from todoapp.imports.trello.cards import LONGEST_TITLE, STEP, Cards
from todoapp.imports.trello.export import Action, Card, Checklist, Export, Item
from todoapp.imports.trello.holders import assign
from todoapp.tasks.actions.creating import next_position
from todoapp.tasks.models import Task

TICKED = "updateCheckItemStateOnCard"


def take_checklists(work: Work, export: Export, cards: Cards) -> dict[str, Task]:
    """Make subtasks of the lines that are new; returns them by line."""
    lines = _new_lines(work, export, cards)
    ticks = [action for action in export.actions if action.kind == TICKED]
    first = next_position()
    made: dict[str, Task] = {}
    for place, (checklist, item) in enumerate(lines):
        card, parent = export.cards[checklist.card_id], cards.tasks[checklist.card_id]
        task = _task(item, parent, checklist, first + place * STEP)
        task.created_by_id = cards.creator_of(card)
        if item.complete:
            task.status, task.completed_at = "completed", _completed_at(card, item, ticks)
        made[item.id] = task
    db.session.add_all(made.values())
    db.session.flush()
    for checklist, item in lines:
        _hand_on(work, made[item.id], item, cards.tasks[checklist.card_id])
        work.changed_last(made[item.id], export.cards[checklist.card_id].last_change_at)
    work.report.took("checklist lines, as subtasks", len(made))
    return made


def _new_lines(work: Work, export: Export, cards: Cards) -> list[tuple[Checklist, Item]]:
    new: list[tuple[Checklist, Item]] = []
    for checklist in export.checklists:
        for item in sorted(checklist.items, key=lambda item: item.pos):
            if work.ledger.has("checklist line", item.id):
                work.report.knew("checklist lines, as subtasks")
            elif checklist.card_id in cards.tasks:
                new.append((checklist, item))
            else:
                work.report.leave_out("checklist lines", "their card was deleted here")
    return new


def _task(item: Item, parent: Task, checklist: Checklist, position: int) -> Task:
    shown: dict[str, Any] = {"trello_checklist": checklist.name[:LONGEST_TITLE]} if checklist.name else {}
    return Task(
        parent_task_id=parent.id,
        title=item.name[:LONGEST_TITLE] or "Untitled",
        description=item.name if len(item.name) > LONGEST_TITLE else "",
        visibility="account",
        due_date_time=item.due,
        custom_fields=shown,
        position=position,
        version=0,
        created_at=item.born_at,
        archived_at=parent.archived_at,
    )


def _completed_at(card: Card, item: Item, ticks: list[Action]) -> datetime:
    """When it was last ticked, if the history still says so; else the card's last activity."""
    last = [action.at for action in ticks if action.item_id == item.id and action.item_complete]
    return last[-1] if last else card.last_change_at


def _hand_on(work: Work, task: Task, item: Item, parent: Task) -> None:
    work.ledger.note("checklist line", item.id, task.id)
    details = {"source": "Trello", "title": task.title}
    work.tell(Past("task_imported", task, item.born_at, task.created_by_id, details))
    holder_id = parent.assigned_to_id
    if item.member_id and work.people.is_here(item.member_id):
        holder_id = work.people.id_of(item.member_id)
    if holder_id is not None:
        assign(task, by_id=task.created_by_id, to_id=holder_id, at=item.born_at)
