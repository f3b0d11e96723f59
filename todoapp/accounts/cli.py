"""`flask account create`: the first account of a fresh server, or another one."""

import click
from flask.cli import AppGroup
from marshmallow import fields

from todoapp.accounts.models import Account
from todoapp.accounts.running import create_account
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.commands import refuses_clearly
from todoapp.kit.errors import BadInput
from todoapp.kit.fields import Email, Input, Line
from todoapp.kit.transaction import atomic
from todoapp.users.links import make_link, new_link
from todoapp.users.models import User
from todoapp.users.passwords import hash_password, refuse_weak
from todoapp.users.registering import user_by_email
from todoapp.users.visits import Visit

account_commands = AppGroup("account", help="Accounts: the organisations that use this server.")


class FirstAccount(Input):
    """An account and the person who owns it."""

    name = Line(120, required=True)
    email = Email(required=True)
    first_name = Line(80, allow_none=True)
    last_name = Line(80, 0, allow_none=True)
    password = fields.String(allow_none=True)


@account_commands.command("create")
@click.option("--name", required=True, help="The account's name.")
@click.option("--email", required=True, help="The address with which its owner signs in.")
@click.option("--first-name", help="The owner's first name; by default what stands before the @.")
@click.option("--last-name", help="The owner's last name.")
@click.option("--password", help="The owner's password; without it, a link to set one is printed.")
@refuses_clearly
def create(**options: str | None) -> None:
    """Create an account and, unless the address is known, the person who owns it."""
    asked = FirstAccount().load(options)
    account, user, link = atomic(lambda: _create(**asked))
    click.echo(f"Created the account {account.name} (slug {account.slug}). Its owner is {user.name} <{user.email}>.")
    if link:
        click.echo(f"They set their password within an hour at\n{link}")


def _create(
    *, name: str, email: str, first_name: str | None, last_name: str | None, password: str | None
) -> tuple[Account, User, str | None]:
    user = user_by_email(email)
    if user is None:
        user = _new_user(email, first_name or email.partition("@")[0], last_name or "", password)
    elif password or first_name or last_name:
        raise BadInput(
            f"{email} signs in here already, and their name and password stay as they are.",
            fields={"email": ["Leave the other options away to give this person another account."]},
        )
    account = create_account(user, Visit("cli"), name=name)
    return account, user, None if user.password_hash else make_link("reset", new_link("reset", user))


def _new_user(email: str, first_name: str, last_name: str, password: str | None) -> User:
    user = User(email=email, first_name=first_name, last_name=last_name, activated_at=now())
    if password is not None:
        refuse_weak(password, first_name, last_name, email)
        user.password_hash = hash_password(password)
    db.session.add(user)
    db.session.flush()
    return user
