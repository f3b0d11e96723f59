"""A new password: by a link, for who forgot the old one, or by the old one. Either ends all other sessions."""

from todoapp.activity.posting import post
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput
from todoapp.kit.transaction import in_advance
from todoapp.kit.words import exact
from todoapp.mail.posting import post_mail
from todoapp.users.links import read_link
from todoapp.users.models import Session, User
from todoapp.users.passwords import hash_password, refuse_weak, verify
from todoapp.users.registering import spend_links
from todoapp.users.sessions import end_sessions_of
from todoapp.users.tries import Tried, count_try, forget_tries
from todoapp.users.visits import Visit, record_person


def ask_for_reset(visit: Visit, *, email: str) -> None:
    """Send a link that sets a new password, if somebody has this address. Whether somebody does is looked up later."""
    count_try("mail", visit.ip_address, email)
    post("reset_request", email, **visit.facts)


def reset_password(visit: Visit, *, token: str, password: str) -> User:
    """Set a new password by the link of a mail. It proves the address too. All sessions end."""
    tried = count_try("link", visit.ip_address)
    refuse_weak(password, *in_advance(lambda: _owner_of_link(token, tried)))
    password_hash = hash_password(password)
    user: User = read_link("reset", token).user
    user.activated_at = user.activated_at or now()
    forget_tries("sign-in", str(user.email))
    _set_password(visit, user, password_hash, by="link")
    return user


def change_password(visit: Visit, session: Session, *, current_password: str, password: str) -> None:
    """Set a new password by the old one. All other sessions end."""
    user_id, kept = session.user_id, session.user.password_hash
    known = _facts(session.user)
    tried = count_try("password", visit.ip_address, f"user:{user_id}")
    if not verify(kept, current_password):
        raise BadInput(fields={"current_password": [f"This is not your current password.{tried.warning}"]})
    in_advance(tried.was_right)
    refuse_weak(password, *known)
    password_hash = hash_password(password)
    user = db.session.get_one(User, user_id, populate_existing=True, with_for_update=True)
    if user.password_hash != kept:
        raise BadInput(fields={"current_password": ["The password was changed a moment ago."]})
    _set_password(visit, user, password_hash, besides=session, by="password")


def _set_password(visit: Visit, user: User, password_hash: str, *, by: str, besides: Session | None = None) -> None:
    user.password_hash = password_hash
    spend_links(user, "reset")
    spend_links(user, "activate")
    end_sessions_of(user.id, reason="password_changed", besides=besides)
    record_person(visit, user, "password_changed", besides and besides.account_id, by=by)
    at = exact(now(), user.timezone)
    post_mail("password_changed", str(user.email), name=user.first_name, email=user.email, at=at, link="/reset")


def _owner_of_link(token: str, tried: Tried) -> tuple[str | None, ...]:
    user = read_link("reset", token).user
    tried.was_right()
    return _facts(user)


def _facts(user: User) -> tuple[str | None, ...]:
    return user.first_name, user.last_name, user.email
