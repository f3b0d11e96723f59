"""gunicorn's door: `gunicorn -k gevent -w 2 wsgi:app`."""

from todoapp import create_app
from todoapp.processes import claim_instance

app = create_app()
claim_instance(app)
