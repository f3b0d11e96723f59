"""The JSON door of tasks."""

from typing import Any

from flask import Response

from todoapp.activity.queries import history_of
from todoapp.actor import Actor
from todoapp.kit.answers import json_of
from todoapp.kit.api import READ, WRITE, ApiBlueprint
from todoapp.kit.clock import now
from todoapp.kit.fields import NoFields
from todoapp.kit.manners import may_be_kept
from todoapp.kit.paging import Page, PageQuery
from todoapp.kit.versions import check_version, tell_version
from todoapp.permissions import allow, find
from todoapp.signed_in import current_actor
from todoapp.tasks.actions.archiving import archive_task, delete_task, restore_task
from todoapp.tasks.actions.assigning import accept_task, assign_task, reject_task, take_back_task, take_task
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.actions.editing import update_task
from todoapp.tasks.actions.progressing import (
    complete_task,
    correct_clock,
    pause_task,
    reopen_task,
    resume_task,
    start_task,
)
from todoapp.tasks.cards import names_of
from todoapp.tasks.clockwork import stretches_of
from todoapp.tasks.models import Task
from todoapp.tasks.parts import with_parts
from todoapp.tasks.past import state_at
from todoapp.tasks.queries import (
    EVERYTHING,
    Scope,
    assigned_by,
    assigned_to,
    assignments_of,
    list_tasks,
    of_team,
    snapshots_of,
    task_row,
)
from todoapp.tasks.rows import TaskRow, shown_rows
from todoapp.tasks.schemas import (
    AssignTask,
    CorrectClock,
    CreateTask,
    HistoryOut,
    PauseTask,
    RejectTask,
    SnapshotsOut,
    StateOut,
    StateQuery,
    TaskOut,
    TaskQuery,
    TasksOut,
    TimelineOut,
    UpdateTask,
)

blp = ApiBlueprint("tasks", __name__, url_prefix="/v1/tasks", description="Tasks and what is done with them")


def list_for(query: dict[str, Any], scope: Scope = EVERYTHING) -> Response:
    """The page of tasks that a query string asks for."""
    may_be_kept()
    page = list_tasks(current_actor(), query, scope)
    return json_of({"tasks": shown_rows(page.rows), "meta": page.meta})


def shown(actor: Actor, task: Task) -> Task:
    """One task, as its door shows it: with what its parts come to, and its version as the answer's ETag."""
    with_parts(actor, [task])
    return tell_version(task)  # type: ignore[no-any-return]


@blp.get("")
@blp.arguments(TaskQuery, location="query")
@blp.response(200, TasksOut)
@blp.refusals(*READ)
def list_all(query: dict[str, Any]) -> Response:
    """List the tasks that you may see."""
    return list_for(query)


@blp.get("/assigned-to-me")
@blp.arguments(TaskQuery, location="query")
@blp.response(200, TasksOut)
@blp.refusals(*READ)
def list_mine(query: dict[str, Any]) -> Response:
    """List the tasks assigned to you."""
    return list_for(query, assigned_to(current_actor().user_id))


@blp.get("/assigned-by-me")
@blp.arguments(TaskQuery, location="query")
@blp.response(200, TasksOut)
@blp.refusals(*READ)
def list_delegated(query: dict[str, Any]) -> Response:
    """List the tasks that you assigned to others."""
    return list_for(query, assigned_by(current_actor()))


@blp.get("/team")
@blp.arguments(TaskQuery, location="query")
@blp.response(200, TasksOut)
@blp.refusals(*READ, 403)
def list_team(query: dict[str, Any]) -> Response:
    """List the tasks of the people below you, and your own."""
    actor = current_actor()
    allow(actor, "board.team")
    return list_for(query, of_team(actor))


@blp.post("")
@blp.arguments(CreateTask)
@blp.response(201, TaskOut)
@blp.refusals(*WRITE)
def create(fields: dict[str, Any]) -> Task:
    """Create a task: your own, another member's, or (with null) nobody's."""
    actor = current_actor()
    return shown(actor, create_task(actor, **fields))


@blp.get("/<int:task_id>")
@blp.response(200, TaskOut)
@blp.refusals(*READ)
def show(task_id: int) -> Response:
    """Get a task."""
    may_be_kept()
    task: TaskRow = tell_version(task_row(current_actor(), task_id))
    return json_of(shown_rows([task])[0])


