"""gunicorn's door: `gunicorn -k gevent -w 2 wsgi:app`."""

import sys

import config
from todoapp import create_app
from todoapp.processes import claim_instance

try:
    app = create_app()
    if not config.run_by_flask():
        claim_instance(app)
except config.ConfigError as error:
    sys.exit(str(error))
