"""Joining by the link of an invitation: new, known, returning and imported people."""

import pytest
from sqlalchemy import select

from tests.cast import PASSWORD
from todoapp.accounts.closing import delete_account
from todoapp.accounts.inviting import invite_member, revoke_invitation
from todoapp.accounts.joining import accept_invitation
from todoapp.accounts.leaving import remove_member
from todoapp.accounts.managing import update_member
from todoapp.accounts.models import Account, AccountMembership, Invitation
from todoapp.accounts.running import update_settings
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.kit.errors import BadInput, Conflict, Forbidden, NotSignedIn
from todoapp.permissions import find
from todoapp.tasks.models import Task
from todoapp.tenancy import across_accounts, enter
from todoapp.users.links import DeadLink, make_token
from todoapp.users.models import Session, User
from todoapp.users.passwords import verify
from todoapp.users.sessions import open_session
from todoapp.users.signing import check_password
from todoapp.users.tries import WrongSecret
from todoapp.users.visits import Visit

NEW = "seven wild geese over water"
VISIT = Visit("api", "203.0.113.7", "curl")


@pytest.fixture
def invite(acting, cast):
    """`invite(email, …)`: invite as Olga, save, and return the token of the mail."""

    def build(email="new@new.test", **fields):
        token = make_token("invite", invite_member(acting(cast.olga), email=email, **fields))
        db.session.commit()
        return token

    return build


def accept(token, **fields):
    return accept_invitation(VISIT, token=token, **fields)


def new_person(token, **fields):
    return accept(token, **{"first_name": "Nora", "last_name": "Neu", "password": NEW} | fields)


def test_a_new_person_joins_with_names_and_password(cast, acting, invite):
    update_settings(
        acting(cast.olga), db.session.get_one(Account, cast.account_id), default_timezone="Asia/Tokyo", language="de"
    )
    membership = new_person(invite(role="manager", manager_id=cast.sven.user_id))
    assert (membership.account_id, membership.role, membership.manager_id) == (
        cast.account_id,
        "manager",
        cast.sven.user_id,
    )
    user = check_password(VISIT, email="new@new.test", password=NEW)
    assert (user.name, user.timezone, user.language) == ("Nora Neu", "Asia/Tokyo", "de")
    assert user.activated_at
    assert user.default_account_id == cast.account_id
    event = db.session.scalars(select(ActivityLog).where(ActivityLog.action == "member_joined")).one()
    assert (event.user_id, event.ip_address, event.details["invited_by_id"]) == (
        user.id,
        "203.0.113.7",
        cast.olga.user_id,
    )


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"first_name": None}, "first_name"),
        ({"password": None}, "password"),
        ({"password": "short"}, "password"),
        ({"password": "new@new.test1"}, "password"),
    ],
)
def test_a_new_person_must_say_who_they_are(cast, invite, fields, wrong):
    token = invite()
    with pytest.raises(BadInput) as refused:
        new_person(token, **fields)
    assert list(refused.value.fields) == [wrong]
    assert new_person(token)


def test_a_link_works_once(cast, invite):
    token = invite()
    new_person(token)
    with pytest.raises(DeadLink):
        new_person(token)


@pytest.mark.parametrize(
    "spoil", [lambda t: t + "x", lambda t: "1." + t, lambda t: "", lambda t: "9" * 400, lambda t: "é.\x00"]
)
def test_a_made_up_link_is_dead(cast, invite, spoil):
    token = invite()
    with pytest.raises(DeadLink):
        new_person(spoil(token))


def test_links_of_old_revoked_and_closed_invitations_are_dead(cast, acting, invite, at):
    at("2026-11-01T09:00:00Z")
    old = invite("old@new.test")
    at("2026-11-08T09:00:00Z")
    revoked = invite("revoked@new.test")
    invitation = db.session.scalars(select(Invitation).where(Invitation.email == "revoked@new.test")).one()
    revoke_invitation(acting(cast.olga), invitation)
    closed = invite("closed@new.test")
    delete_account(acting(cast.olga), db.session.get_one(Account, cast.account_id))
    db.session.commit()
    for token in (old, revoked, closed):
        with pytest.raises(DeadLink):
            new_person(token)
    with across_accounts("nobody new is anywhere"):
        assert db.session.scalars(select(User).where(User.email.endswith("@new.test"))).all() == []


def test_who_signs_in_already_joins_while_signed_in_as_that_address(cast, invite):
    token = invite(cast.zak.email)
    zak, zoe = db.session.get_one(User, cast.zak.user_id), db.session.get_one(User, cast.zoe.user_id)
    with pytest.raises(NotSignedIn):
        accept(token)
    with pytest.raises(Forbidden):
        accept(token, signed_in=zoe)
    membership = accept(token, signed_in=zak)
    assert (membership.user_id, membership.account_id) == (zak.id, cast.account_id)
    with across_accounts("Zak works in two accounts"):
        theirs = db.session.scalars(select(AccountMembership).where(AccountMembership.user_id == zak.id)).all()
    assert {one.account_id for one in theirs} == {cast.account_id, cast.other_id}
    assert zak.default_account_id == cast.other_id


