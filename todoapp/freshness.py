"""Versions of accounts: a commit that changes what an account's people may be shown raises its version, in the same
transaction. What was read and kept under a version is good for as long as the version stands.
"""

import re
import secrets
from functools import lru_cache
from typing import Any

from flask import g
from sqlalchemy import BigInteger, Engine, event
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from todoapp.extensions import Base
from todoapp.tenancy import BigId, TenantSession

ANYWHERE = 2**50
EVERYWHERE = 0
"""The row that counts for every account: people's names, and writes outside of any account."""
QUIET = {
    "account_versions",
    "activity_chains",
    "activity_logs",
    "activity_tombstones",
    "deliveries",
    "given_answers",
    "one_time_links",
    "outbox",
    "refresh_tokens",
    "secret_tries",
    "sessions",
    "sign_ins",
}
"""Tables that no remembered answer shows. A session is looked at afresh for each request."""
QUIET_COLUMNS = {"users": {"last_sign_in_at", "sign_in_count", "password_hash", "default_account_id", "updated_at"}}
_WRITES = re.compile(r"\s*(?:INSERT(?:\s+IGNORE)?(?:\s+INTO)?|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+[`\"]?(\w+)", re.I)
_ANY_WRITE = re.compile(r"\s*(?:INSERT|REPLACE|UPDATE|DELETE|WITH\b.*\b(?:INSERT|UPDATE|DELETE)\b)", re.I | re.S)
_SET = re.compile(r"[`\"]?(\w+)[`\"]?\s*=\s*(?:%|\?|:|\()")


class AccountVersion(Base):
    """How often what an account's people may be shown was changed."""

    __tablename__ = "account_versions"

    account_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Base.__table_args__,)


def watch(engine: Engine) -> None:
    """Note which accounts the statements of `engine` change."""

    @event.listens_for(engine, "before_cursor_execute")
    def _note(_conn: Any, _cursor: Any, statement: str, _params: Any, context: Any, _many: bool) -> None:
        if context is None or context.isddl or not g:
            return
        table = changed_table(statement)
        if table is not None:
            tenant = g.get("tenant")
            within = isinstance(tenant, int) and table != "users"
            g.setdefault("changed_accounts", set()).add(tenant if within else EVERYWHERE)


@lru_cache(maxsize=4096)
def changed_table(statement: str) -> str | None:
    """The table that `statement` writes, if answers may show what it writes; "?" for a write of another form."""
    if not _ANY_WRITE.match(statement):
        return None
    found = _WRITES.match(statement)
    table = found[1] if found else "?"
    if table in QUIET:
        return None
    head, _, _where = statement.partition(" WHERE ")
    columns = set(_SET.findall(head))
    if statement.lstrip().upper().startswith("UPDATE") and columns and columns <= QUIET_COLUMNS.get(table, set()):
        return None
    return table


@event.listens_for(TenantSession, "before_commit")
def _raise_versions(session: Session) -> None:
    if session.in_nested_transaction() or not g:
        return
    session.flush()
    # Last of all, so that the row is locked for no longer than the commit takes; in order, so that nobody waits in a ring.
    for account_id in sorted(g.pop("changed_accounts", ())):
        session.execute(_raising(session.get_bind().dialect.name, account_id))


@event.listens_for(TenantSession, "after_soft_rollback")
def _forget(session: Session, previous: Any) -> None:
    if g and not previous.nested:
        g.pop("changed_accounts", None)


def _raising(dialect: str, account_id: int) -> Any:
    """The first version is a random one: what was kept of another database under this account's number never fits."""
    if dialect == "sqlite":
        row = sqlite.insert(AccountVersion).values(account_id=account_id, version=secrets.randbelow(ANYWHERE))
        return row.on_conflict_do_update(index_elements=["account_id"], set_={"version": AccountVersion.version + 1})
    return (
        mysql.insert(AccountVersion)
        .values(account_id=account_id, version=secrets.randbelow(ANYWHERE))
        .on_duplicate_key_update(version=AccountVersion.version + 1)
    )
