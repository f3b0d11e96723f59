"""Approved files: what the house really does, in a text that a person has read. `--approve` writes it anew."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "approved"


def approved(request: pytest.FixtureRequest, name: str, text: str) -> None:
    """Compare `text` with the approved file, or write it with `--approve`: then read its diff before you commit it."""
    file = FOLDER / name
    if request.config.getoption("--approve"):
        file.write_text(text)
    known = file.read_text() if file.exists() else ""
    assert text.splitlines() == known.splitlines(), (
        f"{name} differs; if it is meant, run with --approve and read the diff"
    )
