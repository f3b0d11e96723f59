"""Two at once, with real threads: the last owner, the last seat, a loop, one slug, one link, one task."""

import pytest
from sqlalchemy import select

from todoapp.accounts.models import Account, AccountMembership, Invitation
from todoapp.extensions import db
from todoapp.tasks.models import Task, TaskAssignment
from todoapp.tenancy import across_accounts, inside
from todoapp.users.links import make_token
from todoapp.users.models import User

ROUNDS = 3


def home(person):
    return f"/v1/accounts/{person.account_id}"


@pytest.fixture
def look(app):
    """`look(query)`: the rows of all accounts as they are saved now."""

    def read(query):
        with app.app_context(), across_accounts("the test looks at everything"):
            return db.session.scalars(query).all()

    return read


@pytest.fixture
def put(app, cast):
    """`put(person, role=…)`: write into a membership, past all rules."""

    def write(person, **values):
        with app.app_context(), inside(cast.account_id):
            query = select(AccountMembership).where(AccountMembership.user_id == person.user_id)
            for name, value in values.items():
                setattr(db.session.scalars(query).one(), name, value)
            db.session.commit()

    return write


def statuses(answers):
    assert all(answer.status_code < 500 for answer in answers), [answer.text for answer in answers]
    return sorted(answer.status_code for answer in answers)


def owners(look, cast):
    found = look(
        select(AccountMembership).where(
            AccountMembership.role == "owner",
            AccountMembership.left_at.is_(None),
            AccountMembership.account_id == cast.account_id,
        )
    )
    return {member.user_id for member in found}


@pytest.mark.parametrize("_round", range(ROUNDS))
@pytest.mark.parametrize("deed", ["demote each other", "demote oneself", "leave", "demote and remove"])
def test_the_last_owner_stays(api, cast, at_once, look, put, deed, _round):
    put(cast.sven, role="owner")
    olga, sven = api(cast.olga), api(cast.sven)

    def member(person):
        return f"{home(person)}/members/{person.user_id}"

    demotion = {"json": {"role": "user"}}
    works = {
        "demote each other": (
            lambda: olga.patch(member(cast.sven), **demotion),
            lambda: sven.patch(member(cast.olga), **demotion),
        ),
        "demote oneself": (
            lambda: olga.patch(member(cast.olga), **demotion),
            lambda: sven.patch(member(cast.sven), **demotion),
        ),
        "leave": (lambda: olga.delete(member(cast.olga)), lambda: sven.delete(member(cast.sven))),
        "demote and remove": (
            lambda: olga.patch(member(cast.sven), **demotion),
            lambda: sven.delete(member(cast.olga)),
        ),
    }[deed]
    first, second = statuses(at_once(*works))
    assert first in (200, 204)
    assert second in (401, 403, 409)
    assert len(owners(look, cast)) == 1


def test_seats_are_exact(app, api, cast, at_once, look):
    with app.app_context():
        account = db.session.get_one(Account, cast.account_id)
        account.max_users = 8 + 3
        db.session.commit()
    clients = [api(cast.olga if number % 2 else cast.sven) for number in range(8)]
    invite = [
        lambda client=client, number=number: client.post(
            f"{home(cast.olga)}/members", json={"email": f"new{number}@new.test"}
        )
        for number, client in enumerate(clients)
    ]
    assert statuses(at_once(*invite)) == [201] * 3 + [409] * 5
    assert len(look(select(Invitation))) == 3


def test_one_address_is_invited_once(api, cast, at_once, look):
    clients = [api(cast.olga) for _number in range(6)]
    answers = at_once(
        *[lambda c=client: c.post(f"{home(cast.olga)}/members", json={"email": "new@new.test"}) for client in clients]
    )
    assert statuses(answers) == [201] * 6
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(look(select(Invitation))) == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_moves_at_once_close_no_loop(api, cast, at_once, look, put, _round):
    for person in (cast.mara, cast.milo):
        put(person, manager_id=None)
    olga, sven = api(cast.olga), api(cast.sven)
    mara, milo = cast.mara.user_id, cast.milo.user_id
    answers = at_once(
        lambda: olga.patch(f"{home(cast.olga)}/members/{mara}", json={"manager_id": milo}),
        lambda: sven.patch(f"{home(cast.olga)}/members/{milo}", json={"manager_id": mara}),
    )
    assert statuses(answers) == [200, 422]
    managers = {member.user_id: member.manager_id for member in look(select(AccountMembership))}
    assert sorted([managers[mara] == milo, managers[milo] == mara]) == [False, True]


