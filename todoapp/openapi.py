"""How the API describes itself: OpenAPI 3.1, one error shape, bearer tokens."""

from http import HTTPStatus
from typing import Any

from apispec import APISpec, BasePlugin
from flask import Flask

from todoapp.extensions import api
from todoapp.idempotency.once import LONGEST_KEY, SECRETS
from todoapp.kit.api import ProblemOut, problem_of
from todoapp.kit.describing import Describing

API_SETTINGS: dict[str, Any] = {
    "API_TITLE": "Task platform",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
}

TEXT = {"type": "string"}
PARAMETERS = {
    "If-None-Match": {
        "description": "The ETag of an answer that you have; 304 if it is still the answer.",
        "schema": TEXT,
    },
    "If-Match": {"description": "The ETag that the thing must still have; else 412.", "schema": TEXT},
    "Idempotency-Key": {
        "description": "Asked again under the same key within a day, the answer is the same and the deed is done once.",
        "schema": TEXT | {"minLength": 1, "maxLength": LONGEST_KEY},
    },
}
HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {"description": "Tell us this when you ask for help.", "required": True, "schema": TEXT},
    "ETag": {"required": True, "schema": TEXT},
    "Idempotency-Replayed": {
        "description": "true where the deed was done before.",
        "schema": TEXT | {"enum": ["true"]},
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
    "WWW-Authenticate": {"required": True, "schema": TEXT | {"enum": ["Bearer"]}},
}
HEADERS_OF = {304: ["ETag"], 401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}
REFUSALS = (400, 401, 403, 404, 406, 409, 410, 412, 413, 415, 422, 429, 503)
OF_ALL = 406


class Manners(BasePlugin):
    """Tells of every operation what it has in common with the others: what may be sent with it, and what comes back."""

    def init_spec(self, spec: APISpec) -> None:
        """Called by apispec: name what operations share."""
        for name, parameter in PARAMETERS.items():
            spec.components.parameter(name, "header", parameter)
        for name, header in HEADERS.items():
            spec.components.header(name, header)
        for status in REFUSALS:
            spec.components.response(problem_of(status), _refusal(status))

    def tell(self, path: str | None = None, operations: Any = None, **_kw: Any) -> None:
        """Of one address."""
        for method, operation in (operations or {}).items():
            sent = _sent_with(method, path or "", operation)
            operation.setdefault("parameters", []).extend(sent)
            statuses = {int(status): response for status, response in operation["responses"].items()}
            statuses |= {OF_ALL: None} | ({304: {"description": "Not Modified"}} if method == "get" else {})
            operation["responses"] = {
                str(status): problem_of(status) if status in REFUSALS else response | _headers(status, sent)
                for status, response in sorted(statuses.items())
            }

    operation_helper = tell  # as apispec calls it


def _refusal(status: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": ProblemOut}}
    return {"description": HTTPStatus(status).phrase, "content": content} | _headers(status, [])


def _headers(status: int, sent: list[str]) -> dict[str, Any]:
    told = ["ETag"] if "If-None-Match" in sent and status == 200 else []
    replayed = ["Idempotency-Replayed"] if "Idempotency-Key" in sent else []
    return {"headers": {name: name for name in ["X-Request-Id", *told, *replayed, *HEADERS_OF.get(status, [])]}}


def _sent_with(method: str, path: str, operation: dict[str, Any]) -> list[str]:
    if method == "get":
        return ["If-None-Match"]
    keyed = operation.get("security") != [] and not path.startswith(SECRETS)
    return ["Idempotency-Key"] * keyed + ["If-Match"] * ("412" in map(str, operation["responses"]))


def prepare_api(app: Flask) -> None:
    """Teach the API its error schema and its security scheme, and start its description."""
    api.ERROR_SCHEMA = ProblemOut
    api.DEFAULT_ERROR_RESPONSE_NAME = None
    app.config["API_SPEC_OPTIONS"] = {
        "info": {
            "description": "Work handed down a hierarchy. Times are seconds, instants are UTC. "
            "What changes is told live on the WebSocket `/v1/live` (docs/live.md)."
        },
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "security": [{"bearer": []}],
    }
    api.init_app(app, spec_kwargs={"marshmallow_plugin": Describing(), "extra_plugins": [Manners()]})
