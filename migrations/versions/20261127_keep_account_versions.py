"""Keep a version of each account, and the indexes of long boards.

Revision ID: 20261127_01
Revises: 20261124_01

"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_01"
down_revision = "20261124_01"
branch_labels = None
depends_on = None


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


def downgrade():
    op.drop_table("account_versions")
