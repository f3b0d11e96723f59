"""The furnished houses, built once a process and put back before each test."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.cast import assemble
from tests.house.doors import House
from tests.house.furnishing import Ids, furnish
from tests.house.photograph import Camera
from tests.house.visiting import Furnished, Visitor

BUILT_AT, SEEN_AT = "2026-11-24T09:00:00Z", "2026-11-24T10:30:00Z"


@pytest.fixture(scope="session")
def house(the_app: Flask) -> House:
    """The doors of the application."""
    return House(the_app)


@pytest.fixture(scope="session")
def built() -> dict[str, Furnished]:
    """What was furnished in this process."""
    return {}


@pytest.fixture
def furnished(
    app: Flask, house: House, built: dict[str, Furnished], at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> Furnished:
    """Both accounts of the cast, furnished; an error of the server is an answer here, not an exception."""
    at(BUILT_AT)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    camera = Camera(app)
    if "it" not in built:
        built["it"] = build(app, house, camera)
    else:
        camera.put_back(built["it"].photograph)
    at(SEEN_AT)
    return built["it"]


def build(app: Flask, house: House, camera: Camera) -> Furnished:
    """Assemble and furnish, and send the visitors on their way."""
    with app.app_context():
        cast = assemble()
        furnish(cast)
    visitors: dict[str, Any] = {
        "zoe": Visitor(app, cast.zoe),
        "zak": Visitor(app, cast.zak),
        "olga": Visitor(app, cast.olga),
        "nobody": Visitor(app, None),
    }
    with app.app_context():
        ours, theirs = Ids(cast.account_id), Ids(cast.other_id)
    return Furnished(app, house, camera, camera.take(), ours, theirs, **visitors)
