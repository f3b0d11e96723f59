"""Sessions: opened, seen, and ended at the next request."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from todoapp.extensions import db
from todoapp.users.models import Session
from todoapp.users.sessions import end_session, end_sessions_of, open_session, session_of_access_token, signed_in_by
from todoapp.users.tokens import access_token


@pytest.fixture
def mara(ctx, cast):
    return cast.mara


def browser_session(person):
    session, secret = open_session(person.user_id, person.account_id, kind="browser")
    db.session.commit()
    return session, secret


def test_a_cookie_opens_its_session_and_only_the_digest_is_kept(mara):
    session, secret = browser_session(mara)
    assert signed_in_by(secret).session.id == session.id
    assert secret not in str(db.session.execute(select(Session.__table__)).all())
    assert signed_in_by(secret + "x") is None


def test_an_access_token_opens_its_session(mara):
    session, _refresh = open_session(mara.user_id, mara.account_id, kind="api")
    assert session_of_access_token(f"Bearer {access_token(session)}") is session
    assert session_of_access_token(access_token(session)) is None
    assert session_of_access_token("Bearer") is None


def test_an_ended_session_opens_nothing(mara):
    session, secret = browser_session(mara)
    api, _refresh = open_session(mara.user_id, mara.account_id, kind="api")
    header = f"Bearer {access_token(api)}"
    end_session(session, "signed_out")
    assert signed_in_by(secret) is None
    end_sessions_of(mara.user_id, reason="password_changed")
    assert session_of_access_token(header) is None
    assert [row.end_reason for row in db.session.scalars(select(Session).order_by(Session.id))] == [
        "signed_out",
        "password_changed",
    ]


def test_all_but_one_are_ended(mara, cast):
    kept, secret = browser_session(mara)
    _other, other_secret = browser_session(mara)
    _theirs, their_secret = browser_session(cast.zoe)
    end_sessions_of(mara.user_id, reason="password_changed", besides=kept)
    assert signed_in_by(secret)
    assert signed_in_by(their_secret)
    assert signed_in_by(other_secret) is None


def test_limits_of_a_browser_session(mara, at):
    at("2026-11-01T09:00:00Z")
    session, secret = browser_session(mara)
    at("2026-11-15T08:59:59Z")
    assert signed_in_by(secret)
    at("2026-11-15T09:00:00Z")
    assert signed_in_by(secret) is None, "14 days idle"
    for day in (14, 27):
        session.last_seen_at = session.created_at + timedelta(days=day)
    db.session.commit()
    at("2026-12-01T08:59:59Z")
    assert signed_in_by(secret)
    at("2026-12-01T09:00:00Z")
    assert signed_in_by(secret) is None, "30 days at most"


def test_an_api_session_lasts_seven_days_at_most(mara, at):
    at("2026-11-01T09:00:00Z")
    session, _refresh = open_session(mara.user_id, mara.account_id, kind="api")
    at("2026-11-08T08:59:00Z")
    token = access_token(session)
    assert session_of_access_token(f"Bearer {token}")
    at("2026-11-08T09:00:00Z")
    assert session_of_access_token(f"Bearer {token}") is None


def test_no_secret_is_read_of_another_kind(mara):
    _api, refresh = open_session(mara.user_id, mara.account_id, kind="api")
    assert signed_in_by(refresh) is None
    assert session_of_access_token(f"Bearer {refresh}") is None
