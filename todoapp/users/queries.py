"""What people see of their own sign-in: sessions and tries to sign in."""

from sqlalchemy import select

from todoapp.extensions import db
from todoapp.kit.errors import NotFound
from todoapp.kit.paging import Page, page_of
from todoapp.users.models import Session, SignIn
from todoapp.users.sessions import is_live


def live_sessions(here: Session, *, page: int = 1, per_page: int = 20) -> Page:
    """Where the person behind `here` is signed in, last seen first."""
    own = (Session.user_id == here.user_id, is_live())
    query = select(Session).where(*own).order_by(Session.last_seen_at.desc(), Session.id.desc())
    found = page_of(query, select(Session.id).where(*own), page=page, per_page=per_page)
    for session in found.rows:
        session.is_current = session.id == here.id
    return found


def own_session(user_id: int, session_id: int) -> Session:
    """One live session of a person; somebody else's does not exist."""
    found = db.session.scalars(
        select(Session).where(Session.id == session_id, Session.user_id == user_id, is_live())
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def sign_ins_of(user_id: int, *, page: int = 1, per_page: int = 20) -> Page:
    """Every try to sign in as this person, newest first."""
    query = select(SignIn).where(SignIn.user_id == user_id).order_by(SignIn.created_at.desc(), SignIn.id.desc())
    return page_of(query, select(SignIn.id).where(SignIn.user_id == user_id), page=page, per_page=per_page)
