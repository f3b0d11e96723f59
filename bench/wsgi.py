"""gunicorn's door while measuring: the product's own, with the yardsticks beside it."""

from bench.mounting import mount
from wsgi import app

mount(app)
