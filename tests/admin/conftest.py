"""People in a browser, as in tests/pages."""

from tests.pages.conftest import visit

__all__ = ["visit"]
