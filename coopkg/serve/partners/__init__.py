"""Partners on the web: they write graphs, send files, and read what became of them."""

from __future__ import annotations

from flask import Flask

from coopkg.serve.partners import api, linking, mine, pages, review, sheets


def register(app: Flask) -> None:
    """Add the routes of partners to an application."""
    app.register_blueprint(api.blueprint())
    app.register_blueprint(pages.blueprint())
    app.register_blueprint(sheets.blueprint())
    app.register_blueprint(review.blueprint())
    app.register_blueprint(mine.blueprint())
    app.register_blueprint(linking.blueprint())
