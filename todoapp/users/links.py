"""One-time links: the right to do one thing once, sent by mail.

A link is `<BASE_URL>/<purpose>/<token>`. The token names a row and is signed together with what the row depends on, so
nothing of it is kept: it is made again when the mail is sent, and it is dead once the password changed.
"""

import base64
import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from todoapp.accounts.models import Invitation
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import Gone
from todoapp.kit.secrets import key_for
from todoapp.kit.transaction import is_reading
from todoapp.tenancy import across_accounts
from todoapp.users.models import OneTimeLink, User

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a link is for: the row behind it and how long it works."""

    model: type[Any]
    life: timedelta


PURPOSES = {
    "activate": Purpose(OneTimeLink, timedelta(hours=24)),
    "reset": Purpose(OneTimeLink, timedelta(hours=1)),
    "invite": Purpose(Invitation, timedelta(days=7)),
}


class DeadLink(Gone):
    """A link that was used, is too old, was overtaken by a new password, or never was one."""

    def __init__(self) -> None:
        super().__init__("This link no longer works: it was used already, or it is too old. Ask for a new one.")


def new_link(purpose: str, user: User) -> OneTimeLink:
    """A new row behind a link for `user`; `make_link` gives its address."""
    row = OneTimeLink(user=user, purpose=purpose, created_at=now(), expires_at=now() + PURPOSES[purpose].life)
    db.session.add(row)
    db.session.flush()
    return row


def make_link(purpose: str, row: Any) -> str:
    """The address that a mail carries. Only the configured BASE_URL decides where it leads."""
    return f"{current_app.config['BASE_URL']}/{purpose}/{make_token(purpose, row)}"


def make_token(purpose: str, row: Any) -> str:
    """What stands at the end of the link, and what the API takes."""
    return f"{row.id}.{_signature(purpose, row)}"


def read_link(purpose: str, token: str) -> Any:
    """The open row behind `token`, locked unless the work only reads; a `DeadLink` otherwise.

    The account of an invitation is not entered: what is done there follows `enter(row.account_id)`.
    """
    row = row_behind(purpose, token.partition(".")[0])
    given = token.partition(".")[2]
    if row is None or not hmac.compare_digest(given.encode(errors="replace"), _signature(purpose, row).encode()):
        raise DeadLink
    if not is_open(row):
        raise DeadLink
    return row


def row_behind(purpose: str, row_id: str | int) -> Any | None:
    """The row under this id, if it is one for `purpose`."""
    number = str(row_id)
    if not (number.isascii() and number.isdigit() and 0 < int(number[:20]) <= LARGEST_ID):
        return None
    model = PURPOSES[purpose].model
    query = select(model).where(model.id == int(number[:20]))
    if model is OneTimeLink:
        query = query.where(OneTimeLink.purpose == purpose)
    if not is_reading():
        query = query.with_for_update(of=model).execution_options(populate_existing=True)
    with across_accounts("a link is read before its account is known"):
        return db.session.scalars(query).one_or_none()


def is_open(row: Any) -> bool:
    """Whether the right behind the link still stands."""
    spent = any(getattr(row, name, None) for name in ("used_at", "accepted_at", "revoked_at"))
    return not spent and row.expires_at > now()


def _signature(purpose: str, row: Any) -> str:
    facts = f"{row.id}|{row.created_at.isoformat()}|{_bound_to(row)}"
    signed = hmac.digest(key_for(f"link: {purpose}"), facts.encode(), "sha256")
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def _bound_to(row: Any) -> str:
    if isinstance(row, OneTimeLink):
        return f"{row.user.email}|{row.user.password_hash}"
    return f"{row.email}|{row.expires_at.isoformat()}"


def opened_by(purpose: str, token: str) -> Any | None:
    """The open row behind `token`, or None: for pages that say themselves that a link is dead."""
    with suppress(DeadLink):
        return read_link(purpose, token)
    return None
