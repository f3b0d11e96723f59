"""`flask account`, `flask audit`, `flask demo`, `flask import`, `flask search`: what is done from a shell."""

from flask import Flask

from todoapp.accounts.cli import account_commands
from todoapp.activity.cli import audit_commands
from todoapp.demo.cli import demo
from todoapp.imports.cli import import_commands
from todoapp.search.cli import search_commands


def add_commands(app: Flask) -> None:
    """Add the commands of every slice."""
    app.cli.add_command(account_commands)
    app.cli.add_command(import_commands)
    app.cli.add_command(audit_commands)
    app.cli.add_command(demo)
    app.cli.add_command(search_commands)
