"""Closing an account, and opening it again within 30 days."""

from datetime import datetime, timedelta

from todoapp.accounts.holding import hold_account
from todoapp.accounts.models import Account
from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.kit.clock import now
from todoapp.kit.errors import Gone

GRACE = timedelta(days=30)


def restorable_until(account: Account) -> datetime | None:
    """Until when a deleted account can be restored."""
    return account.deleted_at and account.deleted_at + GRACE


@action("account.delete", subject=Account)
def delete_account(actor: Actor, account: Account) -> Account:
    """Close the account: all access stops at the next request. An owner may restore it for 30 days."""
    hold_account(actor)
    if account.deleted_at is None:
        account.deleted_at = now()
        record(actor, "account_deleted", account)
    return account


@action("account.restore", subject=Account)
def restore_account(actor: Actor, account: Account) -> Account:
    """Open a deleted account again, as it was."""
    hold_account(actor)
    if account.deleted_at is None:
        return account
    if now() >= account.deleted_at + GRACE:
        raise Gone("This account was deleted more than 30 days ago and cannot be restored.")
    account.deleted_at = None
    record(actor, "account_restored", account)
    return account
