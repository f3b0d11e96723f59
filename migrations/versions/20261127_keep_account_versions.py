"""Keep a version of each account, and the indexes of long boards.

Revision ID: 20261127_01
Revises: 20261127_search

"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_01"
down_revision = "20261127_search"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_tasks_account_id_assigned_to_id_status_updated_at_id": "account_id assigned_to_id status updated_at id",
    "ix_tasks_account_id_status_updated_at_id": "account_id status updated_at id",
    "ix_tasks_account_id_created_at_id": "account_id created_at id",
    "ix_tasks_open_load": "account_id assigned_to_id status archived_at deleted_at due_date_time",
}


def upgrade():
    op.create_table(
        "account_versions",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_versions")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        for name, columns in INDEXES.items():
            batch_op.create_index(batch_op.f(name), columns.split(), unique=False)


def downgrade():
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        for name in INDEXES:
            batch_op.drop_index(batch_op.f(name))
    op.drop_table("account_versions")
