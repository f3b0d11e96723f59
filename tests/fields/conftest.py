"""Shorthand for tests of custom fields."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.cast import Cast, Person
from tests.pages.conftest import visit
from todoapp.extensions import db
from todoapp.fields.actions import create_custom_field

__all__ = ["visit"]
FIELDS: dict[str, dict[str, Any]] = {
    "customer": {"name": "Customer", "kind": "text"},
    "amount": {"name": "Amount", "kind": "number"},
    "signed_on": {"name": "Signed on", "kind": "date"},
    "region": {"name": "Region", "kind": "select", "options": ["North", "South"]},
    "reviewed": {"name": "Reviewed", "kind": "checkbox"},
    "contract": {"name": "Contract", "kind": "url"},
}


@pytest.fixture
def defined(acting: Callable[..., Any], cast: Cast) -> dict[str, Any]:
    """A field of each kind in the cast's account, by key, for tests that call actions."""
    olga = acting(cast.olga)
    fields = {key: create_custom_field(olga, key=key, **facts) for key, facts in FIELDS.items()}
    db.session.flush()
    return fields


@pytest.fixture
def ids(app: Flask, cast: Cast, api: Callable[[Person], Any]) -> dict[str, int]:
    """The same through the API: ids by key."""
    olga = api(cast.olga)
    answers = {key: olga.post("/v1/custom-fields", json={"key": key} | facts) for key, facts in FIELDS.items()}
    assert {answer.status_code for answer in answers.values()} == {201}
    return {key: answer.json["id"] for key, answer in answers.items()}


@pytest.fixture
def a_task(api: Callable[[Person], Any], cast: Cast, ids: dict[str, int]) -> Callable[..., dict[str, Any]]:
    """`a_task(customer="ACME")`: Mara's task for Uma with these values, as the API shows it."""

    def make(**values: Any) -> dict[str, Any]:
        body = {"title": "Deal", "assigned_to_id": cast.uma.user_id, "custom_fields": values}
        answer = api(cast.mara).post("/v1/tasks", json=body)
        assert answer.status_code == 201, answer.json
        return answer.json  # type: ignore[no-any-return]

    return make
