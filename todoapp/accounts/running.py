"""Running accounts: making another one, its name, its slug and its settings."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from todoapp.accounts.founding import found_account
from todoapp.accounts.holding import hold_account
from todoapp.accounts.models import Account
from todoapp.accounts.schemas import UpdateAccount
from todoapp.accounts.settings import UpdateSettings, all_settings, merged
from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor, actor_for
from todoapp.extensions import db
from todoapp.kit.errors import Conflict
from todoapp.tenancy import inside
from todoapp.users.models import User
from todoapp.users.visits import Visit


def create_account(user: User, visit: Visit, *, name: str) -> Account:
    """Found another account for a person, whatever account they work in; they own it."""
    account, membership = found_account(user, name)
    with inside(account.id):
        record(actor_for(membership, via=visit.via, **visit.facts), "account_created", account)
    return account


@action("account.update", subject=Account, fields=UpdateAccount)
def update_account(actor: Actor, account: Account, **fields: Any) -> Account:
    """Give the account another name or another slug, which must be its own."""
    hold_account(actor)
    changes = {name: [getattr(account, name), new] for name, new in fields.items() if getattr(account, name) != new}
    if changes:
        _write(account, fields)
        record(actor, "account_updated", account, changes=changes, fields=sorted(changes))
    return account


@action("account.configure", subject=Account, fields=UpdateSettings)
def update_settings(actor: Actor, account: Account, **patch: Any) -> Account:
    """Change the named settings; null brings a default back. Two people at once each keep what they set."""
    hold_account(actor)
    before, after = all_settings(account.settings), all_settings(merged(account.settings, patch))
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changes:
        account.settings = merged(account.settings, patch)
        record(actor, "account_updated", account, changes=changes, fields=sorted(changes))
    return account


def _write(account: Account, fields: Mapping[str, Any]) -> None:
    try:
        with db.session.begin_nested():
            for name, new in fields.items():
                setattr(account, name, new)
    except IntegrityError:
        taken = "This slug is taken. Choose another one."
        raise Conflict(taken, fields={"slug": [taken]}) from None
