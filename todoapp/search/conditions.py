"""A search as conditions on tasks. Visibility is not among them: they narrow a list of what somebody may see."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from todoapp.actor import Actor
from todoapp.comments.mentions import people_called
from todoapp.kit.clock import from_instant, now, to_instant
from todoapp.kit.errors import BadInput
from todoapp.kit.transaction import asked_once
from todoapp.search.completing import OFTEN, Stems, how_often, stems_of
from todoapp.search.language import Due, Search
from todoapp.search.models import SearchDocument, SearchTerm
from todoapp.search.words import stem
from todoapp.tasks.models import Task

Condition = ColumnElement[bool]
NEVER: Condition = Task.id.is_(None)


def conditions_of(actor: Actor, search: Search) -> list[Condition]:
    """All that a task must fulfil; `BadInput` where somebody is named who is not here."""
    words = stems_of(search)
    rarest = [_is_among(stems) if how_often(stems) < OFTEN else has(stems) for stems in words[:1]]
    return [*rarest, *(has(stems) for stems in words[1:]), *other_conditions(actor, search)]


def has(stems: Stems) -> Condition:
    """The task has one of these stems. Looked up for each task; as a plain IN, a frequent one might be read as a whole."""
    term = aliased(SearchTerm)
    found = select(term.task_id).where(term.task_id == Task.id, term.term.in_(stems)).limit(1)
    return found.correlate(Task).scalar_subquery().is_not(None)


def other_conditions(actor: Actor, search: Search) -> list[Condition]:
    """What a search asks for besides words that must be there."""
    found = [_says(phrase) for phrase in search.phrases]
    found += [~has((stem(word),)) for word in search.without]
    found += people_conditions(actor, search)
    if search.statuses:
        found.append(Task.status.in_(search.statuses))
    if search.due:
        found.append(or_(*(_is_due(actor, due) for due in search.due)))
    return [NEVER] if search.is_void else found


def people_conditions(actor: Actor, search: Search) -> list[Condition]:
    """Who made it, and whose it is."""
    found: list[Condition] = []
    if search.creators:
        found.append(Task.created_by_id.in_(_people(actor, search, "from", search.creators)))
    if search.assignees:
        ids = _people(actor, search, "to", [one for one in search.assignees if one.lower() != "nobody"])
        nobody = [Task.assigned_to_id.is_(None)] if len(ids) < len(search.assignees) else []
        found.append(or_(Task.assigned_to_id.in_(ids), *nobody))
    return found


def _is_among(stems: Stems) -> Condition:
    """The same as `has`, for stems that are in few tasks: the database begins with those."""
    term = aliased(SearchTerm)
    return Task.id.in_(select(term.task_id).where(term.term.in_(stems)))


def _says(phrase: list[str]) -> Condition:
    """Asked of tasks that have all its words."""
    text = select(SearchDocument.task_id).where(
        SearchDocument.task_id == Task.id, SearchDocument.text.contains(f" {' '.join(phrase)} ", autoescape=True)
    )
    return text.correlate(Task).scalar_subquery().is_not(None)


def _people(actor: Actor, search: Search, key: str, names: list[str]) -> list[int]:
    """Their user ids, one for each name."""
    others = tuple(name for name in names if name.lower() != "me")
    question = ("people called", actor.account_id, others)
    known = asked_once(question, lambda: people_called(others)) if others else {}
    for name in others:
        if name not in known:
            sentence = (
                f"{key}:{name} is nobody here, or fits several people. Write the part of their e-mail address before "
                "the @, or their full name without spaces."
            )
            raise BadInput(fields={search.input: [sentence]})
    return [actor.user_id if name.lower() == "me" else known[name] for name in names]


def _is_due(actor: Actor, due: Due) -> Condition:
    if due.word == "none":
        return Task.due_date_time.is_(None)
    if due.word == "overdue":
        return and_(Task.due_date_time < now(), Task.status != "completed")
    today = now().astimezone(ZoneInfo(actor.timezone)).date()
    first, last = {
        "": (due.first, due.last),
        "today": (today, today),
        "tomorrow": (today + timedelta(days=1), today + timedelta(days=1)),
        "week": (today, today + timedelta(days=6)),
    }[due.word]
    since = [Task.due_date_time >= from_instant(first, actor.timezone)] if first else []
    until = [Task.due_date_time <= to_instant(last, actor.timezone)] if last else []
    return and_(*since, *until)
