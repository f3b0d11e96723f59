"""Whom a comment mentions. Handles become members when it is written, and stay theirs whatever they are called later.

`@dilip.rao` is the one active member whose e-mail address begins so, else the one whose full name it is without spaces;
where it fits several, it is nobody: the picker's `@[Dilip Rao](user:12)` says whom.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from todoapp.accounts.models import AccountMembership
from todoapp.comments.models import Comment, CommentMention
from todoapp.comments.rendering import Mentioned, folded, handles_in
from todoapp.extensions import db
from todoapp.kit.errors import BadInput
from todoapp.permissions.audience import who_sees
from todoapp.users.models import User

MOST_MENTIONED = 50
NOT_IN_HANDLES = re.compile(r"[^\w.+-]")
NOBODY: Mapping[str, int] = {}


def mention(
    comment: Comment, known: Mapping[str, int] = NOBODY, most: int | None = MOST_MENTIONED
) -> list[CommentMention]:
    """Store whom the comment mentions, at most so many, and answer with those who are new in it. `known` are handles
    with their user ids that need no search.
    """
    before = {row.user_id: row for row in mentions_of([comment.id])[comment.id]}
    known = {handle: row.user_id for row in before.values() for handle in row.handles} | dict(known)
    named = _people(handles_in(comment.body), known)
    if most is not None and len(named) > most:
        raise BadInput(fields={"body": [f"Mention at most {most} people."]})
    seeing = {user_id for user_id, _task in who_sees([comment.task_id], named)} if named else set()
    forget(comment, before.keys() - named.keys())
    for user_id, handles in named.items():
        row = before.get(user_id) or CommentMention(comment_id=comment.id, user_id=user_id, reached=False)
        row.handles, row.reached = handles, row.reached or user_id in seeing
        db.session.add(row)
    db.session.flush()
    return [row for row in mentions_of([comment.id])[comment.id] if row.user_id not in before]


def forget(comment: Comment, user_ids: Iterable[int]) -> None:
    """Take mentions of these people out of the comment."""
    gone = delete(CommentMention).where(CommentMention.comment_id == comment.id, CommentMention.user_id.in_(user_ids))
    db.session.execute(gone)


def mentions_of(comment_ids: Iterable[int]) -> dict[int, list[CommentMention]]:
    """Whom each of these comments mentions."""
    found: dict[int, list[CommentMention]] = defaultdict(list)
    query = select(CommentMention).where(CommentMention.comment_id.in_(comment_ids)).order_by(CommentMention.user_id)
    for row in db.session.scalars(query.options(joinedload(CommentMention.user))):
        found[row.comment_id].append(row)
    return found


def by_handle(rows: Iterable[CommentMention]) -> dict[str, Mentioned]:
    """How each handle in a comment is shown."""
    return {handle: Mentioned(row.user.name, row.reached) for row in rows for handle in row.handles}


def token_of(user: User) -> str:
    """What the picker writes for a person."""
    name = re.sub(r"[\[\]\s]+", " ", user.name).strip()
    return f"@[{name or user.id}](user:{user.id})"


def cannot_see(name: str) -> str:
    """What is said of somebody who is mentioned in vain."""
    return f"{name} cannot see this task."


def _people(handles: Iterable[str], known: Mapping[str, int]) -> dict[int, list[str]]:
    """The people behind the handles, each with those that name them."""
    handles = list(handles)
    unknown = [handle for handle in handles if handle not in known]
    found = dict(known) | _picked(unknown) | _called(unknown)
    people: dict[int, list[str]] = defaultdict(list)
    for handle in handles:
        if handle in found:
            people[found[handle]].append(handle)
    return people


def _picked(handles: Iterable[str]) -> dict[str, int]:
    ids = {int(handle.removeprefix("user:")) for handle in handles if ":" in handle}
    if not ids:
        return {}
    members = select(AccountMembership.user_id).where(
        AccountMembership.user_id.in_(ids), AccountMembership.left_at.is_(None)
    )
    return {f"user:{user_id}": user_id for user_id in db.session.scalars(members)}


def people_called(names: Iterable[str]) -> dict[str, int]:
    """The active members whom these names mean as mentions do, by name as it is typed; a name that fits nobody, or several
    people, is left out.
    """
    handles = {name: folded(NOT_IN_HANDLES.sub("", name)) for name in names}
    found = _called(handles.values())
    return {name: found[handle] for name, handle in handles.items() if handle in found}


def _called(handles: Iterable[str]) -> dict[str, int]:
    words = {handle for handle in handles if ":" not in handle}
    if not words:
        return {}
    by_address, by_name = defaultdict(set), defaultdict(set)
    people = select(User.id, User.email, User.first_name, User.last_name).join(
        AccountMembership, AccountMembership.user_id == User.id
    )
    for user_id, email, first, last in db.session.execute(people.where(AccountMembership.left_at.is_(None))):
        by_address[folded((email or "").partition("@")[0])].add(user_id)
        by_name[folded(NOT_IN_HANDLES.sub("", f"{first}{last}"))].add(user_id)
    found = {word: by_address.get(word) or by_name.get(word) or set() for word in words}
    return {word: next(iter(ids)) for word, ids in found.items() if len(ids) == 1}
