"""Run migrations on the application's own database."""

from alembic import context
from flask import current_app
from sqlalchemy import TypeDecorator

from todoapp.extensions import db


def _render(kind, item, _autogen):
    """A migration names plain column types, so that it still runs when our own types have changed."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{type(item.impl).__name__}()"
    return False


def run() -> None:
    """Migrate over one connection. A migration works on all accounts at once, hence the mark."""
    with db.engine.connect().execution_options(tenancy="migration") as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=_render,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
