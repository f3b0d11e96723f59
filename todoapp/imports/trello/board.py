"""A Trello board as a source of tasks: cards, checklists, people and the history that the export still has."""

from dataclasses import dataclass
from pathlib import Path

from todoapp.fields.defining import define_filled
from todoapp.imports.reading import read_json
from todoapp.imports.taking import Work
from todoapp.imports.trello.cards import Cards
from todoapp.imports.trello.checklists import take_checklists
from todoapp.imports.trello.export import Export
from todoapp.imports.trello.history import take_history
from todoapp.imports.trello.parsing import ExportIn
from todoapp.imports.trello.statuses import meaning_of

LONGEST_LOG = 1000
FIELDS = {
    "trello_list": ("Trello list", "text"),
    "trello_url": ("Trello card", "url"),
    "trello_members": ("Trello members", "text"),
    "trello_checklist": ("Trello checklist", "text"),
}
STATUS_WORDS = {
    "completed": "completed",
    "begun": "paused if somebody has them, else pending,",
    "pending": "pending",
}


@dataclass(frozen=True)
class Board:
    """One exported board."""

    export: Export
    tool: str = "trello"

    @property
    def title(self) -> str:
        """How reports and events call it."""
        return f"the Trello board “{self.export.name[:100]}”"

    def people(self) -> dict[str, str]:
        """Everybody who is named in it."""
        return self.export.names

    def take(self, work: Work) -> None:
        """Make its cards and checklists tasks, then write who had them and what happened to them."""
        cards = Cards(work, self.export)
        cards.take()
        items = take_checklists(work, self.export, cards)
        take_history(work, self.export, cards, items)
        made = [*(cards.tasks[card_id] for card_id in cards.new), *items.values()]
        define_filled(work.actor, FIELDS, made)
        self._note(work)

    def _note(self, work: Work) -> None:
        report = work.report
        if files := sum(len(card.attachments) for card in self.export.cards.values()):
            report.leave_out("attachments", "files stay in Trello; each task has the card's address", files)
        if len(self.export.actions) >= LONGEST_LOG:
            first = min(action.at for action in self.export.actions)
            report.note(f"Trello exports only its last {LONGEST_LOG:,} actions: history begins on {first:%Y-%m-%d}.")
        for meaning, status in STATUS_WORDS.items():
            names = [one.name for one in self.export.lists.values() if meaning_of(one.name) == meaning]
            if names:
                report.note(f"Cards are {status} in: {', '.join(names)}.")


def read_board(file: Path) -> Board:
    """The board in the file; a broken file is refused."""
    return Board(read_json(file, ExportIn()))
