"""The WSGI application, for any server: `flask --app server run`, `granian server:app`…"""

from coopkg.config import Settings
from coopkg.serve import create_app

app = create_app(Settings.from_env())
