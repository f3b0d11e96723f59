"""Reading a Trello export: what it must hold for us to trust it. What we do not know is left alone."""

from collections.abc import Container, Iterable
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from todoapp.imports.trello.export import Action, Card, Checklist, Export, Item, Named, Person
from todoapp.kit.fields import InstantField, Line, Prose, Query

LONGEST = 50_000


def foreign_id(**kw: Any) -> fields.String:
    """An id of Trello: 24 hexadecimal digits, of which the first eight are the instant of creation."""
    return fields.String(validate=validate.Regexp(r"[0-9a-f]{24}\Z", error="Not an id of Trello."), **kw)


class NamedIn(Query):
    """A list or a label."""

    id = foreign_id(required=True)
    name = Line(LONGEST, 0, required=True)
    closed = fields.Boolean(load_default=False)
    pos = fields.Float(load_default=0)
    color = Line(50, 0, allow_none=True, load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_kw: Any) -> Named:
        """A label without a name goes by its colour."""
        return Named(data["id"], data["name"] or data["color"] or "unnamed", data["closed"], data["pos"])


class PersonIn(Query):
    """Somebody, as a member of the board or as who did something."""

    id = foreign_id(required=True)
    full_name = Line(LONGEST, 0, allow_none=True, load_default=None, data_key="fullName")
    username = Line(LONGEST, 0, allow_none=True, load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_kw: Any) -> Person:
        """Without a full name, somebody goes by the name with which they sign in there."""
        return Person(data["id"], data["full_name"] or data["username"] or "Somebody", data["username"])


class CardIn(Query):
    """A card."""

    id = foreign_id(required=True)
    name = Line(LONGEST, 0, required=True)
    list_id = foreign_id(required=True, data_key="idList")
    number = fields.Integer(load_default=0, data_key="idShort")
    desc = Prose(LONGEST, load_default="")
    closed = fields.Boolean(load_default=False)
    due = InstantField(allow_none=True, load_default=None)
    due_complete = fields.Boolean(load_default=False, data_key="dueComplete")
    last_activity = InstantField(allow_none=True, load_default=None, data_key="dateLastActivity")
    pos = fields.Float(load_default=0)
    url = fields.Url(schemes={"https"}, load_default="", data_key="shortUrl", validate=validate.Length(0, 200))
    label_ids = fields.List(foreign_id(), load_default=list, data_key="idLabels")
    member_ids = fields.List(foreign_id(), load_default=list, data_key="idMembers")
    attachments = fields.List(fields.Raw(), load_default=list)

    @post_load
    def make(self, data: dict[str, Any], **_kw: Any) -> Card:
        """The card."""
        return Card(**data)


class ItemIn(Query):
    """One line of a checklist."""

    id = foreign_id(required=True)
    name = Line(LONGEST, 0, required=True)
    state = fields.String(required=True, validate=validate.OneOf(("complete", "incomplete")))
    pos = fields.Float(load_default=0)
    due = InstantField(allow_none=True, load_default=None)
    member_id = foreign_id(allow_none=True, load_default=None, data_key="idMember")

    @post_load
    def make(self, data: dict[str, Any], **_kw: Any) -> Item:
        """The line."""
        return Item(complete=data.pop("state") == "complete", **data)


class ChecklistIn(Query):
    """A checklist of one card."""

    id = foreign_id(required=True)
    name = Line(LONGEST, 0, required=True)
    card_id = foreign_id(required=True, data_key="idCard")
    items = fields.List(fields.Nested(ItemIn), required=True, data_key="checkItems")

    @post_load
    def make(self, data: dict[str, Any], **_kw: Any) -> Checklist:
        """The checklist."""
        return Checklist(**data)


class FactsIn(Query):
    """What an action tells, as far as we read it."""

    card = fields.Dict(keys=fields.String(), load_default=dict)
    old = fields.Dict(keys=fields.String(), load_default=dict)
    list_before = fields.Nested(NamedIn, data_key="listBefore")
    list_after = fields.Nested(NamedIn, data_key="listAfter")
    text = Prose(LONGEST, load_default="")
    edited_at = InstantField(allow_none=True, load_default=None, data_key="dateLastEdited")
    member_id = foreign_id(data_key="idMember")
    check_item = fields.Dict(keys=fields.String(), load_default=dict, data_key="checkItem")


NEEDED = {
    "updateCard idList": ("list_before", "list_after"),
    "addMemberToCard": ("member_id",),
    "removeMemberFromCard": ("member_id",),
}


