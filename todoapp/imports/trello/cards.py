"""Cards become tasks that the whole account sees, as its team saw the board."""

import re
from collections import defaultdict
from typing import Any

from todoapp.activity.record import Past
from todoapp.extensions import db
from todoapp.imports.taking import Work
from todoapp.imports.trello.export import CREATIONS, Action, Card, Export
from todoapp.imports.trello.holders import HOLDING, hand_on
from todoapp.imports.trello.statuses import meaning_of
from todoapp.tasks.actions.creating import next_position
from todoapp.tasks.clockwork import start_the_clock, stop_the_clock
from todoapp.tasks.models import Task
from todoapp.tasks.tagging import set_tags

LONGEST_TITLE, LONGEST_TAG = 255, 50
NO_CLOCK = "imported from Trello, which has no clock"
CREATED = "creations of cards"
STEP = 1024


class Cards:
    """The tasks that cards are, by card: those that are new here, and those that were taken before."""

    def __init__(self, work: Work, export: Export):
        self.work, self.export = work, export
        self.tasks: dict[str, Task] = {}
        self.new: set[str] = set()
        self._actions: dict[str | None, list[Action]] = defaultdict(list)
        for action in export.actions:
            self._actions[action.card_id].append(action)

    def take(self) -> None:
        """Find the cards that were taken before, and make tasks of the others."""
        self._find_known()
        first = next_position()
        cards = [card for card in self.export.cards.values() if not self.work.ledger.has("card", card.id)]
        cards.sort(key=lambda card: (self.export.lists[card.list_id].pos, card.pos))
        for place, card in enumerate(cards):
            self.tasks[card.id] = self._task(card, first + place * STEP)
        self.new = {card.id for card in cards}
        db.session.add_all(self.tasks[card.id] for card in cards)
        db.session.flush()
        for card in cards:
            self._complete(card, self.tasks[card.id])
        self.work.report.took("cards", len(cards))

    def creation_of(self, card: Card) -> Action | None:
        """The action that made the card, if the export still has it."""
        return next((action for action in self._actions[card.id] if action.kind in CREATIONS), None)

    def creator_of(self, card: Card) -> int:
        """The user id of who made the card."""
        creation = self.creation_of(card)
        return self.work.who(creation.by_id if creation else None)

    def _find_known(self) -> None:
        ids = {card_id: self.work.ledger.local_id("card", card_id) for card_id in self.export.cards}
        known = {card_id: local_id for card_id, local_id in ids.items() if local_id is not None}
        here = self.work.tasks_here(known.values())
        self.tasks = {card_id: here[local_id] for card_id, local_id in known.items() if local_id in here}
        self.work.report.knew("cards", len(known))

    def _task(self, card: Card, position: int) -> Task:
        name = card.name or f"Card {card.number}"
        desc = card.desc if len(name) <= LONGEST_TITLE else f"{name}\n\n{card.desc}".rstrip()
        shown: dict[str, Any] = {"trello_list": self.export.lists[card.list_id].name[:LONGEST_TITLE]}
        if card.url:
            shown["trello_url"] = card.url
        return Task(
            created_by_id=self.creator_of(card),
            title=name[:LONGEST_TITLE],
            description=desc,
            visibility="account",
            due_date_time=card.due,
            custom_fields=shown,
            position=position,
            version=0,
            created_at=card.born_at,
        )

    def _complete(self, card: Card, task: Task) -> None:
        """What needs the task's id: its tags, who had it, how it stands."""
        self.work.ledger.note("card", card.id, task.id)
        self._tell_creation(card, task)
        tags = [self._tag(label_id) for label_id in card.label_ids]
        if tags:
            set_tags(task, tags)
        holding = [action for action in self._actions[card.id] if action.kind in HOLDING]
        hand_on(self.work, task, card, holding)
        self._set_status(card, task)
        if card.closed or self.export.lists[card.list_id].closed:
            task.archived_at = self._archived_at(card)
        self.work.changed_last(task, card.last_change_at)

    def _tag(self, label_id: str) -> str:
        """The label's name without what parts tags where people type them."""
        return re.sub(r"[,;\s]+", " ", self.export.labels[label_id].name)[:LONGEST_TAG].strip()

    def _tell_creation(self, card: Card, task: Task) -> None:
        creation = self.creation_of(card)
        past = Past("task_imported", task, card.born_at, task.created_by_id, {"source": "Trello", "title": task.title})
        if creation:
            self.work.tell(past, creation.id, CREATED)
        else:
            self.work.tell(past)

    def _set_status(self, card: Card, task: Task) -> None:
        meaning = meaning_of(self.export.lists[card.list_id].name)
        if meaning == "completed" or card.due_complete:
            self._finish(card, task)
        elif meaning == "begun" and task.assigned_to_id is not None:
            self._begin(task, task.assigned_to_id)

    def _finish(self, card: Card, task: Task) -> None:
        """Who finished it, and when, if the history still says so; else its last activity."""
        last = self._completion_of(card)
        task.status = "completed"
        task.completed_at = last.at if last else card.last_change_at
        if last:
            changes = {"status": ["pending", "completed"]}
            self.work.tell(Past("task_completed", task, last.at, self.work.who(last.by_id), {"worked": 0}, changes))

    def _completion_of(self, card: Card) -> Action | None:
        actions = self._actions[card.id]
        moves = [one for one in actions if one.kind == "updateCard idList" and meaning_of(one.to_list) == "completed"]
        marks = [one for one in actions if one.kind == "updateCard dueComplete"] if card.due_complete else []
        if meaning_of(self.export.lists[card.list_id].name) != "completed":
            moves = []
        found = moves or marks
        return found[-1] if found else None

    def _begin(self, task: Task, holder_id: int) -> None:
        """Begun, and at rest since the import: its clock starts with no time worked, so that its holder can resume it."""
        start_the_clock(task, holder_id, self.work.at)
        stop_the_clock(task, reason=NO_CLOCK, by_id=self.work.actor.user_id, at=self.work.at)
        changes = {"status": ["pending", "paused"]}
        past = Past("task_paused", task, self.work.at, self.work.actor.user_id, {"reason": NO_CLOCK}, changes)
        self.work.tell(past)

    def _archived_at(self, card: Card) -> Any:
        put_away = [one.at for one in self._actions[card.id] if one.kind == "updateCard closed" and one.closed]
        return put_away[-1] if put_away else card.last_change_at
