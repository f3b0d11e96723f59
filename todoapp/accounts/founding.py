"""Founding an account: a name, a slug that nobody else has, and its first owner."""

import re
import secrets
import unicodedata
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from todoapp.accounts.models import Account, AccountMembership
from todoapp.extensions import db
from todoapp.tenancy import inside
from todoapp.users.models import User

LONGEST_SLUG = 60
NUMBERED = 9


def found_account(user: User, name: str) -> tuple[Account, AccountMembership]:
    """Make an account named `name` and `user` its owner."""
    account = Account(name=name, slug="", settings={})
    give_slug(account)
    with inside(account.id):
        membership = AccountMembership(account_id=account.id, user=user, account=account, role="owner")
        db.session.add(membership)
        db.session.flush()
    if user.default_account_id is None:
        user.default_account_id = account.id
    return account, membership


def give_slug(account: Account) -> None:
    """Save the account under the first slug made of its name that is free, also when two ask for one at once."""
    for slug in _candidates(slug_of(account.name)):
        if db.session.scalar(select(Account.id).where(Account.slug == slug)) is not None:
            continue
        try:
            with db.session.begin_nested():
                account.slug = slug
                db.session.add(account)
            return
        except IntegrityError:
            continue
    raise AssertionError("unreachable: candidates never end")


def slug_of(name: str) -> str:
    """The name as it may stand in an address; never empty."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:LONGEST_SLUG].strip("-")
    return slug or "account"


def _candidates(slug: str) -> Iterator[str]:
    yield slug
    for number in range(2, NUMBERED + 1):
        yield f"{slug}-{number}"
    while True:
        yield f"{slug}-{secrets.token_hex(4)}"
