"""An account's logo: one small picture, kept beside the account so that every process can show it."""

from hashlib import sha256
from typing import Any

from sqlalchemy import select

from todoapp.accounts.holding import hold_account
from todoapp.accounts.models import Account, AccountLogo
from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.fields import NoFields
from todoapp.kit.pictures import small_png

EDGE = 96


@action("account.set_logo", subject=Account)
def set_logo(actor: Actor, account: Account, *, picture: bytes) -> Account:
    """Make this picture the account's logo, whatever it was before."""
    hold_account(actor)
    content = small_png(picture, EDGE, "logo")
    digest = sha256(content).hexdigest()
    if digest != account.logo_digest:
        logo = logo_of(account) or AccountLogo()
        logo.content = content
        db.session.add(logo)
        before, account.logo_digest = account.logo_digest, digest
        record(actor, "account_logo_changed", account, changes={"logo": [before, digest]})
    return account


@action("account.remove_logo", subject=Account, fields=NoFields)
def remove_logo(actor: Actor, account: Account) -> Account:
    """Show the account's letter again."""
    hold_account(actor)
    logo = logo_of(account)
    if logo is not None:
        db.session.delete(logo)
        before, account.logo_digest = account.logo_digest, None
        record(actor, "account_logo_removed", account, changes={"logo": [before, None]})
    return account


def logo_of(account: Account) -> AccountLogo | None:
    """The logo of the account at hand."""
    return db.session.scalars(select(AccountLogo).where(AccountLogo.account_id == account.id)).one_or_none()


def dressed(account: Account) -> dict[str, Any]:
    """An account as every template takes one: its logo or its letter, and its hue."""
    logo = f"/accounts/{account.id}/logo?v={account.logo_digest[:10]}" if account.logo_digest else None
    return {
        "id": account.id,
        "name": account.name,
        "initial": account.name[:1].upper(),
        "logo_url": logo,
        "hue": account.settings.get("hue", 0),
    }
