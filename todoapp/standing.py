"""Where the sender of a request stands: session, person, membership and account, asked afresh each time in one question."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, select

from todoapp.accounts.models import Account, AccountMembership
from todoapp.freshness import EVERYWHERE, AccountVersion
from todoapp.kit.clock import now
from todoapp.tenancy import unbound
from todoapp.users.models import Session, User
from todoapp.users.tokens import Claims

STANDING = "todoapp.standing"
"""Where in the environment of a request its standing is, if it was asked for already."""


class Standing(NamedTuple):
    """A member with a live session in an open account. Two that are equal, but for `last_seen_at`, see the same."""

    session_id: int
    user_id: int
    account_id: int
    expires_at: datetime
    first_name: str
    last_name: str
    timezone: str
    role: str
    manager_id: int | None
    can_reassign_tasks: bool
    settings: Mapping[str, Any]
    version: int
    last_seen_at: datetime

    def sees_as(self, other: "Standing") -> bool:
        """Whether `other` is shown the same: all but when the session was last seen is equal."""
        return self[:-1] == other[:-1]

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


def standing_of(connection: Connection, claims: Claims | None) -> Standing | None:
    """Where the bearer of these claims stands; None where there is no account, or they cannot work in it any more."""
    if claims is None or claims.account_id is None:
        return None
    given = {"session_id": claims.session_id, "user_id": claims.user_id, "account_id": claims.account_id}
    row = connection.execute(QUESTION, given).one_or_none()
    found = Standing._make(row) if row is not None else None
    return found if found is not None and found.expires_at > now() else None


def _question() -> Any:
    sessions, users, members, accounts = (model.__table__ for model in (Session, User, AccountMembership, Account))
    query = select(
        sessions.c.id,
        sessions.c.user_id,
        sessions.c.account_id,
        sessions.c.expires_at,
        users.c.first_name,
        users.c.last_name,
        users.c.timezone,
        members.c.role,
        members.c.manager_id,
        members.c.can_reassign_tasks,
        accounts.c.settings,
        _version(sessions.c.account_id) + _version(EVERYWHERE),
        sessions.c.last_seen_at,
    )
    joined = (
        sessions.join(users, users.c.id == sessions.c.user_id)
        .join(accounts, accounts.c.id == sessions.c.account_id)
        .join(members, and_(members.c.account_id == sessions.c.account_id, members.c.user_id == sessions.c.user_id))
    )
    return (
        query.select_from(joined)
        .where(
            sessions.c.id == bindparam("session_id"),
            sessions.c.user_id == bindparam("user_id"),
            sessions.c.account_id == bindparam("account_id"),
            sessions.c.ended_at.is_(None),
            accounts.c.status == "active",
            accounts.c.deleted_at.is_(None),
            AccountMembership.at_work(),
        )
        .execution_options(**unbound("who signs in may belong to any account"))
    )


def _version(account_id: Any) -> Any:
    versions = AccountVersion.__table__.alias()
    return func.coalesce(select(versions.c.version).where(versions.c.account_id == account_id).scalar_subquery(), 0)


QUESTION = _question()
