"""Leaving an account, and being removed from it: somebody takes over, the history stays."""

from todoapp.accounts.holding import hold_account
from todoapp.accounts.models import AccountMembership
from todoapp.accounts.ranks import keep_an_owner
from todoapp.accounts.schemas import RemoveMember
from todoapp.accounts.succession import (
    hand_reports,
    hand_tasks,
    reports_of,
    revoke_invitations_of,
    successor_of,
)
from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.kit.clock import now
from todoapp.kit.errors import NotFound
from todoapp.users.models import Session
from todoapp.users.sessions import end_sessions


@action("member.remove", subject=AccountMembership, fields=RemoveMember)
def remove_member(actor: Actor, member: AccountMembership, *, successor_id: int | None = None) -> AccountMembership:
    """End a membership, one's own or another's. Reports and open tasks go to the successor, sessions end at once."""
    hold_account(actor)
    if member.left_at is not None:
        raise NotFound
    keep_an_owner(member)
    reports = reports_of(member)
    successor = successor_of(actor, member, successor_id, has_reports=bool(reports))
    member.left_at = now()
    event = record(
        actor,
        "member_left" if actor.user_id == member.user_id else "member_removed",
        member,
        changes={"left_at": [None, member.left_at.isoformat()]},
        member_id=member.user_id,
        successor_id=successor.user_id,
    )
    therefore = actor.through(actor.via, event.id)
    hand_reports(therefore, member, reports, successor)
    hand_tasks(therefore, member, successor)
    revoke_invitations_of(therefore, member)
    _shut_out(member)
    return member


def _shut_out(member: AccountMembership) -> None:
    if member.user.default_account_id == member.account_id:
        member.user.default_account_id = None
    end_sessions(Session.user_id == member.user_id, Session.account_id == member.account_id, reason="removed")