def test_or_with_their_password_which_they_keep(cast, invite):
    token = invite(cast.zak.email)
    with pytest.raises(WrongSecret):
        new_person(token)
    db.session.rollback()
    membership = accept(token, password=PASSWORD, first_name="Somebody", last_name="Else")
    assert membership.user_id == cast.zak.user_id
    assert membership.user.first_name == "Zak"
    assert verify(membership.user.password_hash, PASSWORD)


def test_a_right_password_does_not_open_somebody_elses_invitation(cast, invite):
    token = invite()
    with pytest.raises(BadInput):
        accept(token, password=PASSWORD, signed_in=db.session.get_one(User, cast.zak.user_id))


def test_an_address_that_somebody_else_registered_unproven_goes_to_who_holds_it(cast, invite):
    squatter = User(
        email="new@new.test",
        first_name="Squatter",
        password_hash=db.session.get_one(User, cast.zak.user_id).password_hash,
    )
    db.session.add(squatter)
    db.session.flush()
    session, _refresh = open_session(squatter.id, None, kind="api")
    db.session.commit()
    membership = new_person(invite())
    assert membership.user_id == squatter.id
    assert membership.user.name == "Nora Neu"
    assert db.session.scalars(select(Session.ended_at).where(Session.id == session.id)).one()
    assert not verify(membership.user.password_hash, PASSWORD)
    assert verify(membership.user.password_hash, NEW)


def test_who_returns_gets_their_one_membership_back(cast, acting, member, invite):
    update_member(acting(cast.olga), member(cast.mara), can_reassign_tasks=True)
    gone = remove_member(acting(cast.olga), member(cast.mara))
    with pytest.raises(Exception, match="nothing here"):
        find(acting(cast.olga), AccountMembership, cast.mara.user_id)
    token = invite(cast.mara.email, role="user", manager_id=cast.milo.user_id)
    back = accept(token, password=PASSWORD)
    assert back.id == gone.id
    assert (back.role, back.manager_id, back.left_at, back.can_reassign_tasks) == (
        "user",
        cast.milo.user_id,
        None,
        False,
    )


def test_a_placeholder_is_claimed_with_all_that_it_holds(cast, make, member, invite, placeholder):
    task = make(cast.mara, placeholder)
    db.session.commit()
    token = invite("paul@new.test", placeholder_id=placeholder.user_id, role="manager", manager_id=cast.sven.user_id)
    membership = accept(token, password=NEW)
    assert membership.user_id == placeholder.user_id
    assert (membership.role, membership.manager_id) == ("manager", cast.sven.user_id)
    assert (membership.user.email, membership.user.name) == ("paul@new.test", "Paul Imported")
    assert check_password(VISIT, email="paul@new.test", password=NEW).id == placeholder.user_id
    enter(cast.account_id)
    assert db.session.get_one(Task, task.id).assigned_to_id == placeholder.user_id


def test_who_claims_a_placeholder_may_correct_the_name(cast, invite, placeholder):
    membership = new_person(invite("paul@new.test", placeholder_id=placeholder.user_id))
    assert membership.user.name == "Nora Neu"


@pytest.mark.parametrize("fields", [{}, {"password": PASSWORD}])
def test_a_placeholder_is_not_claimed_by_who_signs_in_already(cast, invite, placeholder, fields):
    token = invite(cast.zak.email, placeholder_id=placeholder.user_id)
    with pytest.raises(Conflict) as refused:
        accept(token, **fields)
    assert "sign-in of its own" in refused.value.message
    assert db.session.get_one(User, placeholder.user_id).email is None


def test_a_removed_placeholder_cannot_be_claimed(cast, acting, member, invite, placeholder):
    token = invite("paul@new.test", placeholder_id=placeholder.user_id)
    remove_member(acting(cast.olga), member(placeholder))
    db.session.commit()
    with pytest.raises(DeadLink):
        accept(token, password=NEW)


def test_the_reports_of_a_claimed_placeholder_make_no_loop(cast, acting, member, invite, placeholder):
    update_member(acting(cast.olga), member(placeholder), role="manager")
    token = invite("paul@new.test", placeholder_id=placeholder.user_id, role="manager", manager_id=cast.milo.user_id)
    update_member(acting(cast.olga), member(cast.milo), manager_id=placeholder.user_id)
    db.session.commit()
    assert accept(token, password=NEW).manager_id == cast.mara.user_id


def test_no_seat_is_left_after_the_account_shrank(cast, invite):
    token = invite()
    db.session.get_one(Account, cast.account_id).max_users = 3
    db.session.commit()
    with pytest.raises(Conflict):
        new_person(token)
