"""Refusals: every 'no' is an exception with a status and a sentence that says what to do."""

from collections.abc import Callable
from typing import Any


class Refusal(Exception):
    """A request that is understood and not done. `fields` maps input names to sentences.

    `details` holds machine-readable facts (both values of a conflict, seconds to wait). `show_again`, where a page set
    it, shows the refused form with what was in it.
    """

    status = 400
    code = "refused"

    def __init__(self, message: str, *, fields: dict[str, Any] | None = None, **details: Any):
        super().__init__(message)
        self.message = message
        self.fields = fields or {}
        self.details = details
        self.show_again: Callable[[], Any] | None = None


class NotSignedIn(Refusal):
    """Nobody, or nobody any more, is behind the request."""

    status = 401
    code = "not_signed_in"


class Forbidden(Refusal):
    """The actor sees the thing but may not do this; the sentence says who may."""

    status = 403
    code = "forbidden"


class NotFound(Refusal):
    """Missing, or not to be seen by this actor; both say the same."""

    status = 404
    code = "not_found"

    def __init__(self, message: str = "There is nothing here that you may see."):
        super().__init__(message)


class NotAcceptable(Refusal):
    """The client takes nothing that we can give."""

    status = 406
    code = "not_acceptable"


class Conflict(Refusal):
    """The state does not allow it, or somebody else was faster."""

    status = 409
    code = "conflict"


class Gone(Refusal):
    """It was here once: a used or expired link."""

    status = 410
    code = "gone"


class Changed(Refusal):
    """`If-Match` names a version that is not the current one."""

    status = 412
    code = "changed"


class BadInput(Refusal):
    """The input cannot be used; `fields` says where and why."""

    status = 422
    code = "invalid"

    def __init__(self, message: str = "Please correct the marked fields.", **kw: Any):
        super().__init__(message, **kw)


class TooMany(Refusal):
    """Too many tries; `retry_after` seconds must pass."""

    status = 429
    code = "too_many"


class TryAgain(Refusal):
    """The database could not answer just now; nothing was changed."""

    status = 503
    code = "try_again"
