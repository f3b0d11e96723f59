"""The browser door of tasks."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from todoapp.comments.thread import thread_of
from todoapp.extensions import db
from todoapp.fields.queries import in_use, known_fields
from todoapp.fields.typed import inputs
from todoapp.kit.answers import done
from todoapp.kit.errors import NotFound
from todoapp.kit.forms import FRESH, Form, shown_again_by
from todoapp.permissions import can, find
from todoapp.signed_in import current_actor
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.actions.editing import update_task
from todoapp.tasks.conflicts import conflict_of
from todoapp.tasks.models import Tag, Task
from todoapp.tasks.schemas import CreateTask, UpdateTask
from todoapp.tasks.sheet import EVENTS_SHOWN, assignable, sheet_of
from todoapp.tasks.typed import marks_of, read_task, touched, typed_task, values_of

pages = Blueprint("tasks_pages", __name__)
pages.access = "session"  # type: ignore[attr-defined]
MOST_EVENTS = 1000


@pages.get("/tasks/<int:task_id>")
def show_task(task_id: int, form: Form = FRESH, opened: str = "") -> ResponseReturnValue:
    """One task with all that is known of it."""
    actor = current_actor()
    task = find(actor, Task, task_id, deleted=None)
    if task.deleted_at is not None and not can(actor, "task.restore", task):
        raise NotFound
    events = min(request.args.get("events", EVENTS_SHOWN, type=int), MOST_EVENTS)
    return render_template(
        "tasks/task.html",
        **sheet_of(actor, task, events=max(events, EVENTS_SHOWN)),
        thread=thread_of(actor, task, form, opened),
        opened=opened or request.args.get("act", ""),
        values=form.values,
        errors=form.errors,
        problem=form.problem,
        here=f"/tasks/{task_id}",
    )


@pages.get("/tasks/new")
def new_task(form: Form = FRESH) -> ResponseReturnValue:
    """The full form of a new task."""
    actor = current_actor()
    values = form.values or {"assigned_to_id": actor.user_id} | request.args.to_dict()
    parent_id = request.values.get("parent_task_id", type=int)
    parent = find(actor, Task, parent_id) if parent_id else None
    return render_template(
        "tasks/new.html",
        values=values,
        errors=form.errors,
        problem=form.problem,
        assignable=assignable(actor),
        parent={"id": parent.id, "title": parent.title} if parent else None,
        tags=known_tags(),
        fields=inputs(in_use(known_fields()), {}),
        back=request.values.get("next"),
        here="/tasks/new",
    )


@pages.post("/tasks/new")
@shown_again_by(new_task)
def create() -> ResponseReturnValue:
    """Make the task and go back to where one was."""
    actor = current_actor()
    task = create_task(actor, **read_task(CreateTask(), typed_task(request.form), actor.timezone))
    return done(f"#{task.id} was created.", f"/tasks/{task.id}", undo=f"/tasks/{task.id}/delete")


@pages.get("/tasks/<int:task_id>/edit")
def edit_task(task_id: int, form: Form = FRESH) -> ResponseReturnValue:
    """The task's form; after a conflict, with both values to choose from."""
    actor = current_actor()
    task = find(actor, Task, task_id)
    current = values_of(task, actor.timezone)
    return render_template(
        "tasks/edit.html",
        task={"id": task.id, "title": task.title, "version": task.version},
        values=current | (touched_values(form) if form.is_refused else {}),
        as_shown=marks_of(current),
        errors=form.errors,
        problem=form.problem,
        conflict=conflict_of(task, form, actor.timezone),
        tags=known_tags(),
        fields=inputs(in_use(known_fields()), task.custom_fields),
        here=f"/tasks/{task_id}/edit",
    )


@pages.post("/tasks/<int:task_id>/edit")
@shown_again_by(edit_task)
def update(task_id: int) -> ResponseReturnValue:
    """Save what was changed in the form, over the version that it showed."""
    actor = current_actor()
    task = find(actor, Task, task_id)
    typed = touched(request.form)
    if typed:
        changes = read_task(UpdateTask(), typed | {"version": request.form.get("version", "")}, actor.timezone)
        update_task(actor, task, **changes)
    return done(f"#{task.id} was saved.", f"/tasks/{task.id}")


def touched_values(form: Form) -> dict[str, Any]:
    """What a refused edit had changed, as it was typed."""
    names = set(touched(form.values))  # type: ignore[arg-type]
    if "due" in names:
        names |= {"due_day", "due_time"}
    return {name: form.values[name] for name in names if name in form.values}


def known_tags() -> list[str]:
    """Tags to suggest."""
    return list(db.session.scalars(select(Tag.name).order_by(Tag.name).limit(200)))
