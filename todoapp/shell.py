"""What every page can use: the person, the account, the switcher of people, static addresses with a content hash."""

from flask import Flask


def dress_templates(app: Flask) -> None:
    """Give the templates their globals."""
