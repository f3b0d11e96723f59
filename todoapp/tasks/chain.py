"""The hand-over chain: who assigned a task to whom, down to the assignee. Who stands in it keeps sight of the task."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from todoapp.extensions import db
from todoapp.tasks.models import ChainLink, Task, TaskAssignment


def chain_of(assignments: Sequence[TaskAssignment]) -> list[int]:
    """The user ids of the current chain, the assignee first. `assignments` are all of one task, oldest first.

    From the newest hand-over we walk up: whoever handed it over had it, in turn, from the last person who
    handed it to them. Who gave it to somebody who got it back stays in it.
    """
    if not assignments or not assignments[-1].is_current:
        return []
    newest = assignments[-1]
    chain: list[int] = []
    holder = newest.assigned_to_id
    for step in reversed(assignments):
        if step.assigned_to_id == holder and (step is newest or not step.rejected_at):
            chain += [holder, step.assigned_by_id]
            holder = step.assigned_by_id
    return list(dict.fromkeys(chain))


def hand_overs_of(task_ids: Sequence[int]) -> dict[int, list[TaskAssignment]]:
    """All hand-overs of each task, oldest first, as they are saved."""
    db.session.flush()
    rows = db.session.scalars(
        select(TaskAssignment)
        .where(TaskAssignment.task_id.in_(task_ids))
        .order_by(TaskAssignment.id)
        .execution_options(populate_existing=True)
    )
    history: dict[int, list[TaskAssignment]] = {task_id: [] for task_id in task_ids}
    for row in rows:
        history[row.task_id].append(row)
    return history


def store_chains(history: Mapping[int, Sequence[TaskAssignment]]) -> None:
    """Store the chain of each task as it follows from its assignments."""
    db.session.flush()
    db.session.execute(delete(ChainLink).where(ChainLink.task_id.in_(history)))
    db.session.add_all(
        ChainLink(task_id=task_id, user_id=user_id)
        for task_id, assignments in history.items()
        for user_id in chain_of(assignments)
    )
    db.session.flush()


def rewrite_chain(task: Task) -> None:
    """Store the chain of `task` as it follows from its assignments."""
    store_chains(hand_overs_of([task.id]))
