"""`flask import trello FILE` and `flask import worklog DIR`: taking work over from other tools."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from todoapp.accounts.models import Account, AccountMembership
from todoapp.actor import Actor, actor_for
from todoapp.extensions import db
from todoapp.imports.report import Report
from todoapp.imports.taking import Source, import_into_account
from todoapp.imports.trello.board import read_board
from todoapp.imports.worklog.project import read_project
from todoapp.kit.commands import refuses_clearly
from todoapp.kit.errors import BadInput
from todoapp.kit.transaction import atomic
from todoapp.tenancy import enter
from todoapp.users.models import User

import_commands = AppGroup("import", help="Take tasks, people and history over from other tools.")


def into_account(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every import has."""
    command = click.option("--as", "email", required=True, help="The member who imports: a super manager or an owner.")(
        command
    )
    return click.option("--account", "slug", required=True, help="The slug of the account.")(command)


@import_commands.command("trello")
@click.argument("file", type=click.Path(path_type=Path))
@into_account
@refuses_clearly
def trello(file: Path, slug: str, email: str) -> None:
    """Take the cards of a Trello board, from the JSON that Trello exports."""
    _import(read_board(file), slug, email)


@import_commands.command("worklog")
@click.argument("folder", type=click.Path(path_type=Path))
@into_account
@refuses_clearly
def worklog(folder: Path, slug: str, email: str) -> None:
    """Take tasks and working sessions, from a folder with *_tasks.csv, *_time.csv and *_wbs.csv (or .csv.gz)."""
    _import(read_project(folder), slug, email)


def _import(source: Source, slug: str, email: str) -> None:
    report: Report = atomic(lambda: import_into_account(_member(slug, email), source=source))
    for line in report.lines():
        click.echo(line)


def _member(slug: str, email: str) -> Actor:
    account = db.session.scalars(select(Account).where(Account.slug == slug)).one_or_none()
    if account is None or not account.is_open:
        raise BadInput(f"There is no open account with the slug {slug}.")
    enter(account.id)
    query = select(AccountMembership).join(User, User.id == AccountMembership.user_id)
    member = db.session.scalars(
        query.where(User.email == email.strip().lower(), AccountMembership.left_at.is_(None))
    ).one_or_none()
    if member is None:
        raise BadInput(f"{email} is no member of {account.name}.")
    return actor_for(member, via="import")
