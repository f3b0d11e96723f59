"""The browser door of boards: one's own, one person's, the team's, the account's, each in four views."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from todoapp.accounts.models import AccountMembership
from todoapp.actor import Actor
from todoapp.boards.calendar_view import calendar_view
from todoapp.boards.drawing import draw_cards
from todoapp.boards.filters import FIRST_PAGE, address, filters_of, read_query
from todoapp.boards.queries import Board, Column, board_list, board_of, facts, kanban
from todoapp.boards.timeline_view import timeline_view
from todoapp.kit.pager import pager_of
from todoapp.kit.paging import LARGEST_PAGE, Page
from todoapp.permissions import can, find
from todoapp.signed_in import current_actor
from todoapp.tasks.cards import cards_of, person

pages = Blueprint("boards_pages", __name__)
pages.access = "session"  # type: ignore[attr-defined]
VIEWS = (("kanban", "Board"), ("calendar", "Calendar"), ("timeline", "Timeline"), ("list", "List"))
TEMPLATES = {"kanban": "boards/board.html"}
SORTED_COLUMNS = {"title": "title", "due_date": "due_date", "priority": "priority"}


@pages.get("/")
def home() -> ResponseReturnValue:
    """Go to one's own board."""
    return redirect("/boards/me")


@pages.get("/boards/me")
def my_board() -> ResponseReturnValue:
    """One's own board."""
    return show_board("my", "/boards/me")


@pages.get("/boards/people/<int:user_id>")
def person_board(user_id: int) -> ResponseReturnValue:
    """The board of one person, where it opens."""
    if user_id == current_actor().user_id:
        return redirect(address("/boards/me"))
    return show_board("user", f"/boards/people/{user_id}", user_id)


@pages.get("/boards/team")
def team_board() -> ResponseReturnValue:
    """The board of the people below one."""
    return show_board("team", "/boards/team")


@pages.get("/boards/account")
def account_board() -> ResponseReturnValue:
    """The board of the whole account."""
    return show_board("account", "/boards/account")


def show_board(kind: str, url: str, user_id: int | None = None) -> ResponseReturnValue:
    """Draw the board in the view that the address asks for."""
    actor = current_actor()
    board = board_of(actor, kind, user_id)
    query = read_query()
    view = query["view"]
    head = _head(actor, board, url, view)
    if view == "list":
        shown = _as_list(actor, url, board_list(actor, board, query), query)
    elif view == "calendar":
        shown = calendar_view(actor, board, url, query, head["quick"])
    elif view == "timeline":
        shown = timeline_view(actor, board, url, query)
    else:
        shown = {"columns": _as_columns(actor, url, head, kanban(actor, board, query))}
    template = TEMPLATES.get(view, f"boards/{view}.html")
    return render_template(template, board=head | shown, filters=filters_of(actor, board, url, query))


def _head(actor: Actor, board: Board, url: str, view: str) -> dict[str, Any]:
    member = find(actor, AccountMembership, board.person.id) if board.person else None
    return {
        "kind": board.kind,
        "title": board.title,
        "person": person(board.person) if board.person else None,
        "role": member.role if member and board.kind == "user" else None,
        "url": url,
        "view": view,
        "here": request.full_path.rstrip("?"),
        "views": [{"name": name, "label": label, "url": _view_url(url, name)} for name, label in VIEWS],
        "facts": facts(actor, board),
        "many_people": board.several_people,
        "quick": _quick(actor, board, member),
    }


def _view_url(url: str, view: str) -> str:
    """A phone shows the days of a calendar one below the other: it begins with today."""
    return address(url, view=view) + ("#today" if view == "calendar" else "")


def _quick(actor: Actor, board: Board, member: AccountMembership | None) -> dict[str, Any] | None:
    """The one-line form: for whom it makes a task, where the actor may."""
    if board.kind == "user" and member is not None:
        if not can(actor, "member.assign", member):
            return None
        return {"assigned_to": member.user_id, "placeholder": f"Add a task for {member.user.first_name}"}
    return {"assigned_to": "", "placeholder": "Add a task for yourself"}


def _as_columns(actor: Actor, url: str, head: dict[str, Any], columns: list[Column]) -> list[dict[str, Any]]:
    cards = cards_of(actor, [task for column in columns for task in column.tasks])
    return [
        {
            "status": column.status,
            "total": f"{column.total_count:,}+" if column.total_capped else column.total_count,
            "cards": draw_cards([cards[task.id] for task in column.tasks], head, actor.timezone),
            "more_url": _more(url, column),
        }
        for column in columns
    ]


def _more(url: str, column: Column) -> str | None:
    """A longer column first; beyond that, the list of this status."""
    shown = len(column.tasks)
    if shown >= column.total_count:
        return None
    if shown <= FIRST_PAGE < LARGEST_PAGE:
        return address(url, per_page=LARGEST_PAGE) + f"#column-{column.status}"
    return address(url, view="list", status=column.status)


def _as_list(actor: Actor, url: str, page: Page, query: dict[str, Any]) -> dict[str, Any]:
    cards = cards_of(actor, page.rows)
    return {
        "tasks": [cards[task.id] for task in page.rows],
        "pager": pager_of(page, lambda number: address(url, page=number)),
        "sort_urls": {name: _sort(url, name, query) for name in SORTED_COLUMNS},
    }


def _sort(url: str, name: str, query: dict[str, Any]) -> dict[str, str]:
    current = query.get("sort") == name
    descending = query.get("order") == "desc"
    turned = f"-{name}" if current and not descending else name
    direction = ("descending" if descending else "ascending") if current else ""
    return {"url": address(url, sort=turned), "direction": direction}
