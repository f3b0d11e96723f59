"""Tags on tasks: words compared without case and white space, spelled as first written."""

from collections.abc import Iterable

from sqlalchemy import delete, select

from todoapp.extensions import db
from todoapp.tasks.models import Tag, Task, TaskTag


def set_tags(task: Task, names: list[str]) -> None:
    """Make `names` the tags of `task`, creating those that the account does not have yet."""
    wanted = tags_named(names)
    db.session.execute(delete(TaskTag).where(TaskTag.task_id == task.id))
    db.session.add_all(TaskTag(task_id=task.id, tag_id=tag.id) for tag in wanted.values())
    db.session.flush()
    db.session.expire(task, ["tags"])


def tags_named(names: Iterable[str]) -> dict[str, Tag]:
    """The tags with these names, by folded name; those that the account does not have yet are made.

    The known ones are held, so that nobody deletes one while a task gets it.
    """
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(fold(name), " ".join(name.split()))
    query = select(Tag).where(Tag.key.in_(wanted)).with_for_update(read=True)
    known = {tag.key: tag for tag in db.session.scalars(query, execution_options={"populate_existing": True})}
    new = {key: Tag(name=name, key=key) for key, name in wanted.items() if key not in known}
    db.session.add_all(new.values())
    db.session.flush()
    return {key: known.get(key) or new[key] for key in wanted}


def fold(name: str) -> str:
    """A tag's name as it is compared."""
    return " ".join(name.split()).casefold()
