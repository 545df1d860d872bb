"""`/api/mappings` in the description of the API: what a partner said of its own columns."""

from __future__ import annotations

from typing import Final

from coopkg.serve.openapi import schemas
from coopkg.serve.openapi.contributions import SECURITY, Json, Refused, Says
from coopkg.serve.openapi.schemas import answered

EXAMPLE: Final = "m-0123456789ab"


def schema() -> Json:
    """Return the schema of what is said of a kept mapping in a list."""
    text = schemas.STRING
    return schemas.an_object(
        {
            "name": text,
            "label": schemas.nullable(text),
            "headings": schemas.a_list(text),
            "kept": {"type": "string", "format": "date-time"},
            "sha256": text,
            "href": text,
        }
    )


def paths(says: Says, refused: Refused) -> Json:
    """Return the paths, in the language that `says` speaks."""
    return {
        "/api/mappings": {"get": _list(says, refused), "post": _keep(says, refused)},
        "/api/mappings/{name}": {
            "parameters": [
                {
                    "name": "name",
                    "in": "path",
                    "required": True,
                    "schema": schemas.STRING,
                    "example": EXAMPLE,
                    "description": says(
                        "son nom ; suivi de .ttl : en RML", "its name; followed by .ttl: as RML"
                    ),
                }
            ],
            "get": _get(says, refused),
            "delete": _drop(says, refused),
        },
    }


def _list(says: Says, refused: Refused) -> Json:
    own = schemas.an_object({"mappings": schemas.a_list(schemas.ref("KeptMapping"))})
    return {
        **SECURITY,
        "operationId": "mappings",
        "tags": ["service"],
        "summary": says("Ses correspondances de colonnes", "One’s own column mappings"),
        "responses": {
            "200": answered(says("les plus récentes d’abord", "the newest first"), own),
            **refused("401", "429"),
        },
    }


def _keep(says: Says, refused: Refused) -> Json:
    text = {"schema": schemas.STRING}
    label = says("le fichier pour lequel elle est faite", "the file it is made for")
    return {
        **SECURITY,
        "operationId": "keep-mapping",
        "tags": ["service"],
        "summary": says("Retenir une correspondance", "Keep a mapping"),
        "description": says(
            "En JSON ou en TOML, comme la lit « coopkg check --mapping ».",
            "In JSON or TOML, as `coopkg check --mapping` reads it.",
        ),
        "parameters": [
            {"name": "label", "in": "query", "schema": schemas.STRING, "description": label}
        ],
        "requestBody": {
            "required": True,
            "content": {schemas.JSON: {"schema": {"type": "object"}}, "text/plain": text},
        },
        "responses": {
            "201": answered(says("retenue", "kept"), schemas.ref("KeptMapping")),
            **refused("400", "401", "413", "415", "429", "507"),
        },
    }


def _get(says: Says, refused: Refused) -> Json:
    found = answered(says("ce que disent ses colonnes", "what its columns say"), {"type": "object"})
    found["content"] |= {"text/turtle": {"schema": schemas.STRING}}
    return {
        **SECURITY,
        "operationId": "mapping",
        "tags": ["service"],
        "summary": says("Une correspondance, en JSON ou en RML", "A mapping, as JSON or RML"),
        "responses": {"200": found, **refused("401", "404", "429")},
    }


def _drop(says: Says, refused: Refused) -> Json:
    return {
        **SECURITY,
        "operationId": "drop-mapping",
        "tags": ["service"],
        "summary": says("Ne plus retenir une correspondance", "Keep a mapping no longer"),
        "responses": {
            "200": answered(says("retirée de la liste", "taken off"), schemas.ref("KeptMapping")),
            **refused("401", "404", "429", "507"),
        },
    }
