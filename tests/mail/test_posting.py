"""Posting and sending mail: one row in the deed's transaction, one mail after it, nothing in it that was not meant."""

import shutil
import socket
import ssl
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import select

from tasks_queue import drain
from tests.users.mailbox import link_in, mails, text_of
from todoapp.activity.models import Delivery
from todoapp.extensions import db
from todoapp.kit.transaction import atomic
from todoapp.mail.posting import post_mail
from todoapp.users.links import new_link
from todoapp.users.models import User

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")


@pytest.fixture(autouse=True)
def _empty_mailbox(app):
    yield
    shutil.rmtree(app.config["MAIL_DIR"], ignore_errors=True)


def posted(app, template="reset", to="mara@northwind.test", **params):
    with app.app_context():
        atomic(lambda: post_mail(template, to, **params))


def deliveries(app):
    with app.app_context():
        return db.session.scalars(select(Delivery).order_by(Delivery.id)).all()


def test_without_a_server_mail_is_a_file(app):
    posted(app, name="Mara", link="/reset")
    [mail] = mails(app)
    assert mail["To"] == "mara@northwind.test"
    assert mail["From"] == "Task platform <tasks@localhost>"
    assert mail["Subject"] == "Set a new password"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"]
    assert mail["Date"]
    assert link_in(mail) == "http://localhost/reset"
    html = mail.get_body(("html",)).get_content()
    assert "Hello Mara" in html
    assert 'href="http://localhost/reset"' in html


def test_a_refused_deed_sends_nothing(app):
    with app.app_context():

        def deed():
            post_mail("reset", "mara@northwind.test", name="Mara", link="/reset")
            raise ValueError

        with pytest.raises(ValueError):
            atomic(deed)
    assert mails(app) == []


def test_one_key_is_one_mail(app):
    for _time in range(3):
        posted(app, name="Mara", key="once", link="/reset")
    assert len(mails(app)) == 1


@pytest.mark.parametrize(
    "name", ["Mara\r\nBcc: evil@evil.example", "Mara\nSubject: x", "Mara\u2028Bcc: a@b.example", "Mara\x0bx: y"]
)
def test_no_name_becomes_a_header(app, name):
    posted(app, "invitation", invited_by=name, account_name=name, role="user", manager=None, link="/login")
    [mail] = mails(app)
    assert set(mail.keys()) == {
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    }
    assert mail["Subject"].startswith("Mara")
    assert "\n" not in mail["Subject"]


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>", "<b>Mara</b>", '"><script>alert(1)</script>', "{{ 7*7 }}"]
)
def test_markup_in_a_name_stays_text(app, name):
    posted(app, "activation", name=name, link="/activate/x")
    [mail] = mails(app)
    html = mail.get_body(("html",)).get_content()
    assert name not in html or "{{" in name
    assert "49" not in text_of(mail)
    assert name in text_of(mail)


def test_a_name_becomes_no_link(app):
    posted(app, "activation", name="win at https://evil.example/x or www.evil.example", link="/activate/x")
    [mail] = mails(app)
    assert "evil.example" not in text_of(mail)
    assert "https://" not in text_of(mail)


def test_foreign_letters_survive(app):
    posted(app, "activation", name="Ærøskøbing 日本 🫖", link="/activate/x")
    assert "Ærøskøbing 日本 🫖" in text_of(mails(app)[0])


def test_a_file_stays_in_its_folder(app):
    posted(app, to="../../../../tmp/x@evil.example", name="Mara", link="/reset")
    drain(app)
    folder = Path(app.config["MAIL_DIR"])
    assert [path.parent for path in folder.rglob("*.eml")] == [folder]


def test_a_mail_whose_link_died_is_not_sent(app, cast):
    with app.app_context():

        def deed():
            link = new_link("reset", db.session.get(User, cast.mara.user_id))
            post_mail("reset", cast.mara.email, name="Mara", link=("reset", link))
            link.used_at = link.created_at

        atomic(deed)
    assert mails(app) == []
    assert [bool(delivery.delivered_at) for delivery in deliveries(app)] == [True]


