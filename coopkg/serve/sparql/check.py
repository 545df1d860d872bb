"""What helps to write a query: what it may name (`/sparql/schema.json`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response

from coopkg.errors import UnknownError
from coopkg.generation import Generation
from coopkg.serve.service import Service

SCHEMA: Final = "schema.json"
_CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Generation, ETag",
}


def blueprint(service: Callable[[], Service]) -> Blueprint:
    """Return the routes; `service` gives the generation that a request is answered from."""
    routes = Blueprint("check", __name__)

    @routes.get("/sparql/schema.json")
    def schema() -> Response:
        return _schema(service().generation)

    @routes.after_request
    def share(response: Response) -> Response:
        response.headers.update(_CORS)
        return response

    return routes


def _schema(generation: Generation) -> Response:
    if SCHEMA not in generation.manifest.files:
        raise UnknownError(
            SCHEMA,
            f"la génération {generation.id} a été publiée avant que {SCHEMA} existe ; "
            "publiez de nouveau les mêmes sources pour l’avoir",
            f"generation {generation.id} was published before {SCHEMA} existed; "
            "publish the same sources again to have it",
        )
    response = Response(generation.read(SCHEMA), content_type="application/json")
    response.set_etag(generation.manifest.files[SCHEMA].sha256[:32])
    return response
