"""People of a foreign tool: placeholder members, who hold work and cannot sign in until they are invited."""

from collections.abc import Mapping

from sqlalchemy import select

from todoapp.accounts.models import AccountMembership
from todoapp.extensions import db
from todoapp.imports.ledger import Ledger
from todoapp.imports.report import Report
from todoapp.users.models import User

LONGEST_NAME = 80


class People:
    """The members whom foreign people became, by foreign id. Placeholders take no seat, so no limit holds them back."""

    def __init__(self, ledger: Ledger, report: Report, names: Mapping[str, str]):
        self._ids: dict[str, int] = {}
        self._names = names
        new = {
            foreign_id: _placeholder(name) for foreign_id, name in names.items() if not ledger.has("person", foreign_id)
        }
        db.session.add_all(new.values())
        db.session.flush()
        for foreign_id, user in new.items():
            db.session.add(AccountMembership(user_id=user.id, role="user"))
            ledger.note("person", foreign_id, user.id)
        db.session.flush()
        for foreign_id in names:
            self._ids[foreign_id] = ledger.local_id("person", foreign_id) or 0
        report.took("people", len(new))
        report.knew("people", len(names) - len(new))
        self._here = _active_members()

    def id_of(self, foreign_id: str) -> int:
        """The user id of a foreign person."""
        return self._ids[foreign_id]

    def name_of(self, foreign_id: str) -> str:
        """The name in the foreign tool."""
        return self._names[foreign_id]

    def is_here(self, foreign_id: str) -> bool:
        """Whether the person still belongs to the account, so that they can hold work."""
        return self._ids[foreign_id] in self._here


def _placeholder(name: str) -> User:
    first, _, last = name.partition(" ")
    return User(first_name=first[:LONGEST_NAME], last_name=last.strip()[:LONGEST_NAME])


def _active_members() -> set[int]:
    return set(db.session.scalars(select(AccountMembership.user_id).where(AccountMembership.left_at.is_(None))))
