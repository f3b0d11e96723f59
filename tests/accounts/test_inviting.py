"""Inviting: who may, as what, how often, and how many seats there are."""

import pytest
from sqlalchemy import select

from todoapp.accounts.inviting import invite_member, revoke_invitation
from todoapp.accounts.leaving import remove_member
from todoapp.accounts.models import ROLES, Account, Invitation
from todoapp.accounts.queries import find_invitation, list_invitations, possible_managers
from todoapp.accounts.seats import seats_of
from todoapp.activity.models import ActivityLog, Delivery, OutboxEntry
from todoapp.extensions import db
from todoapp.kit.errors import BadInput, Conflict, Forbidden, NotFound
from todoapp.users.links import DeadLink, make_token, read_link

MAY_GIVE = {"olga": set(ROLES), "sven": {"user", "manager"}, "mara": set(), "uma": set()}


@pytest.fixture
def seats(cast, ctx):
    """`seats(n)`: leave n free seats in the account, and return it."""

    def leave(free):
        account = db.session.get_one(Account, cast.account_id)
        account.max_users = seats_of(account).used + free
        db.session.flush()
        return account

    return leave


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("who", MAY_GIVE)
def test_a_role_is_offered_by_who_may_give_it(acting, cast, who, role):
    actor = acting(getattr(cast, who))
    if role in MAY_GIVE[who]:
        assert invite_member(actor, email="new@new.test", role=role).role == role
    else:
        with pytest.raises(Forbidden):
            invite_member(actor, email="new@new.test", role=role)
        assert db.session.scalars(select(Invitation)).all() == []


def test_an_invitation_is_an_event_from_which_a_mail_follows(acting, cast, at):
    at("2026-11-01T09:00:00Z")
    invitation = invite_member(acting(cast.sven), email="new@new.test", manager_id=cast.mara.user_id)
    event = db.session.scalars(select(ActivityLog).where(ActivityLog.action == "member_invited")).one()
    assert db.session.scalars(select(OutboxEntry.event_id)).all() == [event.id]
    assert (event.resource_id, event.details["email"]) == (invitation.id, "new@new.test")
    assert invitation.expires_at.isoformat() == "2026-11-08T09:00:00+00:00"


def test_inviting_again_renews_and_the_last_mail_counts(acting, cast, seats, at):
    seats(1)
    at("2026-11-01T09:00:00Z")
    first = invite_member(acting(cast.sven), email="new@new.test")
    old = make_token("invite", first)
    at("2026-11-05T09:00:00Z")
    second = invite_member(acting(cast.sven), email="new@new.test", role="manager")
    assert (second.id, second.role) == (first.id, "manager")
    assert second.expires_at.isoformat() == "2026-11-12T09:00:00+00:00"
    with pytest.raises(DeadLink):
        read_link("invite", old)
    assert read_link("invite", make_token("invite", second)) is second


def test_an_invitation_ends_after_seven_days(acting, cast, at):
    at("2026-11-01T09:00:00Z")
    invitation = invite_member(acting(cast.sven), email="new@new.test")
    at("2026-11-08T08:59:59Z")
    assert find_invitation(acting(cast.sven), invitation.id)
    at("2026-11-08T09:00:00Z")
    with pytest.raises(NotFound):
        find_invitation(acting(cast.sven), invitation.id)
    assert list_invitations(acting(cast.sven)).rows == []
    assert invite_member(acting(cast.sven), email="new@new.test").id != invitation.id


def test_a_super_manager_neither_renews_nor_revokes_what_only_an_owner_gives(acting, cast):
    invitation = invite_member(acting(cast.olga), email="new@new.test", role="owner")
    with pytest.raises(Forbidden):
        invite_member(acting(cast.sven), email="new@new.test", role="user")
    with pytest.raises(Forbidden):
        revoke_invitation(acting(cast.sven), invitation)
    assert invitation.role == "owner"
    assert invitation.revoked_at is None


def test_a_revoked_invitation_is_dead(acting, cast):
    invitation = invite_member(acting(cast.sven), email="new@new.test")
    token = make_token("invite", invitation)
    revoke_invitation(acting(cast.olga), invitation)
    with pytest.raises(DeadLink):
        read_link("invite", token)
    with pytest.raises(NotFound):
        find_invitation(acting(cast.sven), invitation.id)


@pytest.mark.parametrize("who", ["mara", "uma"])
def test_who_may_not_invite_sees_no_invitations(acting, cast, who):
    invitation = invite_member(acting(cast.sven), email="new@new.test")
    actor = acting(getattr(cast, who))
    for deed in (
        lambda: list_invitations(actor),
        lambda: find_invitation(actor, invitation.id),
        lambda: revoke_invitation(actor, invitation),
    ):
        with pytest.raises(Forbidden):
            deed()


def test_members_are_not_invited(acting, cast, member):
    with pytest.raises(Conflict):
        invite_member(acting(cast.sven), email=cast.uma.email)
    remove_member(acting(cast.sven), member(cast.uma))
    assert invite_member(acting(cast.sven), email=cast.uma.email)


