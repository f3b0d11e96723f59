"""Imports on the cast's accounts."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from tests.cast import Cast
from tests.house.photograph import Camera
from tests.imports.running import run_import


@pytest.fixture
def take(app: Flask, cast: Cast) -> Callable[..., Result]:
    """`take("trello", path)`: run an import on the cast's accounts, by Olga unless told otherwise."""

    def run(kind: str, path: Any, by: str = "olga@northwind.test", account: str = "northwind") -> Result:
        return run_import(app, kind, path, by, account)

    return run


@pytest.fixture
def camera(app: Flask) -> Camera:
    """Photographs of the database."""
    return Camera(app)
