"""Signing in and out, and choosing the account to work in."""

from sqlalchemy import select

from todoapp.accounts.models import AccountMembership
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import Forbidden, NotFound
from todoapp.kit.transaction import after_refusal, in_advance
from todoapp.users.models import Session, SignIn, User
from todoapp.users.passwords import hash_password, is_outdated, verify
from todoapp.users.registering import user_by_email
from todoapp.users.sessions import end_session, end_sessions_of, open_session
from todoapp.users.tries import WrongSecret, count_try
from todoapp.users.visits import Visit, memberships_of, record_person


class NotActivated(Forbidden):
    """The password is right, and the address was not shown to be the person's own yet."""

    code = "not_activated"


def sign_in(
    visit: Visit, *, email: str, password: str, account: str | None = None, kind: str, instead_of: Session | None = None
) -> tuple[Session, str]:
    """Open a session for who knows the password; returns it with its secret.

    `account` is the id or slug of the account to work in; without it, it is the one of last time.
    """
    user = check_password(visit, email=email, password=password)
    membership = choose_account(user, account)
    if instead_of is not None:
        end_session(instead_of, "replaced")
    account_id = membership and membership.account_id
    session, secret = open_session(user.id, account_id, kind=kind, **visit.facts)
    user.last_sign_in_at = now()
    user.sign_in_count += 1
    _log(visit, user.id)
    record_person(visit, user, "signed_in", account_id)
    return session, secret


def check_password(visit: Visit, *, email: str, password: str) -> User:
    """The active person, locked, to whom address and password belong. Unknown addresses take as long as known ones."""
    tried = count_try("sign-in", visit.ip_address, email)
    user_id, kept = in_advance(lambda: _kept_password(email))
    is_right = verify(kept, password)
    renewed = hash_password(password) if is_right and is_outdated(str(kept)) else None
    user = user_by_email(email)
    if not is_right or user is None or user.password_hash != kept:
        after_refusal(lambda: _log(visit, user_id, "wrong_password"))
        raise WrongSecret(f"This e-mail address and password do not belong together.{tried.warning}")
    after_refusal(tried.was_right)
    if user.activated_at is None:
        after_refusal(lambda: _log(visit, user_id, "not_activated"))
        raise NotActivated("Confirm your e-mail address first: open the link that we sent you, or ask for a new one.")
    tried.was_right()
    if renewed:
        user.password_hash = renewed
    return user


def choose_account(user: User, account: str | None = None) -> AccountMembership | None:
    """The membership in the account with this id or slug; without one, that of last time, else the oldest, else none."""
    works_in = memberships_of(user.id)
    if account is None:
        return next((one for one in works_in if one.account_id == user.default_account_id), next(iter(works_in), None))
    for membership in works_in:
        if account in (membership.account.slug, str(membership.account_id)):
            return membership
    raise NotFound


def switch_account(session: Session, account: str) -> AccountMembership:
    """Work in another of one's accounts, in this session and after the next sign-in. Older access tokens are dead."""
    membership = choose_account(session.user, account)
    if membership is None:
        raise NotFound
    session.account_id = membership.account_id
    session.user.default_account_id = membership.account_id
    return membership


def sign_out(visit: Visit, session: Session) -> None:
    """End the session: its cookie, its access tokens and its refresh tokens."""
    end_session(session, "signed_out")
    record_person(visit, session.user, "signed_out", session.account_id)


def end_own_session(visit: Visit, session: Session) -> None:
    """End one of one's sessions, on whatever device it is."""
    end_session(session, "ended_by_person")
    record_person(visit, session.user, "session_ended", session.account_id, session_id=session.id)


def end_other_sessions(visit: Visit, session: Session) -> None:
    """End all of one's sessions but this one."""
    end_sessions_of(session.user_id, reason="ended_by_person", besides=session)
    record_person(visit, session.user, "session_ended", session.account_id, others=True)


def _kept_password(email: str) -> tuple[int | None, str | None]:
    found = db.session.execute(select(User.id, User.password_hash).where(User.email == email)).one_or_none()
    return (found.id, found.password_hash) if found else (None, None)


def _log(visit: Visit, user_id: int | None, reason: str | None = None) -> None:
    db.session.add(SignIn(user_id=user_id, succeeded=reason is None, reason=reason, via=visit.via, **visit.facts))
    db.session.flush()
