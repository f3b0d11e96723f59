"""`flask demo`."""

import sys

import click
from flask import current_app

from todoapp.demo.telling import load_demo
from todoapp.kit.errors import Conflict


@click.command("demo")
@click.option("--yes", is_flag=True, help="Load it outside development too: its passwords are known to everybody.")
def demo(yes: bool) -> None:
    """Load the demo into an empty database and print its sign-ins."""
    if not current_app.config["DEVELOPMENT"] and not yes:
        sys.exit("The demo's passwords are known to everybody. Say --yes if that is what you want here.")
    try:
        for sign_in in load_demo():
            click.echo(sign_in)
    except Conflict as refusal:
        sys.exit(refusal.message)
