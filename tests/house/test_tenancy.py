"""The contract of the four rings: no query shape, on either database, shows, changes or makes another account's rows."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select, delete, exists, func, insert, select, text, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, joinedload, selectinload, subqueryload

from tests.cast import Cast
from todoapp.accounts.models import AccountMembership
from todoapp.extensions import db
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.models import Tag, Task, TaskTag
from todoapp.tenancy import TenancyError, Tenant, across_accounts, bound, enter, inside

OURS, THEIRS = "ours", "theirs"


@pytest.fixture
def two_houses(ctx: None, acting: Callable[..., Any], cast: Cast) -> dict[str, int]:
    """One tagged task with a subtask in each account; we stand in ours."""
    ids = {}
    for word, person in ((THEIRS, cast.zoe), (OURS, cast.uma)):
        actor = acting(person)
        with inside(person.account_id):
            task = create_task(actor, title=word, tags=["red"])
            child = create_task(actor, title=word, parent_task_id=task.id)
            ids[word], ids[f"{word}_child"] = task.id, child.id
    db.session.commit()
    db.session.expunge_all()
    enter(cast.account_id)
    return ids


def by_cte() -> Select[Any]:
    rows = select(Task.id, Task.title).cte("rows")
    return select(rows.c.title)


def by_recursive_cte() -> Select[Any]:
    tree = select(Task.id, Task.title).where(Task.parent_task_id.is_(None)).cte("tree", recursive=True)
    tree = tree.union_all(select(Task.id, Task.title).join(tree, Task.parent_task_id == tree.c.id))
    return select(tree.c.title)


def by_alias() -> Select[Any]:
    other = aliased(Task)
    return select(other.title)


def by_self_join() -> Select[Any]:
    child = aliased(Task)
    return select(child.title).join(Task, child.parent_task_id == Task.id)


def by_exists() -> Select[Any]:
    return select(Task.title).where(exists().where(TaskTag.task_id == Task.id, Tag.id == TaskTag.tag_id))


def by_union() -> Select[Any]:
    both = union_all(select(Task.title), select(Task.title)).subquery()
    return select(both.c.title)


def by_in_subquery() -> Select[Any]:
    return select(Task.title).where(Task.id.in_(select(TaskTag.task_id)))


def by_outer_join() -> Select[Any]:
    return select(Task.title).outerjoin(TaskTag, TaskTag.task_id == Task.id)


SHAPES: dict[str, Callable[[], Any]] = {
    "columns": lambda: select(Task.title),
    "entity": lambda: select(Task),
    "scalar subquery": lambda: select(select(func.min(Task.title)).scalar_subquery()),
    "subquery": lambda: select(select(Task.title).subquery().c.title),
    "cte": by_cte,
    "recursive cte": by_recursive_cte,
    "alias": by_alias,
    "self join": by_self_join,
    "exists": by_exists,
    "union": by_union,
    "in subquery": by_in_subquery,
    "outer join": by_outer_join,
    "order and limit": lambda: select(Task.title).order_by(Task.title.desc()).limit(5),
    "group": lambda: select(Task.title).group_by(Task.title),
    "for update": lambda: select(Task.title).with_for_update(),
    "from statement": lambda: select(Task).from_statement(select(Task).order_by(Task.id)),
    "yield per": lambda: select(Task.title).execution_options(yield_per=1),
    "joined load": lambda: select(Task).options(joinedload(Task.parent), joinedload(Task.tags)),
    "selectin load": lambda: select(Task).options(selectinload(Task.tags)),
    "subquery load": lambda: select(Task).options(subqueryload(Task.tags)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_read_of_any_shape_sees_only_this_account(two_houses: dict[str, int], shape: str) -> None:
    rows = (
        db.session.scalars(SHAPES[shape]()).unique().all()
        if "load" in shape
        else db.session.scalars(SHAPES[shape]()).all()
    )
    words = {row.title if isinstance(row, Task) else row for row in rows}
    assert words == {OURS}


@pytest.mark.parametrize("shape", SHAPES)
def test_without_an_account_every_shape_fails(two_houses: dict[str, int], app: Any, shape: str) -> None:
    with app.app_context(), pytest.raises(TenancyError):
        db.session.scalars(SHAPES[shape]()).all()


UNSCOPED: dict[str, Callable[[], Any]] = {
    "core select": lambda: select(Task.__table__),
    "core column": lambda: select(Task.__table__.c.title),
    "raw sql": lambda: text("SELECT title FROM tasks"),
    "raw sql in capitals": lambda: text("SELECT title FROM `tasks`"),
    "core update": lambda: update(Task.__table__).values(title="x"),
    "core delete": lambda: delete(Task.__table__),
    "core insert": lambda: insert(Tag.__table__).values(account_id=1, name="x", key="x"),
    "orm bulk insert": lambda: insert(Tag).values(account_id=1, name="x", key="x"),
    "core mixed into orm": lambda: (
        select(Task.__table__.c.title).select_from(AccountMembership).join(Task.__table__, Task.__table__.c.id > 0)
    ),
}


@pytest.mark.parametrize("shape", UNSCOPED)
def test_what_ring_one_cannot_scope_is_refused_by_the_engine(two_houses: dict[str, int], shape: str) -> None:
    with pytest.raises(TenancyError):
        db.session.execute(UNSCOPED[shape]()).all()


def test_a_connection_of_its_own_is_guarded_too(two_houses: dict[str, int]) -> None:
    with db.engine.connect() as connection, pytest.raises(TenancyError):
        connection.execute(text("SELECT title FROM tasks"))


def test_bulk_changes_stop_at_the_account(two_houses: dict[str, int]) -> None:
    db.session.execute(update(Task).values(title="changed"))
    db.session.execute(delete(TaskTag))
    db.session.commit()
    with across_accounts("look at both"):
        assert {task.title for task in db.session.scalars(select(Task))} == {"changed", THEIRS}
        assert db.session.scalar(select(func.count()).select_from(TaskTag)) == 1


def test_get_sees_only_this_account_also_in_the_identity_map(two_houses: dict[str, int]) -> None:
    with across_accounts("load a foreign row into the session"):
        foreign = db.session.get(Task, two_houses[THEIRS])
        assert foreign is not None
    assert db.session.get(Task, two_houses[THEIRS]) is None
    assert db.session.get(Task, two_houses[OURS]) is not None


def test_lazy_loads_stay_in_the_account(two_houses: dict[str, int]) -> None:
    child = db.session.get(Task, two_houses["ours_child"])
    assert child and child.parent and child.parent.title == OURS
    assert [tag.name for tag in child.parent.tags] == ["red"]


def test_a_switch_leaves_no_row_of_the_other_account_in_the_session(two_houses: dict[str, int], cast: Cast) -> None:
    mine = db.session.get(Task, two_houses[OURS])
    enter(cast.other_id)
    assert mine not in db.session
    assert {task.title for task in db.session.scalars(select(Task))} == {THEIRS}


def test_a_new_row_is_stamped_and_a_foreign_one_refused(two_houses: dict[str, int], cast: Cast) -> None:
    tag = Tag(name="blue", key="blue")
    db.session.add(tag)
    db.session.flush()
    assert tag.account_id == cast.account_id
    db.session.add(Tag(account_id=cast.other_id, name="sly", key="sly"))
    with pytest.raises(TenancyError):
        db.session.flush()


def test_a_row_cannot_change_its_account(two_houses: dict[str, int], cast: Cast) -> None:
    task = db.session.get(Task, two_houses[OURS])
    assert task
    task.account_id = cast.other_id
    with pytest.raises(TenancyError):
        db.session.flush()


def test_a_foreign_row_cannot_be_deleted_or_changed(two_houses: dict[str, int]) -> None:
    with across_accounts("load a foreign row into the session"):
        foreign = db.session.get(Task, two_houses[THEIRS])
    assert foreign
    foreign.title = "stolen"
    with pytest.raises(TenancyError):
        db.session.flush()


def test_a_prebuilt_statement_binds_the_account_that_is_set(two_houses: dict[str, int], cast: Cast) -> None:
    table = Task.__table__
    ours = select(table.c.title).where(table.c.account_id == cast.account_id)
    assert set(db.session.scalars(ours, execution_options=bound(cast.account_id))) == {OURS}
    with pytest.raises(TenancyError):
        bound(cast.other_id)


def test_the_database_itself_refuses_a_foreign_parent(two_houses: dict[str, int], cast: Cast) -> None:
    """Ring 4, with the other three out of the way."""
    links = {
        "parent_task_id": two_houses[THEIRS],
        "assigned_to_id": cast.zoe.user_id,
        "created_by_id": cast.zoe.user_id,
    }
    for column, foreign_id in links.items():
        forged = update(Task.__table__).where(Task.__table__.c.id == two_houses[OURS]).values({column: foreign_id})
        with pytest.raises(IntegrityError), Session(db.engine) as session:
            session.execute(forged, execution_options={"tenancy": "test"})
            session.commit()


def test_every_reference_between_tenant_tables_carries_the_account() -> None:
    """A new table joins by itself: a single-column key to a tenant table is a hole in ring 4."""
    tables = {model.__table__.name: model.__table__ for model in Tenant.__subclasses__()}
    holes = [
        f"{name}.{key.column_keys}"
        for name, table in tables.items()
        for key in table.foreign_key_constraints
        if key.referred_table.name in tables and "account_id" not in key.column_keys
    ]
    assert holes == []


def test_every_table_is_a_tenants_or_named_here() -> None:
    """A new table without an account must be thought about."""
    tenants = {model.__table__.name for model in Tenant.__subclasses__()}
    assert set(db.metadata.tables) - tenants == {
        "account_versions",
        "accounts",
        "deliveries",
        "given_answers",
        "one_time_links",
        "refresh_tokens",
        "secret_tries",
        "sessions",
        "sign_ins",
        "users",
    }
