"""New passwords: by link and by the old password."""

import pytest
from sqlalchemy import select

from tests.cast import PASSWORD
from tests.users.mailbox import link_in, mails, text_of, token_in
from todoapp.activity.models import ActivityLog, Delivery
from todoapp.extensions import db
from todoapp.tenancy import across_accounts
from todoapp.users.models import OneTimeLink, User

NEW = "blue kettle mango seven"


def forgot(app, client, email):
    assert client.post("/v1/auth/password/forgot", json={"email": email}).status_code == 202
    return mails(app)


def reset(client, token, password=NEW):
    return client.post("/v1/auth/password/reset", json={"token": token, "password": password})


def login(client, email, password):
    return client.post("/v1/auth/login", json={"email": email, "password": password})


def test_a_forgotten_password_is_replaced_by_link(app, client, cast, api, browser):
    before = login(client, cast.mara.email, PASSWORD).json
    [mail] = forgot(app, client, cast.mara.email)
    assert mail["Subject"] == "Set a new password"
    assert link_in(mail).startswith("http://localhost/reset/")
    assert reset(client, token_in(mail)).status_code == 200
    assert login(client, cast.mara.email, PASSWORD).status_code == 401
    assert login(client, cast.mara.email, NEW).status_code == 200
    stale = {"Authorization": f"Bearer {before['access_token']}"}
    assert client.get("/v1/users/me", headers=stale).status_code == 401
    assert client.post("/v1/auth/refresh", json={"refresh_token": before["refresh_token"]}).status_code == 401
    told = mails(app)[-1]
    assert told["Subject"] == "Your password was changed"
    assert told["To"] == cast.mara.email
    assert cast.mara.email in text_of(told)
    with app.app_context(), across_accounts("tests look everywhere"):
        events = db.session.scalars(select(ActivityLog.action).order_by(ActivityLog.id)).all()
    assert "password_reset_requested" in events
    assert "password_changed" in events


def test_unknown_addresses_get_the_same_answer_and_no_mail(app, client, cast):
    known = client.post("/v1/auth/password/forgot", json={"email": cast.mara.email})
    unknown = client.post("/v1/auth/password/forgot", json={"email": "nobody@northwind.test"})
    assert (known.status_code, known.json) == (unknown.status_code, unknown.json)
    assert [mail["To"] for mail in mails(app)] == [cast.mara.email]


def test_a_link_works_once_for_an_hour_and_dies_with_the_password(app, client, cast, at):
    at("2026-11-24T09:00:00Z")
    first = token_in(forgot(app, client, cast.mara.email)[-1])
    at("2026-11-24T09:30:00Z")
    second = token_in(forgot(app, client, cast.mara.email)[-1])
    at("2026-11-24T10:00:00Z")
    assert reset(client, first).status_code == 410, "too old"
    assert reset(client, second).status_code == 200
    assert reset(client, second, "another kettle mango nine").status_code == 410, "used"
    third = token_in(forgot(app, client, cast.mara.email)[-1])
    fourth = token_in(forgot(app, client, cast.mara.email)[-1])
    assert reset(client, third, "another kettle mango nine").status_code == 200
    assert reset(client, fourth).status_code == 410, "from before the change"


def test_a_link_belongs_to_one_person(app, client, cast):
    theirs = token_in(forgot(app, client, cast.zoe.email)[-1])
    mine = token_in(forgot(app, client, cast.mara.email)[-1])
    swapped = f"{theirs.partition('.')[0]}.{mine.partition('.')[2]}"
    assert reset(client, swapped).status_code == 410
    assert login(client, cast.zoe.email, PASSWORD).status_code == 200


def test_nothing_that_is_kept_opens_anything(app, client, cast):
    token = token_in(forgot(app, client, cast.mara.email)[-1])
    with app.app_context():
        kept = str(db.session.execute(select(OneTimeLink.__table__)).all())
        kept += str(db.session.execute(select(Delivery.__table__)).all())
    assert token.partition(".")[2] not in kept


def test_a_weak_password_leaves_the_link_usable(app, client, cast):
    token = token_in(forgot(app, client, cast.mara.email)[-1])
    assert reset(client, token, "mara northwind").status_code == 422
    assert reset(client, token).status_code == 200


def test_a_reset_ends_the_pause_of_who_forgot(app, client, cast):
    for _try in range(10):
        login(client, cast.mara.email, "wrong")
    reset(client, token_in(forgot(app, client, cast.mara.email)[-1]))
    assert login(client, cast.mara.email, NEW).status_code == 200


def test_changing_the_password_ends_all_other_sessions(app, client, cast, api):
    here, elsewhere = api(cast.mara), api(cast.mara)
    answer = here.post("/v1/users/me/password", json={"current_password": PASSWORD, "password": NEW})
    assert answer.status_code == 204
    assert here.get("/v1/users/me").status_code == 200
    assert elsewhere.get("/v1/users/me").status_code == 401
    assert login(client, cast.mara.email, NEW).status_code == 200
    assert [mail["Subject"] for mail in mails(app)] == ["Your password was changed"]


@pytest.mark.parametrize(
    ("current", "new", "field"), [("wrong password here", NEW, "current_password"), (PASSWORD, "short", "password")]
)
def test_a_refused_change_changes_nothing(app, cast, api, current, new, field):
    here, elsewhere = api(cast.mara), api(cast.mara)
    with app.app_context():
        before = db.session.get(User, cast.mara.user_id).password_hash
    answer = here.post("/v1/users/me/password", json={"current_password": current, "password": new})
    assert answer.status_code == 422
    assert set(answer.json["fields"]) == {field}
    with app.app_context():
        assert db.session.get(User, cast.mara.user_id).password_hash == before
    assert elsewhere.get("/v1/users/me").status_code == 200
    assert mails(app) == []
