"""gunicorn's door: `gunicorn -k gevent -w 2 wsgi:app`. It is opened once, before gunicorn forks (`gunicorn.conf.py`)."""

import sys

import config
from todoapp import create_app
from todoapp.processes import claim_instance, prepare_to_fork

try:
    app = create_app()
    if not config.run_by_flask():
        claim_instance(app)
        prepare_to_fork(app)
except config.ConfigError as error:
    sys.exit(str(error))
