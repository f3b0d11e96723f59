"""Connections to MariaDB and MySQL."""

import ssl
from functools import cache
from typing import Any

from pymysql.connections import Connection
from sqlalchemy import Engine, event


class LightConnection(Connection):
    """PyMySQL's connection, with TLS where the server offers it, without a megabyte of certificates that nobody asks.

    Told nothing about TLS, PyMySQL reads all authorities of the system for each connection, and then takes any certificate.
    """

    def _create_ssl_ctx(self, sslp: Any) -> ssl.SSLContext:
        return super()._create_ssl_ctx(sslp) if sslp else _trusting()


@cache
def _trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def connect_lightly(engine: Engine) -> None:
    """Have `engine` connect so, if it speaks to such a database."""
    if engine.dialect.driver == "pymysql":
        event.listen(engine, "do_connect", lambda _dialect, _record, given, named: LightConnection(*given, **named))
