"""The WSGI application, for any server that speaks it: `flask --app server run`."""

from coopkg.config import Settings
from coopkg.serve import create_app

app = create_app(Settings.from_env())
