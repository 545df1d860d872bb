"""Links, addresses and calls in the description of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from coopkg.serve.openapi import schemas
from coopkg.serve.openapi.contributions import SECURITY
from coopkg.serve.openapi.schemas import answered

Json = dict[str, Any]
Says = Callable[[str, str], str]
Refused = Callable[..., Json]

_SHARED: Final = ("lang", "generation")


def paths(says: Says, refused: Refused) -> Json:
    """Return the paths, in the language that `says` speaks."""
    return {
        "/links.sssom.tsv": _links(says, "text/tab-separated-values", "links-sssom"),
        "/links.ttl": _links(says, "text/turtle", "links-turtle"),
        "/api/mint": {"get": _mint(says, refused)},
        "/api/hook": _hook(says, refused),
    }


def _links(says: Says, media: str, name: str) -> Json:
    said = says(
        "Les liens acceptés, avec leur relecteur et leur date",
        "The accepted links, with their reviewer and date",
    )
    return {
        "get": {
            "operationId": name,
            "tags": ["service"],
            "summary": said,
            "parameters": _shared(),
            "responses": {"200": {"description": said, "content": {media: {"schema": {}}}}},
        }
    }


def _shared() -> list[Json]:
    return [{"$ref": f"#/components/parameters/{one}"} for one in _SHARED]


def _query(name: str, description: str, example: str = "", required: bool = False) -> Json:
    more: Json = {"example": example} if example else {}
    return {
        "name": name,
        "in": "query",
        "required": required,
        "schema": schemas.STRING,
        "description": description,
        **more,
    }


def _mint(says: Says, refused: Refused) -> Json:
    text, maybe = schemas.STRING, schemas.nullable(schemas.STRING)
    alike = schemas.an_object(
        {
            "iri": text,
            "kind": text,
            "label": {"type": "object"},
            "name": text,
            "score": {"type": "number"},
            "same": {"type": "boolean"},
            "why": schemas.a_list(schemas.BOTH),
        }
    )
    answer = schemas.an_object(
        {
            "iri": maybe,
            "slug": maybe,
            "taken": maybe,
            "note": schemas.nullable(schemas.BOTH),
            "lookalikes": schemas.a_list(alike),
        }
    )
    said = says(
        "L’adresse d’une chose nouvelle, et ce qui lui ressemble déjà",
        "The address of a new thing, and what looks like it already",
    )
    return {
        "operationId": "mint",
        "tags": ["service"],
        "summary": said,
        "description": says(
            "Rien n’est créé. Regarder d’abord ce qui lui ressemble.",
            "Nothing is made. Look first at what looks like it.",
        ),
        "parameters": [
            _query("kind", says("sa sorte", "its kind"), "organisation", required=True),
            _query("label", says("son nom", "its name"), "BTVL", required=True),
            _query("name", says("un autre de ses noms", "another of its names")),
            _query("identifier", says("un identifiant, ou son adresse ailleurs", "an identifier")),
            _query("country", says("son pays", "its country"), "Liban"),
            _query("partner", says("le partenaire à qui elle est", "whose it is")),
            *_shared(),
        ],
        "responses": {
            "200": answered(said, answer),
            **refused("400", "429"),
        },
    }


def _hook(says: Says, refused: Refused) -> Json:
    text, maybe = schemas.STRING, schemas.nullable(schemas.STRING)
    state = {
        "url": text,
        "set": {"type": "string", "format": "date-time"},
        "state": {"enum": ["working", "failing", "stopped"]},
        "waiting": {"type": "boolean"},
        "last": maybe,
        "last_at": maybe,
        "next_at": maybe,
        "failed": schemas.INTEGER,
        "why": schemas.nullable(schemas.BOTH),
    }
    body = {
        "required": True,
        "content": {schemas.JSON: {"schema": schemas.an_object({"url": text})}},
    }
    common: Json = {**SECURITY, "tags": ["service"]}
    shown = says("L’adresse appelée, et où elle en est", "The address called, and how it stands")
    made = says(
        "Enregistrée ; le secret qui signe n’est montré qu’ici",
        "Set; the secret that signs is shown only here",
    )
    return {
        "get": {
            **common,
            "operationId": "hook",
            "summary": shown,
            "responses": {
                "200": answered(shown, schemas.an_object(state)),
                **refused("401", "404", "429"),
            },
        },
        "put": {
            **common,
            "operationId": "set-hook",
            "summary": says(
                "Donner l’adresse à appeler à chaque étape de ses contributions",
                "Give the address to call at each step of one’s contributions",
            ),
            "requestBody": body,
            "responses": {
                "201": answered(made, schemas.an_object({**state, "secret": text})),
                **refused("400", "401", "429", "507"),
            },
        },
        "delete": {
            **common,
            "operationId": "remove-hook",
            "summary": says("Ne plus rien appeler", "Call nothing any more"),
            "responses": {
                "204": {"description": says("retirée", "removed")},
                **refused("401", "404", "429", "507"),
            },
        },
    }
