"""The door: WS /v1/live. Who may not open it is told so before the handshake, or right after it by a close code."""

import base64
import binascii

from flask import Blueprint, Flask, current_app, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_sock import Sock
from simple_websocket import Server
from sqlalchemy import make_url
from wsproto.utilities import RemoteProtocolError

from todoapp.extensions import db
from todoapp.kit.errors import Forbidden, Refusal, TryAgain
from todoapp.kit.http import is_own_origin, is_websocket, problem
from todoapp.kit.secrets import digest
from todoapp.kit.transaction import atomic, reading
from todoapp.live.announcing import LIVE
from todoapp.live.broker import Broker, InProcess, OverRedis
from todoapp.live.connection import Connection
from todoapp.live.hearers import Hearer, hearer_of, hearer_of_token
from todoapp.live.hub import Hub
from todoapp.live.limits import LARGEST_MESSAGE, UNKNOWN_SOCKETS
from todoapp.live.usher import Usher
from todoapp.live.wire import WIRE, Wires
from todoapp.users.sessions import session_of_cookie

VERSION = "13"
ADDRESS = "/v1/live"
blp = Blueprint("live", __name__)
blp.access = "token"  # type: ignore[attr-defined]
sock = Sock()


class Live:
    """What an application needs to be live: a broker, a hub and an usher."""

    def __init__(self, app: Flask):
        self.broker = _broker(app)
        self.hub = Hub(app, self.broker)
        self.usher = Usher(self.hub)


def open_live(app: Flask) -> None:
    """Hang the live door on `app`."""
    app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": LARGEST_MESSAGE}
    app.extensions[LIVE] = Live(app)
    app.register_blueprint(blp)
    app.wsgi_app = Wires(app.wsgi_app)  # type: ignore[method-assign]


@blp.before_request
def check_handshake() -> ResponseReturnValue | None:
    """Refuse a handshake that is not one, a page of another site, and a crowd that does not say who it is."""
    if not is_websocket():
        return None
    if request.headers.get("Sec-WebSocket-Version") != VERSION:
        return _upgrade("This door speaks WebSocket, version 13.")
    if not _is_key(request.headers.get("Sec-WebSocket-Key", "")) or _has_body():
        raise BadHandshake("This is not a WebSocket handshake.")
    origin = request.headers.get("Origin")
    if origin is not None and not is_own_origin(origin) and origin not in current_app.config["CORS_ORIGINS"]:
        raise Forbidden("This page belongs to another site, which may not connect here.")
    if len(current_app.extensions[LIVE].hub.unknown) >= UNKNOWN_SOCKETS:
        raise TryAgain("Too many connections wait to say who they are. Try again in a moment.")
    return None


class BadHandshake(Refusal):
    """A request that asks for a WebSocket and does not know how."""

    code = "bad_handshake"


@blp.errorhandler(RemoteProtocolError)
def refuse_handshake(error: RemoteProtocolError) -> ResponseReturnValue:
    """What the WebSocket library would not take as a handshake."""
    return problem(400, BadHandshake.code, f"This is not a WebSocket handshake: {error}.")


@blp.get(ADDRESS)
def plain() -> ResponseReturnValue:
    """Say what this address is for."""
    return _upgrade("Open this address as a WebSocket. docs/live.md says how.")


@sock.route(ADDRESS, bp=blp)
def live(ws: Server) -> None:
    """Serve one socket for as long as it lives."""
    extension: Live = current_app.extensions[LIVE]
    extension.usher.start()
    connection = Connection(extension.hub, ws, request.environ[WIRE])
    extension.hub.await_name(connection)
    connection.serve(_identify)


def _identify() -> Hearer | None:
    """Who opens the socket, as far as the handshake says; the database is let go before the long talk begins."""
    try:
        with reading():
            return atomic(_hearer)
    finally:
        db.session.remove()


def _hearer() -> Hearer | None:
    if "Authorization" in request.headers:
        return hearer_of_token(request.headers["Authorization"])
    origin = request.headers.get("Origin")
    if origin is not None and is_own_origin(origin) and "_user_id" in cookie:
        return hearer_of(session_of_cookie())
    return None


def _upgrade(sentence: str) -> ResponseReturnValue:
    response = problem(426, "upgrade_required", sentence)
    response.headers["Upgrade"] = "websocket"
    response.headers["Connection"] = "Upgrade"
    response.headers["Sec-WebSocket-Version"] = VERSION
    return response


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


def _has_body() -> bool:
    return bool(request.content_length) or "Transfer-Encoding" in request.headers


def _broker(app: Flask) -> Broker:
    if not app.config["REDIS_URL"]:
        return InProcess()
    # Several installations may share a Redis: they differ in their secret or their database.
    database = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database
    return OverRedis(app.config["REDIS_URL"], f"live:{_fingerprint(app.config['SECRET_KEY'], database)}")


def _fingerprint(secret: str, database: str | None) -> str:
    return digest(f"live {database} {secret}")[:16]
