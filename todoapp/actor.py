"""Who acts: a member of one account, through which door, and caused by what."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from todoapp.accounts.models import AccountMembership, rank

NO_SETTINGS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Actor:
    """Plain facts about the member who acts; outlives the database session that they were read in.

    `via` is the door: web, admin, api, cli, import, automation, schedule. `cause_id` is the event that made this act happen.
    """

    account_id: int
    user_id: int
    role: str
    name: str
    timezone: str = "UTC"
    manager_id: int | None = None
    can_reassign_tasks: bool = False
    settings: Mapping[str, Any] = field(default_factory=lambda: NO_SETTINGS, hash=False)
    via: str = "api"
    session_id: int | None = None
    cause_id: int | None = None
    ip_address: str | None = None
    user_agent: str | None = None

    def at_least(self, role: str) -> bool:
        """Whether the actor's role is `role` or higher."""
        return rank(self.role) >= rank(role)

    def through(self, via: str, cause_id: int | None = None) -> "Actor":
        """The same member, acting through another door."""
        return replace(self, via=via, cause_id=cause_id)


def by_the_clock(account_id: int, settings: Mapping[str, Any] = NO_SETTINGS) -> Actor:
    """Nobody: what the house itself does when its time has come. Its role is in no column of the matrix."""
    nobody: Any = None
    return Actor(account_id, nobody, "nobody", "The system", settings=settings, via="schedule")


def actor_for(membership: AccountMembership, via: str, **request_facts: Any) -> Actor:
    """The actor that `membership` makes; `request_facts` are session_id, ip_address and user_agent."""
    return Actor(
        account_id=membership.account_id,
        user_id=membership.user_id,
        role=membership.role,
        name=membership.user.name,
        timezone=membership.user.timezone,
        manager_id=membership.manager_id,
        can_reassign_tasks=membership.can_reassign_tasks,
        settings=MappingProxyType(dict(membership.account.settings)),
        via=via,
        **request_facts,
    )
