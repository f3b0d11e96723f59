"""Sending mail: through SMTP where MAIL_URL says so, else into the folder MAIL_DIR, one file a mail."""

import re
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from flask import current_app

from todoapp.activity.models import Delivery
from todoapp.mail.rendering import render

TIMEOUT = 20


class MailError(RuntimeError):
    """The mail server cannot be used as MAIL_URL says."""


def send_mail(delivery: Delivery) -> Callable[[], None] | None:
    """Render a posted mail; what is left to do is to hand it over. A mail whose link is dead is not sent."""
    message = render(delivery)
    if message is None:
        return None
    url, folder = current_app.config["MAIL_URL"], Path(current_app.config["MAIL_DIR"])
    if url:
        return lambda: _hand_over(message, urlsplit(url))
    name = re.sub(r"[^\w.@+-]", "_", f"{delivery.id:06}-{delivery.payload['template']}-{delivery.recipient}")
    return lambda: _write(message, folder, f"{name[:200]}.eml")


def _write(message: EmailMessage, folder: Path, name: str) -> None:
    """Keep the mail as a file; the same mail is the same file."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{name}"
    unfinished.write_bytes(message.as_bytes())
    unfinished.replace(folder / name)


def _hand_over(message: EmailMessage, url: SplitResult) -> None:
    """Give the mail to the server: TLS from the start (smtps), or where the server offers it.

    `?tls=unverified` takes any certificate, `?tls=off` does without.
    """
    tls = parse_qs(url.query).get("tls", ["verified"])[0]
    with _connected(url, _context(tls)) as server:
        server.ehlo()
        if url.scheme == "smtp" and tls != "off" and server.has_extn("starttls"):
            server.starttls(context=_context(tls))
            server.ehlo()
        if url.username:
            if tls != "off" and not isinstance(server.sock, ssl.SSLSocket):
                raise MailError("The mail server offers no TLS, and a password would travel in the clear; see ?tls=off")
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


def _connected(url: SplitResult, context: ssl.SSLContext) -> smtplib.SMTP:
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=context)
    if url.scheme == "smtp":
        return smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT)
    raise MailError("MAIL_URL begins with smtp:// or smtps://")


def _context(tls: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if tls == "unverified":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