def test_one_slug_is_given_once(app, api, cast, at_once, look):
    olga, zoe = api(cast.olga), api(cast.zoe)
    answers = at_once(
        lambda: olga.patch(home(cast.olga), json={"slug": "wind"}),
        lambda: zoe.patch(home(cast.zoe), json={"slug": "wind"}),
    )
    assert statuses(answers) == [200, 409]
    assert sorted(account.slug == "wind" for account in look(select(Account))) == [False, True]


def test_one_name_gives_each_account_its_own_slug(api, cast, at_once):
    people = [api(person) for person in cast.people.values()]
    answers = at_once(*[lambda c=client: c.post("/v1/accounts", json={"name": "Same Name"}) for client in people])
    assert statuses(answers) == [201] * len(people)
    assert len({answer.json["slug"] for answer in answers}) == len(people)


def test_settings_set_at_once_are_all_kept(api, cast, at_once):
    wanted = [{"hue": 5}, {"allow_rejection": False}, {"managers_can_reassign": True}, {"several_running_tasks": True}]
    clients = [api(cast.olga) for _patch in wanted]
    path = f"{home(cast.olga)}/settings"
    answers = at_once(
        *[lambda c=client, p=patch: c.patch(path, json=p) for client, patch in zip(clients, wanted, strict=True)]
    )
    assert statuses(answers) == [200] * 4
    kept = clients[0].get(path).json
    for patch in wanted:
        assert patch.items() <= kept.items()


def test_a_link_lets_one_in(app, api, cast, at_once, look):
    made = api(cast.olga).post(f"{home(cast.olga)}/members", json={"email": "new@new.test"}).json
    with app.app_context(), across_accounts("the test reads the mail"):
        token = make_token("invite", db.session.get_one(Invitation, made["id"]))
    body = {"token": token, "first_name": "Nora", "password": "seven wild geese over water"}
    answers = at_once(*[lambda: app.test_client().post("/v1/invitations/accept", json=body) for _number in range(4)])
    first, *others = statuses(answers)
    assert first == 200
    assert set(others) <= {401, 409, 410}
    assert len(look(select(User).where(User.email == "new@new.test"))) == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_no_task_is_left_with_who_leaves_meanwhile(api, cast, at_once, look, _round):
    mara, udo, sven = api(cast.mara), api(cast.udo), api(cast.sven)
    path = f"{home(cast.sven)}/members/{cast.udo.user_id}"
    answers = at_once(
        lambda: sven.delete(path),
        lambda: mara.post("/v1/tasks", json={"title": "late gift", "assigned_to_id": cast.udo.user_id}),
        lambda: udo.post("/v1/tasks", json={"title": "own idea"}),
    )
    assert answers[0].status_code == 204, answers[0].text
    assert answers[1].status_code in (201, 404)
    assert answers[2].status_code in (201, 401, 404)
    assert look(select(Task).where(Task.assigned_to_id == cast.udo.user_id)) == []
    assert (
        look(select(TaskAssignment).where(TaskAssignment.is_current, TaskAssignment.assigned_to_id == cast.udo.user_id))
        == []
    )


def test_removed_twice_at_once_is_removed_once(api, cast, at_once):
    olga, sven = api(cast.olga), api(cast.sven)
    path = f"{home(cast.sven)}/members/{cast.uma.user_id}"
    assert statuses(at_once(lambda: olga.delete(path), lambda: sven.delete(path))) == [204, 404]


def test_a_manager_who_loses_the_role_gets_no_report_meanwhile(api, cast, at_once, look):
    olga, sven = api(cast.olga), api(cast.sven)
    mara, nina = cast.mara.user_id, cast.nina.user_id
    at_once(
        lambda: olga.patch(f"{home(cast.olga)}/members/{mara}", json={"role": "user"}),
        lambda: sven.patch(f"{home(cast.olga)}/members/{nina}", json={"manager_id": mara}),
    )
    assert [member.user_id for member in look(select(AccountMembership)) if member.manager_id == mara] == []
