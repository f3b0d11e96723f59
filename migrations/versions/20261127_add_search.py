"""Add search: the words of tasks and their folded texts. The sweep fills them.

Revision ID: 20261127_search
Revises: 20261124_01
Create Date: 2026-11-27 05:06:45.383912

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "20261127_search"
down_revision = "20261124_01"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "search_documents",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "text",
            sa.Text().with_variant(mysql.LONGTEXT(), "mariadb").with_variant(mysql.LONGTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("indexed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "task_id"],
            ["tasks.account_id", "tasks.id"],
            name=op.f("fk_search_documents_account_id_task_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_search_documents_account_id")),
        sa.PrimaryKeyConstraint("account_id", "task_id", name=op.f("pk_search_documents")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("search_documents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_search_documents_indexed_at_account_id_task_id"),
            ["indexed_at", "account_id", "task_id"],
            unique=False,
        )

    op.create_table(
        "search_terms",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "term",
            sa.String(length=40)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=40), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=40), "mysql"),
            nullable=False,
        ),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weight", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "task_id"],
            ["search_documents.account_id", "search_documents.task_id"],
            name=op.f("fk_search_terms_account_id_task_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "term", "task_id", name=op.f("pk_search_terms")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("search_terms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_terms_account_id_task_id"), ["account_id", "task_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_search_terms_account_id_term_weight_task_id"),
            ["account_id", "term", "weight", "task_id"],
            unique=False,
        )


def downgrade():
    op.drop_table("search_terms")
    op.drop_table("search_documents")
