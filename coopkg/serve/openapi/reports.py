"""`/api/reports` in the description of the API: the one address that keeps what it is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from coopkg.mistakes import LIMITS, mistake
from coopkg.serve.openapi import schemas

Json = dict[str, Any]
Says = Callable[[str, str], str]

EXAMPLE: Final = {
    "about": "/fr/id/organisation/cnfpt",
    "fact": "CNFPT – a pour pays – France",
    "message": "Example of a report.",
    "lang": "en",
}
_REFERENCE: Final = "R0123456789"


def schema() -> Json:
    """Return the schema of what anybody may know of a report."""
    return schemas.an_object(
        {
            "id": schemas.STRING,
            "state": {"enum": [mistake.OPEN, mistake.ANSWERED, mistake.ERASED]},
            "received": {"type": "string", "format": "date"},
            "about": schemas.STRING,
            "generation": schemas.STRING,
            "answer": schemas.nullable(schemas.BOTH),
            "answered": schemas.nullable({"type": "string", "format": "date"}),
            "page": schemas.STRING,
        }
    )


def paths(says: Says, refused: Callable[..., Json]) -> Json:
    """Return the paths, in the language that `says` speaks."""
    return {
        "/api/reports": {"post": _post(says, refused)},
        "/api/reports/{reference}": {"get": _get(says, refused)},
    }


def _post(says: Says, refused: Callable[..., Json]) -> Json:
    fields: dict[str, Json] = {
        name: {"type": "string", "maxLength": most} for name, most in LIMITS.items()
    }
    fields["about"]["description"] = says(
        "une adresse permanente, ou le chemin d’une page", "a permanent address, or a page’s path"
    )
    fields["message"]["minLength"] = mistake.MESSAGE_LEAST
    fields["email"]["description"] = says(
        "gardée pour vous répondre, jamais publiée, effacée sur demande",
        "kept to answer you, never published, erased on request",
    )
    fields["lang"] = {"enum": ["fr", "en"]}
    body = {"type": "object", "required": ["about", "message"], "properties": fields}
    return {
        "operationId": "report",
        "tags": ["service"],
        "summary": says("Signaler une erreur", "Report a mistake"),
        "description": says(
            "Gardé pour de bon avant d’être acquitté\u00a0; renvoyer le même texte rend la même "
            "référence. Refusé quand un autre site l’envoie.",
            "Kept for good before it is acknowledged; sending the same text again gives the same "
            "reference. Refused when another site sends it.",
        ),
        "requestBody": {
            "required": True,
            "content": {schemas.JSON: {"schema": body, "example": EXAMPLE}},
        },
        "responses": {
            "201": schemas.answered(
                says("gardé, avec sa référence", "kept, with its reference"), schemas.ref("Report")
            ),
            **refused("400", "403", "413", "415", "429", "503", "507"),
        },
    }


def _get(says: Says, refused: Callable[..., Json]) -> Json:
    return {
        "operationId": "report-state",
        "tags": ["service"],
        "summary": says("Où en est un signalement", "What became of a report"),
        "parameters": [
            {
                "name": "reference",
                "in": "path",
                "required": True,
                "schema": schemas.STRING,
                "example": _REFERENCE,
            }
        ],
        "responses": {
            "200": schemas.answered(
                says("son état et la réponse", "its state and the answer"), schemas.ref("Report")
            ),
            **refused("404"),
        },
    }
