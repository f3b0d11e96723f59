"""`flask account create`, `flask demo`, `flask import …`: what is done from a shell."""

from flask import Flask


def add_commands(app: Flask) -> None:
    """Add the commands of every slice."""
