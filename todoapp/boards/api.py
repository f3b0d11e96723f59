"""The JSON door of boards."""

from typing import Any

from flask import Response

from todoapp.actor import Actor
from todoapp.boards.calendar import calendar_of, timeline_of
from todoapp.boards.queries import Board, Column, board_list, board_of, facts, kanban
from todoapp.boards.schemas import BoardOut, BoardQuery
from todoapp.kit.answers import json_of
from todoapp.kit.api import READ, ApiBlueprint
from todoapp.kit.manners import ages, may_be_kept
from todoapp.signed_in import current_actor
from todoapp.tasks.rows import shown_rows

blp = ApiBlueprint("boards", __name__, url_prefix="/v1/boards", description="Views of tasks along the reporting line")


def show_board(kind: str, query: dict[str, Any], user_id: int | None = None) -> Response:
    """The board in the view that the query string asks for."""
    may_be_kept()
    ages()
    actor = current_actor()
    board = board_of(actor, kind, user_id)
    late_and_soon = facts(actor, board)
    shown: dict[str, Any] = {
        "board": f"user-{board.person.id}" if board.person else board.kind,
        "title": board.title,
        "person": {"id": board.person.id, "name": board.person.name} if board.person else None,
        "view": query["view"],
        "facts": {name: late_and_soon[name] for name in ("late", "due_this_week")},
    }
    return json_of(shown | VIEWS_OF[query["view"]](actor, board, query))


def _columns(actor: Actor, board: Board, query: dict[str, Any]) -> dict[str, Any]:
    return {"columns": [_column(column) for column in kanban(actor, board, query)]}


def _column(column: Column) -> dict[str, Any]:
    return {name: getattr(column, name) for name in COLUMN} | {"tasks": shown_rows(column.tasks)}


def _list(actor: Actor, board: Board, query: dict[str, Any]) -> dict[str, Any]:
    page = board_list(actor, board, query)
    return {"tasks": shown_rows(page.rows), "meta": page.meta}


def _calendar(actor: Actor, board: Board, query: dict[str, Any]) -> dict[str, Any]:
    found = calendar_of(actor, board, query, query["span"], query.get("date"))
    days = [{"date": day.date, "inside": day.inside, "tasks": shown_rows(day.tasks)} for day in found.days]
    return {"calendar": {name: getattr(found, name) for name in CALENDAR} | {"days": days}}


def _timeline(actor: Actor, board: Board, query: dict[str, Any]) -> dict[str, Any]:
    found = timeline_of(actor, board, query, query.get("date"))
    bars = [{"task": shown_rows([bar.task])[0], "starts": bar.starts, "ends": bar.ends} for bar in found.bars]
    return {"timeline": {name: getattr(found, name) for name in TIMELINE} | {"bars": bars}}


COLUMN = ("status", "label", "total_count", "total_capped")
CALENDAR = ("span", "first", "last", "previous", "following", "undated_count", "capped")
TIMELINE = ("today", "first", "last", "previous", "following", "undated_count", "capped")
VIEWS_OF = {"kanban": _columns, "list": _list, "calendar": _calendar, "timeline": _timeline}


@blp.get("/my-board")
@blp.arguments(BoardQuery, location="query")
@blp.response(200, BoardOut)
@blp.refusals(*READ)
def my_board(query: dict[str, Any]) -> Response:
    """Get your own board."""
    return show_board("my", query)


@blp.get("/user/<int:user_id>")
@blp.arguments(BoardQuery, location="query")
@blp.response(200, BoardOut)
@blp.refusals(*READ, 403)
def user_board(query: dict[str, Any], user_id: int) -> Response:
    """Get a person's board, where it opens for you."""
    return show_board("user", query, user_id)


@blp.get("/team")
@blp.arguments(BoardQuery, location="query")
@blp.response(200, BoardOut)
@blp.refusals(*READ, 403)
def team_board(query: dict[str, Any]) -> Response:
    """Get the board of the people below you."""
    return show_board("team", query)


@blp.get("/account")
@blp.arguments(BoardQuery, location="query")
@blp.response(200, BoardOut)
@blp.refusals(*READ, 403)
def account_board(query: dict[str, Any]) -> Response:
    """Get the board of the whole account."""
    return show_board("account", query)
