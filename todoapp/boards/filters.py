"""The filters of a board as its page shows them: chips with words, an address without each of them, and the sorts."""

from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from todoapp.actor import Actor
from todoapp.boards.choices import assignees_on, creators, hidden_by, tag_names
from todoapp.boards.queries import LABELS, Board
from todoapp.boards.schemas import BoardQuery
from todoapp.tasks.cards import person

NAMES = (
    "status",
    "archived",
    "priority",
    "assigned_to",
    "created_by",
    "due_date_from",
    "due_date_to",
    "undated",
    "tags",
    "search",
)
CHIPS = {
    "status": ("status", "archived"),
    "priority": ("priority",),
    "due": ("due_date_from", "due_date_to", "undated"),
    "tags": ("tags",),
    "assigned_to": ("assigned_to",),
    "created_by": ("created_by",),
}
SORTS = (
    ("due_date", "Due date"),
    ("-priority", "Priority"),
    ("-created_at", "Newest first"),
    ("-updated_at", "Last changed first"),
    ("title", "Title"),
)
FIRST_PAGE = 50
BY_TIME = ("calendar", "timeline")


def read_query() -> dict[str, Any]:
    """The query string as the board query; `sort=-created_at` means the other way round."""
    typed = MultiDict((name, value) for name, value in request.args.items(multi=True) if value != "")
    if typed.get("sort", "").startswith("-"):
        typed["sort"] = typed["sort"][1:]
        typed["order"] = "desc"
    elif "sort" in typed:
        typed.setdefault("order", "asc")
    typed.setdefault("per_page", str(FIRST_PAGE))
    lists = {name: typed.getlist(name) for name in ("status", "priority", "assigned_to", "created_by", "tags")}
    given = {name: value for name, value in lists.items() if value}
    query: dict[str, Any] = BoardQuery().load(typed.to_dict() | given)
    if query["view"] == "list" and "sort" not in query:
        query |= {"sort": "due_date", "order": "asc"}
    return query


def address(url: str, without: tuple[str, ...] = (), **changed: Any) -> str:
    """This page's address without some parameters and with others changed; paging starts again."""
    dropped = {*without, *changed, "page", "per_page"}
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in dropped and value != ""]
    pairs = [*kept, *((name, value) for name, value in changed.items() if value is not None)]
    return f"{url}?{urlencode(pairs)}" if pairs else url


def filters_of(actor: Actor, board: Board, url: str, query: dict[str, Any]) -> dict[str, Any]:
    """What the filter bar shows."""
    people = {
        "assigned_to": assignees_on(board) if board.several_people else [],
        "created_by": creators(),
    }
    names = {user.id: user.name for users in people.values() for user in users}
    used = [name for name in NAMES if query.get(name)]
    sort = query.get("sort", "due_date")
    return {
        "values": {name: _typed(name, query) for name in NAMES}
        | {"sort": f"-{sort}" if query.get("order") == "desc" else sort},
        "labels": _labels(query, names),
        "remove": {chip: address(url, parts) for chip, parts in CHIPS.items()},
        "clear_url": address(url, NAMES) if used else None,
        "hidden": hidden_by(actor, board, query) if used else "",
        "people": {name: [person(user) for user in users] for name, users in people.items()},
        "tags": tag_names(actor),
        "sorts": [] if query["view"] in BY_TIME else [{"value": value, "label": label} for value, label in SORTS],
        "kept": _kept(query["view"]),
    }


def _typed(name: str, query: dict[str, Any]) -> Any:
    return request.args.get(name, "") if name.startswith("due_date") else query.get(name)


def _kept(view: str) -> list[tuple[str, str]]:
    """What the form sends along although it has no field for it: the period, and the sort where nothing is sorted."""
    names = ("span", "date", "sort") if view in BY_TIME else ("span", "date")
    return [(name, request.args[name]) for name in names if request.args.get(name)]


def _labels(query: dict[str, Any], names: dict[int, str]) -> dict[str, list[str]]:
    people = {"nobody": "Nobody"} | names
    return {
        "status": [LABELS[status] for status in query.get("status", [])]
        + (["Archived"] if query.get("archived") else []),
        "priority": [priority.capitalize() for priority in query.get("priority", [])],
        "due": _range(request.args.get("due_date_from"), request.args.get("due_date_to"))
        + (["none"] if query.get("undated") else []),
        "tags": query.get("tags", []),
        "assigned_to": [people.get(one, f"#{one}") for one in query.get("assigned_to", [])],
        "created_by": [people.get(one, f"#{one}") for one in query.get("created_by", [])],
    }


def _range(since: str | None, until: str | None) -> list[str]:
    if since and until:
        return [f"{since} to {until}"]
    return [f"from {since}"] if since else [f"until {until}"] if until else []
