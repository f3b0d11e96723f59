"""Tags on tasks: words compared without case, spelled as first written."""

from sqlalchemy import delete, select

from todoapp.extensions import db
from todoapp.tasks.models import Tag, Task, TaskTag


def set_tags(task: Task, names: list[str]) -> None:
    """Make `names` the tags of `task`, creating those that the account does not have yet."""
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(fold(name), name)
    known = {tag.key: tag for tag in db.session.scalars(select(Tag).where(Tag.key.in_(wanted)))}
    for key, name in wanted.items():
        if key not in known:
            known[key] = Tag(name=name, key=key)
            db.session.add(known[key])
    db.session.flush()
    db.session.execute(delete(TaskTag).where(TaskTag.task_id == task.id))
    db.session.add_all(TaskTag(task_id=task.id, tag_id=known[key].id) for key in wanted)
    db.session.flush()
    db.session.expire(task, ["tags"])


def fold(name: str) -> str:
    """A tag's name as it is compared."""
    return name.casefold()
