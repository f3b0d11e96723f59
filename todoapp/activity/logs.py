"""The activity log as its readers may see it: of the account, of a task, of a person; newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from todoapp.accounts.models import AccountMembership
from todoapp.activity.models import ActivityLog
from todoapp.activity.queries import Entry, as_entries
from todoapp.activity.record import DENIED
from todoapp.activity.things import KEPT_AS, MEMBER, Thing, things_of
from todoapp.actor import Actor
from todoapp.comments.models import Comment
from todoapp.extensions import db
from todoapp.kit.clock import from_instant, to_instant
from todoapp.kit.errors import NotFound
from todoapp.kit.paging import Order, Page, page_of
from todoapp.permissions import allow, can, find, visible
from todoapp.tasks.models import Task
from todoapp.users.models import User

SEEN_BY_ROW: tuple[type, ...] = (Task, Comment)
"""Things that not every member sees: an event about one is shown while the reader sees the thing."""
NEWEST_FIRST = Order("created_at", ActivityLog.created_at, ActivityLog.id, descending=True)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act came from; only super managers and owners are shown it."""

    ip_address: str | None = None
    user_agent: str | None = None
    session_id: int | None = None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One event of the log. `on_behalf_of` is whose act made this one happen, where that was somebody else's."""

    entry: Entry
    resource: Thing
    cause_id: int | None
    on_behalf_of: User | None
    origin: Origin
    denied: bool
    attempted: str | None


def log_of_account(actor: Actor, filters: dict[str, Any]) -> Page:
    """One page of everything that happened in the account, as far as the actor may see what it happened to."""
    allow(actor, "activity.view_account")
    return _page(actor, filters, *_matching(actor, filters))


def log_of_task(actor: Actor, task_id: int, filters: dict[str, Any]) -> Page:
    """One page of what happened to a task, deleted or not. Who was refused what, only those see who see the account's log."""
    task = find(actor, Task, task_id, deleted=None)
    allow(actor, "activity.view_task", task)
    about = and_(ActivityLog.resource_type == "Task", ActivityLog.resource_id == task.id)
    own = or_(ActivityLog.action != DENIED, ActivityLog.user_id == actor.user_id)
    return _page(actor, filters, about, *([] if _sees_all(actor) else [own]), *_matching(actor, filters))


def log_of_person(actor: Actor, user_id: int, filters: dict[str, Any]) -> Page:
    """One page of what a member did. How they signed in and what they were refused is theirs, and for those who see the
    account's log.
    """
    member = _member(actor, user_id)
    allow(actor, "activity.view_person", member)
    conditions = [ActivityLog.user_id == member.user_id, *_matching(actor, filters)]
    if member.user_id != actor.user_id and not _sees_all(actor):
        conditions += [ActivityLog.resource_type != "User", ActivityLog.action != DENIED]
    return _page(actor, filters, *conditions)


def everybody(actor: Actor) -> list[User]:
    """All who belong or belonged to the account, by name: whose acts the account's log may hold."""
    allow(actor, "activity.view_account")
    members = db.session.scalars(select(AccountMembership).options(joinedload(AccountMembership.user)))
    return sorted((member.user for member in members), key=lambda user: (user.name.casefold(), user.id))


def _sees_all(actor: Actor) -> bool:
    return can(actor, "activity.view_account")


def _member(actor: Actor, user_id: int) -> AccountMembership:
    """A member; for those who see the account's log, also one who has left."""
    if not _sees_all(actor):
        return find(actor, AccountMembership, user_id)
    found = db.session.scalars(select(AccountMembership).where(AccountMembership.user_id == user_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _page(actor: Actor, filters: dict[str, Any], *conditions: ColumnElement[bool]) -> Page:
    found = page_of(
        select(ActivityLog).where(*conditions),
        select(ActivityLog.id).where(*conditions),
        page=filters.get("page", 1),
        per_page=filters.get("per_page", 20),
        cursor=filters.get("cursor"),
        order=NEWEST_FIRST,
    )
    rows = _log_entries(actor, found.rows)
    return Page(rows, found.page, found.per_page, found.total_count, found.total_capped, found.next_cursor)


def _matching(actor: Actor, filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    conditions = [_seen(actor), *_about(actor, filters)]
    if actions := filters.get("action"):
        conditions.append(ActivityLog.action.in_(actions))
    if doors := filters.get("via"):
        conditions.append(ActivityLog.via.in_(doors))
    if user_id := filters.get("user_id"):
        conditions.append(ActivityLog.user_id == _member(actor, user_id).user_id)
    if since := filters.get("since"):
        conditions.append(ActivityLog.created_at >= from_instant(since, actor.timezone))
    if until := filters.get("until"):
        conditions.append(ActivityLog.created_at <= to_instant(until, actor.timezone))
    if filters.get("denied") is not None:
        conditions.append(ActivityLog.action == DENIED if filters["denied"] else ActivityLog.action != DENIED)
    return conditions


def _seen(actor: Actor) -> ColumnElement[bool]:
    kinds = [model.__name__ for model in SEEN_BY_ROW]
    rows = (
        and_(
            ActivityLog.resource_type == model.__name__,
            exists().where(model.id == ActivityLog.resource_id, visible(actor, model)),  # type: ignore[attr-defined]
        )
        for model in SEEN_BY_ROW
    )
    return or_(ActivityLog.resource_type.not_in(kinds), *rows)


def _about(actor: Actor, filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    asked, row_id = filters.get("resource_type"), filters.get("resource_id")
    kind = KEPT_AS.get(asked or "Task", asked or "Task")
    conditions = [ActivityLog.resource_type == kind] if asked or row_id else []
    if row_id and kind == "Task":
        row_id = find(actor, Task, row_id, deleted=None).id
    elif row_id and kind == MEMBER:
        row_id = _member(actor, row_id).id
    return [*conditions, ActivityLog.resource_id == row_id] if row_id else conditions


def _log_entries(actor: Actor, events: Sequence[ActivityLog]) -> list[LogEntry]:
    things, causers = things_of(events), _causers(events)
    shows_origin = _sees_all(actor)
    return [
        LogEntry(
            entry=entry,
            resource=things[event.resource_type, event.resource_id],
            cause_id=event.cause_id,
            on_behalf_of=_other(causers.get(event.cause_id or 0), entry.who),
            origin=Origin(event.ip_address, event.user_agent, event.session_id) if shows_origin else Origin(),
            denied=event.action == DENIED,
            attempted=event.details.get("attempted"),
        )
        for event, entry in zip(events, as_entries(events), strict=True)
    ]


def _other(person: User | None, than: User | None) -> User | None:
    return None if person is than else person


def _causers(events: Sequence[ActivityLog]) -> dict[int, User]:
    """Who did what caused these events, by the id of the cause."""
    ids = {event.cause_id for event in events} - {None}
    if not ids:
        return {}
    causes = select(ActivityLog.id, User).join(User, User.id == ActivityLog.user_id).where(ActivityLog.id.in_(ids))
    return {cause_id: user for cause_id, user in db.session.execute(causes)}  # noqa: C416
