"""A thing on a page small enough for a frame of somebody else."""

from __future__ import annotations

from typing import Final

from flask import Response, render_template

from coopkg.errors import Lang, UnknownError
from coopkg.linking import Index, full
from coopkg.serve.present import Names
from coopkg.serve.reconcile.manifest import Json, kind
from coopkg.serve.reconcile.queries import described
from coopkg.serve.service import Service
from coopkg.serve.travel import address

FRAMED: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
)
OTHERS: Final = 4
"""Other names that are shown."""


def preview(service: Service, index: Index, given: str, lang: Lang) -> Response:
    """Return the page of a thing, or one that says that there is none."""
    iri = full(given)
    thing = index.things.get(iri)
    shown: Json = {"thing": None, "asked": given[:200]}
    if thing is not None:
        labels = set(thing.label.values())
        entry = index.sealed["things"][iri]
        others = [text for role, text in entry["names"] if text not in labels]
        shown = {
            "thing": thing,
            "title": thing.called(lang),
            "page": address(Names(service.catalogue, lang).href(iri)),
            "line": described(index, iri, lang),
            "others": others[:OTHERS],
            "identifiers": [
                value for register, value in thing.identifiers if register != "address"
            ],
            "types": [kind(index, name, lang)["name"] for name in thing.classes[:3]],
        }
    response = Response(
        render_template("reconcile_preview.html", **shown),
        status=404 if thing is None else 200,
        content_type="text/html; charset=utf-8",
    )
    response.headers["Content-Security-Policy"] = FRAMED
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def unknown(service: Service, given: str) -> UnknownError:
    """Return the error for a thing that is not here."""
    seen = given[:200]
    return UnknownError(
        seen,
        f"rien ne s’appelle « {seen} » dans la génération {service.generation.id}",
        f"nothing is called {seen!r} in generation {service.generation.id}",
    )
