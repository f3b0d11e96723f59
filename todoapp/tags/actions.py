"""Keeping the tags of an account: making, renaming and colouring, merging, deleting."""

from typing import Any

from sqlalchemy import select

from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.errors import BadInput, Conflict
from todoapp.kit.fields import NoFields
from todoapp.permissions import find
from todoapp.tags.retagging import take_off
from todoapp.tags.schemas import CreateTag, MergeTag, UpdateTag
from todoapp.tasks.models import COLOURS, Tag
from todoapp.tasks.tagging import fold


@action("tag.create", fields=CreateTag)
def create_tag(actor: Actor, *, name: str, colour: str = COLOURS[0]) -> Tag:
    """Make a tag before any task has it."""
    _refuse_taken(name)
    tag = Tag(name=name, key=fold(name), colour=colour)
    db.session.add(tag)
    record(actor, "tag_created", tag, changes={"name": [None, name], "colour": [None, colour]}, tag=name)
    return tag


@action("tag.update", subject=Tag, fields=UpdateTag)
def update_tag(actor: Actor, tag: Tag, **fields: Any) -> Tag:
    """Give the tag another name, on every task that has it, or another colour."""
    changes = {name: [getattr(tag, name), new] for name, new in fields.items() if getattr(tag, name) != new}
    if not changes:
        return tag
    known_as = tag.name
    if "name" in changes and fold(fields["name"]) != tag.key:
        _refuse_taken(fields["name"])
        tag.key = fold(fields["name"])
    for name in changes:
        setattr(tag, name, fields[name])
    record(actor, "tag_updated", tag, changes=changes, fields=sorted(changes), tag=known_as)
    return tag


@action("tag.merge", subject=Tag, fields=MergeTag)
def merge_tag(actor: Actor, tag: Tag, *, into_tag_id: int) -> Tag:
    """Let every task that has the tag have another one instead, and delete the tag; returns the one that stays."""
    if into_tag_id == tag.id:
        raise BadInput(fields={"into_tag_id": ["Choose another tag: this one cannot be merged into itself."]})
    into = find(actor, Tag, into_tag_id)
    event = record(actor, "tag_merged", into, merged=tag.name, tag=into.name)
    take_off(actor.through(actor.via, event.id), tag, into)
    db.session.delete(tag)
    db.session.flush()
    return into


@action("tag.delete", subject=Tag, fields=NoFields)
def delete_tag(actor: Actor, tag: Tag) -> Tag:
    """Delete the tag, and take it off the tasks."""
    changes = {"name": [tag.name, None], "colour": [tag.colour, None]}
    event = record(actor, "tag_deleted", tag, changes=changes, tag=tag.name)
    take_off(actor.through(actor.via, event.id), tag)
    db.session.delete(tag)
    db.session.flush()
    return tag


def _refuse_taken(name: str) -> None:
    taken = db.session.scalar(select(Tag.name).where(Tag.key == fold(name)))
    if taken is not None:
        sentence = f"There is a tag “{taken}” already. Choose another name, or merge the two."
        raise Conflict(sentence, fields={"name": [sentence]})
