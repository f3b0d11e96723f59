"""`flask account create`, `flask demo`, `flask import …`: what is done from a shell."""

from flask import Flask

from todoapp.accounts.cli import account_commands


def add_commands(app: Flask) -> None:
    """Add the commands of every slice."""
    app.cli.add_command(account_commands)
