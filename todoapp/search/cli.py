"""`flask search rebuild`: the index of search, written anew."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from todoapp.accounts.models import Account
from todoapp.extensions import db
from todoapp.kit.commands import refuses_clearly
from todoapp.kit.errors import BadInput
from todoapp.kit.transaction import atomic, reading
from todoapp.search.behind import rebuild

search_commands = AppGroup("search", help="The index of search.")


@search_commands.command("rebuild")
@click.option("--account", "slug", help="The account's slug; by default all accounts.")
@refuses_clearly
def rebuild_index(slug: str | None) -> None:
    """Index every task anew, while the server runs; what is not done yet is found as it was before."""
    for account_id, name in _accounts(slug):
        click.echo(f"{name}: {rebuild(account_id)} tasks indexed")


def _accounts(slug: str | None) -> list[tuple[int, str]]:
    query = select(Account.id, Account.slug).order_by(Account.slug)
    with reading():
        found = atomic(lambda: db.session.execute(query).all())
    chosen = [(account_id, name) for account_id, name in found if slug in (None, name)]
    if not chosen:
        raise BadInput(fields={"account": [f"There is no account {slug}."]})
    return chosen
