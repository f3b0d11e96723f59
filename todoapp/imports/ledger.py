"""What an account has of a foreign tool already, so that a file read twice makes nothing twice."""

from sqlalchemy import select

from todoapp.extensions import db
from todoapp.imports.models import ImportedItem


class Ledger:
    """The things that were taken from one tool, by kind and foreign id, and the rows that they became here."""

    def __init__(self, source: str):
        self.source = source
        items = select(ImportedItem.kind, ImportedItem.foreign_id, ImportedItem.local_id)
        found = db.session.execute(items.where(ImportedItem.source == source))
        self._known = {(kind, foreign_id): local_id for kind, foreign_id, local_id in found}

    def local_id(self, kind: str, foreign_id: str) -> int | None:
        """The row that the thing became; None while it was not taken."""
        return self._known.get((kind, foreign_id))

    def has(self, kind: str, foreign_id: str) -> bool:
        """Whether the thing was taken."""
        return (kind, foreign_id) in self._known

    def note(self, kind: str, foreign_id: str, local_id: int) -> None:
        """Remember that the thing became this row. Saved with the next flush."""
        self._known[kind, foreign_id] = local_id
        db.session.add(ImportedItem(source=self.source, kind=kind, foreign_id=foreign_id, local_id=local_id))
