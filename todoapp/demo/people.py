"""The people of the demo, and who works for whom."""

from dataclasses import dataclass

from sqlalchemy import select

from todoapp.accounts.models import Account, AccountMembership
from todoapp.accounts.settings import merged
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.users.models import User
from todoapp.users.passwords import hash_password

PASSPHRASE = "northwind harbour lantern 27"  # noqa: S105  it is printed at every first start


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person of the demo: role, and the first name of the manager."""

    name: str
    role: str
    manager: str | None = None
    timezone: str = "Europe/Berlin"

    @property
    def first_name(self) -> str:
        """What the story calls them."""
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class House:
    """One account of the demo. Its people sign in as first.last@<slug>.test."""

    name: str
    slug: str
    people: tuple[Somebody, ...]

    def email_of(self, somebody: Somebody) -> str:
        """The address with which somebody signs in."""
        return f"{somebody.name.replace(' ', '.')}@{self.slug}.test".lower()

    def is_taken(self) -> bool:
        """Whether the house, or one that looks like it, stands already."""
        emails = [self.email_of(somebody) for somebody in self.people]
        account = db.session.scalar(select(Account.id).where(Account.slug == self.slug))
        return (
            account is not None or db.session.scalar(select(User.id).where(User.email.in_(emails)).limit(1)) is not None
        )


_NORTHWIND = (
    Somebody("Luca Moretti", "owner"),
    Somebody("Nora Lind", "super_manager", "Luca"),
    Somebody("Asha Menon", "manager", "Nora"),
    Somebody("Jonas Berg", "manager", "Nora"),
    Somebody("Dilip Rao", "user", "Asha"),
    Somebody("Lena Fischer", "user", "Asha"),
    Somebody("Omar Haddad", "user", "Asha"),
    Somebody("Mei Tanaka", "user", "Asha", "Asia/Tokyo"),
    Somebody("Sofia Costa", "user", "Asha", "Europe/Lisbon"),
    Somebody("Priya Nair", "user", "Jonas", "Asia/Kolkata"),
    Somebody("Tom Okafor", "user", "Jonas", "Africa/Lagos"),
    Somebody("Hana Kim", "user", "Jonas"),
)
_ZEBRA = (
    Somebody("Zoe Zimmer", "owner"),
    Somebody("Zak Zeller", "user", "Zoe"),
    Somebody("Zita Zorn", "user", "Zoe"),
)
NORTHWIND = House("Northwind", "northwind", _NORTHWIND)
ZEBRA = House("Zebra Works", "zebra", _ZEBRA)


def settle(house: House, passphrase: str) -> tuple[Account, dict[str, AccountMembership]]:
    """Save the house and its people, who can sign in at once; returns the members by first name."""
    settings = merged({}, {"managers_can_reassign": True})
    account = Account(name=house.name, slug=house.slug, subscription_tier="pro", max_users=50, settings=settings)
    db.session.add(account)
    db.session.flush()
    kept = hash_password(passphrase)
    members: dict[str, AccountMembership] = {}
    for somebody in house.people:
        first, _, last = somebody.name.partition(" ")
        user = User(
            email=house.email_of(somebody),
            first_name=first,
            last_name=last,
            password_hash=kept,
            activated_at=now(),
            default_account_id=account.id,
            timezone=somebody.timezone,
        )
        db.session.add(user)
        db.session.flush()
        members[first] = AccountMembership(
            account_id=account.id,
            user_id=user.id,
            role=somebody.role,
            manager_id=members[somebody.manager].user_id if somebody.manager else None,
        )
        db.session.add(members[first])
        db.session.flush()
    return account, members
