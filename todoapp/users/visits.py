"""From where somebody comes who is not a member yet, or acts on their own sign-in rather than in an account."""

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from todoapp.accounts.models import AccountMembership
from todoapp.activity.record import record
from todoapp.actor import actor_for
from todoapp.extensions import db
from todoapp.kit.http import speaks_json
from todoapp.tenancy import across_accounts, inside
from todoapp.users.models import User


@dataclass(frozen=True, slots=True)
class Visit:
    """The door, the network address and the program of somebody who knocks."""

    via: str = "cli"
    ip_address: str | None = None
    user_agent: str | None = None

    @property
    def facts(self) -> dict[str, str | None]:
        """What sessions, events and the sign-in log keep of it."""
        return {"ip_address": self.ip_address, "user_agent": self.user_agent}


def current_visit() -> Visit:
    """The visit behind this request."""
    via = "api" if speaks_json() else "web"
    return Visit(via, request.remote_addr, (request.user_agent.string or "")[:255] or None)


def memberships_of(user_id: int) -> list[AccountMembership]:
    """The accounts in which a person works now, oldest first."""
    with across_accounts("a person's own memberships"):
        found = db.session.scalars(
            select(AccountMembership)
            .where(AccountMembership.user_id == user_id, AccountMembership.at_work())
            .options(joinedload(AccountMembership.account))
            .order_by(AccountMembership.joined_at, AccountMembership.id)
        ).all()
    return [membership for membership in found if membership.account.is_open]


def record_person(visit: Visit, user: User, event: str, account_id: int | None = None, **details: Any) -> None:
    """Write what a person did to their own sign-in into the account where they work; without one, only they know it."""
    works_in = memberships_of(user.id)
    wanted = account_id or user.default_account_id
    membership = next((one for one in works_in if one.account_id == wanted), works_in[0] if works_in else None)
    if membership is None:
        return
    with inside(membership.account_id):
        record(actor_for(membership, via=visit.via, **visit.facts), event, user, **details)
