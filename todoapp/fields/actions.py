"""Keeping the custom fields of an account: making, changing, archiving, restoring and ordering them."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from todoapp.accounts.holding import hold_account
from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.fields.models import CustomField
from todoapp.fields.queries import Known, in_use, known_fields
from todoapp.fields.schemas import MOST_FIELDS, CreateCustomField, ReorderCustomFields, UpdateCustomField
from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput, Conflict, NotFound
from todoapp.kit.fields import NoFields
from todoapp.permissions import find

LONGEST_MADE_KEY = 32


def hold_custom_field(actor: Actor, field_id: int) -> CustomField:
    """A field that is about to be changed, in the one order of locks: the account first, then the field."""
    hold_account(actor)
    return find(actor, CustomField, field_id)


@action("custom_field.create", fields=CreateCustomField)
def create_custom_field(
    actor: Actor, *, name: str, kind: str, key: str | None = None, options: Sequence[str] = ()
) -> CustomField:
    """Add a field to the tasks of the account, behind the others."""
    hold_account(actor)
    known = known_fields()
    _refuse_many(known)
    _refuse_taken(known, name)
    if key in known:
        raise Conflict(
            "A field has this key already.", fields={"key": [f"“{known[key].name}” has this key. Choose another one."]}
        )
    field = CustomField(
        name=name,
        folded=fold(name),
        key=key or free_key(name, known),
        kind=kind,
        options=list(options),
        position=max((one.position for one in known.values()), default=0) + 1,
        version=0,
    )
    db.session.add(field)
    record(actor, "custom_field_created", field, changes=_facts(field), field=name)
    return field


@action("custom_field.update", subject=CustomField, fields=UpdateCustomField)
def update_custom_field(actor: Actor, field: CustomField, *, version: int | None = None, **fields: Any) -> CustomField:
    """Give the field another name or other options. Values that are no longer offered stay on their tasks."""
    changes = {name: [getattr(field, name), new] for name, new in fields.items() if getattr(field, name) != new}
    if not changes:
        return field
    if version is not None and version < field.version:
        raise Conflict(
            "Somebody else changed this field meanwhile. Look at it as it is now, and change it again.",
            version=field.version,
        )
    if "options" in changes and field.kind != "select":
        raise BadInput(fields={"options": [f"A {field.kind} field has no options. Leave them out."]})
    known_as = field.name
    if "name" in changes:
        _refuse_taken(known_fields(), fields["name"], than=field)
        field.folded = fold(fields["name"])
    for name in changes:
        setattr(field, name, fields[name])
    record(actor, "custom_field_updated", field, changes=changes, fields=sorted(changes), field=known_as)
    return field


@action("custom_field.archive", subject=CustomField, fields=NoFields)
def archive_custom_field(actor: Actor, field: CustomField) -> CustomField:
    """Offer the field no longer. Its values stay on their tasks."""
    if field.archived_at is None:
        field.archived_at = now()
        changes = {"archived_at": [None, field.archived_at.isoformat()]}
        record(actor, "custom_field_archived", field, changes=changes, field=field.name)
    return field


@action("custom_field.restore", subject=CustomField, fields=NoFields)
def restore_custom_field(actor: Actor, field: CustomField) -> CustomField:
    """Offer an archived field again."""
    if field.archived_at is not None:
        hold_account(actor)
        _refuse_many(known_fields())
        changes = {"archived_at": [field.archived_at.isoformat(), None]}
        field.archived_at = None
        record(actor, "custom_field_restored", field, changes=changes, field=field.name)
    return field


@action("custom_field.reorder", fields=ReorderCustomFields)
def reorder_custom_fields(actor: Actor, *, custom_field_ids: Sequence[int]) -> list[CustomField]:
    """Put these fields first, in this order; the others follow as they stood. Returns those in use, in their order."""
    account = hold_account(actor)
    before = list(known_fields().values())
    by_id = {field.id: field for field in before}
    if not by_id.keys() >= set(custom_field_ids):
        raise NotFound
    first = [by_id[field_id] for field_id in dict.fromkeys(custom_field_ids)]
    after = first + [field for field in before if field not in first]
    if after != before:
        for place, field in enumerate(after, start=1):
            field.position = place
        changes = {"order": [[field.key for field in before], [field.key for field in after]]}
        record(actor, "custom_fields_reordered", account, changes=changes)
    return [field for field in after if field.archived_at is None]


def fold(name: str) -> str:
    """A field's name as it is compared."""
    return name.casefold()


def free_key(name: str, known: Known) -> str:
    """A key made of the name that no field has."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "_", ascii_name).strip("_")
    made = words if words[:1].isalpha() else f"field_{words}".rstrip("_")
    made = made[:LONGEST_MADE_KEY].rstrip("_")
    numbered = (f"{made}_{number}" for number in range(2, len(known) + 3))
    return next(key for key in (made, *numbered) if key not in known)


def _facts(field: CustomField) -> dict[str, list[Any]]:
    return {name: [None, getattr(field, name)] for name in ("name", "key", "kind", "options")}


def _refuse_many(known: Known) -> None:
    if len(in_use(known)) >= MOST_FIELDS:
        raise Conflict(f"An account has at most {MOST_FIELDS} custom fields. Archive one that is not needed.")
    if len(known) >= 10 * MOST_FIELDS:
        raise Conflict("There are too many archived fields. Restore and rename one of them instead of making another.")


def _refuse_taken(known: Known, name: str, than: CustomField | None = None) -> None:
    taken = next((one for one in known.values() if one.folded == fold(name) and one is not than), None)
    if taken is not None:
        way_out = "Restore it, or choose another name." if taken.archived_at else "Choose another name."
        sentence = f"There is {'an archived' if taken.archived_at else 'a'} field “{taken.name}” already. {way_out}"
        raise Conflict(sentence, fields={"name": [sentence]})
