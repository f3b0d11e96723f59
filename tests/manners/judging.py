"""Which complaints of Schemathesis are none: what no schema can foretell."""

from typing import Any

from schemathesis import Case, Response
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import RejectedPositiveData

GONE, CHANGED, INVALID = 410, 412, 422
OFTEN_RIGHT = (GONE, CHANGED)
"""A link that nobody gave and an ETag that nobody has are no lie of the description."""

UNFORESEEN = (
    "cursor: Send the next_cursor of an answer",
    "at: Give an instant from",
    "stopped_at: Give an instant from",
    "answer_by: Give an instant that is still to come",
    "password: ",  # easy to guess; wanted of new people only
    "current_password: This is not your current password",
    "avatar_url: Give an https:// address",
    "parent_task_id: A task cannot be part of itself",
    "parent_task_id: Subtasks go at most",
    "parent_comment_id: That ",
    "waiting_for_task_id: A task cannot wait for itself",
    "placeholder_id: This person signs in already",
    "role: A placeholder cannot sign in",
    "manager_id: Only managers",
    "manager_id: This would make a loop",
    "successor_id: A placeholder cannot sign in",
    "successor_id: Name somebody else",
    "into_tag_id: Choose another tag",
    "options: A ",
    "options: Give the options from which",
    "options: Name each option once",
    "ends_on: Give a last day that is not before",
    "working_hours: Work ends after it starts",
    "custom_fields: Not a number that can be kept",
    "custom_fields: Not valid text",
    "_schema: Not a number that can be kept",
    "_schema: Not valid text",
    "body: Write something",
    *(
        f"{place}: {sentence}"
        for place in ("q", "search")
        for sentence in ("Write what you mean", "Search for at most", "status: takes", "due: takes", "from:", "to:")
    ),
)
"""How refusals begin that hang on the rows that there are, on more than one field, or on what JSON Schema has no word for."""


def is_fair(failure: Any, case: Case, response: Response) -> bool:
    """Whether an answer is right though a check complains of it."""
    if isinstance(failure, AcceptedNegativeData):
        # An optional body that was left out: Schemathesis counts it as invalid, and then says itself that it is not.
        return failure.message.endswith("Invalid component: positive test case")
    if not isinstance(failure, RejectedPositiveData):
        return False
    if response.status_code != INVALID:
        return response.status_code in OFTEN_RIGHT
    told = [f"{name}: {text}" for name, found in response.json()["fields"].items() for text in sentences(found)]
    return all(text.startswith(UNFORESEEN) for text in told)


def sentences(found: Any) -> list[str]:
    """All sentences about a field, whatever their nesting."""
    if isinstance(found, str):
        return [found]
    return [text for part in (found.values() if isinstance(found, dict) else found) for text in sentences(part)]
