"""How a task stood at a moment worth keeping."""

from todoapp.extensions import db
from todoapp.tasks.models import Task, TaskSnapshot

KEPT = (
    "title",
    "description",
    "status",
    "priority",
    "visibility",
    "assigned_to_id",
    "estimated_time",
    "actual_time",
    "stretch",
    "custom_fields",
)


def take_snapshot(task: Task, snapshot_type: str, progress: int | None = None) -> TaskSnapshot:
    """Keep the task's state; `snapshot_type` is pause or milestone, `progress` a percentage."""
    state = {name: getattr(task, name) for name in KEPT}
    state["due_date_time"] = task.due_date_time.isoformat() if task.due_date_time else None
    state["tags"] = [tag.name for tag in task.tags]
    snapshot = TaskSnapshot(
        task_id=task.id,
        snapshot_type=snapshot_type,
        state_data=state,
        progress_at_snapshot=progress,
        total_time_at_snapshot=task.actual_time,
    )
    db.session.add(snapshot)
    return snapshot
