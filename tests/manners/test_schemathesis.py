"""The API as its description has it, to the letter: Schemathesis asks every operation, all its checks look at the answers."""

import pytest

from tests.house.visiting import Furnished
from tests.manners.asking import OPERATIONS, Asker, Effort

QUICK = Effort(covering=12, random=4)
LONG = Effort(covering=None, random=100)


ASKERS: dict[int, Asker] = {}


@pytest.fixture
def asker(furnished: Furnished) -> Asker:
    """Who asks, with keys of the furnished house; made once in each process, since reading the description takes long."""
    return ASKERS.setdefault(id(furnished), ASKERS.get(id(furnished)) or Asker(furnished))


@pytest.mark.parametrize("effort", [QUICK, pytest.param(LONG, marks=pytest.mark.long)], ids=["quick", "long"])
@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_no_failure_no_undocumented_status_no_schema_lie(asker: Asker, operation_id: str, effort: Effort) -> None:
    wrong = asker.ask(operation_id, effort)
    assert asker.asked > 4, "something must have been asked"
    assert not wrong, "\n\n".join(wrong)
