"""Who hears: the session behind a socket, and whether it still stands."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from flask import Flask
from sqlalchemy import ColumnElement, case, not_, or_, select

from todoapp.accounts.models import Account, AccountMembership
from todoapp.actor import Actor, actor_for
from todoapp.extensions import db
from todoapp.kit.transaction import atomic, reading
from todoapp.live.limits import NOT_SIGNED_IN, SHUT_OUT, HangUp
from todoapp.signed_in import open_membership
from todoapp.tenancy import enter
from todoapp.users.models import Session
from todoapp.users.sessions import is_live, session_of_access_token
from todoapp.users.tokens import read_access_token

T = TypeVar("T")
REMOVED = "removed"
SIGNED_OUT = "Your session has ended. Sign in again."
LEFT = "You do not belong to this account any more."
VERDICTS = {
    "left": (SHUT_OUT, LEFT),
    "signed out": (NOT_SIGNED_IN, SIGNED_OUT),
    "suspended": (SHUT_OUT, "You are suspended in this account. Ask one of its owners."),
    "closed": (SHUT_OUT, "This account is closed."),
    "elsewhere": (NOT_SIGNED_IN, "You work in another account now. Connect again."),
}


@dataclass(frozen=True, slots=True)
class Hearer:
    """The session that opened a socket. With a token, it hears until the token expires, unless it sends a fresh one."""

    session_id: int
    user_id: int
    account_id: int
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a hearer is in the account now."""

    role: str
    manager_id: int | None


def inside_account(app: Flask, account_id: int, work: Callable[[], T]) -> T:
    """Run `work`, which only reads, in an app context and a transaction of its own, inside the account."""

    def entered() -> T:
        enter(account_id)
        return work()

    with app.app_context(), reading():
        return atomic(entered)


def hearer_of(session: Session | None) -> Hearer:
    """The hearer behind a session."""
    if session is None:
        raise HangUp(NOT_SIGNED_IN, SIGNED_OUT)
    if session.account_id is None:
        raise HangUp(NOT_SIGNED_IN, "Choose an account first.")
    return Hearer(session.id, session.user_id, session.account_id)


def hearer_of_token(header: str) -> Hearer:
    """The hearer behind an `Authorization: Bearer` header."""
    session = session_of_access_token(header)
    claims = read_access_token(header.partition(" ")[2].strip())
    if session is None or claims is None:
        raise HangUp(NOT_SIGNED_IN, "This access token is not valid any more. Refresh it and connect again.")
    hearer = hearer_of(session)
    return Hearer(hearer.session_id, hearer.user_id, hearer.account_id, claims.expires_at)


def actor_of(hearer: Hearer) -> Actor:
    """The member who listens, read afresh; `HangUp` where they may not any more."""
    verdict = standings([hearer]).get(hearer.session_id)
    if isinstance(verdict, HangUp):
        raise verdict
    membership = open_membership(hearer.user_id)
    if membership is None:
        raise HangUp(SHUT_OUT, LEFT)
    return actor_for(membership, via="live", session_id=hearer.session_id)


def standings(hearers: Collection[Hearer]) -> dict[int, Standing | HangUp]:
    """By session id: what each hearer is in the account at hand now, or why they must go. One query."""
    wanted = {hearer.session_id: hearer for hearer in hearers}
    if not wanted:
        return {}
    account_id = next(iter(hearers)).account_id
    membership = (AccountMembership.user_id == Session.user_id) & (AccountMembership.account_id == account_id)
    query = (
        select(Session.id, AccountMembership.role, AccountMembership.manager_id, _verdict(account_id))
        .select_from(Session)
        .join(Account, Account.id == account_id)
        .outerjoin(AccountMembership, membership)
        .where(Session.id.in_(wanted))
    )
    found: dict[int, Standing | HangUp] = {}
    for session_id, role, manager_id, verdict in db.session.execute(query):
        found[session_id] = HangUp(*VERDICTS[verdict]) if verdict else Standing(role, manager_id)
    return {session_id: found.get(session_id) or HangUp(NOT_SIGNED_IN, SIGNED_OUT) for session_id in wanted}


def _verdict(account_id: int) -> ColumnElement[str | None]:
    """Why a session may not stay, as SQL: a key of VERDICTS, or NULL."""
    member = AccountMembership
    return case(
        (or_(member.role.is_(None), member.left_at.is_not(None), Session.end_reason == REMOVED), "left"),
        (member.suspended_at.is_not(None), "suspended"),
        (not_(is_live()), "signed out"),
        (or_(Account.status != "active", Account.deleted_at.is_not(None)), "closed"),
        (or_(Session.account_id.is_(None), Session.account_id != account_id), "elsewhere"),
    )
