"""Members, invitations, the account's settings and its end, through plain forms."""

import pytest

from tests.cast import PASSWORD
from tests.pages.conftest import Visitor
from todoapp.accounts.models import Invitation
from todoapp.extensions import db
from todoapp.tenancy import across_accounts
from todoapp.users.links import make_token

NEW = "a lantern over wet cobbles"


@pytest.fixture
def stranger(app):
    """Somebody whom nobody knows yet."""
    return Visitor(app.test_client())


def invitation_for(app, email):
    with app.app_context(), across_accounts("the link of a mail"):
        return make_token("invite", db.session.query(Invitation).filter_by(email=email).one())


def test_list_and_filters(visit, cast):
    page = visit(cast.olga).get("/members")
    assert page.text.count("main-cell") == 8
    page = visit(cast.olga).get("/members?role=manager&search=mar")
    assert "Mara" in page.text and page.text.count("main-cell") == 1
    assert "Zoe" not in visit(cast.olga).get("/members").text
    page = visit(cast.uma).get("/members")
    assert page.status_code == 200 and "/members/invite" not in page.text


def test_invite_and_join_as_a_new_person(app, visit, stranger, cast):
    sven = visit(cast.sven)
    page = sven.post("/members/invite", email="new@northwind.test", role="owner", manager_id="")
    assert page.status_code == 403 and 'value="new@northwind.test"' in page.text
    page = sven.sent("/members/invite", email="new@northwind.test", role="user", manager_id=cast.mara.user_id)
    assert "new@northwind.test" in page.text and "Invited" in page.text
    token = invitation_for(app, "new@northwind.test")
    page = stranger.get(f"/invite/{token}")
    assert "Sven Northwind" in page.text and "You report to" in page.text and "Mara Northwind" in page.text
    page = stranger.post(f"/invite/{token}", first_name="Neo", last_name="", password="short")
    assert page.status_code == 422 and 'value="Neo"' in page.text
    page = stranger.sent(f"/invite/{token}", first_name="Neo", last_name="", password=NEW)
    assert "Welcome to Northwind" in page.text and "My board" in page.text
    assert stranger.get(f"/invite/{token}").status_code == 410


def test_join_as_somebody_who_signs_in_already(app, visit, stranger, cast):
    visit(cast.sven).sent("/members/invite", email=cast.zak.email, role="user", manager_id="")
    token = invitation_for(app, cast.zak.email)
    page = stranger.get(f"/invite/{token}")
    assert f"/login?next=/invite/{token}" in page.text
    uma = visit(cast.uma)
    assert "Sign out first" in uma.get(f"/invite/{token}").text
    zak = visit(cast.zak)
    zak.get(f"/invite/{token}")
    assert "Welcome to Northwind" in zak.sent(f"/invite/{token}").text
    page = zak.get("/accounts")
    assert "Zebra" in page.text and "Northwind" in page.text
    zak.sent(f"/accounts/{cast.other_id}/enter")
    assert "Zebra" in zak.get("/boards/me").text


def test_withdraw_and_resend(app, visit, stranger, cast):
    sven = visit(cast.sven)
    sven.sent("/members/invite", email="new@northwind.test", role="user", manager_id="")
    old = invitation_for(app, "new@northwind.test")
    with app.app_context(), across_accounts("test"):
        number = db.session.query(Invitation).one().id
    page = sven.sent(f"/members/invitations/{number}/resend")
    assert "on its way again" in page.text
    sven.sent(f"/members/invitations/{number}/withdraw")
    assert stranger.get(f"/invite/{old}").status_code == 410
    assert sven.post(f"/members/invitations/{number}/withdraw").status_code == 404


def test_change_a_member(visit, cast):
    olga = visit(cast.olga)
    page = olga.sent(
        f"/members/{cast.uma.user_id}", role="manager", manager_id=cast.sven.user_id, can_reassign_tasks=["no", "yes"]
    )
    assert "Uma Northwind is saved" in page.text and "checked" in page.text
    page = olga.sent(
        f"/members/{cast.uma.user_id}", role="manager", manager_id=cast.sven.user_id, can_reassign_tasks="no"
    )
    assert "checked" not in page.text
    page = olga.post(
        f"/members/{cast.mara.user_id}", role="manager", manager_id=cast.udo.user_id, can_reassign_tasks="no"
    )
    assert page.status_code == 422 and "Only managers" in page.text
    page = visit(cast.mara).post(f"/members/{cast.uma.user_id}", role="owner", manager_id="")
    assert page.status_code == 403


def test_remove_and_leave(visit, cast):
    olga = visit(cast.olga)
    page = olga.sent(f"/members/{cast.uma.user_id}/remove", successor_id=cast.mara.user_id)
    assert "no longer a member" in page.text
    assert olga.get(f"/members/{cast.uma.user_id}").status_code == 404
    udo = visit(cast.udo)
    assert "Leave Northwind" in udo.get(f"/members/{cast.udo.user_id}").text
    answer = udo.post(f"/members/{cast.udo.user_id}/remove", successor_id=cast.mara.user_id)
    assert answer.status_code == 303
    page = olga.post(f"/members/{cast.olga.user_id}/remove", successor_id="")
    assert page.status_code == 409 and "last owner" in page.text


def test_settings(visit, cast):
    olga = visit(cast.olga)
    page = olga.post(
        "/admin/settings/",
        name="",
        hue="8",
        allow_rejection=["no"],
        managers_can_reassign=["no", "yes"],
        several_running_tasks=["no"],
    )
    assert page.status_code == 422
    page = olga.sent(
        "/admin/settings/",
        name="Nordwind",
        hue="8",
        allow_rejection=["no"],
        managers_can_reassign=["no", "yes"],
        several_running_tasks=["no"],
    )
    assert "Nordwind" in page.text and 'class="accent-8"' in page.text
    assert visit(cast.mara).get("/admin/settings/").status_code == 403
    assert "may reject" not in visit(cast.uma).get("/boards/me").text


def test_delete_and_restore_the_account(visit, cast):
    olga, uma = visit(cast.olga), visit(cast.uma)
    page = olga.post("/admin/settings/delete", confirmation="northwind")
    assert page.status_code == 422 and "Type Northwind exactly" in page.text
    sven = visit(cast.sven)
    assert sven.post("/admin/settings/delete", confirmation="Northwind").status_code == 403
    page = olga.sent("/admin/settings/delete", confirmation="Northwind")
    assert "You can restore it until" in page.text
    assert uma.get("/boards/me").location.startswith("/login")
    assert uma.get("/login").location == "/accounts"
    assert "No account yet" in uma.get("/accounts").text
    page = olga.sent(f"/accounts/{cast.account_id}/restore")
    assert "Northwind is back" in page.text


def test_another_account(visit, cast):
    uma = visit(cast.uma)
    page = uma.sent("/accounts/new", name="Side project")
    assert "Side project is ready" in page.text
    assert uma.get("/accounts").text.count('class="pick') == 2


def test_sign_in_works(stranger, cast):
    stranger.get("/login")
    assert "My board" in stranger.sent("/login", email=cast.olga.email, password=PASSWORD).text
