"""Partners on the web: they write graphs, send files, and read what became of them."""

from __future__ import annotations

from flask import Flask

from coopkg.contributions.partners import known
from coopkg.serve.partners import (
    api,
    forms,
    hooks,
    linking,
    mappings,
    mine,
    minting,
    news,
    own_data,
    pages,
    review,
    sheets,
)
from coopkg.serve.partners.drafts import Drafts
from coopkg.serve.partners.tokens import settings


def register(app: Flask) -> None:
    """Add the routes of partners to an application."""
    drafts = Drafts()
    app.register_blueprint(api.blueprint())
    app.register_blueprint(pages.blueprint(drafts))
    app.register_blueprint(mappings.blueprint(drafts))
    app.register_blueprint(forms.blueprint(drafts))
    app.register_blueprint(sheets.blueprint())
    app.register_blueprint(review.blueprint())
    app.register_blueprint(mine.blueprint())
    app.register_blueprint(own_data.blueprint())
    app.register_blueprint(linking.blueprint())
    app.register_blueprint(minting.blueprint())
    app.register_blueprint(hooks.blueprint())
    app.register_blueprint(news.blueprint())
    home = app.extensions["coopkg_settings"].home
    app.extensions[hooks.EXTENSION] = hooks.Teller(home, app.config["PUBLIC_URL"])


def operated() -> bool:
    """Tell whether somebody writes here as an operator: any graph that is not core.

    Raises:
        LedgerError: the journal cannot be trusted.
    """
    return any(
        one.role == "operator" and not one.revoked for one in known(settings().home).values()
    )
