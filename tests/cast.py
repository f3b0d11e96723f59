"""The cast: Olga owns the account; Sven is super manager; Mara and Milo manage; Uma and Udo work for Mara, Ulla for
Milo; Nina is a user without a manager. Zoe owns another account, where Zak works: they must never see anything."""

from dataclasses import dataclass

from todoapp.accounts.models import Account, AccountMembership
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.tenancy import across_accounts
from todoapp.users.models import User

PASSWORD = "correct horse battery staple"

PEOPLE = {
    "olga": ("owner", None),
    "sven": ("super_manager", None),
    "mara": ("manager", "sven"),
    "milo": ("manager", "sven"),
    "uma": ("user", "mara"),
    "udo": ("user", "mara"),
    "ulla": ("user", "milo"),
    "nina": ("user", None),
}
STRANGERS = {"zoe": ("owner", None), "zak": ("user", "zoe")}


@dataclass(frozen=True)
class Person:
    """A member of the cast."""

    key: str
    user_id: int
    account_id: int
    email: str
    role: str


class Cast:
    """The people by name, and the ids of both accounts."""

    def __init__(self, people: dict[str, Person], account_id: int, other_id: int):
        self.people = people
        self.account_id = account_id
        self.other_id = other_id

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None


def assemble() -> Cast:
    """Save both accounts and their people."""
    with across_accounts("the cast has two accounts"):
        people: dict[str, Person] = {}
        ours = _account("Northwind", "northwind", PEOPLE, people)
        theirs = _account("Zebra", "zebra", STRANGERS, people)
        db.session.commit()
    return Cast(people, ours, theirs)


def _account(name: str, slug: str, members: dict[str, tuple[str, str | None]], people: dict[str, Person]) -> int:
    account = Account(name=name, slug=slug, subscription_tier="pro", max_users=100, settings={})
    db.session.add(account)
    db.session.flush()
    for key, (role, manager) in members.items():
        email = f"{key}@{slug}.test"
        user = User(
            email=email,
            first_name=key.capitalize(),
            last_name=name,
            password_hash=password_hash(),
            activated_at=now(),
            default_account_id=account.id,
        )
        db.session.add(user)
        db.session.flush()
        membership = AccountMembership(
            account_id=account.id,
            user_id=user.id,
            role=role,
            manager_id=people[manager].user_id if manager else None,
        )
        db.session.add(membership)
        db.session.flush()
        people[key] = Person(key, user.id, account.id, email, role)
    return account.id


_hashes: list[str] = []


def password_hash() -> str:
    """The cast's password, hashed once with the cheapest parameters: tests do not measure hashing."""
    if not _hashes:
        from argon2 import PasswordHasher

        _hashes.append(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))
    return _hashes[0]
