"""What a Trello board is to us: the parts of its export that we read, by the names that we use."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from todoapp.kit.clock import now

CREATIONS = ("createCard", "copyCard", "convertToCardFromCheckItem", "emailCard", "moveCardToBoard")


@dataclass(frozen=True, slots=True)
class Born:
    """A thing that carries its instant of creation in its id."""

    id: str

    @property
    def born_at(self) -> datetime:
        """When it was made."""
        return min(datetime.fromtimestamp(int(self.id[:8], 16), UTC), now())


@dataclass(frozen=True, slots=True)
class Named:
    """A list or a label."""

    id: str
    name: str
    closed: bool = False
    pos: float = 0


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the board, or somebody who did something on it."""

    id: str
    name: str
    username: str | None


@dataclass(frozen=True, slots=True)
class Card(Born):
    """A card."""

    name: str
    list_id: str
    number: int
    desc: str = ""
    closed: bool = False
    due: datetime | None = None
    due_complete: bool = False
    last_activity: datetime | None = None
    pos: float = 0
    url: str = ""
    label_ids: list[str] = field(default_factory=list)
    member_ids: list[str] = field(default_factory=list)
    attachments: list[Any] = field(default_factory=list)

    @property
    def last_change_at(self) -> datetime:
        """When anything last happened to it."""
        return max(self.last_activity or self.born_at, self.born_at)


@dataclass(frozen=True, slots=True)
class Item(Born):
    """One line of a checklist."""

    name: str
    complete: bool
    pos: float = 0
    due: datetime | None = None
    member_id: str | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """A checklist of one card."""

    id: str
    name: str
    card_id: str
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that somebody did on the board. `kind` is Trello's type; for changed cards, with what changed."""

    id: str
    kind: str
    at: datetime
    by_id: str | None
    card_id: str | None
    from_list: str = ""
    to_list: str = ""
    to_list_id: str = ""
    text: str = ""
    edited_at: datetime | None = None
    member_id: str = ""
    item_id: str = ""
    item_complete: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """A board as it was exported. `names` has everybody who is named anywhere in it, by id; `handles` are their user names
    there, by which comments mention them.
    """

    id: str
    name: str
    lists: dict[str, Named]
    labels: dict[str, Named]
    cards: dict[str, Card]
    checklists: list[Checklist]
    actions: list[Action]
    names: dict[str, str]
    handles: dict[str, str]
