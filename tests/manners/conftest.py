"""The furnished houses, here too."""

from tests.house.conftest import built, furnished, house

__all__ = ["built", "furnished", "house"]
