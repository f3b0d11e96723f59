"""The product with the yardsticks beside it in one process. Only the bench starts it; the product knows nothing of it."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from bench.counting import App, Counting
from bench.yardsticks import PREFIX, yardsticks


class Beside:
    """WSGI layer: addresses of the bench go to the yardsticks, all others to the product."""

    def __init__(self, product: App, measures: App):
        self.product, self.measures = product, measures

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        app = self.measures if environ["PATH_INFO"].startswith(PREFIX) else self.product
        return app(environ, start_response)


def mount(app: Flask) -> Flask:
    """Put the yardsticks beside `app`, and let it count what it asks of the database."""
    measures = yardsticks(str(app.config["SQLALCHEMY_DATABASE_URI"]))
    app.wsgi_app = Counting(Beside(app.wsgi_app, measures.wsgi_app))  # type: ignore[method-assign]
    return app
