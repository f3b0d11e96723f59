"""Signing up, in and out, and back in with a forgotten password, through plain forms."""

import re

import pytest

from tests.cast import PASSWORD
from todoapp.extensions import db
from todoapp.users.links import make_token, new_link
from todoapp.users.models import User

NEW = "a lantern over wet cobbles"


@pytest.fixture
def stranger(app):
    """Somebody whom nobody knows yet."""
    from tests.pages.conftest import Visitor

    return Visitor(app.test_client())


def token_for(app, email, purpose):
    with app.app_context():
        user = db.session.query(User).filter_by(email=email).one()
        link = new_link(purpose, user)
        db.session.commit()
        return make_token(purpose, link)


def test_sign_in_leads_where_one_wanted(stranger, cast):
    page = stranger.get("/boards/me?view=list")
    assert page.location == "/login?next=%2Fboards%2Fme%3Fview%3Dlist"
    page = stranger.get(page.location)
    assert 'value="/boards/me?view=list"' in page.text
    answer = stranger.post("/login", email=cast.uma.email, password=PASSWORD, next="/boards/me?view=list")
    assert answer.location == "/boards/me?view=list"
    assert "My board" in stranger.get(answer.location).text
    assert stranger.get("/login").location == "/boards/me"


def test_wrong_password_keeps_the_address(stranger, cast):
    stranger.get("/login")
    page = stranger.post("/login", email=cast.uma.email, password="not the right one at all")
    assert page.status_code == 401
    assert "do not belong together" in page.text and cast.uma.email in page.text
    assert "not the right one" not in page.text


def test_sign_out(stranger, cast):
    stranger.get("/login")
    stranger.sent("/login", email=cast.uma.email, password=PASSWORD)
    stranger.sent("/logout")
    assert stranger.get("/boards/me").status_code == 302


def test_sign_up_activate_and_sign_in(app, stranger, cast):
    stranger.get("/signup")
    page = stranger.post(
        "/signup", first_name="Ida", last_name="", email="ida@new.test", account_name="Ida & Söhne", password="short"
    )
    assert page.status_code == 422 and "Ida &amp; Söhne" in page.text
    page = stranger.sent(
        "/signup", first_name="Ida", last_name="", email="ida@new.test", account_name="Ida & Söhne", password=NEW
    )
    assert "ida@new.test" in page.text
    stranger.get("/login")
    page = stranger.post("/login", email="ida@new.test", password=NEW)
    assert page.status_code == 403 and 'action="/activate"' in page.text
    token = token_for(app, "ida@new.test", "activate")
    page = stranger.get(f"/activate/{token}")
    assert page.status_code == 200 and "Confirm email" in page.text
    page = stranger.sent(f"/activate/{token}")
    assert "Your email is confirmed" in page.text
    assert stranger.get(f"/activate/{token}").status_code == 410
    page = stranger.sent("/login", email="ida@new.test", password=NEW)
    assert "Ida &amp; Söhne" in page.text
    assert "Owner" in page.text


def test_forgotten_password(app, stranger, cast):
    stranger.get("/reset")
    known = stranger.sent("/reset", email=cast.uma.email)
    unknown = stranger.sent("/reset", email="nobody@northwind.test")
    assert known.text.replace(cast.uma.email, "") == unknown.text.replace("nobody@northwind.test", "")
    token = token_for(app, cast.uma.email, "reset")
    stranger.get(f"/reset/{token}")
    page = stranger.post(f"/reset/{token}", password="short")
    assert page.status_code == 422
    page = stranger.sent(f"/reset/{token}", password=NEW)
    assert "Your new password is set" in page.text
    page = stranger.post(f"/reset/{token}", password=NEW)
    assert page.status_code == 410 and "no longer works" in page.text
    assert "My board" in stranger.sent("/login", email=cast.uma.email, password=NEW).text


def test_profile_keeps_what_is_refused_and_what_is_saved(visit, cast):
    uma = visit(cast.uma)
    page = uma.post(
        "/settings/profile",
        first_name="Úma",
        last_name="",
        mobile="12",
        timezone="Asia/Tokyo",
        language="de",
        avatar_url="",
        theme="dark",
    )
    assert page.status_code == 422 and 'value="12"' in page.text and "Úma" in page.text
    page = uma.sent(
        "/settings/profile",
        first_name="Úma",
        last_name="",
        mobile="+49 171 1234567",
        timezone="Asia/Tokyo",
        language="de",
        avatar_url="",
        theme="dark",
    )
    assert 'value="+491711234567"' in page.text and 'data-theme="dark"' in page.text
    assert re.search(r'value="Asia/Tokyo" selected', page.text)
    assert 'data-theme="dark"' in uma.get("/nowhere").text
    page = uma.sent("/settings/profile", first_name="Uma", theme="system")
    assert "data-theme" not in page.text


def test_password_and_devices(visit, cast):
    here, there = visit(cast.uma), visit(cast.uma)
    page = here.get("/settings/security")
    assert page.text.count("This device") == 1
    other = re.search(r"/settings/security/sessions/(\d+)/end", page.text)[1]
    assert there.get("/boards/me").status_code == 200
    here.sent(f"/settings/security/sessions/{other}/end")
    assert there.get("/boards/me").status_code == 302
    page = here.post("/settings/security/password", current_password="wrong", password=NEW)
    assert page.status_code == 422 and "not your current password" in page.text
    page = here.sent("/settings/security/password", current_password=PASSWORD, password=NEW)
    assert "Your password is changed" in page.text


def test_sign_ins(stranger, cast):
    stranger.get("/login")
    stranger.post("/login", email=cast.uma.email, password="wrong")
    stranger.sent("/login", email=cast.uma.email, password=PASSWORD)
    page = stranger.get("/settings/sign-ins")
    assert "Signed in" in page.text and "wrong password" in page.text
