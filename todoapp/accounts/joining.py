"""Joining an account by the link of an invitation: as a new person, as one who signs in already, or as a placeholder."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from todoapp.accounts.holding import hold
from todoapp.accounts.models import Account, AccountMembership, Invitation
from todoapp.accounts.ranks import line_above, managers_now
from todoapp.accounts.seats import seats_of
from todoapp.accounts.settings import all_settings
from todoapp.activity.record import record
from todoapp.actor import actor_for
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput, Conflict, Forbidden, NotSignedIn
from todoapp.kit.transaction import in_advance
from todoapp.tenancy import enter
from todoapp.users.links import DeadLink, read_link
from todoapp.users.models import User
from todoapp.users.passwords import hash_password, refuse_weak
from todoapp.users.registering import spend_links, user_by_email
from todoapp.users.sessions import end_sessions_of
from todoapp.users.signing import check_password
from todoapp.users.tries import Tried, count_try, forget_tries
from todoapp.users.visits import Visit


@dataclass(frozen=True, slots=True)
class Asked:
    """What the link says: into which account it leads, whose address it is, whether that person signs in already."""

    account_id: int
    email: str
    placeholder_id: int | None
    is_known: bool


def accept_invitation(
    visit: Visit,
    *,
    token: str,
    signed_in: User | None = None,
    first_name: str | None = None,
    last_name: str | None = None,
    password: str | None = None,
) -> AccountMembership:
    """Become a member. The link proves the address; who signs in already must be signed in as it or send the password."""
    tried = count_try("link", visit.ip_address)
    asked = in_advance(lambda: _asked(token, tried))
    if asked.is_known:
        password_hash = None
        _prove(visit, asked, signed_in, password)
    else:
        password_hash = _chosen(asked, first_name, last_name, password)
    account = hold(asked.account_id)
    invitation: Invitation = read_link("invite", token)
    if not account.is_open:
        raise DeadLink
    enter(account.id)
    _check_seats(account)
    user = _person(invitation, account, first_name, last_name, password_hash)
    membership = _admit(invitation, user)
    invitation.accepted_at = now()
    _welcome(visit, membership, invitation)
    return membership


def _asked(token: str, tried: Tried) -> Asked:
    invitation: Invitation = read_link("invite", token)
    tried.was_right()
    user = user_by_email(invitation.email)
    known = user is not None and user.activated_at is not None
    if user is not None and invitation.placeholder_id is not None:
        raise _no_claim()
    return Asked(invitation.account_id, invitation.email, invitation.placeholder_id, known)


def _no_claim() -> Conflict:
    return Conflict(
        "This address has a sign-in of its own already, so it cannot take over the imported history. "
        "Ask the person who invited you for an ordinary invitation."
    )


def _prove(visit: Visit, asked: Asked, signed_in: User | None, password: str | None) -> None:
    if signed_in is not None and signed_in.email == asked.email:
        return
    if password is not None:
        check_password(visit, email=asked.email, password=password)
    elif signed_in is not None:
        raise Forbidden(
            f"This invitation is for {asked.email}, and you are signed in as {signed_in.email}. "
            "Sign out first, then open the link again."
        )
    else:
        raise NotSignedIn(f"{asked.email} signs in here already. Sign in first, or send the password too.")


def _chosen(asked: Asked, first_name: str | None, last_name: str | None, password: str | None) -> str:
    missing: dict[str, list[str]] = {}
    if not first_name and asked.placeholder_id is None:
        missing["first_name"] = ["Say what people call you."]
    if not password:
        missing["password"] = ["Choose a password."]
    if missing or password is None:
        raise BadInput(fields=missing)
    refuse_weak(password, first_name, last_name, asked.email)
    return hash_password(password)


def _check_seats(account: Account) -> None:
    seats = seats_of(account)
    if seats.used > seats.limit:
        raise Conflict("This account has no free seat any more. Ask the person who invited you.", limit=seats.limit)


def _person(
    invitation: Invitation, account: Account, first_name: str | None, last_name: str | None, password_hash: str | None
) -> User:
    """The person behind the address: as they are, or with the names and the password that they chose now."""
    user = user_by_email(invitation.email)
    if invitation.placeholder_id is not None:
        user = _claimed(invitation, user)
    if user is None:
        settings = all_settings(account.settings)
        user = User(first_name="", timezone=settings["default_timezone"], language=settings["language"])
    if (user.activated_at is None) != (password_hash is not None):
        raise Conflict("Somebody registered this address a moment ago. Open the link again.")
    if password_hash is not None:
        _activate(user, invitation.email, first_name, last_name, password_hash)
    return user


def _claimed(invitation: Invitation, user: User | None) -> User:
    if user is not None:
        raise _no_claim()
    placeholder = db.session.get_one(User, invitation.placeholder_id, with_for_update=True, populate_existing=True)
    if not placeholder.is_placeholder:
        raise DeadLink
    return placeholder


def _activate(user: User, email: str, first_name: str | None, last_name: str | None, password_hash: str) -> None:
    """The address is proven by the link. Whatever somebody else entered for it before counts for nothing."""
    user.email, user.password_hash, user.activated_at = email, password_hash, now()
    if first_name:
        user.first_name, user.last_name = first_name, last_name or ""
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        raise Conflict("Somebody registered this address a moment ago. Open the link again.") from None
    for purpose in ("activate", "reset"):
        spend_links(user, purpose)
    forget_tries("sign-in", email)
    end_sessions_of(user.id, reason="password_changed")


def _admit(invitation: Invitation, user: User) -> AccountMembership:
    """The person's one membership row: new, opened again, or the placeholder's."""
    query = select(AccountMembership).where(AccountMembership.user_id == user.id).with_for_update(of=AccountMembership)
    membership = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if membership is None:
        membership = AccountMembership(user=user)
        db.session.add(membership)
    elif membership.is_active and invitation.placeholder_id is None:
        raise Conflict("You belong to this account already.")
    if not membership.is_active or membership.id is None:
        membership.can_reassign_tasks = False
    membership.role, membership.joined_at, membership.left_at = invitation.role, now(), None
    if user.id not in _line(invitation.manager_id):
        membership.manager_id = invitation.manager_id
    db.session.flush()
    return membership


def _line(manager_id: int | None) -> list[int]:
    return [] if manager_id is None else line_above(manager_id, managers_now())


def _welcome(visit: Visit, membership: AccountMembership, invitation: Invitation) -> None:
    if membership.user.default_account_id is None:
        membership.user.default_account_id = membership.account_id
    record(
        actor_for(membership, via=visit.via, **visit.facts),
        "member_joined",
        membership,
        changes={"role": [None, membership.role]},
        role=membership.role.replace("_", " "),
        invited_by_id=invitation.invited_by_id,
        claimed=invitation.placeholder_id is not None,
    )
