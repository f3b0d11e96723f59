"""The JSON door of boards."""

from typing import Any

from todoapp.boards.calendar import calendar_of, timeline_of
from todoapp.boards.queries import board_list, board_of, facts, kanban
from todoapp.boards.schemas import BoardOut, BoardQuery
from todoapp.kit.api import READ, ApiBlueprint
from todoapp.signed_in import current_actor

blp = ApiBlueprint("boards", __name__, url_prefix="/v1/boards", description="Views of tasks along the reporting line")


def show_board(kind: str, query: dict[str, Any], user_id: int | None = None) -> dict[str, Any]:
    """The board in the view that the query string asks for."""
    actor = current_actor()
    board = board_of(actor, kind, user_id)
    shown: dict[str, Any] = {
        "board": f"user-{board.person.id}" if board.person else board.kind,
        "title": board.title,
        "person": board.person,
        "view": query["view"],
        "facts": facts(actor, board),
    }
    if query["view"] == "kanban":
        return shown | {"columns": kanban(actor, board, query)}
    if query["view"] == "calendar":
        return shown | {"calendar": calendar_of(actor, board, query, query["span"], query.get("date"))}
    if query["view"] == "timeline":
        return shown | {"timeline": timeline_of(actor, board, query, query.get("date"))}
    page = board_list(actor, board, query)
    return shown | {"tasks": page.rows, "meta": page.meta}


@blp.get("/my-board")
@blp.arguments(BoardQuery, location="query")
@blp.response(200, BoardOut)
@blp.refusals(*READ)
def my_board(query: dict[str, Any]) -> dict[str, Any]:
    """Get your own board."""
    return show_board("my", query)


@blp.get("/user/<int:user_id>")
@blp.arguments(BoardQuery, location="query")
@blp.response(200, BoardOut)
@blp.refusals(*READ, 403)
def user_board(query: dict[str, Any], user_id: int) -> dict[str, Any]:
    """Get a person's board, where it opens for you."""
    return show_board("user", query, user_id)


@blp.get("/team")
@blp.arguments(BoardQuery, location="query")
@blp.response(200, BoardOut)
@blp.refusals(*READ, 403)
def team_board(query: dict[str, Any]) -> dict[str, Any]:
    """Get the board of the people below you."""
    return show_board("team", query)


@blp.get("/account")
@blp.arguments(BoardQuery, location="query")
@blp.response(200, BoardOut)
@blp.refusals(*READ, 403)
def account_board(query: dict[str, Any]) -> dict[str, Any]:
    """Get the board of the whole account."""
    return show_board("account", query)
