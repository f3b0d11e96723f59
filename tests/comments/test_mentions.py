"""Who is mentioned: found when it is written, told apart by sight, kept by id."""

import pytest

from todoapp.accounts.leaving import remove_member
from todoapp.accounts.models import AccountMembership
from todoapp.activity.queries import history_of
from todoapp.actor import Actor
from todoapp.comments.actions import update_comment
from todoapp.comments.queries import mentionable, shown
from todoapp.extensions import db
from todoapp.permissions import find
from todoapp.tasks.actions.assigning import assign_task
from todoapp.users.models import User


def mentioned(comment):
    return {mention.name.split()[0].lower(): mention.reached for mention in shown(comment).mentions}


def told(task):
    return history_of(task).rows[-1].details


@pytest.fixture
def called(ctx):
    """`called(person, first, last)`: rename somebody."""

    def rename(person, first, last):
        user = db.session.get_one(User, person.user_id)
        user.first_name, user.last_name = first, last
        db.session.flush()

    return rename


def test_people_are_mentioned_by_address_name_or_token(cast, say, shared, called):
    called(cast.sven, "Sven Åke", "O’Neil-Berg")
    comment = say(cast.mara, shared, f"@uma @SvenåkeONeil-Berg @[The boss](user:{cast.olga.user_id}) and @somebody")
    assert mentioned(comment) == {"uma": True, "sven": True, "olga": True}
    assert comment.excerpt == "@Uma Northwind @Sven Åke O’Neil-Berg @Olga Northwind and @somebody"


def test_those_who_cannot_see_the_task_are_not_reached(cast, say, shared):
    comment = say(cast.mara, shared, "@uma @udo @Milo @olga")
    assert mentioned(comment) == {"uma": True, "udo": False, "milo": False, "olga": True}
    notices = sorted(shown(comment).notices)
    assert notices == ["Milo Northwind cannot see this task.", "Udo Northwind cannot see this task."]
    assert sorted(told(shared)["mention_ids"]) == sorted([cast.uma.user_id, cast.olga.user_id])
    assert sorted(told(shared)["unreached_ids"]) == sorted([cast.udo.user_id, cast.milo.user_id])


def test_a_name_that_fits_several_is_nobody(cast, say, shared, called):
    called(cast.udo, "Chris", "Kim")
    called(cast.ulla, "Chris", "Kim")
    assert mentioned(say(cast.mara, shared, "@ChrisKim")) == {}
    assert mentioned(say(cast.mara, shared, f"@[Chris Kim](user:{cast.ulla.user_id})")) == {"chris": False}


def test_an_address_goes_before_a_name(cast, say, shared, called):
    called(cast.sven, "Uma", "")
    assert mentioned(say(cast.mara, shared, "@uma")) == {"uma": True}
    assert shown(say(cast.mara, shared, "@uma")).mentions[0].id == cast.uma.user_id


def test_nobody_of_another_account_and_nobody_who_left_is_mentioned(cast, say, shared, acting):
    strangers = f"@zoe @ZoeZebra @[Zoe](user:{cast.zoe.user_id}) @[Nobody](user:999999999999)"
    assert mentioned(say(cast.mara, shared, strangers)) == {}
    remove_member(acting(cast.olga), find(acting(cast.olga), AccountMembership, cast.nina.user_id))
    assert mentioned(say(cast.mara, shared, f"@nina @[Nina](user:{cast.nina.user_id})")) == {}


def test_a_mention_stays_with_its_person_whatever_they_are_called(cast, say, shared, called, acting):
    comment = say(cast.mara, shared, "Ask @uma or @MiloNorthwind")
    called(cast.uma, "Umara", "Newname")
    called(cast.milo, "Emil", "Other")
    called(cast.ulla, "Milo", "Northwind")
    assert [mention.name for mention in shown(comment).mentions] == ["Emil Other", "Umara Newname"]
    assert "@Umara Newname</bdi> or" in shown(comment).html
    update_comment(acting(cast.mara), comment, body="Do ask @uma or @MiloNorthwind")
    assert {mention.id for mention in shown(comment).mentions} == {cast.uma.user_id, cast.milo.user_id}


def test_an_edit_tells_only_those_who_are_new(cast, say, shared, acting):
    comment = say(cast.mara, shared, "@uma and @udo")
    update_comment(acting(cast.mara), comment, body="@uma and @olga")
    assert mentioned(comment) == {"uma": True, "olga": True}
    assert told(shared)["mention_ids"] == [cast.olga.user_id] and told(shared)["unreached_ids"] == []


def test_who_was_reached_once_stays_so(cast, say, shared, acting):
    comment = say(cast.mara, shared, "@uma and @ulla")
    assign_task(acting(cast.sven), shared, assigned_to_id=cast.ulla.user_id)
    update_comment(acting(cast.mara), comment, body="@uma and @ulla, please")
    assert mentioned(comment) == {"uma": True, "ulla": True}


def test_a_mention_says_nothing_about_who_may_not_be_seen(cast, say, make):
    everybody = make(cast.mara, cast.uma, visibility="account")
    assert set(mentioned(say(cast.nina, everybody, "@uma @udo @ulla @sven")).values()) == {True}


def test_the_picker_says_who_cannot_see(cast, shared, acting):
    def ask(**filters) -> dict[str, bool]:
        return {person["name"].split()[0]: person["can_see"] for person in mentionable(mara, shared, filters).rows}

    mara: Actor = acting(cast.mara)
    assert ask(per_page=20) == {
        "Mara": True,
        "Milo": False,
        "Nina": False,
        "Olga": True,
        "Sven": True,
        "Udo": False,
        "Ulla": False,
        "Uma": True,
    }
    assert ask(search="u northw", per_page=2) == {"Udo": False, "Ulla": False}
    row = mentionable(mara, shared, {"search": "udo"}).rows[0]
    assert row["mention"] == f"@[Udo Northwind](user:{cast.udo.user_id})"
    assert row["notice"] == "Udo Northwind cannot see this task."


def test_what_the_picker_writes_is_understood(cast, say, shared, acting, called):
    for first, last in (("U [x](y)", "B]c"), ("[", "]"), ("Ева", "مها"), ("A" * 80, "B" * 80)):
        called(cast.uma, first, last)
        token = mentionable(acting(cast.mara), shared, {"per_page": 20}).rows
        token = next(row["mention"] for row in token if row["id"] == cast.uma.user_id)
        assert [mention.id for mention in shown(say(cast.mara, shared, f"Hi {token}!")).mentions] == [cast.uma.user_id]
