"""The browser door of what is done with a task: one POST address for each deed, the same for buttons, menus and forms."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from sqlalchemy import select

from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.answers import done
from todoapp.kit.fields import NoFields
from todoapp.kit.forms import as_typed, read_form, shown_again_by
from todoapp.permissions import find
from todoapp.signed_in import current_actor
from todoapp.tasks.actions.archiving import archive_task, delete_task, restore_task
from todoapp.tasks.actions.assigning import accept_task, assign_task, reject_task, take_back_task, take_task
from todoapp.tasks.actions.progressing import (
    complete_task,
    correct_clock,
    pause_task,
    reopen_task,
    resume_task,
    start_task,
)
from todoapp.tasks.models import Task, TaskPause
from todoapp.tasks.pages import pages, show_task
from todoapp.tasks.parts import parts_of
from todoapp.tasks.schemas import AssignTask, CorrectClock, PauseTask, RejectTask
from todoapp.tasks.sheet import way_back


@dataclass(frozen=True, slots=True)
class Deed:
    """One button: its address, the verb behind it, what to say afterwards, and the address that undoes it.

    `leaves`: the task is out of sight afterwards, so that its own page is no place to return to.
    """

    address: str
    verb: Callable[..., Task]
    said: str
    fields: type[Schema] = NoFields
    undo: str | None = None
    undo_label: str = "Undo"
    leaves: bool = False


DEEDS = (
    Deed("assign", assign_task, "#{task.id} is now with {task.assignee.name}.", AssignTask),
    Deed("take", take_task, "#{task.id} is yours."),
    Deed("take-back", take_back_task, "You took #{task.id} back."),
    Deed("accept", accept_task, "You accepted #{task.id}."),
    Deed(
        "reject", reject_task, "You rejected #{task.id}. It went back to {task.assignee.name}.", RejectTask, leaves=True
    ),
    Deed("start", start_task, "You started #{task.id}."),
    Deed("pause", pause_task, "You paused #{task.id}.", PauseTask),
    Deed("resume", resume_task, "You resumed #{task.id}."),
    Deed("complete", complete_task, "You completed #{task.id}.", undo="reopen", undo_label="Reopen"),
    Deed("reopen", reopen_task, "You reopened #{task.id}."),
    Deed("correct-clock", correct_clock, "The clock of #{task.id} is corrected.", CorrectClock),
    Deed("archive", archive_task, "#{task.id} is archived.", undo="restore"),
    Deed("delete", delete_task, "#{task.id} is deleted.", undo="restore", leaves=True),
    Deed("restore", restore_task, "#{task.id} is back."),
)
CLOCKED = (start_task, resume_task)


def _open_door(deed: Deed) -> None:
    @shown_again_by(show_task, opened=deed.address)
    def view(task_id: int) -> ResponseReturnValue:
        actor = current_actor()
        task = find(actor, Task, task_id, deleted=None if deed.verb is restore_task else False)
        schema = deed.fields()
        board = way_back(actor, task)["url"]
        deed.verb(actor, task, **read_form(schema, actor.timezone, as_typed(request.form, schema)))
        return _say(deed, task, board, _also(actor, deed, task))

    view.__doc__ = deed.verb.__doc__
    pages.add_url_rule(f"/tasks/<int:task_id>/{deed.address}", deed.address, view, methods=["POST"])


def _also(actor: Actor, deed: Deed, task: Task) -> str:
    """What else happened, or is left to do."""
    if deed.verb in CLOCKED:
        return "".join(f" #{other} is paused." for other in _switched_off(task))
    left = parts_of(actor, [task.id])[task.id].open if deed.verb is complete_task else 0
    return f" {left} of its subtasks {'is' if left == 1 else 'are'} still open." if left else ""


def _say(deed: Deed, task: Task, board: str, also: str) -> Any:
    here = f"/tasks/{task.id}"
    undo = f"{here}/{deed.undo}" if deed.undo else None
    out_of_sight = deed.leaves and (request.form.get("next") or here).split("?")[0] == here
    fallback = board if deed.leaves else here
    return done(
        deed.said.format(task=task) + also,
        fallback,
        undo=undo,
        undo_label=deed.undo_label,
        ignore_next=out_of_sight,
    )


def _switched_off(task: Task) -> list[int]:
    """The tasks that were paused because this one runs now."""
    query = select(TaskPause.task_id).where(
        TaskPause.reason == "switched",
        TaskPause.paused_by_id == task.assigned_to_id,
        TaskPause.paused_at == task.last_resumed_at,
        TaskPause.task_id != task.id,
    )
    return sorted(db.session.scalars(query))


for _deed in DEEDS:
    _open_door(_deed)
