"""Registering with an e-mail address, and showing that it is one's own. Every answer is the same for a known address."""

from contextlib import suppress

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from todoapp.accounts.founding import found_account, give_slug
from todoapp.accounts.models import AccountMembership
from todoapp.activity.posting import post
from todoapp.activity.record import record
from todoapp.actor import actor_for
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.mail.posting import post_mail
from todoapp.tenancy import inside
from todoapp.users.links import read_link
from todoapp.users.models import OneTimeLink, User
from todoapp.users.passwords import hash_password, refuse_weak
from todoapp.users.tries import count_try
from todoapp.users.visits import Visit, memberships_of, record_person


class Rehearsed(Exception):
    """Undoes what was done for nobody."""


def register(
    visit: Visit, *, email: str, password: str, first_name: str, account_name: str, last_name: str = ""
) -> None:
    """Make a person and the account that they own, and send the link that activates them.

    Who registers again before that is taken at their latest word, and older links are dead. A person who is active gets a
    mail that says so.
    """
    count_try("mail", visit.ip_address, email)
    refuse_weak(password, first_name, last_name, email, account_name)
    password_hash = hash_password(password)
    user = user_by_email(email)
    if user is None:
        user = _made(User(email=email, first_name=first_name, last_name=last_name, password_hash=password_hash))
    if user.activated_at is not None:
        post_mail("already_registered", email, name=user.first_name, link="/login")
        _rehearse(visit, User(first_name=first_name, last_name=last_name), account_name)
        return
    user.first_name, user.last_name, user.password_hash = first_name, last_name, password_hash
    _found_or_rename(visit, user, account_name)


def ask_for_activation(visit: Visit, *, email: str) -> None:
    """Send the activation link again, if somebody waits for one at this address."""
    count_try("mail", visit.ip_address, email)
    post("activation_request", email)


def activate(visit: Visit, *, token: str) -> User:
    """Take the link as proof that the address is the person's own: from now on they can sign in."""
    tried = count_try("link", visit.ip_address)
    user = read_link("activate", token).user
    tried.was_right()
    if user.activated_at is None:
        user.activated_at = now()
        record_person(visit, user, "user_activated")
    spend_links(user, "activate")
    return user


def user_by_email(email: str) -> User | None:
    """The person with this address, locked."""
    query = select(User).where(User.email == email).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def spend_links(user: User, purpose: str) -> None:
    """Let no link of this purpose open anything any more."""
    links = update(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.purpose == purpose)
    db.session.execute(links.where(OneTimeLink.used_at.is_(None)).values(used_at=now()))


def _made(user: User) -> User:
    """`user`, saved; or the one who got the address in the same instant."""
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        known = user_by_email(str(user.email))
        if known is None:
            raise
        return known
    return user


def _found_or_rename(visit: Visit, user: User, account_name: str) -> None:
    waiting = memberships_of(user.id)
    membership = waiting[0] if waiting else _founded(visit, user, account_name)
    with inside(membership.account_id):
        if waiting and membership.account.name != account_name:
            membership.account.name = account_name
            give_slug(membership.account)
        record(actor_for(membership, via=visit.via, **visit.facts), "user_registered", user)


def _rehearse(visit: Visit, user: User, account_name: str) -> None:
    """Do for nobody what registering does, and undo it: the time of the answer must not tell which addresses are known."""
    with suppress(Rehearsed), db.session.begin_nested():
        db.session.add(user)
        db.session.flush()
        _found_or_rename(visit, user, account_name)
        raise Rehearsed


def _founded(visit: Visit, user: User, account_name: str) -> AccountMembership:
    account, membership = found_account(user, account_name)
    with inside(account.id):
        record(actor_for(membership, via=visit.via, **visit.facts), "account_created", account)
    return membership
