"""Small JSON objects that clients may fill as they like: kept as they are, as far as every database can."""

import json
from typing import Any

from marshmallow import ValidationError, fields, validate

from todoapp.kit.database import json_size
from todoapp.kit.fields import LARGEST_ID, refuse_surrogates

NAMES = validate.Length(1, 64)


class SmallJson(fields.Dict):
    """A JSON object of at most `largest` bytes and eight levels."""

    def __init__(self, largest: int = 16 * 1024, **kw: Any):
        super().__init__(keys=fields.String(validate=NAMES), **kw)
        self.largest = largest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        result = super()._deserialize(value, attr, data, **kw)
        if _depth(result) > 8:
            raise ValidationError("At most eight levels deep.")
        try:
            json.dumps(result, ensure_ascii=False, allow_nan=False).encode()
        except ValueError:
            raise ValidationError("Not valid JSON: there is a number or a letter that does not exist.") from None
        _refuse_what_no_database_keeps(result)
        if json_size(result) > self.largest:
            raise ValidationError(f"At most {self.largest} bytes.")
        return result


def _refuse_what_no_database_keeps(value: Any) -> None:
    if isinstance(value, dict):
        for key, child in value.items():
            _refuse_what_no_database_keeps(key)
            _refuse_what_no_database_keeps(child)
    elif isinstance(value, list):
        for child in value:
            _refuse_what_no_database_keeps(child)
    elif isinstance(value, str):
        refuse_surrogates(value)
        if "\0" in value:
            raise ValidationError("Not valid text.")
    elif isinstance(value, int | float) and not -LARGEST_ID <= value <= LARGEST_ID:
        raise ValidationError("Not a number that can be kept.")


def _depth(value: Any, level: int = 0) -> int:
    if level > 8 or not isinstance(value, dict | list):
        return level
    children = value.values() if isinstance(value, dict) else value
    return max((_depth(child, level + 1) for child in children), default=level + 1)
