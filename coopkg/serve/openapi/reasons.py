"""`/api/questions/<slug>/why` in the description of the API: the reasons of one row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from coopkg.serve.openapi import schemas

Json = dict[str, Any]
Says = Callable[[str, str], str]

_SHARED: Final = ("lang", "inference", "generation")
_EXAMPLE: Final = "missions-total"


def paths(says: Says, refused: Callable[..., Json]) -> Json:
    """Return the path, in the language that `says` speaks."""
    return {"/api/questions/{slug}/why": {"get": _get(says, refused)}}


def _get(says: Says, refused: Callable[..., Json]) -> Json:
    return {
        "operationId": "why",
        "tags": ["provenance"],
        "summary": says("Pourquoi cette ligne", "Why this row"),
        "description": says(
            "Les raisons d’une ligne d’une réponse, en phrases, jusqu’aux sources, et de quoi les "
            "vérifier. Les paramètres de la question s’y ajoutent.",
            "The reasons of one row of an answer, as sentences, down to its sources, and enough to "
            "check them. The parameters of the question are given as well.",
        ),
        "parameters": [
            {
                "name": "slug",
                "in": "path",
                "required": True,
                "description": says("la question", "the question"),
                "schema": schemas.STRING,
                "example": _EXAMPLE,
            },
            {
                "name": "row",
                "in": "query",
                "description": says(
                    "le numéro de la ligne, à partir de 1", "the number of the row, from 1"
                ),
                "schema": {"type": "integer", "minimum": 1, "default": 1},
            },
            *({"$ref": f"#/components/parameters/{name}"} for name in _SHARED),
        ],
        "responses": {
            "200": schemas.answered(says("les raisons", "the reasons"), schemas.ref("Why")),
            **refused("400", "404", "429", "503"),
        },
    }
