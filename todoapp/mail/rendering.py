"""A mail made of its template: subject, text and HTML, with nothing in them that was not meant."""

import re
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from flask import current_app

from todoapp.activity.models import Delivery
from todoapp.kit.secrets import digest
from todoapp.users.links import is_open, make_link, row_behind

_LINKED = re.compile(r"(?<=\w)\.(?=\w)|(?<=:)(?=//)|(?<=\w)@(?=\w)")
LONGEST_SUBJECT = 200
ADDRESSES = ("email", "link")


def render(delivery: Delivery) -> EmailMessage | None:
    """The message that `delivery` describes; None where its link is dead already."""
    params = {name: _plain(name, value) for name, value in delivery.payload["params"].items()}
    place = delivery.payload["link"]
    if place is not None:
        params["link"] = _address(place)
        if params["link"] is None:
            return None
    template = delivery.payload["template"]
    text = _filled(f"{template}.txt", params)
    message = EmailMessage()
    message["Subject"] = " ".join(text.strip().split("\n")[0].split())[:LONGEST_SUBJECT]
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = delivery.recipient
    message["Date"] = format_datetime(delivery.created_at)
    message["Message-ID"] = f"<{digest(delivery.idempotency_key)[:32]}@{_domain()}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(_filled(f"{template}.html", params), subtype="html")
    return message


def _filled(template: str, params: dict[str, Any]) -> str:
    """Without what templates of pages know of the request: a mail is made without one."""
    return current_app.jinja_env.get_template(f"mail/{template}").render(**params)


def _address(place: str | list[Any]) -> str | None:
    """A page of this site, or a one-time link that is made again here."""
    if isinstance(place, str):
        return f"{current_app.config['BASE_URL']}{place}"
    purpose, row_id = place
    row = row_behind(purpose, row_id)
    return make_link(purpose, row) if row is not None and is_open(row) else None


def _plain(name: str, value: Any) -> Any:
    """One line; and no name becomes an address that mail programs would make clickable."""
    if not isinstance(value, str):
        return value
    line = " ".join(value.split())
    return line if name in ADDRESSES else _LINKED.sub(lambda found: f"{found[0]}\u200b", line)


def _domain() -> str:
    return parseaddr(current_app.config["MAIL_FROM"])[1].rpartition("@")[2] or "localhost"
