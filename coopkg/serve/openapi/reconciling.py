"""`/reconcile` in the description of the API: names of somebody else's table, found here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from coopkg.serve.openapi import schemas

Json = dict[str, Any]
Says = Callable[[str, str], str]

FORM: Final = "application/x-www-form-urlencoded"
_ANY: Final[Json] = {"type": "object"}
_EXAMPLE: Final = '{"q0": {"query": "CEFAL", "limit": 3}}'


def paths(says: Says, refused: Callable[..., Json]) -> Json:
    """Return the paths, in the language that `says` speaks."""
    queries = {
        "name": "queries",
        "in": "query",
        "description": says(
            "des demandes, par leur nom, en JSON ; sans elles, ce que le service offre",
            "queries, by their names, in JSON; without them, what the service offers",
        ),
        "schema": schemas.STRING,
        "example": _EXAMPLE,
    }
    prefix = {
        "name": "prefix",
        "in": "query",
        "description": says("les premières lettres", "the first letters"),
        "schema": schemas.STRING,
        "example": "cef",
    }
    what = {
        "name": "what",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "enum": ["entity", "type", "property"]},
        "example": "entity",
    }
    fields = dict.fromkeys(("queries", "extend"), schemas.STRING)
    body = {
        "required": True,
        "content": {
            FORM: {
                "schema": {"type": "object", "properties": fields},
                "example": {"queries": _EXAMPLE},
            }
        },
    }
    told = says(
        "Une demande qui échoue a une erreur à elle, et aucune liste : jamais une liste vide.",
        "A query that fails has an error of its own and no list: never an empty list.",
    )
    return {
        "/reconcile": {
            "get": {**_said("reconcile", says, refused, [queries]), "description": told},
            "post": {
                **_said("reconcile-batch", says, refused, [], "413", "415"),
                "requestBody": body,
            },
        },
        "/reconcile/suggest/{what}": {
            "get": _said("reconcile-suggest", says, refused, [what, prefix])
        },
    }


def _said(
    name: str, says: Says, refused: Callable[..., Json], parameters: list[Json], *more: str
) -> Json:
    found = says("ce qui est trouvé, avec ses raisons", "what is found, with its reasons")
    shared = [{"$ref": f"#/components/parameters/{one}"} for one in ("lang", "generation")]
    return {
        "operationId": name,
        "tags": ["service"],
        "summary": says(
            "Retrouver des noms (Reconciliation API 0.2)",
            "Find names (Reconciliation API 0.2)",
        ),
        "parameters": [*parameters, *shared],
        "responses": {
            "200": schemas.answered(found, _ANY),
            **refused("400", "429", *more),
        },
    }