class Postbox:
    """What a mail server received."""

    def __init__(self):
        self.received = []
        self.refusals = []

    async def handle_DATA(self, _server, session, envelope):
        if self.refusals:
            return self.refusals.pop(0)
        self.received.append((envelope.mail_from, envelope.rcpt_tos, envelope.content, session.ssl is not None))
        return "250 OK"


@pytest.fixture
def server(tmp_path):
    """A real mail server with STARTTLS that asks for a password."""
    servers = []

    def start(*, tls=True):
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate(tmp_path))
        box = Postbox()

        def check(_server, _session, _envelope, _mechanism, login):
            return AuthResult(success=(login.login, login.password) == (b"tasks", b"p@ss"), handled=False)

        controller = Controller(
            box,
            hostname="127.0.0.1",
            port=free_port(),
            tls_context=context,
            authenticator=check,
            auth_require_tls=False,
            auth_required=True,
        )
        controller.start()
        servers.append(controller)
        box.port = controller.port
        return box

    yield start
    for one in servers:
        one.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def certificate(folder):
    """A certificate for localhost that nobody vouches for."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    at = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def through(app, monkeypatch, url):
    monkeypatch.setitem(app.config, "MAIL_URL", url)


def test_mail_goes_through_the_server_with_tls_and_password(app, server, monkeypatch):
    box = server()
    through(app, monkeypatch, f"smtp://tasks:p%40ss@127.0.0.1:{box.port}?tls=unverified")
    posted(app, name="Mara", link="/reset")
    drain(app)
    [(sender, recipients, content, was_encrypted)] = box.received
    assert (sender, recipients, was_encrypted) == ("tasks@localhost", ["mara@northwind.test"], True)
    message = message_from_bytes(content, policy=policy.default)
    assert message["Subject"] == "Set a new password"
    assert not Path(app.config["MAIL_DIR"]).exists()


@pytest.mark.parametrize(("tls", "query"), [(True, ""), (False, "")])
def test_no_password_goes_to_a_server_that_cannot_be_trusted(app, server, monkeypatch, tls, query):
    box = server(tls=tls)
    through(app, monkeypatch, f"smtp://tasks:p%40ss@127.0.0.1:{box.port}{query}")
    posted(app, name="Mara", link="/reset")
    drain(app)
    assert box.received == []
    [delivery] = deliveries(app)
    assert delivery.attempts == 1
    assert delivery.delivered_at is None
    assert delivery.last_error
    assert "p@ss" not in delivery.last_error


def test_what_a_server_puts_off_is_tried_again(app, server, monkeypatch, at):
    at("2026-11-24T09:00:00Z")
    box = server(tls=False)
    box.refusals = ["451 later", "451 later"]
    through(app, monkeypatch, f"smtp://tasks:p%40ss@127.0.0.1:{box.port}?tls=off")
    posted(app, name="Mara", link="/reset")
    for minute in ("00:00", "00:10", "00:45", "01:00", "02:30", "05:00"):
        at(f"2026-11-24T09:{minute}Z")
        drain(app)
    assert len(box.received) == 1
    [delivery] = deliveries(app)
    assert delivery.attempts == 3
    assert delivery.delivered_at is not None


def test_a_server_that_never_answers_makes_a_dead_letter(app, monkeypatch, at):
    at("2026-11-24T09:00:00Z")
    through(app, monkeypatch, "smtp://127.0.0.1:9")
    posted(app, name="Mara", link="/reset")
    posted(app, to="uma@northwind.test", name="Uma", link="/reset")
    for hour in range(9, 24):
        for minute in (0, 20, 40):
            at(f"2026-11-24T{hour:02}:{minute:02}:00Z")
            drain(app)
    rows = deliveries(app)
    assert [row.attempts for row in rows] == [10, 10]
    assert all(row.dead_at and "refused" in row.last_error for row in rows)
