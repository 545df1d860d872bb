"""`/api/contributions` in the description of the API: what needs the token of a partner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from coopkg.contributions.model import STATES
from coopkg.serve.openapi import schemas
from coopkg.serve.openapi.schemas import answered

Json = dict[str, Any]
Says = Callable[[str, str], str]
Refused = Callable[..., Json]

SCHEME: Final[Json] = {"partner": {"type": "http", "scheme": "bearer"}}
SECURITY: Final[Json] = {"security": [{"partner": []}]}
EXAMPLE: Final = "c-000001-0123abcd"
TYPES: Final = (
    "text/turtle",
    "application/trig",
    "application/n-triples",
    "application/ld+json",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
_REPORTS: Final = ("text/plain", "text/csv", "text/turtle", "application/sarif+json")


def schema() -> Json:
    """Return the schema of what is said of a contribution in a list."""
    text, maybe = schemas.STRING, schemas.nullable(schemas.STRING)
    return schemas.an_object(
        {
            "id": text,
            "state": {"enum": list(STATES)},
            "status": maybe,
            "partner": text,
            "name": text,
            "media_type": text,
            "method": {"enum": ["post", "put", "patch", "delete"]},
            "graph": maybe,
            "graphs": schemas.a_list(text),
            "licence": maybe,
            "mapping": maybe,
            "received": {"type": "string", "format": "date-time"},
            "counts": {"type": "object"},
            "why": schemas.nullable({"type": "object"}),
            "generation": schemas.nullable(schemas.INTEGER),
            "served": {"type": "boolean"},
            "note": schemas.nullable({"type": "object"}),
            "erased": {"type": "boolean"},
            "href": text,
        },
        {
            "report": {"type": "object"},
            "whatif": {"type": "object"},
            "history": schemas.a_list({"type": "object"}),
        },
    )


def paths(says: Says, refused: Refused) -> Json:
    """Return the paths, in the language that `says` speaks."""
    return {
        "/api/contributions": {"post": _post(says, refused), "get": _list(says, refused)},
        "/api/contributions/{name}": {
            "parameters": [_named(says)],
            "get": _get(says, refused),
            "delete": _delete(says, refused),
        },
        "/api/partners/{name}/data.{form}": {"get": _own_data(says, refused)},
    }


def _named(says: Says) -> Json:
    return {
        "name": "name",
        "in": "path",
        "required": True,
        "schema": schemas.STRING,
        "example": EXAMPLE,
        "description": says(
            "son identifiant ; suivi de .csv, .txt, .sarif ou .ttl : son rapport seul",
            "its id; followed by .csv, .txt, .sarif or .ttl: its report alone",
        ),
    }


def _query(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _post(says: Says, refused: Refused) -> Json:
    file = {"schema": {"type": "string", "format": "binary"}}
    form = {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "licence": schemas.STRING,
            "mapping": schemas.STRING,
        },
    }
    flag = says("1 : vérifier, et ne rien garder", "1: check, and keep nothing")
    graph = says("un des graphes du partenaire", "one of the graphs of the partner")
    mapping = says(
        "ce que contiennent les colonnes : le nom d’une correspondance retenue, TOML ou JSON",
        "what the columns hold: the name of a kept mapping, TOML or JSON",
    )
    method = says("post ajoute, put remplace", "post adds, put replaces")
    return {
        **SECURITY,
        "operationId": "contribute",
        "tags": ["service"],
        "summary": says("Envoyer des données", "Send data"),
        "description": says(
            "Gardé pour de bon, puis vérifié. Les mêmes octets envoyés à nouveau sont la première "
            "contribution.",
            "Kept for good, then checked. The same bytes sent again are the first contribution.",
        ),
        "parameters": [
            _query("dry-run", {"enum": ["0", "1"]}, flag),
            _query("graph", schemas.STRING, graph),
            _query("name", schemas.STRING, says("le nom du fichier", "the name of the file")),
            _query("method", {"enum": ["post", "put", "patch"]}, method),
            _query("licence", schemas.STRING, says("la licence", "the licence")),
            _query("mapping", schemas.STRING, mapping),
        ],
        "requestBody": {
            "required": True,
            "content": {
                **dict.fromkeys(TYPES, file),
                "multipart/form-data": {"schema": form},
            },
        },
        "responses": {
            "200": answered(says("vérifié, rien n’est gardé", "checked, nothing is kept"), {}),
            "201": answered(says("publié", "published"), schemas.ref("Contribution")),
            "202": answered(says("attend une relecture", "waits"), schemas.ref("Contribution")),
            **refused("400", "401", "403", "413", "415", "422", "429", "503", "507"),
        },
    }


def _list(says: Says, refused: Refused) -> Json:
    own = schemas.an_object({"contributions": schemas.a_list(schemas.ref("Contribution"))})
    state = says("dans cet état seulement", "in this state only")
    return {
        **SECURITY,
        "operationId": "contributions",
        "tags": ["service"],
        "summary": says("Ses propres contributions", "One’s own contributions"),
        "parameters": [_query("state", {"enum": list(STATES)}, state)],
        "responses": {
            "200": answered(says("les plus récentes d’abord", "the newest first"), own),
            **refused("400", "401", "429"),
        },
    }


def _get(says: Says, refused: Refused) -> Json:
    found = answered(says("son état, son rapport", "its state"), schemas.ref("Contribution"))
    found["content"] |= {kind: {"schema": schemas.STRING} for kind in _REPORTS}
    return {
        **SECURITY,
        "operationId": "contribution",
        "tags": ["service"],
        "summary": says("Où en est une contribution", "What became of a contribution"),
        "responses": {"200": found, **refused("401", "403", "404", "406", "429")},
    }


def _delete(says: Says, refused: Refused) -> Json:
    return {
        **SECURITY,
        "operationId": "take-back",
        "tags": ["service"],
        "summary": says("Retirer une contribution", "Take a contribution back"),
        "responses": {
            "200": answered(says("retirée", "taken back"), schemas.ref("Contribution")),
            **refused("401", "403", "404", "409", "429", "503", "507"),
        },
    }


def _own_data(says: Says, refused: Refused) -> Json:
    name = says("le nom court du partenaire", "the short name of the partner")
    sheet = says("pour .csv : le numéro de la feuille", "for .csv: the number of the sheet")
    text = {"text/csv": {"schema": schemas.STRING}}
    file = {TYPES[-1]: {"schema": {"type": "string", "format": "binary"}}}
    found = says("ses données, avec de quoi les renvoyer", "its data, with marks to send them back")
    path = {"in": "path", "required": True}
    return {
        "operationId": "partner-data",
        "tags": ["service"],
        "summary": says("Les données d’un partenaire, à corriger", "Data of a partner, to correct"),
        "description": says(
            "Corriger des cellules, puis renvoyer le fichier par POST /api/contributions : seules "
            "les cellules changées comptent.",
            "Correct cells, then send the file back by POST /api/contributions: only the cells "
            "changed count.",
        ),
        "parameters": [
            {**path, "name": "name", "schema": schemas.STRING, "example": "tunis",
             "description": name},
            {**path, "name": "form", "schema": {"enum": ["xlsx", "csv"]}, "example": "xlsx"},
            _query("sheet", {"type": "integer", "minimum": 1}, sheet),
            _query("lang", {"enum": ["fr", "en"]}, says("la langue", "the language")),
        ],
        "responses": {
            "200": {"description": found, "content": {**file, **text}},
            **refused("400", "404", "429"),
        },
    }  # fmt: skip
