"""The administration's page of the activity log: sentences, filters, everything about one event, and a file of them."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from todoapp.activity.logs import LogEntry, everybody, log_of_account
from todoapp.activity.phrases import FIELD_NAMES, PHRASES
from todoapp.activity.schemas import ActivityQuery
from todoapp.admin.base import AdminPage
from todoapp.kit.csv_file import csv_file
from todoapp.kit.words import capitalized
from todoapp.signed_in import current_actor
from todoapp.tasks.cards import person

MOST_EXPORTED = 10_000
FETCHED = 500
A_PAGE = 50
DOORS = {
    "web": "Pages",
    "admin": "Administration",
    "api": "API",
    "import": "Import",
    "cli": "Command line",
    "schedule": "The clock",
}
CSV_HEADER = (
    "id",
    "at",
    "by",
    "event",
    "sentence",
    "about",
    "about_id",
    "about_name",
    "via",
    "ip_address",
    "user_agent",
    "session_id",
    "denied",
    "changes",
)


class AuditLog(AdminPage):
    """What happened in the account, newest first."""

    title, address, icon, row = "Audit log", "audit", "history", "activity.view_account"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The log, filtered."""
        actor = current_actor()
        typed, query = _asked()
        page = log_of_account(actor, query | {"per_page": A_PAGE})
        older = typed | {"cursor": page.next_cursor} if page.next_cursor else None
        return self.render(
            "admin/audit.html",
            entries=[_line(entry) for entry in page.rows],
            total=f"{page.total_count:,}{'+' if page.total_capped else ''}",
            filters={name: typed.get(name, "") for name in ("action", "user_id", "via", "from", "to", "denied")},
            filtered=bool(typed),
            events=_events(),
            doors=DOORS,
            everybody=[person(user) for user in everybody(actor)],
            older_url=f"?{urlencode(older)}" if older else None,
            newest_url=f"?{urlencode(typed)}" if request.args.get("cursor") else None,
            export_url=f"{self.get_url('.export')}?{urlencode(typed)}",
            most_exported=MOST_EXPORTED,
        )

    @expose("/export.csv")
    def export(self) -> Response:
        """The newest events that the filter lets through, as a file."""
        actor = current_actor()
        _typed, query = _asked()
        rows: list[LogEntry] = []
        cursor: str | None = None
        while len(rows) < MOST_EXPORTED:
            page = log_of_account(actor, query | {"cursor": cursor, "page": 1, "per_page": FETCHED})
            rows += page.rows
            cursor = page.next_cursor
            if cursor is None:
                break
        return csv_file("activity.csv", CSV_HEADER, (_csv_row(entry) for entry in rows[:MOST_EXPORTED]))


def _asked() -> tuple[dict[str, str], dict[str, Any]]:
    """What the address asks for: as typed, without its place in the list, and as the log takes it."""
    given = {name: value for name, value in request.args.items() if value}
    query = ActivityQuery().load(given)
    return {name: value for name, value in given.items() if name not in ("cursor", "page", "per_page")}, query


def _events() -> list[dict[str, str]]:
    """The kinds of event, in words, by name."""
    words = ((name, capitalized(name.replace("_", " "))) for name in PHRASES)
    return [{"value": name, "label": label} for name, label in sorted(words, key=lambda pair: pair[1])]


def _line(log: LogEntry) -> dict[str, Any]:
    entry = log.entry
    return {
        "id": entry.id,
        "at": entry.at,
        "who": person(entry.who) if entry.who else None,
        "sentence": entry.sentence,
        "denied": log.denied,
        "about": log.resource,
        "about_url": f"/tasks/{log.resource.id}" if log.resource.type == "Task" else None,
        "on_behalf_of": person(log.on_behalf_of) if log.on_behalf_of else None,
        "via": DOORS.get(entry.via, entry.via),
        "origin": log.origin,
        "cause_id": log.cause_id,
        "changes": [
            {"field": capitalized(FIELD_NAMES.get(name, name.replace("_", " "))), "before": before, "after": after}
            for name, (before, after) in entry.changes.items()
        ],
    }


def _csv_row(log: LogEntry) -> tuple[Any, ...]:
    entry, origin = log.entry, log.origin
    changes = "; ".join(f"{name}: {before} -> {after}" for name, (before, after) in entry.changes.items())
    return (
        entry.id,
        entry.at,
        entry.who and entry.who.name,
        entry.event,
        entry.sentence,
        log.resource.type,
        log.resource.id,
        log.resource.name,
        entry.via,
        origin.ip_address,
        origin.user_agent,
        origin.session_id,
        "yes" if log.denied else "no",
        changes,
    )
