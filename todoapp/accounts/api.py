"""The JSON door of accounts and their settings."""

from typing import Any

from todoapp.accounts.closing import delete_account, restorable_until, restore_account
from todoapp.accounts.models import Account, AccountMembership
from todoapp.accounts.queries import enter_own_account, own_accounts
from todoapp.accounts.running import create_account, update_account, update_settings
from todoapp.accounts.schemas import AccountOut, AccountsOut, CreateAccount, UpdateAccount
from todoapp.accounts.settings import SettingsOut, UpdateSettings, all_settings
from todoapp.actor import Actor, actor_for
from todoapp.extensions import db
from todoapp.kit.api import READ, WRITE, ApiBlueprint
from todoapp.kit.errors import NotFound
from todoapp.kit.paging import Page
from todoapp.permissions import allow
from todoapp.signed_in import current_actor, current_user
from todoapp.users.visits import current_visit

blp = ApiBlueprint("accounts", __name__, url_prefix="/v1/accounts", description="Accounts and their settings")


def actor_in(account_id: int) -> Actor:
    """Who acts, if the address names the token's own account; every other account does not exist."""
    actor = current_actor()
    if actor.account_id != account_id:
        raise NotFound
    return actor


def account_in(account_id: int) -> tuple[Actor, Account]:
    """Who acts, and the account that the address names."""
    actor = actor_in(account_id)
    return actor, db.session.get_one(Account, account_id)


def shown(account: Account, role: str) -> dict[str, Any]:
    """An account as a member of this role reads it."""
    columns = {name: getattr(account, name) for name in AccountOut().fields if hasattr(account, name)}
    return columns | {"role": role, "restorable_until": restorable_until(account)}


@blp.post("")
@blp.arguments(CreateAccount)
@blp.response(201, AccountOut)
@blp.refusals(*WRITE)
def create(fields: dict[str, Any]) -> dict[str, Any]:
    """Create another account, of which you become the owner. Switch to it with POST /v1/auth/switch-account."""
    return shown(create_account(current_user(), current_visit(), **fields), "owner")


@blp.get("")
@blp.response(200, AccountsOut)
@blp.refusals(*READ)
def list_own() -> dict[str, Any]:
    """List your accounts; as an owner, also those that you deleted."""
    rows = [shown(own.account, own.membership.role) for own in own_accounts(current_user().id) if not own.is_suspended]
    return {"accounts": rows, "meta": Page(rows, 1, max(len(rows), 1), len(rows)).meta}


@blp.get("/<int:account_id>")
@blp.response(200, AccountOut)
@blp.refusals(*READ)
def show(account_id: int) -> dict[str, Any]:
    """Get the account of your token."""
    actor, account = account_in(account_id)
    return shown(account, actor.role)


@blp.patch("/<int:account_id>")
@blp.arguments(UpdateAccount)
@blp.response(200, AccountOut)
@blp.refusals(*WRITE)
def update(fields: dict[str, Any], account_id: int) -> dict[str, Any]:
    """Change the account's name or slug."""
    actor, account = account_in(account_id)
    return shown(update_account(actor, account, **fields), actor.role)


@blp.delete("/<int:account_id>")
@blp.response(200, AccountOut)
@blp.refusals(*WRITE)
def delete(account_id: int) -> dict[str, Any]:
    """Delete the account: all access stops at once. An owner may restore it for 30 days."""
    actor, account = account_in(account_id)
    return shown(delete_account(actor, account), actor.role)


@blp.post("/<int:account_id>/restore")
@blp.response(200, AccountOut)
@blp.refusals(*WRITE, 410)
def restore(account_id: int) -> dict[str, Any]:
    """Restore an account that you own and that was deleted less than 30 days ago, whatever account your token is for."""
    membership: AccountMembership = enter_own_account(current_user().id, account_id)
    visit = current_visit()
    actor = actor_for(membership, via=visit.via, **visit.facts)
    return shown(restore_account(actor, membership.account), actor.role)


@blp.get("/<int:account_id>/settings")
@blp.response(200, SettingsOut)
@blp.refusals(*READ, 403)
def show_settings(account_id: int) -> dict[str, Any]:
    """Get all settings of the account, the defaults filled in."""
    actor, account = account_in(account_id)
    allow(actor, "account.configure", account)
    return all_settings(account.settings)


@blp.patch("/<int:account_id>/settings")
@blp.arguments(UpdateSettings)
@blp.response(200, SettingsOut)
@blp.refusals(*WRITE)
def change_settings(fields: dict[str, Any], account_id: int) -> dict[str, Any]:
    """Merge settings: what you name changes, null goes back to the default, the rest stays."""
    actor, account = account_in(account_id)
    return all_settings(update_settings(actor, account, **fields).settings)
