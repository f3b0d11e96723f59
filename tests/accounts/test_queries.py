"""The switcher of people, the tree, one's own accounts."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from todoapp.accounts.closing import delete_account
from todoapp.accounts.leaving import remove_member
from todoapp.accounts.models import Account, AccountMembership
from todoapp.accounts.queries import enter_own_account, own_accounts, people_of, reporting_tree
from todoapp.accounts.running import create_account
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import NotFound
from todoapp.permissions import can
from todoapp.tasks.actions.archiving import archive_task, delete_task
from todoapp.tasks.actions.progressing import complete_task
from todoapp.tasks.models import Task
from todoapp.tenancy import inside
from todoapp.users.models import User
from todoapp.users.visits import Visit

OPENS = {
    "olga": ["mara", "milo", "nina", "sven", "udo", "ulla", "uma"],
    "sven": ["mara", "milo", "nina", "udo", "ulla", "uma"],
    "mara": ["udo", "uma"],
    "milo": ["ulla"],
    "uma": [],
}


@pytest.fixture
def statements(ctx):
    """The statements sent to the database since the test began to look."""
    sent = []

    def note(_conn, _cursor, statement, *_more):
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


def first_names(people):
    return [one.member.user.first_name.lower() for one in people]


@pytest.mark.parametrize("who", OPENS)
def test_the_switcher_holds_the_boards_that_open(acting, member, cast, who):
    actor = acting(getattr(cast, who))
    assert first_names(people_of(actor)) == OPENS[who]
    for key in OPENS["olga"]:
        opens = key != who and can(actor, "board.view", member(getattr(cast, key)))
        assert opens == (key in OPENS[who])


def test_late_people_come_first_with_what_is_open_and_late(acting, cast, make, at):
    at("2026-11-24T12:00:00Z")
    ago, soon = now() - timedelta(hours=1), now() + timedelta(hours=1)
    make(cast.mara, cast.uma, due_date=soon)
    make(cast.mara, cast.uma)
    make(cast.milo, cast.ulla, due_date=ago)
    make(cast.milo, cast.ulla, due_date=now())
    for due in (ago, ago, soon):
        make(cast.sven, cast.nina, due_date=due)
    complete_task(acting(cast.udo), make(cast.mara, cast.udo, due_date=ago))
    archive_task(acting(cast.sven), make(cast.mara, cast.udo, due_date=ago))
    delete_task(acting(cast.sven), make(cast.mara, cast.udo, due_date=ago))
    people = people_of(acting(cast.sven))
    assert [(one.member.user.first_name, one.open_count, one.late_count) for one in people if one.open_count] == [
        ("Nina", 3, 2),
        ("Ulla", 2, 1),
        ("Uma", 2, 0),
    ]
    assert first_names(people) == ["nina", "ulla", "mara", "milo", "udo", "uma"]


def test_the_switcher_is_one_query_and_finds_one_of_two_thousand(acting, cast, statements):
    users = [User(first_name=f"Person {number:04}", last_name="Crowd") for number in range(2000)]
    mara = cast.mara.user_id
    db.session.add_all(AccountMembership(user=user, role="user", manager_id=mara) for user in users)
    db.session.flush()
    yesterday = now() - timedelta(days=1)
    db.session.add_all(
        Task(created_by_id=mara, assigned_to_id=user.id, title="Report", due_date_time=yesterday)
        for user in users[:100]
    )
    db.session.flush()
    sven = acting(cast.sven)
    statements.clear()
    people = people_of(sven)
    assert len(statements) == 1
    assert len(people) == 50
    assert all(one.late_count == 1 for one in people)
    assert [one.member.user.name for one in people] == [f"Person {number:04} Crowd" for number in range(50)]
    found = people_of(acting(cast.mara), search="1234 crowd")
    assert [one.member.user.first_name for one in found] == ["Person 1234"]
    assert first_names(people_of(sven, limit=3, offset=100)) == ["mara", "milo", "nina"]


def test_who_left_is_in_no_list(acting, member, cast):
    remove_member(acting(cast.sven), member(cast.uma))
    assert first_names(people_of(acting(cast.mara))) == ["udo"]


def test_the_tree_follows_the_reporting_line(acting, cast):
    def drawn(branches):
        return {one.member.user.first_name: drawn(one.reports) for one in branches}

    assert drawn(reporting_tree(acting(cast.uma))) == {
        "Nina": {},
        "Olga": {},
        "Sven": {"Mara": {"Udo": {}, "Uma": {}}, "Milo": {"Ulla": {}}},
    }


def test_own_accounts_are_the_open_ones_and_as_owner_the_deleted_ones(acting, cast):
    def names(person):
        return [own.account.name for own in own_accounts(person.user_id)]

    uma = db.session.get_one(User, cast.uma.user_id)
    own = create_account(uma, Visit("api"), name="Aeolus")
    assert names(cast.uma) == ["Aeolus", "Northwind"]
    delete_account(acting(cast.olga), db.session.get_one(Account, cast.account_id))
    assert names(cast.uma) == ["Aeolus"]
    assert names(cast.olga) == ["Northwind"]
    with inside(own.id):
        own.deleted_at = now()
        db.session.flush()
    assert names(cast.uma) == ["Aeolus"]
    assert names(cast.zoe) == ["Zebra"]


def test_only_ones_own_account_is_entered(ctx, cast):
    assert enter_own_account(cast.zak.user_id, cast.other_id).role == "user"
    for account_id in (cast.account_id, 999999):
        with pytest.raises(NotFound):
            enter_own_account(cast.zak.user_id, account_id)
