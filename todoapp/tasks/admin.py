"""The administration's page of tasks: all that one may see, also archived and deleted ones, and changing many at once."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import select

from todoapp.accounts.models import AccountMembership
from todoapp.actor import Actor
from todoapp.admin.bulk import BulkPage, Deed
from todoapp.extensions import db
from todoapp.kit.fields import FormInput, Id, Whole, one_of
from todoapp.kit.forms import FRESH, Form, said_of
from todoapp.kit.pager import pager_of
from todoapp.kit.paging import LARGEST_PAGE
from todoapp.permissions import find, visible
from todoapp.signed_in import current_actor
from todoapp.tasks.actions.archiving import archive_task, delete_task, restore_task
from todoapp.tasks.actions.assigning import assign_task
from todoapp.tasks.actions.editing import update_task
from todoapp.tasks.cards import cards_of
from todoapp.tasks.models import PRIORITIES, Task
from todoapp.tasks.queries import list_tasks
from todoapp.tasks.schemas import TaskQuery
from todoapp.tasks.sheet import assignable

STATES = {"open": "On the boards", "archived": "Archived", "deleted": "Deleted"}


class NewAssignee(FormInput):
    """To whom all of them go."""

    assigned_to_id = Id(required=True)


class NewPriority(FormInput):
    """How urgent all of them are."""

    priority = one_of(*PRIORITIES, required=True)


class TasksQuery(TaskQuery):
    """The filter of the list; `state` is where they are: on the boards, archived or deleted."""

    state = one_of(*STATES, load_default="open")
    per_page = Whole(1, LARGEST_PAGE, load_default=50)


def _away(actor: Actor, task: Task) -> str | None:
    return "It is deleted. Restore it first." if task.deleted_at is not None else None


def _here(actor: Actor, task: Task) -> str | None:
    return "It is on the boards." if task.deleted_at is None and task.archived_at is None else None


def _closed(actor: Actor, task: Task) -> str | None:
    if task.archived_at is not None or task.status == "completed":
        return "It is archived or completed."
    return _away(actor, task)


DEEDS = (
    Deed("archive", "task.archive", "Archive", "{many} {are} archived.", archive_task, unfit=_away),
    Deed("restore", "task.restore", "Restore", "{many} {are} back.", restore_task, unfit=_here),
    Deed(
        "delete",
        "task.delete",
        "Delete",
        "{many} {are} deleted.",
        delete_task,
        warning="They are on no board any more and their clocks stop. They can be restored from this page.",
        danger=True,
        unfit=_away,
    ),
    Deed("assign", "task.assign", "Assign", "{many} {are} assigned.", assign_task, NewAssignee, unfit=_closed),
    Deed(
        "priority", "task.update", "Change the priority", "{many} {are} changed.", update_task, NewPriority, unfit=_away
    ),
)


class Tasks(BulkPage):
    """All tasks of the account that one may see."""

    title, address, icon, row = "Tasks", "task", "list-checks", "board.account"
    noun, ids, deeds = ("task", "tasks"), "task_ids", DEEDS

    @expose("/")
    def index(self, form: Form = FRESH) -> ResponseReturnValue:
        """The list, with what can be done to those that are ticked."""
        actor = current_actor()
        typed = {name: value for name, value in request.args.items() if value}
        query = TasksQuery().load(typed)
        state = query.pop("state")
        page = list_tasks(actor, query | {"archived": state == "archived", "deleted": state == "deleted"})
        cards = cards_of(actor, page.rows)
        return self.render(
            "admin/tasks.html",
            problem=said_of(form),
            tasks=[cards[task.id] for task in page.rows],
            total=f"{page.total_count:,}{'+' if page.total_capped else ''}",
            filters={name: typed.get(name, "") for name in ("search", "status", "priority")} | {"state": state},
            states=STATES,
            assignees=assignable(actor),
            priorities=[{"value": name, "label": name.capitalize()} for name in PRIORITIES],
            pager=pager_of(page, lambda number: f"?{urlencode(typed | {'page': str(number)})}"),
        )

    def find_many(self, actor: Actor, ids: Sequence[int]) -> list[Task]:
        """The tasks under these ids, deleted ones too."""
        found = select(Task).where(Task.id.in_(ids), visible(actor)).order_by(Task.id)
        return list(db.session.scalars(found).unique())

    def hold(self, actor: Actor, row_id: int) -> Task:
        """The task, locked."""
        return find(actor, Task, row_id, deleted=None)

    def name_of(self, row: Task) -> str:
        """Number and title."""
        return f"#{row.id} {row.title}"

    def beside(self, fields: dict[str, Any]) -> str:
        """The new assignee or priority, in words."""
        if "assigned_to_id" in fields:
            return f" to {find(current_actor(), AccountMembership, fields['assigned_to_id']).user.name}"
        return f" to {fields['priority']}" if "priority" in fields else ""