def test_the_answer_does_not_tell_whether_somebody_signs_in_elsewhere(acting, cast):
    unknown = invite_member(acting(cast.sven), email="nobody@zebra.test")
    known = invite_member(acting(cast.sven), email=cast.zak.email)
    assert (known.role, known.manager_id, known.expires_at) == (unknown.role, unknown.manager_id, unknown.expires_at)


@pytest.mark.parametrize("who", ["uma", "nina"])
def test_the_manager_must_be_one(acting, cast, who):
    with pytest.raises(BadInput) as refused:
        invite_member(acting(cast.sven), email="new@new.test", manager_id=getattr(cast, who).user_id)
    assert "manager_id" in refused.value.fields


def test_a_manager_of_another_account_or_one_who_left_does_not_exist(acting, cast, member):
    remove_member(acting(cast.sven), member(cast.milo))
    for gone in (cast.milo, cast.zoe):
        with pytest.raises(NotFound):
            invite_member(acting(cast.sven), email="new@new.test", manager_id=gone.user_id)


def test_seats_are_members_and_open_invitations(acting, cast, seats, member, at):
    at("2026-11-01T09:00:00Z")
    account = seats(2)
    sven = acting(cast.sven)
    first = invite_member(sven, email="one@new.test")
    invite_member(sven, email="two@new.test")
    with pytest.raises(Conflict) as refused:
        invite_member(sven, email="three@new.test")
    assert refused.value.details == {"used": account.max_users, "limit": account.max_users}
    invite_member(sven, email="two@new.test", role="manager")
    revoke_invitation(sven, first)
    invite_member(sven, email="three@new.test")
    remove_member(sven, member(cast.nina))
    invite_member(sven, email="four@new.test")
    at("2026-11-08T09:00:00Z")
    assert seats_of(account).left == 3


def test_placeholders_take_no_seat_until_they_are_invited(acting, cast, seats, placeholder):
    assert seats(1).max_users == len([one for one in cast.people.values() if one.account_id == cast.account_id]) + 1
    sven = acting(cast.sven)
    invite_member(sven, email="paul@new.test", placeholder_id=placeholder.user_id)
    with pytest.raises(Conflict):
        invite_member(sven, email="two@new.test")


def test_a_placeholder_waits_for_one_address(acting, cast, placeholder, at):
    at("2026-11-01T09:00:00Z")
    sven = acting(cast.sven)
    typo = invite_member(sven, email="pual@new.test", placeholder_id=placeholder.user_id)
    invite_member(sven, email="paul@new.test", placeholder_id=placeholder.user_id)
    assert typo.revoked_at.isoformat() == "2026-11-01T09:00:00+00:00"


def test_who_signs_in_is_no_placeholder(acting, cast):
    with pytest.raises(BadInput):
        invite_member(acting(cast.sven), email="new@new.test", placeholder_id=cast.uma.user_id)
    with pytest.raises(NotFound):
        invite_member(acting(cast.sven), email="new@new.test", placeholder_id=cast.zak.user_id)


def test_a_placeholder_is_not_their_own_manager(acting, cast, placeholder, member):
    member(placeholder).role = "manager"
    with pytest.raises(BadInput):
        invite_member(
            acting(cast.olga),
            email="new@new.test",
            placeholder_id=placeholder.user_id,
            manager_id=placeholder.user_id,
        )


def test_possible_managers_close_no_loop(acting, cast, member):
    everybody = {cast.olga.user_id, cast.sven.user_id, cast.mara.user_id, cast.milo.user_id}
    olga = acting(cast.olga)
    assert {one.user_id for one in possible_managers(olga)} == everybody
    assert {one.user_id for one in possible_managers(olga, member(cast.sven))} == {cast.olga.user_id}


def test_the_mail_says_who_asks_and_leads_to_the_configured_address(acting, cast, app):
    from todoapp.accounts.reactions import send_invitation
    from todoapp.mail.rendering import render

    invitation = invite_member(acting(cast.sven), email="new@new.test", role="manager", manager_id=cast.sven.user_id)
    event = db.session.scalars(select(ActivityLog).where(ActivityLog.action == "member_invited")).one()
    send_invitation(event)
    send_invitation(event)
    mail = render(db.session.scalars(select(Delivery)).one())
    text = mail.get_body(("plain",)).get_content()
    assert mail["To"] == "new@new.test"
    assert mail["Subject"] == "Sven Northwind invites you to Northwind"
    assert "invited as manager, reporting to Sven Northwind" in text
    assert f"http://localhost/invite/{make_token('invite', invitation)}" in text
    revoke_invitation(acting(cast.sven), invitation)
    assert render(db.session.scalars(select(Delivery)).one()) is None


def test_no_mail_follows_an_invitation_that_was_taken_back(acting, cast):
    from todoapp.accounts.reactions import send_invitation

    revoke_invitation(acting(cast.sven), invite_member(acting(cast.sven), email="new@new.test"))
    send_invitation(db.session.scalars(select(ActivityLog).where(ActivityLog.action == "member_invited")).one())
    assert db.session.scalars(select(Delivery)).all() == []
