"""Build the house: every table of the first version.

Revision ID: 20261124_01
Revises:
Create Date: 2026-11-24 04:14:41.988377

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "20261124_01"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "slug",
            sa.String(length=80)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=80), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=80), "mysql"),
            nullable=False,
        ),
        sa.Column("subscription_tier", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("max_users", sa.Integer(), nullable=False),
        sa.Column("max_tasks_per_user", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column(
            "logo_digest",
            sa.String(length=64)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mysql"),
            nullable=True,
        ),
        sa.Column("trial_ends_at", sa.DateTime(), nullable=True),
        sa.Column("subscription_ends_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accounts_slug"), ["slug"], unique=True)

    op.create_table(
        "secret_tries",
        sa.Column(
            "subject",
            sa.String(length=96)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=96), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=96), "mysql"),
            nullable=False,
        ),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("window_started_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_secret_tries")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "account_logos",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.LargeBinary(length=65535), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_logos_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_logos")),
        sa.UniqueConstraint("account_id", name=op.f("uq_account_logos_account_id")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "activity_chains",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "chain_hash",
            sa.String(length=64)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mysql"),
            nullable=False,
        ),
        sa.Column(
            "seal",
            sa.String(length=64)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mysql"),
            nullable=False,
        ),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_activity_chains_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_chains")),
        sa.UniqueConstraint("account_id", name=op.f("uq_activity_chains_account_id")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "activity_tombstones",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "hash_before",
            sa.String(length=64)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mysql"),
            nullable=False,
        ),
        sa.Column(
            "hash_after",
            sa.String(length=64)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mysql"),
            nullable=False,
        ),
        sa.Column(
            "seal",
            sa.String(length=64)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mysql"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_activity_tombstones_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_tombstones")),
        sa.UniqueConstraint("account_id", "first_number", name=op.f("uq_activity_tombstones_account_id_first_number")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("activity_tombstones", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_tombstones_account_id_last_number"), ["account_id", "last_number"], unique=False
        )

    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column(
            "recipient",
            sa.String(length=254)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=254), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=254), "mysql"),
            nullable=False,
        ),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "idempotency_key",
            sa.String(length=64)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mysql"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=False),
        sa.Column("leased_until", sa.DateTime(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(), nullable=True),
        sa.Column("dead_at", sa.DateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_deliveries_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_deliveries_idempotency_key")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_deliveries_delivered_at_dead_at_not_before"),
            ["delivered_at", "dead_at", "not_before"],
            unique=False,
        )

    op.create_table(
        "imported_items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "source",
            sa.String(length=100)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=100), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=100), "mysql"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column(
            "foreign_id",
            sa.String(length=100)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=100), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=100), "mysql"),
            nullable=False,
        ),
        sa.Column("local_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_imported_items_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_items")),
        sa.UniqueConstraint(
            "account_id",
            "source",
            "kind",
            "foreign_id",
            name=op.f("uq_imported_items_account_id_source_kind_foreign_id"),
        ),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column(
            "key",
            sa.String(length=150)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=150), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=150), "mysql"),
            nullable=False,
        ),
        sa.Column("colour", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "colour IN ('grey', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink')",
            name=op.f("ck_tags_colour"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_tags_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_tags_account_id_id")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_tags_account_id_key")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "custom_fields",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "folded",
            sa.String(length=180)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=180), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=180), "mysql"),
            nullable=False,
        ),
        sa.Column(
            "key",
            sa.String(length=40)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=40), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=40), "mysql"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('text', 'number', 'date', 'select', 'checkbox', 'url')", name=op.f("ck_custom_fields_kind")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_custom_fields_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
        sa.UniqueConstraint("account_id", "folded", name=op.f("uq_custom_fields_account_id_folded")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_custom_fields_account_id_id")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_custom_fields_account_id_key")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "email",
            sa.String(length=254)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=254), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=254), "mysql"),
            nullable=True,
        ),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column(
            "mobile",
            sa.String(length=16)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=16), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=16), "mysql"),
            nullable=True,
        ),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("activated_at", sa.DateTime(), nullable=True),
        sa.Column("default_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("avatar_url", sa.String(length=500), nullable=True),
        sa.Column("preferences", sa.JSON(), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(), nullable=True),
        sa.Column("sign_in_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["default_account_id"], ["accounts.id"], name=op.f("fk_users_default_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("mobile", name=op.f("uq_users_mobile")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_email"), ["email"], unique=True)

    op.create_table(
        "account_memberships",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("can_reassign_tasks", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=True),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.Column("suspended_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "role IN ('user', 'manager', 'super_manager', 'owner')", name=op.f("ck_account_memberships_role")
        ),
        sa.CheckConstraint("manager_id <> user_id", name=op.f("ck_account_memberships_not_own_manager")),
        sa.ForeignKeyConstraint(
            ["account_id", "manager_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_account_memberships_account_id_manager_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_memberships_account_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_account_memberships_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_memberships")),
        sa.UniqueConstraint("account_id", "user_id", name=op.f("uq_account_memberships_account_id_user_id")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("account_memberships", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_account_memberships_account_id_left_at_role"),
            ["account_id", "left_at", "role"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_account_memberships_account_id_manager_id"), ["account_id", "manager_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_account_memberships_user_id"), ["user_id"], unique=False)

    op.create_table(
        "given_answers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "key",
            sa.String(length=200)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=200), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=200), "mysql"),
            nullable=False,
        ),
        sa.Column(
            "request_digest",
            sa.String(length=64)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mysql"),
            nullable=False,
        ),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=True),
        sa.Column(
            "body",
            sa.Text().with_variant(mysql.LONGTEXT(), "mariadb").with_variant(mysql.LONGTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("mimetype", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_given_answers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given_answers")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_given_answers_user_id_key")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("given_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_given_answers_created_at"), ["created_at"], unique=False)

    op.create_table(
        "one_time_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_one_time_links_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("one_time_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_links_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column(
            "token_hash",
            sa.String(length=64)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mysql"),
            nullable=True,
        ),
        sa.Column("ip_address", sa.String(length=45), nullable=True),
        sa.Column("user_agent", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("end_reason", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sign_ins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("via", sa.String(length=16), nullable=False),
        sa.Column("ip_address", sa.String(length=45), nullable=True),
        sa.Column("user_agent", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ins_user_id_created_at"), ["user_id", "created_at"], unique=False)

    op.create_table(
        "activity_logs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("resource_type", sa.String(length=32), nullable=False),
        sa.Column("resource_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("via", sa.String(length=16), nullable=False),
        sa.Column("cause_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ip_address", sa.String(length=45), nullable=True),
        sa.Column("user_agent", sa.String(length=255), nullable=True),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column(
            "signature",
            sa.String(length=100)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=100), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=100), "mysql"),
            nullable=True,
        ),
        sa.Column("seal_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "chain_hash",
            sa.String(length=64)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mysql"),
            nullable=True,
        ),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_activity_logs_account_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_activity_logs_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_logs")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_activity_logs_account_id_id")),
        sa.UniqueConstraint("account_id", "seal_number", name=op.f("uq_activity_logs_account_id_seal_number")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("activity_logs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_logs_account_id_action_created_at"),
            ["account_id", "action", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_activity_logs_account_id_created_at"), ["account_id", "created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_activity_logs_account_id_resource_type_resource_id_id"),
            ["account_id", "resource_type", "resource_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_activity_logs_resource_type_resource_id"), ["resource_type", "resource_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_activity_logs_seal_number_account_id"), ["seal_number", "account_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_activity_logs_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_activity_logs_user_id_created_at"), ["user_id", "created_at"], unique=False
        )

    op.create_table(
        "absences",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_absences_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_absences_account_id")),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_absences_account_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_absences_account_id_user_id_ends_on"), ["account_id", "user_id", "ends_on"], unique=False
        )

    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "email",
            sa.String(length=254)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=254), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=254), "mysql"),
            nullable=False,
        ),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("placeholder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("invited_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "invited_by_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_invitations_account_id_invited_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "manager_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_invitations_account_id_manager_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "placeholder_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_invitations_account_id_placeholder_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_invitations_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_account_id_email"), ["account_id", "email"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitations_email"), ["email"], unique=False)

    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "token_hash",
            sa.String(length=64)
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mariadb")
            .with_variant(mysql.VARCHAR(collation="utf8mb4_bin", length=64), "mysql"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_refresh_tokens_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_tokens_token_hash")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("refresh_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refresh_tokens_session_id"), ["session_id"], unique=False)

    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assigned_to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("parent_task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column(
            "description",
            sa.Text().with_variant(mysql.LONGTEXT(), "mariadb").with_variant(mysql.LONGTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("visibility", sa.String(length=16), nullable=False),
        sa.Column("due_date_time", sa.DateTime(), nullable=True),
        sa.Column("due_sort", sa.DateTime(), nullable=False),
        sa.Column("estimated_time", sa.Integer(), nullable=True),
        sa.Column("actual_time", sa.Integer(), nullable=False),
        sa.Column("custom_fields", sa.JSON(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stretch", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("last_resumed_at", sa.DateTime(), nullable=True),
        sa.Column("completed_at", sa.DateTime(), nullable=True),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("status IN ('pending', 'in_progress', 'paused', 'completed')", name=op.f("ck_tasks_status")),
        sa.CheckConstraint("visibility IN ('private', 'team', 'account')", name=op.f("ck_tasks_visibility")),
        sa.CheckConstraint("actual_time >= 0", name=op.f("ck_tasks_actual_time")),
        sa.ForeignKeyConstraint(
            ["account_id", "assigned_to_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_tasks_account_id_assigned_to_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "created_by_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_tasks_account_id_created_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "parent_task_id"],
            ["tasks.account_id", "tasks.id"],
            name=op.f("fk_tasks_account_id_parent_task_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_tasks_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_tasks_account_id_id")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_tasks_account_id_assigned_to_id_status"),
            ["account_id", "assigned_to_id", "status"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_account_id_assigned_to_id_status_due_sort_id"),
            ["account_id", "assigned_to_id", "status", "due_sort", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_account_id_assigned_to_id_status_position_id"),
            ["account_id", "assigned_to_id", "status", "position", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_account_id_created_by_id_id"), ["account_id", "created_by_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_account_id_due_date_time"), ["account_id", "due_date_time"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_account_id_parent_task_id_id"), ["account_id", "parent_task_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_account_id_status_due_sort_id"),
            ["account_id", "status", "due_sort", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_tasks_assigned_to_id"), ["assigned_to_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_created_by_id"), ["created_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_parent_task_id"), ["parent_task_id"], unique=False)

    op.create_table(
        "comments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "body",
            sa.Text().with_variant(mysql.LONGTEXT(), "mariadb").with_variant(mysql.LONGTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("excerpt", sa.String(length=140), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("edited_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "parent_comment_id"],
            ["comments.account_id", "comments.id"],
            name=op.f("fk_comments_account_id_parent_comment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "task_id"], ["tasks.account_id", "tasks.id"], name=op.f("fk_comments_account_id_task_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_comments_account_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_comments_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_comments_account_id_id")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comments_account_id_parent_comment_id"), ["account_id", "parent_comment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_comments_account_id_task_id_created_at_id"),
            ["account_id", "task_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_comments_account_id_task_id_id"), ["account_id", "task_id", "id"], unique=False
        )

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("leased_until", sa.DateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.Column("not_before", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "event_id"],
            ["activity_logs.account_id", "activity_logs.id"],
            name=op.f("fk_outbox_account_id_event_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_outbox_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_not_before"), ["not_before"], unique=False)

    op.create_table(
        "task_assignments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assigned_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assigned_to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assigned_at", sa.DateTime(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("rejected_at", sa.DateTime(), nullable=True),
        sa.Column("rejection_reason", sa.String(length=1000), nullable=True),
        sa.Column("answer_by", sa.DateTime(), nullable=True),
        sa.Column("overdue_at", sa.DateTime(), nullable=True),
        sa.Column("reassignment_count", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "assigned_by_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_task_assignments_account_id_assigned_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "assigned_to_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_task_assignments_account_id_assigned_to_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "task_id"],
            ["tasks.account_id", "tasks.id"],
            name=op.f("fk_task_assignments_account_id_task_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_task_assignments_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_assignments")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("task_assignments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_assignments_account_id_assigned_by_id_is_current_task_id"),
            ["account_id", "assigned_by_id", "is_current", "task_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_task_assignments_assigned_by_id"), ["assigned_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_assignments_assigned_to_id"), ["assigned_to_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_task_assignments_is_current_accepted_at_answer_by"),
            ["is_current", "accepted_at", "answer_by"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_task_assignments_task_id"), ["task_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_task_assignments_task_id_assigned_to_id"), ["task_id", "assigned_to_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_task_assignments_task_id_is_current"), ["task_id", "is_current"], unique=False
        )

    op.create_table(
        "task_chain",
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "task_id"], ["tasks.account_id", "tasks.id"], name=op.f("fk_task_chain_account_id_task_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_task_chain_account_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_task_chain_account_id")),
        sa.PrimaryKeyConstraint("task_id", "user_id", name=op.f("pk_task_chain")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("task_chain", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_chain_account_id_user_id_task_id"), ["account_id", "user_id", "task_id"], unique=False
        )

    op.create_table(
        "task_pauses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paused_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stretch", sa.Integer(), nullable=False),
        sa.Column("paused_at", sa.DateTime(), nullable=False),
        sa.Column("resumed_at", sa.DateTime(), nullable=True),
        sa.Column("work_duration", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("comment", sa.String(length=2000), nullable=True),
        sa.Column("progress_percentage", sa.Integer(), nullable=True),
        sa.Column("waiting_for_user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("waiting_for_task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("progress_percentage BETWEEN 0 AND 100", name=op.f("ck_task_pauses_progress")),
        sa.ForeignKeyConstraint(
            ["account_id", "paused_by_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_task_pauses_account_id_paused_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "task_id"], ["tasks.account_id", "tasks.id"], name=op.f("fk_task_pauses_account_id_task_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "waiting_for_task_id"],
            ["tasks.account_id", "tasks.id"],
            name=op.f("fk_task_pauses_account_id_waiting_for_task_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "waiting_for_user_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_task_pauses_account_id_waiting_for_user_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_task_pauses_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_pauses")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("task_pauses", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_pauses_account_id_task_id_stretch_paused_at"),
            ["account_id", "task_id", "stretch", "paused_at"],
            unique=False,
        )

    op.create_table(
        "task_snapshots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("snapshot_type", sa.String(length=16), nullable=False),
        sa.Column("state_data", sa.JSON(), nullable=False),
        sa.Column("progress_at_snapshot", sa.Integer(), nullable=True),
        sa.Column("total_time_at_snapshot", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "task_id"],
            ["tasks.account_id", "tasks.id"],
            name=op.f("fk_task_snapshots_account_id_task_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_task_snapshots_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_snapshots")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("task_snapshots", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_snapshots_account_id_task_id_id"), ["account_id", "task_id", "id"], unique=False
        )

    op.create_table(
        "task_tags",
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "tag_id"], ["tags.account_id", "tags.id"], name=op.f("fk_task_tags_account_id_tag_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "task_id"], ["tasks.account_id", "tasks.id"], name=op.f("fk_task_tags_account_id_task_id")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_task_tags_account_id")),
        sa.PrimaryKeyConstraint("task_id", "tag_id", name=op.f("pk_task_tags")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("task_tags", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_tags_account_id_tag_id_task_id"), ["account_id", "tag_id", "task_id"], unique=False
        )

    op.create_table(
        "time_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stretch", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("interrupted_seconds", sa.Integer(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "task_id"], ["tasks.account_id", "tasks.id"], name=op.f("fk_time_entries_account_id_task_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_time_entries_account_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_time_entries_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entries")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("time_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_time_entries_account_id_task_id_stretch_started_at"),
            ["account_id", "task_id", "stretch", "started_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_time_entries_account_id_user_id_ended_at"),
            ["account_id", "user_id", "ended_at"],
            unique=False,
        )

    op.create_table(
        "comment_mentions",
        sa.Column("comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handles", sa.JSON(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "comment_id"],
            ["comments.account_id", "comments.id"],
            name=op.f("fk_comment_mentions_account_id_comment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_comment_mentions_account_id_user_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_comment_mentions_account_id")),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name=op.f("pk_comment_mentions")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("comment_mentions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comment_mentions_account_id_user_id_comment_id"),
            ["account_id", "user_id", "comment_id"],
            unique=False,
        )

    op.create_table(
        "comment_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "body",
            sa.Text().with_variant(mysql.LONGTEXT(), "mariadb").with_variant(mysql.LONGTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(), nullable=False),
        sa.Column("replaced_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "comment_id"],
            ["comments.account_id", "comments.id"],
            name=op.f("fk_comment_versions_account_id_comment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "replaced_by_id"],
            ["account_memberships.account_id", "account_memberships.user_id"],
            name=op.f("fk_comment_versions_account_id_replaced_by_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_comment_versions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_versions")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    with op.batch_alter_table("comment_versions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comment_versions_account_id_comment_id_id"), ["account_id", "comment_id", "id"], unique=False
        )


def downgrade():
    op.drop_table("comment_versions")
    op.drop_table("comment_mentions")
    op.drop_table("time_entries")
    op.drop_table("task_tags")
    op.drop_table("task_snapshots")
    op.drop_table("task_pauses")
    op.drop_table("task_chain")
    op.drop_table("task_assignments")
    op.drop_table("outbox")
    op.drop_table("comments")
    op.drop_table("tasks")
    op.drop_table("refresh_tokens")
    op.drop_table("absences")
    op.drop_table("invitations")
    op.drop_table("activity_logs")
    op.drop_table("sign_ins")
    op.drop_table("sessions")
    op.drop_table("one_time_links")
    op.drop_table("given_answers")
    op.drop_table("account_memberships")
    op.drop_table("users")
    op.drop_table("custom_fields")
    op.drop_table("tags")
    op.drop_table("imported_items")
    op.drop_table("deliveries")
    op.drop_table("activity_tombstones")
    op.drop_table("account_logos")
    op.drop_table("activity_chains")
    op.drop_table("secret_tries")
    op.drop_table("accounts")
