"""`/api/search` in the description of the API: things found, and questions as people type them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from coopkg.search import LONGEST
from coopkg.serve.openapi import schemas

Json = dict[str, Any]
Says = Callable[[str, str], str]

_SHARED: Final = ("lang", "generation")
_ANY: Final[Json] = {"type": "object"}


def schema() -> Json:
    """Return the schema of what a search answers."""
    text = schemas.STRING
    question = {"question": text, "parameters": _ANY, "title": schemas.BOTH, "href": text}
    word = schemas.an_object({"text": text, "as": _ANY})
    matched = schemas.an_object({"how": text, "name": text})
    understood = {
        **question,
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "words": schemas.a_list(word),
        "rivals": schemas.a_list(schemas.an_object(question)),
    }
    entity = {"iri": text, "label": schemas.BOTH, "kind": text, "matched": matched, "href": text}
    refused = schemas.an_object({"reason": schemas.BOTH, "words": schemas.a_list(word)})
    return schemas.an_object(
        {
            "query": text,
            "understood": schemas.nullable(schemas.an_object(understood)),
            "refused": schemas.nullable(refused),
            "questions": schemas.a_list(schemas.an_object(question)),
            "entities": schemas.a_list(schemas.an_object(entity)),
        }
    )


def paths(says: Says, refused: Callable[..., Json]) -> Json:
    """Return the path, in the language that `says` speaks."""
    typed = {
        "name": "q",
        "in": "query",
        "description": says(
            f"un nom, ou une question en français ou en anglais ({LONGEST} caractères au plus)",
            f"a name, or a question in French or in English ({LONGEST} characters at most)",
        ),
        "schema": schemas.STRING,
        "example": says("partenaires au Maroc", "partners in Morocco"),
    }
    shared = [{"$ref": f"#/components/parameters/{name}"} for name in _SHARED]
    found = says("ce qui est compris et trouvé", "what is understood and found")
    get = {
        "operationId": "search",
        "tags": ["service"],
        "summary": says("Chercher, ou poser une question", "Search, or ask a question"),
        "description": says(
            "La question comprise, mot par mot, ou la raison d’un refus\u00a0; rien n’est deviné.",
            "The question understood, word by word, or why it is refused; nothing is guessed.",
        ),
        "parameters": [typed, *shared],
        "responses": {
            "200": schemas.answered(found, schemas.ref("Search")),
            **refused("400"),
        },
    }
    return {"/api/search": {"get": get}}
