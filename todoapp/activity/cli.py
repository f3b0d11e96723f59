"""`flask audit verify`: whether the history of the accounts is as it was written."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from todoapp.accounts.models import Account
from todoapp.activity.auditing import Audit, audit
from todoapp.extensions import db
from todoapp.kit.commands import refuses_clearly
from todoapp.kit.errors import BadInput
from todoapp.kit.transaction import atomic, reading

audit_commands = AppGroup("audit", help="The audit log and its chain.")


@audit_commands.command("verify")
@click.option("--account", "slug", help="The account's slug; by default all accounts.")
@click.option("--head", help="The head that an earlier run printed: the chain of the account must still contain it.")
@refuses_clearly
def verify(slug: str | None, head: str | None) -> None:
    """Check each event, that none is missing, and that none was added. Ends with status 1 where something was."""
    if head and not slug:
        raise BadInput(fields={"head": ["Name the account whose head this was."]})
    broken = False
    for account in _accounts(slug):
        with reading():
            found = atomic(lambda account=account: audit(account.id, head))  # type: ignore[misc]
        broken = broken or bool(found.findings)
        _tell(account.slug, found)
    if broken:
        raise SystemExit(1)


def _accounts(slug: str | None) -> list[Account]:
    with reading():
        accounts = atomic(lambda: list(db.session.scalars(select(Account).order_by(Account.slug))))
    chosen = [account for account in accounts if slug in (None, account.slug)]
    if not chosen:
        raise BadInput(fields={"account": [f"There is no account {slug}."]})
    return chosen


def _tell(slug: str, found: Audit) -> None:
    for finding in found.findings:
        click.echo(f"{slug}: {finding.sentence}")
    state = f"{len(found.findings)} findings" if found.findings else "whole"
    click.echo(
        f"{slug}: {state}; {found.sealed} sealed, {found.waiting} waiting for their seal, "
        f"{found.removed} removed after their time. Head {found.head or 'none yet'}"
    )
