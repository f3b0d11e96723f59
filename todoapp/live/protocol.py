"""What is said on a live socket: JSON objects with a `type`. Parsed here, and put together here."""

from datetime import datetime
from typing import Any

import orjson
from marshmallow import ValidationError, fields, validate, validates_schema

from todoapp.kit.errors import BadInput, Refusal
from todoapp.kit.fields import LARGEST_ID, Id, Input, one_of
from todoapp.live.rooms import ACCOUNT, BOARD_CHANNEL, TASK, TASK_CHANNEL, TEAM, USER, Room
from todoapp.live.wire import text_frame

NAMES = ("channel", "task_id", "board_id")


class _Typed(Input):
    type = fields.String(required=True)


class Auth(_Typed):
    """Who talks: the first message of a client that sent neither a cookie nor a header; later, a fresh token."""

    token = fields.String(required=True, validate=validate.Length(1, 8192))


class Ping(_Typed):
    """Is anybody there?"""


class Unsubscribe(_Typed):
    """Which channel, and which task or board of it."""

    channel = one_of(TASK_CHANNEL, BOARD_CHANNEL, required=True)
    task_id = Id()
    board_id = fields.String(
        validate=validate.Regexp(r"(user-[1-9][0-9]{0,18}|me|team|account)\Z", error="me, team, account or user-<id>.")
    )

    @validates_schema
    def one_thing(self, data: dict[str, Any], **_kw: Any) -> None:
        """A task channel names a task, a board channel a board."""
        wanted, other = ("task_id", "board_id") if data["channel"] == TASK_CHANNEL else ("board_id", "task_id")
        if wanted not in data:
            raise ValidationError("Say which.", wanted)
        if other in data:
            raise ValidationError(f"{data['channel']} does not take this.", other)


class Subscribe(Unsubscribe):
    """`payload`: whether events say what changed, or only which task. `since`: the highest sequence heard before."""

    payload = fields.Boolean(truthy={True}, falsy={False}, load_default=True)
    since = fields.Integer(strict=True, validate=validate.Range(0, LARGEST_ID))


MESSAGES: dict[str, type[Input]] = {"auth": Auth, "ping": Ping, "subscribe": Subscribe, "unsubscribe": Unsubscribe}


def parse(text: str) -> dict[str, Any]:
    """The message in `text`; `BadInput` says what is wrong with it."""
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadInput("Send JSON.") from None
    if not isinstance(data, dict):
        raise BadInput('Send a JSON object, for example {"type": "ping"}.')
    schema = MESSAGES.get(data["type"]) if isinstance(data.get("type"), str) else None
    if schema is None:
        raise BadInput(f"`type` is one of {', '.join(sorted(MESSAGES))}.", named=named(data))
    try:
        return schema().load(data)
    except ValidationError as error:
        raise BadInput("This message cannot be used.", fields=error.normalized_messages(), named=named(data)) from None


def room_of(message: dict[str, Any], user_id: int) -> Room:
    """The room that a message of `user_id` names."""
    if message["channel"] == TASK_CHANNEL:
        return Room(TASK, message["task_id"])
    board_id = message["board_id"]
    if board_id in (TEAM, ACCOUNT):
        return Room(board_id)
    return Room(USER, user_id if board_id == "me" else int(board_id.removeprefix("user-")))


def named(data: dict[str, Any]) -> dict[str, Any]:
    """The names in a message, so that its sender knows which one is answered."""
    return {name: data[name] for name in NAMES if isinstance(data.get(name), str | int) and len(str(data[name])) < 64}


def frame(kind: str, **content: Any) -> bytes:
    """A message of ours, ready to be sent."""
    return text_frame(orjson.dumps({"type": kind} | content, default=_plain))


def refused(refusal: Refusal, names: dict[str, Any], kind: str = "refused") -> bytes:
    """A refusal, as a message."""
    wrong = {"fields": refusal.fields} if refusal.fields else {}
    return frame(kind, **names, code=refusal.code, message=refusal.message, **wrong)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value))
