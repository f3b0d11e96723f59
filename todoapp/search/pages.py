"""The browser door of search: one page with a box, what was found, people by name, and what one was at lately."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from todoapp.actor import Actor
from todoapp.kit.errors import BadInput
from todoapp.kit.pager import pager_of
from todoapp.search.queries import Hit, find_people, find_tasks, recent_tasks
from todoapp.search.schemas import SearchQuery
from todoapp.search.snippets import Wanted
from todoapp.signed_in import current_actor
from todoapp.tasks.cards import person
from todoapp.tasks.models import Task

pages = Blueprint("search_pages", __name__)
pages.access = "session"  # type: ignore[attr-defined]


@pages.get("/search")
def search() -> ResponseReturnValue:
    """What was found; what is not understood is said above an empty list."""
    actor = current_actor()
    text = request.args.get("q", "")
    shown: dict[str, Any] = {"text": text, "problem": None, "hits": [], "people": [], "recent": [], "pager": None}
    if not text.strip():
        recent = [_line(task) for task in recent_tasks(actor)]
        return render_template("search/search.html", search=shown | {"recent": recent})
    try:
        found = _found(actor)
    except ValidationError as error:
        found = {"problem": _sentence(error.messages_dict)}
    except BadInput as refusal:
        found = {"problem": _sentence(refusal.fields)}
    return render_template("search/search.html", search=shown | found), 422 if found.get("problem") else 200


def _found(actor: Actor) -> dict[str, Any]:
    query = SearchQuery().load({name: value for name, value in request.args.items() if value})
    page = find_tasks(actor, query)
    wanted = Wanted(query["q"])
    return {
        "hits": [_shown(hit, wanted) for hit in page.rows],
        "people": [_person(found) for found in find_people(actor, query["q"])] if page.page == 1 else [],
        "pager": pager_of(page, lambda number: f"/search?{urlencode({'q': request.args['q'], 'page': number})}"),
    }


def _sentence(fields: dict[str, Any]) -> str:
    if "q" not in fields:
        raise BadInput(fields=fields)
    return str(fields["q"][0])


def _line(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "title": [{"text": task.title, "is_match": False}],
        "status": task.status,
        "assignee": person(task.assignee) if task.assignee else None,
        "due": task.due_date_time,
    }


def _shown(hit: Hit, wanted: Wanted) -> dict[str, Any]:
    snippet = (
        hit.snippet if hit.snippet_from != "title" else hit.task.description and wanted.around(hit.task.description)
    )
    return _line(hit.task) | {
        "title": wanted.pieces(hit.task.title),
        "snippet": wanted.pieces(snippet),
        "snippet_from": hit.snippet_from,
    }


def _person(found: dict[str, Any]) -> dict[str, Any]:
    user = found["user"]
    url = f"/boards/people/{user.id}" if found["opens"] else f"/members/{user.id}"
    return person(user) | {"role": found["role"], "url": url}
