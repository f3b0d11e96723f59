"""Suspending a member: they keep role, reports and tasks, but cannot work in the account until they are let back in."""

from todoapp.accounts.holding import hold_account
from todoapp.accounts.models import AccountMembership
from todoapp.accounts.ranks import keep_an_owner
from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.kit.clock import now
from todoapp.kit.errors import Conflict
from todoapp.kit.fields import NoFields
from todoapp.tasks.actions.progressing import pause, running_tasks_of
from todoapp.users.models import Session
from todoapp.users.sessions import end_sessions


@action("member.suspend", subject=AccountMembership, fields=NoFields)
def suspend_member(actor: Actor, member: AccountMembership) -> AccountMembership:
    """Shut a member out for now: their sessions in the account end at once and their clock stops. Twice is once."""
    hold_account(actor)
    if member.user_id == actor.user_id:
        raise Conflict("You cannot suspend yourself. Ask another owner, or leave the account.")
    keep_an_owner(member)
    if member.suspended_at is not None:
        return member
    member.suspended_at = now()
    changes = {"suspended_at": [None, member.suspended_at.isoformat()]}
    event = record(actor, "member_suspended", member, changes=changes, member_id=member.user_id)
    therefore = actor.through(actor.via, event.id)
    for task in running_tasks_of(member.user_id):
        pause(therefore, task, "assignee suspended")
    end_sessions(Session.user_id == member.user_id, Session.account_id == member.account_id, reason="suspended")
    return member


@action("member.reactivate", subject=AccountMembership, fields=NoFields)
def reactivate_member(actor: Actor, member: AccountMembership) -> AccountMembership:
    """Let a suspended member back in, as what they were. Twice is once."""
    hold_account(actor)
    if member.suspended_at is not None:
        before, member.suspended_at = member.suspended_at, None
        changes = {"suspended_at": [before.isoformat(), None]}
        record(actor, "member_reactivated", member, changes=changes, member_id=member.user_id)
    return member
