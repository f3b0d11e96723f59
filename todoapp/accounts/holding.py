"""Who changes an account or its members holds the account's row first: everybody else who does waits."""

from sqlalchemy import select

from todoapp.accounts.models import Account, AccountMembership
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.errors import Conflict, NotFound
from todoapp.permissions import find


def hold(account_id: int) -> Account:
    """The account, locked and read afresh."""
    query = select(Account).where(Account.id == account_id).with_for_update().execution_options(populate_existing=True)
    account = db.session.scalars(query).one_or_none()
    if account is None:
        raise NotFound
    return account


def hold_account(actor: Actor) -> Account:
    """The actor's account, locked. Refuses an actor who lost the role, with which they came, while they waited."""
    account = hold(actor.account_id)
    role = db.session.scalar(
        select(AccountMembership.role).where(AccountMembership.user_id == actor.user_id, AccountMembership.at_work())
    )
    if role != actor.role:
        raise Conflict("Your own role was just changed. Look again before you go on.")
    return account


def hold_member(actor: Actor, user_id: int) -> AccountMembership:
    """A member who is about to be changed, in the one order of locks: the account first, then the member."""
    hold_account(actor)
    return find(actor, AccountMembership, user_id)
