"""Reading the mail that was sent: what a person does who waits for a link."""

import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path

from flask import Flask

from tasks_queue import drain


def mails(app: Flask) -> list[EmailMessage]:
    """All mails so far, oldest first; what is due is sent before."""
    drain(app)
    folder = Path(app.config["MAIL_DIR"])
    found = sorted(folder.glob("*.eml")) if folder.is_dir() else []
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found]


def text_of(message: EmailMessage) -> str:
    """The text of a mail, without HTML."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(message: EmailMessage) -> str:
    """The address in a mail."""
    found = re.search(r"https?://\S+", text_of(message))
    assert found, text_of(message)
    return found[0]


def token_in(message: EmailMessage) -> str:
    """The token at the end of the address in a mail."""
    return link_in(message).rpartition("/")[2]
