"""How the API describes itself: OpenAPI 3.1, one error shape, bearer tokens."""

from typing import Any

from flask import Flask

from todoapp.extensions import api
from todoapp.kit.api import ProblemOut

API_SETTINGS: dict[str, Any] = {
    "API_TITLE": "Task platform",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
}


def prepare_api(app: Flask) -> None:
    """Teach the API its error schema and its security scheme."""
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
