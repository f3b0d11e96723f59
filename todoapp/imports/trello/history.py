"""What people did on the board becomes comments and back-dated events; what has no counterpart is counted, with the reason."""

from todoapp.activity.record import Past
from todoapp.comments.actions import take_over_comment
from todoapp.comments.rendering import folded
from todoapp.imports.taking import Work
from todoapp.imports.trello.cards import CREATED, Cards
from todoapp.imports.trello.checklists import TICKED
from todoapp.imports.trello.export import CREATIONS, Action, Export
from todoapp.imports.trello.holders import HOLDING
from todoapp.tasks.models import Task

COMMENTED, MOVED, PUT_AWAY = "commentCard", "updateCard idList", "updateCard closed"
NAMES = {
    COMMENTED: "comments",
    MOVED: "moves between lists",
    PUT_AWAY: "cards put away or brought back",
    TICKED: "ticks on checklists",
    **HOLDING,
    **dict.fromkeys(CREATIONS, CREATED),
}
TOLD_WITH_THE_CARD = {*HOLDING, *CREATIONS}
ALSO_OF_KNOWN_CARDS = {COMMENTED, MOVED}
WHY_NOT = {
    "updateCard": "the card is taken as it stands now",
    "addAttachmentToCard": "files stay in Trello",
    "deleteAttachmentFromCard": "files stay in Trello",
    "addChecklistToCard": "checklists are taken as they stand now",
    "removeChecklistFromCard": "checklists are taken as they stand now",
    "updateChecklist": "checklists are taken as they stand now",
    "updateCheckItem": "checklists are taken as they stand now",
    "createList": "lists became statuses",
    "updateList": "lists became statuses",
    "deleteCard": "the card is gone",
}


def take_history(work: Work, export: Export, cards: Cards, items: dict[str, Task]) -> None:
    """Tell every action that is new and has a counterpart here; account for each of the others."""
    handles = {folded(name): work.people.id_of(person) for name, person in export.handles.items()}
    for action in export.actions:
        why = _why_not(work, action, cards, items)
        if why is None and action.kind == COMMENTED:
            _take_comment(work, action, cards, handles)
        elif why is None:
            work.tell(_past(work, action, cards, items), action.id, NAMES[action.kind])
        elif why:
            work.report.leave_out(action.kind, why)


def _why_not(work: Work, action: Action, cards: Cards, items: dict[str, Task]) -> str | None:
    """Why the action is left out: a reason, nothing where it is counted elsewhere, None where it is to be told."""
    if work.ledger.has("event", action.id):
        work.report.knew(NAMES[action.kind])
        return ""
    if action.kind not in NAMES:
        return WHY_NOT.get(action.kind.split()[0], "it has no counterpart here")
    if action.card_id not in cards.tasks:
        return "the card is not in the file, or was deleted here"
    if action.kind == COMMENTED and not action.text.strip():
        return "it says nothing"
    if action.card_id in cards.new and action.kind in TOLD_WITH_THE_CARD:
        return "the card was created once already" if _is_second_creation(action, cards) else ""
    if action.kind == TICKED:
        return None if action.item_id in items else "the line is not in the file, or was taken before"
    if action.card_id not in cards.new and action.kind not in ALSO_OF_KNOWN_CARDS:
        return "the card was taken before; since then this is decided here"
    return None


def _is_second_creation(action: Action, cards: Cards) -> bool:
    return action.kind in CREATIONS and cards.creation_of(cards.export.cards[str(action.card_id)]) is not action


def _take_comment(work: Work, action: Action, cards: Cards, handles: dict[str, int]) -> None:
    event = take_over_comment(
        work.actor,
        cards.tasks[str(action.card_id)],
        body=action.text,
        author_id=work.who(action.by_id),
        at=action.at,
        edited_at=action.edited_at,
        handles=handles,
    )
    work.ledger.note("event", action.id, event.id)
    work.report.took(NAMES[COMMENTED])


def _past(work: Work, action: Action, cards: Cards, items: dict[str, Task]) -> Past:
    task, by_id = cards.tasks[str(action.card_id)], work.who(action.by_id)
    if action.kind == MOVED:
        lists = {"from_list": action.from_list, "to_list": action.to_list}
        return Past("task_moved", task, action.at, by_id, lists, {"trello_list": list(lists.values())})
    if action.kind == TICKED:
        name = "task_completed" if action.item_complete else "task_reopened"
        status = ["pending", "completed"] if action.item_complete else ["completed", "pending"]
        return Past(name, items[action.item_id], action.at, by_id, {}, {"status": status})
    return Past("task_archived" if action.closed else "task_restored", task, action.at, by_id)
