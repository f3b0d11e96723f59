"""`flask demo`."""

import click
from flask import current_app
from flask.cli import with_appcontext

from todoapp.demo.people import PASSPHRASE
from todoapp.demo.telling import load_demo
from todoapp.kit.commands import refuses_clearly
from todoapp.kit.errors import BadInput
from todoapp.kit.secrets import new_secret


@click.command("demo")
@click.option("--again", is_flag=True, help="Load it beside other accounts; what of it is there already is left alone.")
@click.option("--yes", is_flag=True, help="Load it outside development too, with a password of its own.")
@with_appcontext
@refuses_clearly
def demo(again: bool, yes: bool) -> None:
    """Load the demo into an empty database and print its sign-ins."""
    development = current_app.config["DEVELOPMENT"]
    if not development and not yes:
        raise BadInput("This is no development server. Say --yes if you want the demo's people and accounts here.")
    # Everybody knows the demo's own passphrase; where others can reach the server, it is a fresh one.
    sign_ins = load_demo(PASSPHRASE if development else new_secret(), again=again)
    for sign_in in sign_ins:
        click.echo(sign_in)
    if not sign_ins:
        click.echo("The demo is here already. Nothing was added.")
