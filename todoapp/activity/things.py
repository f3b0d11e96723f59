"""What events are about, by the names and ids under which people know it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from todoapp.accounts.models import Account, AccountMembership, Invitation
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.fields.models import CustomField
from todoapp.tasks.models import Tag, Task
from todoapp.users.models import User

MEMBER = AccountMembership.__name__
KEPT_AS = {"Member": MEMBER}
"""Members are known by their user id outside; their events are kept under their membership."""
SPOKEN = {kept: spoken for spoken, kept in KEPT_AS.items()}


@dataclass(frozen=True, slots=True)
class Thing:
    """What an event is about, as others know it."""

    type: str
    id: int
    name: str | None


def things_of(events: Sequence[ActivityLog]) -> dict[tuple[str, int], Thing]:
    """What these events are about, by kind and id as they are kept; names are read in one query for each kind."""
    keys = {(event.resource_type, event.resource_id) for event in events}
    found = {(kind, row_id): Thing(SPOKEN.get(kind, kind), row_id, None) for kind, row_id in keys}
    for kind, read in READ.items():
        ids = {row_id for one, row_id in keys if one == kind}
        if ids:
            for row_id, shown_id, name in read(ids):
                found[kind, row_id] = Thing(SPOKEN.get(kind, kind), shown_id, name)
    return found


Named = Iterator[tuple[int, int, str]]


def _tasks(ids: Iterable[int]) -> Named:
    for row in db.session.execute(select(Task.id, Task.title).where(Task.id.in_(ids))):
        yield row.id, row.id, row.title


def _members(ids: Iterable[int]) -> Named:
    for member in db.session.scalars(select(AccountMembership).where(AccountMembership.id.in_(ids))):
        yield member.id, member.user_id, member.user.name


def _users(ids: Iterable[int]) -> Named:
    for member in db.session.scalars(select(AccountMembership).where(AccountMembership.user_id.in_(ids))):
        yield member.user_id, member.user_id, member.user.name


def _accounts(ids: Iterable[int]) -> Named:
    for account in db.session.scalars(select(Account).where(Account.id.in_(ids))):
        yield account.id, account.id, account.name


def _invitations(ids: Iterable[int]) -> Named:
    for row in db.session.execute(select(Invitation.id, Invitation.email).where(Invitation.id.in_(ids))):
        yield row.id, row.id, row.email


def _tags(ids: Iterable[int]) -> Named:
    for row in db.session.execute(select(Tag.id, Tag.name).where(Tag.id.in_(ids))):
        yield row.id, row.id, row.name


def _fields(ids: Iterable[int]) -> Named:
    for row in db.session.execute(select(CustomField.id, CustomField.name).where(CustomField.id.in_(ids))):
        yield row.id, row.id, row.name


READ: dict[str, Callable[[Iterable[int]], Any]] = {
    Task.__name__: _tasks,
    MEMBER: _members,
    User.__name__: _users,
    Account.__name__: _accounts,
    Invitation.__name__: _invitations,
    Tag.__name__: _tags,
    CustomField.__name__: _fields,
}
