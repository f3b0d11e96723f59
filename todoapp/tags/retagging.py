"""Taking a tag off all its tasks at once; the history of each says so."""

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from todoapp.activity.record import Past, record_each
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.tasks.models import Tag, Task, TaskTag
from todoapp.tasks.tagging import fold

AT_A_TIME = 500


def take_off(actor: Actor, tag: Tag, instead: Tag | None = None) -> None:
    """Take `tag` off every task that has it, deleted ones too, and put `instead` on. Only sure while both are held."""
    ids = db.session.scalars(select(TaskTag.task_id).where(TaskTag.tag_id == tag.id).order_by(TaskTag.task_id)).all()
    for start in range(0, len(ids), AT_A_TIME):
        some = ids[start : start + AT_A_TIME]
        query = select(Task).where(Task.id.in_(some)).order_by(Task.id).options(selectinload(Task.tags))
        held = db.session.scalars(query.with_for_update(of=Task), execution_options={"populate_existing": True})
        tasks = [task for task in held if tag in task.tags]
        deeds = [_retagged(actor, task, tag, instead) for task in tasks]
        db.session.execute(delete(TaskTag).where(TaskTag.tag_id == tag.id, TaskTag.task_id.in_(some)))
        if instead:
            lacking = [task for task in tasks if instead not in task.tags]
            db.session.add_all(TaskTag(task_id=task.id, tag_id=instead.id) for task in lacking)
        record_each(actor, deeds)
        for task in tasks:
            db.session.expire(task, ["tags"])


def _retagged(actor: Actor, task: Task, tag: Tag, instead: Tag | None) -> Past:
    before = [one.name for one in task.tags]
    after = {one.name for one in task.tags if one is not tag} | ({instead.name} if instead else set())
    changes = {"tags": [before, sorted(after, key=fold)]}
    return Past("task_updated", task, now(), actor.user_id, {"fields": ["tags"]}, changes)