class ActionIn(Query):
    """One thing that somebody did."""

    id = foreign_id(required=True)
    type = Line(100, required=True)
    date = InstantField(required=True)
    by_id = foreign_id(allow_none=True, load_default=None, data_key="idMemberCreator")
    by = fields.Nested(PersonIn, allow_none=True, load_default=None, data_key="memberCreator")
    member = fields.Nested(PersonIn, allow_none=True, load_default=None)
    facts = fields.Nested(FactsIn, required=True, data_key="data")

    @post_load
    def make(self, data: dict[str, Any], **_kw: Any) -> tuple[Action, list[Person]]:
        """The action, and whom it names."""
        facts = data["facts"]
        kind = _kind(data["type"], facts["old"])
        missing = [name for name in NEEDED.get(kind, ()) if name not in facts]
        if missing:
            raise ValidationError({"data": dict.fromkeys(missing, "Missing.")})
        people = [person for person in (data["by"], data["member"]) if person]
        return _action(data, kind, facts), people


def _kind(type_: str, old: dict[str, Any]) -> str:
    if type_ != "updateCard":
        return type_
    changed = next((name for name in ("idList", "closed") if name in old), None) or ", ".join(sorted(old)[:3])
    return f"updateCard {changed}"[:100]


def _action(data: dict[str, Any], kind: str, facts: dict[str, Any]) -> Action:
    before, after = facts.get("list_before"), facts.get("list_after")
    return Action(
        id=data["id"],
        kind=kind,
        at=data["date"],
        by_id=data["by_id"],
        card_id=_plain_id(facts["card"]),
        from_list=before.name if before else "",
        to_list=after.name if after else "",
        to_list_id=after.id if after else "",
        text=facts["text"],
        edited_at=facts["edited_at"],
        member_id=facts.get("member_id", ""),
        item_id=_plain_id(facts["check_item"]) or "",
        item_complete=facts["check_item"].get("state") == "complete",
        closed=facts["card"].get("closed") is True,
    )


def _plain_id(named: dict[str, Any]) -> str | None:
    found = named.get("id")
    return found if isinstance(found, str) else None


class ExportIn(Query):
    """A board."""

    id = foreign_id(required=True)
    name = Line(LONGEST, 0, required=True)
    lists = fields.List(fields.Nested(NamedIn), required=True)
    labels = fields.List(fields.Nested(NamedIn), required=True)
    cards = fields.List(fields.Nested(CardIn), required=True)
    members = fields.List(fields.Nested(PersonIn), required=True)
    checklists = fields.List(fields.Nested(ChecklistIn), required=True)
    actions = fields.List(fields.Nested(ActionIn), required=True)

    @post_load
    def make(self, data: dict[str, Any], **_kw: Any) -> Export:
        """The board, in which every reference leads somewhere. Trello writes the newest action first."""
        actions = _once("actions", [action for action, _ in data["actions"]])
        people = [person for _, named in data["actions"] for person in named]
        people += _once("members", data["members"]).values()
        export = Export(
            id=data["id"],
            name=data["name"] or "unnamed",
            lists=_once("lists", data["lists"]),
            labels=_once("labels", data["labels"]),
            cards=_once("cards", data["cards"]),
            checklists=list(_once("checklists", data["checklists"]).values()),
            actions=_oldest_first(actions.values()),
            names={person.id: person.name for person in people},
            handles={person.username: person.id for person in people if person.username},
        )
        _check_references(export)
        return export


def _oldest_first(actions: Iterable[Action]) -> list[Action]:
    oldest_first = list(actions)[::-1]
    oldest_first.sort(key=lambda action: action.at)
    return oldest_first


def _once(name: str, things: list[Any]) -> dict[str, Any]:
    found = {thing.id: thing for thing in things}
    if len(found) < len(things):
        raise ValidationError({name: "The same id stands there twice."})
    return found


def _check_references(export: Export) -> None:
    """Refuse an export in which something points nowhere. Actions may name cards that were deleted since."""
    items = [item for checklist in export.checklists for item in checklist.items]
    _once("checklists", items)
    named: list[tuple[str, str, Container[str], list[str]]] = [
        ("cards", "list", export.lists, [card.list_id for card in export.cards.values()]),
        ("cards", "label", export.labels, [id_ for card in export.cards.values() for id_ in card.label_ids]),
        ("cards", "member", export.names, [id_ for card in export.cards.values() for id_ in card.member_ids]),
        ("checklists", "card", export.cards, [checklist.card_id for checklist in export.checklists]),
        ("checklists", "member", export.names, [item.member_id for item in items if item.member_id]),
        (
            "actions",
            "member",
            export.names,
            [id_ for one in export.actions for id_ in (one.by_id, one.member_id) if id_],
        ),
    ]
    for place, what, known, ids in named:
        unknown = next((id_ for id_ in ids if id_ not in known), None)
        if unknown:
            raise ValidationError({place: f"There is no {what} {unknown} in the file."})
