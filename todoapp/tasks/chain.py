"""The hand-over chain: who assigned a task to whom, down to the assignee. Who stands in it keeps sight of the task."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from todoapp.extensions import db
from todoapp.tasks.models import ChainLink, Task, TaskAssignment


def chain_of(assignments: Sequence[TaskAssignment]) -> list[int]:
    """The user ids of the current chain, the assignee first. `assignments` are all of one task, oldest first.

    From the newest hand-over we walk up: whoever handed it over had it, in turn, from the last person who
    handed it to them.
    """
    if not assignments or not assignments[-1].is_current:
        return []
    link = assignments[-1]
    chain = [link.assigned_to_id]
    while True:
        giver = link.assigned_by_id
        if giver not in chain:
            chain.append(giver)
        earlier = [
            step
            for step in assignments
            if step.id < link.id
            and step.assigned_to_id == giver
            and step.assigned_by_id not in chain
            and not step.rejected_at
        ]
        if not earlier:
            return chain
        link = earlier[-1]


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
