"""What search does when the text of a task has changed: the worker writes its words down anew."""

from todoapp.activity.models import ActivityLog
from todoapp.search.indexing import index_tasks, mark_tagged

TEXTS = {"title", "description", "tags"}


def index_task(event: ActivityLog) -> None:
    """Write down the words of the task of this event, unless only other things than its text were edited."""
    if event.action != "task_updated" or TEXTS & event.changes.keys():
        index_tasks([event.resource_id])


def index_tagged(event: ActivityLog) -> None:
    """Have the tasks of a renamed tag written down anew."""
    if "name" in event.changes:
        mark_tagged(event.resource_id)
