"""Writing down which task holds which words: again and again the same, whoever does it and however often."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select, update

from todoapp.comments.models import Comment
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.search.models import SearchDocument, SearchTerm
from todoapp.search.words import COMMENTS, DESCRIPTION, TAGS, TITLE, Document, document
from todoapp.tasks.models import Tag, Task, TaskTag
from todoapp.tenancy import add_rows

MOST_COMMENTS = 500
"""The newest of a task that are searched."""
FRESH = {"populate_existing": True}
PICKED = re.compile(r"@\[([^\[\]\n]*)\]\(user:[0-9]+\)")


@dataclass(slots=True)
class Said:
    """The text of a task in its parts."""

    version: int
    title: str
    description: str
    tags: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def document(self) -> Document:
        """What is written down of it."""
        comments = PICKED.sub(r"\1", "\n".join(self.comments))
        parts = [(TITLE, self.title), (TAGS, "\n".join(self.tags)), (DESCRIPTION, self.description)]
        return document([*parts, (COMMENTS, comments)])


def index_tasks(task_ids: Sequence[int], *, anew: bool = False) -> int:
    """Write down the words of these tasks of the account at hand, deleted ones too; returns how many changed.

    What says the same as before is left alone, unless it is to be written `anew`. Whoever comes second waits, then looks.
    """
    known = _hold(task_ids)
    said = _said_on(task_ids)
    documents = {task_id: one.document() for task_id, one in said.items()}
    changed = [one for one in documents if anew or one not in known or known[one].text != documents[one].text]
    for task_id in documents.keys() & known.keys():
        known[task_id].version, known[task_id].indexed_at = said[task_id].version, now()
        known[task_id].text = documents[task_id].text
    db.session.flush()
    _write(changed, documents, {task_id: said[task_id].version for task_id in documents.keys() - known.keys()})
    return len(changed)


def mark_tagged(tag_id: int) -> None:
    """Let the sweep write down anew what has this tag, which is called otherwise now."""
    tagged = select(TaskTag.task_id).where(TaskTag.tag_id == tag_id)
    marked = update(SearchDocument).where(SearchDocument.task_id.in_(tagged)).values(indexed_at=None)
    db.session.execute(marked, execution_options={"synchronize_session": False})


def _hold(task_ids: Sequence[int]) -> dict[int, SearchDocument]:
    query = select(SearchDocument).where(SearchDocument.task_id.in_(task_ids)).order_by(SearchDocument.task_id)
    held = db.session.scalars(query.with_for_update(of=SearchDocument), execution_options=FRESH)
    return {row.task_id: row for row in held}


def _said_on(task_ids: Sequence[int]) -> dict[int, Said]:
    tasks = select(Task.id, Task.version, Task.title, Task.description).where(Task.id.in_(task_ids))
    said = {row.id: Said(row.version, row.title, row.description) for row in db.session.execute(tasks)}
    tags = select(TaskTag.task_id, Tag.name).join(Tag, Tag.id == TaskTag.tag_id).where(TaskTag.task_id.in_(said))
    for task_id, name in db.session.execute(tags.order_by(Tag.key)):
        said[task_id].tags.append(name)
    comments = select(Comment.task_id, Comment.body).where(Comment.task_id.in_(said), Comment.deleted_at.is_(None))
    for task_id, body in db.session.execute(comments.order_by(Comment.id.desc())):
        if len(said[task_id].comments) < MOST_COMMENTS:
            said[task_id].comments.append(body)
    return said


def _write(changed: Sequence[int], documents: Mapping[int, Document], versions: Mapping[int, int]) -> None:
    """Replace the terms of what has changed; `versions` are those of tasks that are written down for the first time."""
    if not changed:
        return
    gone = delete(SearchTerm).where(SearchTerm.task_id.in_([one for one in changed if one not in versions]))
    db.session.execute(gone, execution_options={"synchronize_session": False})
    new = {"indexed_at": now()}
    add_rows(
        SearchDocument,
        [{"task_id": one, "text": documents[one].text, "version": versions[one]} | new for one in sorted(versions)],
    )
    terms = [
        {"term": term, "task_id": task_id, "weight": weight}
        for task_id in sorted(changed)
        for term, weight in sorted(documents[task_id].terms.items())
    ]
    add_rows(SearchTerm, terms)
