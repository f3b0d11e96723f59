"""The input field of a search: one line, read while it is taken in, so that every door refuses the same."""

from typing import Any

from marshmallow import ValidationError

from todoapp.kit.fields import Line
from todoapp.search.language import LONGEST_SEARCH, NotUnderstood, read

TOLD = (
    'Words, a "phrase", -without, from:, to: (a name, me, nobody), status: (several, with commas, or open), '
    "due: (today, tomorrow, week, overdue, none, a day, <day, >day, day..day)"
)


class SearchText(Line):
    """A `Search`. White space at its end says that the last word is complete."""

    def __init__(self, shortest: int = 0, **kw: Any):
        super().__init__(LONGEST_SEARCH, shortest, metadata={"description": TOLD}, **kw)
        self.must_say_something = shortest > 0
        self.takes = self.takes | {"examples": ["invoice status:open due:<2026-12-01"]}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        line = super()._deserialize(value, attr, data, **kw)
        if self.must_say_something and not line:
            raise ValidationError("Write what to look for.")
        complete = line and str(value)[-1:].isspace()
        try:
            return read(f"{line} " if complete else line, attr or "search")
        except NotUnderstood as error:
            raise ValidationError(str(error)) from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> Any:
        return str(value) if value else None
