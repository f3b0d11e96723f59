"""gunicorn's door: `gunicorn -k gevent wsgi:app`."""

from todoapp import create_app

app = create_app()
