"""Doing one thing to many rows: the server shows exactly what will happen to which, and does only that once it is confirmed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from itsdangerous import BadData, URLSafeTimedSerializer
from marshmallow import EXCLUDE, Schema, fields, validate

from todoapp.actor import Actor
from todoapp.admin.base import AdminPage
from todoapp.kit.answers import done
from todoapp.kit.errors import Conflict, NotFound, Refusal
from todoapp.kit.fields import FormInput, Id, NoFields
from todoapp.kit.forms import FRESH, Form, as_typed, read_form, shown_again_by
from todoapp.kit.secrets import key_for
from todoapp.permissions import abilities
from todoapp.permissions.matrix import WHO_MAY
from todoapp.signed_in import current_actor

MOST_AT_ONCE = 200
STANDS_FOR = 10 * 60
"""Seconds during which a question that was shown can be answered with yes."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to do to many: the verb behind it, its row in the matrix, the schema of what must be said besides.

    `label` is the button, `said` what is told afterwards; `{many}` is "3 members". `warning` is the sentence that the question
    shows. `unfit` says why a row cannot have it done, beyond the matrix.
    """

    name: str
    row: str
    label: str
    said: str
    verb: Callable[..., Any]
    fields: type[Schema] = NoFields
    warning: str = ""
    danger: bool = False
    unfit: Callable[[Actor, Any], str | None] = lambda _actor, _row: None


class Confirmation(FormInput):
    """The yes to a question that the server asked."""

    token = fields.String(required=True, validate=validate.Length(1, 20_000))


class BulkPage(AdminPage):
    """A page with a list whose rows can be ticked, and deeds for those that are."""

    noun: ClassVar[tuple[str, str]]
    ids: ClassVar[str]
    """The name of the ticked boxes."""
    deeds: ClassVar[Sequence[Deed]]

    def find_many(self, actor: Actor, ids: Sequence[int]) -> list[Any]:
        """The rows under these ids that the actor sees, in the order of the list."""
        raise NotImplementedError

    def hold(self, actor: Actor, row_id: int) -> Any:
        """The row, locked, before something is done to it."""
        raise NotImplementedError

    def key_of(self, row: Any) -> int:
        """The id under which the row is ticked."""
        return int(row.id)

    def name_of(self, row: Any) -> str:
        """What people call the row."""
        raise NotImplementedError

    def beside(self, fields: dict[str, Any]) -> str:
        """What was chosen besides, in words: `: to Mara`."""
        return ""

    def index(self, form: Form = FRESH) -> ResponseReturnValue:
        """The list; it comes back with a sentence where a choice was refused."""
        raise NotImplementedError

    @expose("/bulk", methods=("POST",))
    @shown_again_by(lambda self, form: self.index(form))
    def ask(self) -> ResponseReturnValue:
        """Show what would be done to which rows, and to which not and why; nothing is done yet."""
        actor = current_actor()
        deed, ids = self._chosen()
        fields = self._fields(actor, deed)
        rows = self.find_many(actor, ids)
        if len(rows) < len(ids):
            raise NotFound
        may = abilities(actor, rows, [deed.row])
        refused = {
            row: deed.unfit(actor, row) or (None if deed.row in may[row.id] else WHO_MAY[deed.row]) for row in rows
        }
        fit = [row for row in rows if refused[row] is None]
        return self.render(
            "admin/confirm.html",
            deed=deed,
            many=self._many(len(fit)),
            beside=self.beside(fields),
            names=[self.name_of(row) for row in fit],
            refused=[(self.name_of(row), why) for row, why in refused.items() if why is not None],
            token=_seals().dumps(self._question(actor, deed, [self.key_of(row) for row in fit], fields))
            if fit
            else None,
        )

    @expose("/bulk/confirmed", methods=("POST",))
    @shown_again_by(lambda self, form: self.index(form))
    def confirmed(self) -> ResponseReturnValue:
        """Do it, to all of them or to none."""
        actor = current_actor()
        question = self._answered(actor, read_form(Confirmation(), actor.timezone)["token"])
        deed = next(one for one in self.deeds if one.name == question["deed"])
        said = self._fields(actor, deed, question["fields"])
        for row_id in question["ids"]:
            self._do(actor, deed, row_id, said)
        many = self._many(len(question["ids"]))
        return done(
            deed.said.format(many=many, are="is" if len(question["ids"]) == 1 else "are"), self.get_url(".index")
        )

    @expose("/bulk", methods=("GET",))
    def nothing_to_ask(self) -> ResponseReturnValue:
        """A question that was reloaded: back to the list."""
        return redirect(self.get_url(".index"))

    def _do(self, actor: Actor, deed: Deed, row_id: int, said: dict[str, Any]) -> None:
        row = self.hold(actor, row_id)
        name = self.name_of(row)
        try:
            deed.verb(actor, row, **said)
        except Refusal as refusal:
            why = next(iter(refusal.fields.values()), [refusal.message])
            raise Conflict(f"Nothing was done: {name}: {why[0] if isinstance(why, list) else why}") from refusal

    def _chosen(self) -> tuple[Deed, list[int]]:
        known = {deed.name: deed for deed in self.deeds}
        some = f"Tick one to {MOST_AT_ONCE} {self.noun[1]} first."
        missing = {"required": some}
        schema = Schema.from_dict(
            {
                "deed": fields.String(required=True, validate=validate.OneOf(known)),
                self.ids: fields.List(
                    Id(), required=True, error_messages=missing, validate=validate.Length(1, MOST_AT_ONCE, error=some)
                ),
            }
        )(unknown=EXCLUDE)
        chosen = read_form(schema, current_actor().timezone)
        return known[chosen["deed"]], list(dict.fromkeys(chosen[self.ids]))

    def _fields(self, actor: Actor, deed: Deed, kept: dict[str, Any] | None = None) -> dict[str, Any]:
        schema = deed.fields()
        typed = as_typed(request.form, schema) if kept is None else kept
        return read_form(schema, actor.timezone, {name: typed[name] for name in schema.fields if name in typed})

    def _question(self, actor: Actor, deed: Deed, ids: list[int], fields: dict[str, Any]) -> dict[str, Any]:
        return {
            "page": self.endpoint,
            "account": actor.account_id,
            "user": actor.user_id,
            "deed": deed.name,
            "ids": ids,
            "fields": {name: "" if value is None else str(value) for name, value in fields.items()},
        }

    def _answered(self, actor: Actor, token: str) -> dict[str, Any]:
        """The question behind a yes; it was put to this person, on this page, a moment ago."""
        try:
            question: dict[str, Any] = _seals().loads(token, max_age=STANDS_FOR)
        except BadData:
            question = {}
        if (question.get("page"), question.get("account"), question.get("user")) != (
            self.endpoint,
            actor.account_id,
            actor.user_id,
        ):
            raise Conflict("This question was not put to you, or too long ago. Choose again.")
        return question

    def _many(self, count: int) -> str:
        return f"{count} {self.noun[0 if count == 1 else 1]}"


def _seals() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key_for("confirmation"))
