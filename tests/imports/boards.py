"""Small Trello exports, made by hand: one card, one person, one list at a time."""

import json
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

NUMBERS = count(1)
SINCE = 0x5CA00000  # the last day of March 2019


def new_id(at: int | None = None) -> str:
    """An id of Trello, born at `at` (an instant in seconds), else when the world was young."""
    return f"{SINCE if at is None else at:08x}{next(NUMBERS):016x}"


def person(name: str) -> dict[str, Any]:
    return {"id": new_id(), "fullName": name, "username": name.lower().replace(" ", "")}


def card(name: str, list_: dict[str, Any], *members: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "name": name,
        "idList": list_["id"],
        "idShort": 1,
        "desc": "",
        "closed": False,
        "dateLastActivity": "2019-06-12T20:00:00.000Z",
        "idLabels": [],
        "idMembers": [member["id"] for member in members],
        "attachments": [],
    } | more


def list_(name: str, **more: Any) -> dict[str, Any]:
    return {"id": new_id(), "name": name, "closed": False, "pos": next(NUMBERS)} | more


def action(type_: str, at: str, by: dict[str, Any], of: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "type": type_,
        "date": at,
        "idMemberCreator": by["id"],
        "memberCreator": by,
        "data": {"card": {"id": of["id"], "name": of["name"]}, **facts},
    }


def moved(at: str, by: dict[str, Any], of: dict[str, Any], from_: dict[str, Any], to: dict[str, Any]) -> dict[str, Any]:
    return action("updateCard", at, by, of, old={"idList": from_["id"]}, listBefore=from_, listAfter=to)


def added(at: str, by: dict[str, Any], of: dict[str, Any], whom: dict[str, Any]) -> dict[str, Any]:
    return action("addMemberToCard", at, by, of, idMember=whom["id"])


def removed(at: str, by: dict[str, Any], of: dict[str, Any], whom: dict[str, Any]) -> dict[str, Any]:
    return action("removeMemberFromCard", at, by, of, idMember=whom["id"])


def commented(at: str, by: dict[str, Any], of: dict[str, Any], text: str) -> dict[str, Any]:
    return action("commentCard", at, by, of, text=text)


def checklist(name: str, of: dict[str, Any], **lines: bool) -> dict[str, Any]:
    items = [
        {"id": new_id(), "name": line, "state": "complete" if done else "incomplete", "pos": place}
        for place, (line, done) in enumerate(lines.items())
    ]
    return {"id": new_id(), "name": name, "idCard": of["id"], "checkItems": items}


def board(
    lists: list[dict[str, Any]], cards: list[dict[str, Any]], people: Iterable[dict[str, Any]] = (), **more: Any
) -> dict[str, Any]:
    """A whole export; actions are given oldest first and stand there newest first, as Trello writes them."""
    actions = list(reversed(more.pop("actions", [])))
    return {
        "id": new_id(),
        "name": "Small board",
        "lists": lists,
        "labels": [],
        "cards": cards,
        "members": list(people),
        "checklists": [],
        "actions": actions,
    } | more


def save(folder: Path, export: Any, name: str = "board.json") -> Path:
    """The export in a file."""
    path = folder / name
    path.write_text(json.dumps(export))
    return path