@blp.patch("/<int:task_id>")
@blp.arguments(UpdateTask)
@blp.response(200, TaskOut)
@blp.refusals(*WRITE, 412)
def update(fields: dict[str, Any], task_id: int) -> Task:
    """Change fields of a task. Send the `version` that you edited from, and nobody's change is overwritten."""
    actor = current_actor()
    return shown(actor, update_task(actor, check_version(find(actor, Task, task_id)), **fields))


@blp.delete("/<int:task_id>")
@blp.response(204)
@blp.refusals(*WRITE, 412)
def delete(task_id: int) -> None:
    """Delete a task. It can be restored."""
    actor = current_actor()
    delete_task(actor, check_version(find(actor, Task, task_id)))


@blp.post("/<int:task_id>/restore")
@blp.arguments(NoFields)
@blp.response(200, TaskOut)
@blp.refusals(*WRITE)
def restore(fields: dict[str, Any], task_id: int) -> Task:
    """Bring back a deleted or archived task."""
    actor = current_actor()
    return shown(actor, restore_task(actor, find(actor, Task, task_id, deleted=None)))


@blp.get("/<int:task_id>/assignment-history")
@blp.response(200, HistoryOut)
@blp.refusals(*READ)
def assignment_history(task_id: int) -> dict[str, Any]:
    """List all hand-overs of a task, oldest first."""
    rows = list(assignments_of(find(current_actor(), Task, task_id)))
    return {"assignments": rows, "meta": Page(rows, 1, max(len(rows), 1), len(rows)).meta}


@blp.get("/<int:task_id>/timeline")
@blp.arguments(PageQuery, location="query")
@blp.response(200, TimelineOut)
@blp.refusals(*READ)
def timeline(query: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Read what happened to a task, as sentences and as data, and its clock."""
    task = find(current_actor(), Task, task_id)
    page = history_of(task, **query)
    stretches = stretches_of(task)
    return {
        "events": page.rows,
        "stretches": stretches,
        "worked": sum(stretch.worked for stretch in stretches),
        "paused": sum(stretch.paused for stretch in stretches),
        "meta": page.meta,
    }


@blp.get("/<int:task_id>/state")
@blp.arguments(StateQuery, location="query")
@blp.response(200, StateOut)
@blp.refusals(*READ)
def state(query: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Get a task, deleted or not, as it stood at an instant, from what happened to it."""
    task = find(current_actor(), Task, task_id, deleted=None)
    at = query.get("at") or now()
    then = state_at(task, at)
    person = names_of({then["assigned_to_id"]} - {None})
    assignee = {"id": then["assigned_to_id"], "name": person.get(then["assigned_to_id"])}
    return then | {"id": task.id, "at": at, "assignee": assignee if then["assigned_to_id"] else None}


@blp.get("/<int:task_id>/snapshots")
@blp.arguments(PageQuery, location="query")
@blp.response(200, SnapshotsOut)
@blp.refusals(*READ)
def snapshots(query: dict[str, Any], task_id: int) -> dict[str, Any]:
    """List how a task stood at its pauses and completions."""
    page = snapshots_of(find(current_actor(), Task, task_id), **query)
    return {"snapshots": page.rows, "meta": page.meta}


def _verb(path: str, verb: Any, schema: Any, summary: str) -> None:
    """One door of the shape POST /v1/tasks/:id/verb."""

    @blp.post(f"/<int:task_id>/{path}", endpoint=path.replace("-", "_"))
    @blp.arguments(schema)
    @blp.response(200, TaskOut)
    @blp.refusals(*WRITE, 412)
    @blp.doc(summary=summary)
    def door(fields: dict[str, Any], task_id: int) -> Task:
        actor = current_actor()
        return shown(actor, verb(actor, check_version(find(actor, Task, task_id)), **fields))


_verb("assign", assign_task, AssignTask, "Assign a task; assigning an assigned task is a reassignment")
_verb("reassign", assign_task, AssignTask, "Reassign a task")
_verb("take", take_task, NoFields, "Make a task your own")
_verb("take-back", take_back_task, NoFields, "Take back a task that you assigned and that is not started")
_verb("accept", accept_task, NoFields, "Accept an assignment")
_verb("reject", reject_task, RejectTask, "Reject an assignment, with a reason")
_verb("start", start_task, NoFields, "Start (or resume) work")
_verb("pause", pause_task, PauseTask, "Pause work, with a reason")
_verb("resume", resume_task, NoFields, "Resume paused work")
_verb("complete", complete_task, NoFields, "Complete a task")
_verb("reopen", reopen_task, NoFields, "Reopen a completed task")
_verb("correct-clock", correct_clock, CorrectClock, "Say when work really stopped")
_verb("archive", archive_task, NoFields, "Archive a task")
