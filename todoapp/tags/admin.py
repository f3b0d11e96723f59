"""The administration's page of tags: making, renaming and colouring, merging, deleting."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import select

from todoapp.actor import Actor
from todoapp.admin.bulk import BulkPage, Deed
from todoapp.extensions import db
from todoapp.kit.answers import done
from todoapp.kit.fields import FormInput, Id
from todoapp.kit.forms import FRESH, Form, read_form, said_of, shown_again_by
from todoapp.kit.pager import pager_of
from todoapp.permissions import find, visible
from todoapp.signed_in import current_actor
from todoapp.tags.actions import create_tag, delete_tag, merge_tag, update_tag
from todoapp.tags.queries import list_tags
from todoapp.tags.schemas import CreateTag, TagQuery, UpdateTag
from todoapp.tasks.models import COLOURS, Tag

A_PAGE = 50
MOST_OFFERED = 500


class Target(FormInput):
    """The tag into which all of them go."""

    into_tag_id = Id(required=True)


DEEDS = (
    Deed(
        "delete",
        "tag.delete",
        "Delete",
        "{many} {are} deleted.",
        delete_tag,
        warning="They are taken off all tasks. The history of the tasks still says that they were there.",
        danger=True,
    ),
    Deed(
        "merge",
        "tag.merge",
        "Merge into",
        "{many} {are} merged.",
        merge_tag,
        Target,
        warning="Their tasks get the other tag instead. They cannot be taken apart again.",
        danger=True,
    ),
)


class Tags(BulkPage):
    """The tags of the account."""

    title, address, icon, row = "Tags", "tag", "tag", "tag.update"
    noun, ids, deeds = ("tag", "tags"), "tag_ids", DEEDS

    @expose("/")
    def index(self, form: Form = FRESH) -> ResponseReturnValue:
        """The list, a form for a new one, and one for each that is changed in place."""
        actor = current_actor()
        typed = {name: value for name, value in request.args.items() if value}
        page = list_tags(actor, TagQuery().load({"per_page": A_PAGE} | typed))
        return self.render(
            "admin/tags.html",
            problem=said_of(form),
            typed=form.values,
            tags=page.rows,
            total=page.total_count,
            search=typed.get("search", ""),
            colours=[{"value": name, "label": name.capitalize()} for name in COLOURS],
            targets=[{"value": tag.id, "label": tag.name} for tag in _offered(actor)],
            pager=pager_of(page, lambda number: f"?{urlencode(typed | {'page': str(number)})}"),
        )

    @expose("/new", methods=("POST",))
    @shown_again_by(index)
    def create(self) -> ResponseReturnValue:
        """Make a tag before any task has it."""
        actor = current_actor()
        tag = create_tag(actor, **read_form(CreateTag(), actor.timezone))
        return done(f"The tag {tag.name} is made.", self.get_url(".index"))

    @expose("/<int:tag_id>", methods=("POST",))
    @shown_again_by(lambda self, form, tag_id: self.index(form))
    def change(self, tag_id: int) -> ResponseReturnValue:
        """Another name, another colour."""
        actor = current_actor()
        tag = update_tag(actor, find(actor, Tag, tag_id), **read_form(UpdateTag(), actor.timezone))
        return done(f"The tag {tag.name} is saved.", self.get_url(".index"))

    def find_many(self, actor: Actor, ids: Sequence[int]) -> list[Tag]:
        """The tags under these ids, by name."""
        return list(db.session.scalars(select(Tag).where(Tag.id.in_(ids), visible(actor, Tag)).order_by(Tag.key)))

    def hold(self, actor: Actor, row_id: int) -> Tag:
        """The tag, locked."""
        return find(actor, Tag, row_id)

    def name_of(self, row: Tag) -> str:
        """Its name."""
        return row.name

    def beside(self, fields: dict[str, Any]) -> str:
        """The tag that stays."""
        if "into_tag_id" not in fields:
            return ""
        return f" {find(current_actor(), Tag, fields['into_tag_id']).name}"


def _offered(actor: Actor) -> Sequence[Tag]:
    return db.session.scalars(select(Tag).where(visible(actor, Tag)).order_by(Tag.key).limit(MOST_OFFERED)).all()
