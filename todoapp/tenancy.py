"""Whose house we are in: four rings that keep one account's rows from another. With no account set, everything fails.

1. Every ORM statement gets the account's criteria.
2. A flush stamps new rows and refuses foreign ones.
3. The engine refuses any statement on a tenant table that went through neither ring 1 nor an explicit mark, and any
   that names a tenant table without its `account_id`.
4. Composite foreign keys (account_id, parent_id), which each model declares.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from flask import g
from flask_sqlalchemy.session import Session
from sqlalchemy import BigInteger, Engine, ForeignKey, ForeignKeyConstraint, Integer, Select, event, insert, inspect
from sqlalchemy.orm import Mapped, ORMExecuteState, declared_attr, mapped_column, with_loader_criteria

from todoapp.kit.database import reading_engine, session
from todoapp.kit.prepared import prepared
from todoapp.kit.transaction import is_reading

ALL = object()
SCHEMA_STATEMENTS = ("PRAGMA", "DESCRIBE", "SHOW")
_flushing: ContextVar[bool] = ContextVar("flushing", default=False)
BigId = BigInteger().with_variant(Integer(), "sqlite")


class TenancyError(RuntimeError):
    """A statement or a row left its account. Always a bug of ours, never an answer to a person."""


class Tenant:
    """Mixin of every model whose rows belong to one account."""

    @declared_attr
    def account_id(cls) -> Mapped[int]:
        return mapped_column(BigId, ForeignKey("accounts.id"), nullable=False)


def in_account(column: str, target: str, target_column: str = "id") -> ForeignKeyConstraint:
    """Ring 4: a reference that the database itself refuses to let leave the account."""
    return ForeignKeyConstraint(["account_id", column], [f"{target}.account_id", f"{target}.{target_column}"])


def person(column: str) -> ForeignKeyConstraint:
    """A reference to a member of the same account, by user id."""
    return in_account(column, "account_memberships", "user_id")


def current_account_id() -> int:
    """The account of this app context; a `TenancyError` where none is set."""
    account_id = g.get("tenant") if g else None
    if account_id is None or account_id is ALL:
        raise TenancyError("No account is set for this work")
    return int(account_id)


@contextmanager
def inside(account_id: int) -> Iterator[None]:
    """Work in `account_id`. Leaves no row of another account in the session."""
    before = g.get("tenant")
    enter(account_id)
    try:
        yield
    finally:
        _switch(before)


def enter(account_id: int) -> None:
    """Work in `account_id` until the app context ends."""
    _switch(account_id)


@contextmanager
def across_accounts(why: str) -> Iterator[None]:
    """Read and write rows of several accounts; `why` is for the reader of the code, who greps for this name."""
    if not why:
        raise TenancyError("Say why this work crosses accounts")
    before = g.get("tenant")
    g.tenant = ALL
    try:
        yield
    finally:
        g.tenant = before


def bound(account_id: int) -> dict[str, int]:
    """Execution options for a prebuilt statement that binds `account_id` itself."""
    if account_id != current_account_id():
        raise TenancyError("A prebuilt statement names another account")
    return {"tenancy": account_id}


def unbound(why: str) -> dict[str, object]:
    """Execution options for a prebuilt statement that asks across accounts; `why` is for the reader of the code."""
    if not why:
        raise TenancyError("Say why this work crosses accounts")
    return {"tenancy": ALL}


def _switch(account_id: Any) -> None:
    before = g.get("tenant")
    g.tenant = account_id
    if before == account_id or account_id in (None, ALL):
        return
    here = session()
    if any(isinstance(row, Tenant) and row.account_id not in (None, account_id) for row in here.new | here.dirty):
        raise TenancyError("Unsaved rows of another account")
    for row in here:
        if isinstance(row, Tenant) and row.account_id != account_id:
            here.expunge(row)


class TenantSession(Session):
    """The session of one app context, with rings 1 and 2 on it. What only reads goes over connections of its own."""

    def get_bind(self, *args: Any, **kw: Any) -> Any:
        """The engine for a statement."""
        reading = reading_engine() if is_reading() else None
        return reading if reading is not None else super().get_bind(*args, **kw)

    def flush(self, objects: Any = None) -> None:
        token = _flushing.set(True)
        try:
            super().flush(objects)
        finally:
            _flushing.reset(token)

    def get(self, entity: Any, ident: Any, **kw: Any) -> Any:
        # The identity map answers without SQL, so no other ring sees this read.
        row = super().get(entity, ident, **kw)
        if isinstance(row, Tenant) and g.get("tenant") not in (ALL, row.account_id):
            return None
        return row


def ask(kind: str, question: Hashable, write: Callable[[], Select[Any]], **late: Any) -> list[tuple[Any, ...]]:
    """The rows of a prepared question in the account at hand: `write` makes its statement, the first time it comes.

    Equal questions of a kind must be written equally, but for the `late` values. Rings 1 and 3 are around them as around any
    other. Without a question, and in work that writes, each statement is written anew: what it hangs on may change.
    """
    if question is None or not is_reading():
        return [tuple(row) for row in session().execute(write())]
    account_id = current_account_id()
    connection = session().connection()
    known_by = (connection.dialect.name, account_id, kind, question)
    found = prepared(known_by, connection.dialect, lambda: _within(write(), account_id))
    return found.ask(connection, bound(account_id), late)


def _within(statement: Any, account_id: int) -> Any:
    """The statement with ring 1 around it."""
    return statement.options(
        with_loader_criteria(Tenant, lambda model: model.account_id == account_id, include_aliases=True)
    )


@event.listens_for(TenantSession, "do_orm_execute")
def _ring_one(state: ORMExecuteState) -> None:
    account_id = g.get("tenant")
    if account_id is None or not state.is_orm_statement:
        return
    if account_id is ALL:
        state.update_execution_options(tenancy=ALL)
    elif not state.is_insert:
        state.statement = _within(state.statement, account_id)
        state.update_execution_options(tenancy=account_id)


@event.listens_for(TenantSession, "before_flush")
def _ring_two(flushed: TenantSession, _context: Any, _instances: Any) -> None:
    account_id = g.get("tenant")
    for row in flushed.new:
        if isinstance(row, Tenant):
            if row.account_id is None and account_id is not ALL:
                row.account_id = account_id
            _check_row(row, account_id)
    for row in flushed.dirty | flushed.deleted:
        if isinstance(row, Tenant):
            if inspect(row).attrs.account_id.history.has_changes():
                raise TenancyError("A row cannot change its account")
            _check_row(row, account_id)


def _check_row(row: Tenant, account_id: Any) -> None:
    if row.account_id is None or (account_id is not ALL and row.account_id != account_id):
        raise TenancyError(f"A {type(row).__name__} of account {row.account_id} in work for account {account_id}")


def tenant_tables() -> set[str]:
    """The names of all tables whose rows belong to an account."""
    return {model.__table__.name for model in Tenant.__subclasses__()}  # type: ignore[attr-defined]


@lru_cache(maxsize=4096)
def _unscoped_tables(statement: str) -> tuple[str, ...]:
    """The tenant tables that `statement` reads or changes more often than it names their account."""
    names = "|".join(sorted(tenant_tables(), key=len, reverse=True))
    found = re.findall(
        rf"(?:\bFROM|\bJOIN|\bUPDATE|\bINTO|,)\s+\(*[`\"]?({names})[`\"]?(?:\s+AS\s+[`\"]?(\w+)[`\"]?)?(?![\w`.])",
        statement,
        re.IGNORECASE,
    )
    uses = Counter(alias or name for name, alias in found)
    return tuple(
        alias for alias, times in uses.items() if len(re.findall(rf"\b{alias}[`\"]?\.account_id\b", statement)) < times
    )


@lru_cache(maxsize=4096)
def _names_tenant_table(statement: str) -> bool:
    return bool(tenant_tables() & set(re.findall(r"\w+", statement)))


def guard(engine: Engine) -> None:
    """Put ring 3 around `engine`."""

    @event.listens_for(engine, "before_cursor_execute")
    def _ring_three(_conn: Any, _cursor: Any, statement: str, _params: Any, context: Any, _many: bool) -> None:
        if context is None or context.isddl or _flushing.get() or statement.startswith(SCHEMA_STATEMENTS):
            return
        mark = context.execution_options.get("tenancy")
        if mark is None and _names_tenant_table(statement):
            raise TenancyError(f"Unscoped statement on a tenant table: {statement[:200]}")
        if isinstance(mark, int) and (bare := _unscoped_tables(statement)):
            raise TenancyError(f"{', '.join(bare)} without its account in: {statement[:500]}")


def add_rows(model: Any, rows: list[dict[str, Any]]) -> None:
    """Insert many rows of a tenant's `model` into the account at hand, in one statement and past the session."""
    account_id = current_account_id()
    if rows:
        stamped = [row | {"account_id": account_id} for row in rows]
        session().execute(insert(model.__table__), stamped, execution_options={"tenancy": ALL})
