"""A blueprint of the JSON API: token doors by default, every refusal documented, every operation named."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema, fields

from todoapp.kit.doors import opens

READ = (401, 404, 422, 503)
WRITE = (400, 401, 403, 404, 409, 413, 415, 422, 503)


class ProblemOut(Schema):
    """An error (RFC 9457). `fields` names what is wrong in the input, `details` holds further facts."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(required=True, allow_none=True)
    fields_ = fields.Dict(data_key="fields")
    details = fields.Dict()


def problem_of(status: int) -> str:
    """The name that the API's description gives to a refusal with this status."""
    return f"Problem{status}"


class ApiBlueprint(SmorestBlueprint):
    """A flask-smorest blueprint whose doors need a token."""

    access = "token"

    def route(self, rule: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Add an address; its operation is named after the blueprint and the view."""
        add = super().route(rule, **options)

        def named(view: Callable[..., Any]) -> Callable[..., Any]:
            name = f"{self.name}_{options.get('endpoint') or view.__name__}"
            return add(self.doc(operationId=name)(view))

        return named

    def refusals(self, *statuses: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Document that a view may answer with these errors."""
        return self.doc(responses={status: problem_of(status) for status in statuses})

    def public(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Declare a view that opens without a token."""
        return self.doc(security=[])(opens("public")(view))

    @staticmethod
    def _make_doc_response_schema(schema: Schema | None) -> type[Schema] | None:
        # Each decorator deeply copies what those below it document. A class is not copied; an instance is, with all its fields.
        return None if schema is None else type(schema)
