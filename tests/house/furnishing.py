"""Two furnished houses: each of the cast's two accounts gets tasks in every state and a row in every table.

Every text in an account holds its marker, so that nothing of one can show in the other unnoticed.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Date, DateTime, Integer, LargeBinary, String, Text, func, select

from tests.cast import Cast, Person
from todoapp.accounts.models import AccountMembership
from todoapp.actor import actor_for
from todoapp.extensions import db
from todoapp.fields.models import CustomField
from todoapp.kit.clock import now
from todoapp.search.indexing import index_tasks
from todoapp.tasks.actions.archiving import archive_task, delete_task
from todoapp.tasks.actions.creating import create_task
from todoapp.tasks.actions.editing import update_task
from todoapp.tasks.actions.progressing import complete_task, pause_task, start_task
from todoapp.tasks.models import Task
from todoapp.tenancy import Tenant, inside
from todoapp.users.models import Session, User
from todoapp.users.sessions import open_session

MARKERS = {"northwind": ("olga", "uma"), "zebra": ("zoe", "zak")}
"""The marker of each account, its owner, and one of its users."""

KNOWN = {
    ("invitations", "role"): "user",
    ("invitations", "email"): "guest@{marker}.test",
    ("imported_items", "source"): "trello",
}
"""What a column of a generated row needs to hold where its type does not say enough."""


def furnish(cast: Cast) -> None:
    """Fill both accounts, in an app context."""
    for marker, (owner, user) in MARKERS.items():
        boss, worker = cast.people[owner], cast.people[user]
        with inside(boss.account_id):
            db.session.add(AccountMembership(user=User(first_name=f"{marker} imported"), role="user"))
            _tasks(marker, _actor(boss), _actor(worker), worker)
            _suspended(marker)
            _placeholder(marker)
            _fields(marker)
            db.session.flush()
            index_tasks(db.session.scalars(select(Task.id)).all())
            _one_row_of_everything(marker, boss)
            db.session.commit()
        for person in (boss, worker):
            for kind in ("api", "browser"):
                open_session(person.user_id, person.account_id, kind=kind, user_agent=f"{marker} machine")
        db.session.commit()


def _actor(person: Person) -> Any:
    query = select(AccountMembership).where(AccountMembership.user_id == person.user_id)
    return actor_for(db.session.scalars(query).one(), via="web")


def _tasks(marker: str, boss: Any, worker: Any, worker_is: Person) -> None:
    def make(by: Any, what: str, **fields: Any) -> Any:
        return create_task(
            by, title=f"{marker} {what}", description=f"{marker} secret", tags=[f"{marker}-tag"], **fields
        )

    due = now() + timedelta(days=3)
    parent = make(boss, "pending", due_date=due, visibility="account")
    make(boss, "part", parent_task_id=parent.id)
    make(boss, "nobody's", assigned_to_id=None)
    make(boss, "handed over", assigned_to_id=worker_is.user_id)
    running = make(worker, "running of the worker", visibility="team")
    start_task(worker, running)
    done = make(boss, "done")
    start_task(boss, done)
    complete_task(boss, done)
    stood = make(boss, "paused")
    start_task(boss, stood)
    pause_task(boss, stood, reason=f"{marker} reason", comment=f"{marker} comment", waiting_for_task_id=parent.id)
    start_task(boss, make(boss, "running"))
    update_task(boss, stood, tags=[f"{marker}-tag", f"{marker}-second-tag"])
    archive_task(boss, make(boss, "archived"))
    delete_task(boss, make(boss, "deleted"))


def _placeholder(marker: str) -> None:
    """Somebody whom an import made, and who waits to be invited."""
    user = User(email=None, first_name="Placeholder", last_name=marker.capitalize())
    db.session.add(user)
    db.session.flush()
    db.session.add(AccountMembership(user_id=user.id, role="user"))


def _suspended(marker: str) -> None:
    """Somebody who is shut out for now."""
    user = User(email=f"suspended@{marker}.test", first_name="Suspended", last_name=marker.capitalize())
    db.session.add(AccountMembership(user=user, role="user", suspended_at=now()))


def _fields(marker: str) -> None:
    """A custom field that is in use, and one that is archived."""
    for place, word in enumerate(("field", "gone")):
        name = f"{marker} {word}"
        gone = now() if word == "gone" else None
        db.session.add(CustomField(name=name, folded=name, key=word, kind="text", position=place, archived_at=gone))


def _one_row_of_everything(marker: str, boss: Person) -> None:
    for model in Tenant.__subclasses__():
        if not db.session.scalar(select(func.count()).select_from(model)):
            db.session.add(_row_of(model, marker, boss))
            db.session.flush()


def _row_of(model: Any, marker: str, boss: Person) -> Any:
    table = model.__table__
    people = {pair for key in table.foreign_key_constraints for pair in _column_and_target(key)}
    values: dict[str, Any] = {}
    for attribute in model.__mapper__.column_attrs:
        column = attribute.columns[0]
        known = KNOWN.get((table.name, column.name))
        if known is not None:
            values[attribute.key] = known.format(marker=marker)
        elif column.name == "account_id" or column.autoincrement is True:
            continue
        elif column.name == "placeholder_id":
            values[attribute.key] = _placeholder_id()
        elif column.name in dict(people):
            values[attribute.key] = _some_id(dict(people)[column.name], boss)
        elif _wants_filling(column):
            values[attribute.key] = _filling(column, marker)
    return model(**values)


def _placeholder_id() -> int | None:
    query = select(AccountMembership.user_id).join(User, User.id == AccountMembership.user_id)
    return db.session.scalar(query.where(User.email.is_(None)))


def _wants_filling(column: Any) -> bool:
    if column.nullable:
        return isinstance(column.type, String | Text)
    return column.default is None and not column.primary_key


def _column_and_target(key: Any) -> list[tuple[str, str]]:
    return [
        (element.parent.name, key.referred_table.name)
        for element in key.elements
        if element.parent.name != "account_id"
    ]


def _some_id(target: str, boss: Person) -> int | None:
    if target in ("account_memberships", "users"):
        return boss.user_id
    models = {model.__table__.name: model for model in Tenant.__subclasses__()}
    return db.session.scalar(select(func.min(models[target].id)))  # type: ignore[attr-defined]


def _filling(column: Any, marker: str) -> Any:
    kind = column.type
    kind = getattr(kind, "impl", kind)
    if isinstance(kind, DateTime | Date):
        soon = now() + timedelta(days=7)
        return soon if isinstance(kind, DateTime) else soon.date()
    if isinstance(kind, Integer):
        return 1
    text = f"{marker} {column.name}"[: getattr(kind, "length", None) or 255]
    return text.encode() if isinstance(kind, LargeBinary) else text


class Ids:
    """The ids that an account has, by the name under which a door takes them."""

    def __init__(self, account_id: int):
        self.account_id = account_id
        self.people = _ids(select(AccountMembership.user_id).where(AccountMembership.account_id == account_id))
        self.sessions = _ids(select(Session.id).where(Session.account_id == account_id))
        self.tables: dict[str, list[int]] = {}
        for model in Tenant.__subclasses__():
            if "id" in model.__table__.columns:
                table = model.__table__
                self.tables[table.name] = _ids(select(table.c.id).where(table.c.account_id == account_id))

    def of(self, kind: str) -> list[int]:
        """The ids of one kind: people, accounts, sessions, or a table's name."""
        if kind == "people":
            return self.people
        if kind == "accounts":
            return [self.account_id]
        return self.sessions if kind == "sessions" else self.tables[kind]


def _ids(query: Any) -> list[int]:
    rows = db.session.execute(query.order_by(*query.selected_columns), execution_options={"tenancy": "test"})
    return [row[0] for row in rows]
