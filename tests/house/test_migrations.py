"""Migrations lead from an empty database to the schema that the models describe, on this very kind of database."""

import os

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError

from tests.conftest import on_server
from todoapp import create_app
from todoapp.extensions import db

PLANNED = {
    # plan 4.1 and 4.2
    ("accounts", ("slug",)),
    ("account_memberships", ("account_id", "user_id")),
    ("account_memberships", ("user_id",)),
    ("task_assignments", ("task_id", "assigned_to_id")),
    ("task_assignments", ("assigned_by_id",)),
    ("task_assignments", ("assigned_to_id",)),
    ("activity_logs", ("resource_type", "resource_id")),
    ("activity_logs", ("account_id", "created_at")),
    ("activity_logs", ("user_id", "created_at")),
    ("users", ("email",)),
    ("tasks", ("created_by_id",)),
    ("tasks", ("assigned_to_id",)),
    ("tasks", ("parent_task_id",)),
    ("tasks", ("account_id", "assigned_to_id", "status")),
    ("tasks", ("account_id", "due_date_time")),
    # measured: what keeps the boards flat from 10k to 1M tasks
    ("tasks", ("account_id", "assigned_to_id", "status", "due_sort", "id")),
    ("tasks", ("account_id", "assigned_to_id", "status", "position", "id")),
}


@pytest.fixture
def migrated(settings, tmp_path):
    """An application on a database of its own, migrated from empty."""
    url = str(settings["SQLALCHEMY_DATABASE_URI"])
    mysql = url.startswith("mysql")
    url = f"{url}_migrated" if mysql else f"sqlite:///{tmp_path / 'migrated.sqlite3'}"
    if mysql:
        on_server(url, "CREATE DATABASE {} CHARACTER SET utf8mb4")
    app = create_app(settings | {"SQLALCHEMY_DATABASE_URI": url})
    try:
        with app.app_context():
            upgrade()
            yield app
            db.session.remove()
            db.engine.dispose()
    finally:
        if mysql:
            on_server(url, "DROP DATABASE {}")


def test_the_schema_is_what_the_models_say(migrated):
    ran = migrated.test_cli_runner().invoke(args=["db", "check"])
    assert ran.exit_code == 0, ran.output


def test_every_planned_index_exists(migrated):
    found = inspect(db.engine)
    missing = []
    for table, columns in PLANNED:
        kept = [tuple(index["column_names"]) for index in found.get_indexes(table)]
        kept += [tuple(unique["column_names"]) for unique in found.get_unique_constraints(table)]
        if not any(index[: len(columns)] == columns for index in kept):
            missing.append((table, columns))
    assert missing == []


def test_the_way_back_leaves_nothing(migrated):
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}


@pytest.mark.skipif(os.environ.get("TEST_DATABASE") != "mariadb", reason="only a server can be gone")
def test_a_database_that_is_gone_is_a_503_and_not_a_500(settings):
    away = settings | {
        "SQLALCHEMY_DATABASE_URI": "mysql+pymysql://root@127.0.0.1:1/nothing",
        "PROPAGATE_EXCEPTIONS": False,
    }
    with pytest.raises(OperationalError), create_app(away).app_context():
        db.engine.connect()
    answer = create_app(away).test_client().post("/v1/auth/login", json={"email": "a@b.test", "password": "x" * 12})
    assert answer.status_code == 503 and "try again" in answer.json["detail"]
