"""The shapes of what the API answers, as JSON Schema (the dialect of OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from coopkg.questions import Column

Schema = dict[str, Any]

JSON: Final = "application/json"
STRING: Final[Schema] = {"type": "string"}
INTEGER: Final[Schema] = {"type": "integer"}
BOTH: Final[Schema] = {"$ref": "#/components/schemas/Bilingual"}
STATUSES: Final = ("complete", "empty", "not-stated", "truncated")


def ref(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def an_object(required: Mapping[str, Schema], optional: Mapping[str, Schema] = {}) -> Schema:
    """Return the schema of an object with these members; others may come with time."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
    }


def a_list(items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def nullable(schema: Schema) -> Schema:
    """Return the schema of a value that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


CELL: Final[Schema] = {
    **an_object(
        {"type": {"enum": ["uri", "literal", "bnode"]}, "value": STRING},
        {
            "datatype": STRING,
            "xml:lang": STRING,
            "label": BOTH,
            "inferred": {"type": "boolean"},
            "derived": {"type": "boolean"},
        },
    ),
    "description": "A term as SPARQL 1.1 Results JSON writes it, with its label.",
}
COLUMN: Final[Schema] = an_object(
    {"name": STRING, "kind": STRING, "label": BOTH},
    {"unit": nullable(BOTH), "derived": {"type": "boolean"}},
)
ANSWER: Final[Schema] = an_object(
    {
        "question": STRING,
        "generation": STRING,
        "published": {"type": "string", "format": "date-time"},
        "status": {"enum": list(STATUSES)},
        "parameters": {"type": "object", "additionalProperties": STRING},
        "sentence": BOTH,
        "columns": a_list(ref("Column")),
        "rows": a_list({"type": "object", "additionalProperties": ref("Cell")}),
        "related": a_list(an_object({"reason": BOTH, "rows": a_list({"type": "object"})})),
        "derived": {"type": "boolean"},
        "count": INTEGER,
        "page": INTEGER,
        "pages": INTEGER,
        "notes": a_list(an_object({"kind": STRING, "text": BOTH})),
        "sources": a_list({"type": "object"}),
        "explain": STRING,
    },
    {
        "inference": {"type": "boolean"},
        "counted": {"type": "object"},
        "gaps": a_list({"type": "object"}),
        "nearest": a_list(ref("Change")),
        "numbers": a_list(INTEGER),
        "coverage": ref("Coverage"),
        "disagreements": a_list(ref("Disagreement")),
        "inapplicable": a_list(a_list(STRING)),
    },
)
CHANGE: Final[Schema] = an_object(
    {
        "kind": STRING,
        "question": STRING,
        "parameters": {"type": "object", "additionalProperties": STRING},
        "count": INTEGER,
        "text": BOTH,
    },
    {"parameter": nullable(STRING), "value": nullable(STRING), "inference": {"type": "boolean"}},
)
COVERAGE: Final[Schema] = an_object(
    {
        "known": INTEGER,
        "column": BOTH,
        "reach": a_list(
            an_object(
                {
                    "parameter": STRING,
                    "within": nullable(STRING),
                    "of": INTEGER,
                    "without": INTEGER,
                    "values": a_list(STRING),
                    "unsaid": INTEGER,
                }
            )
        ),
        "layers": {"type": "object", "additionalProperties": INTEGER},
        "newest": nullable(INTEGER),
        "documents": a_list({"type": "object"}),
        "claim": {"enum": ["examples", "none", "single"]},
        "markers": a_list({"type": "object"}),
        "sentences": a_list(BOTH),
    }
)
DISAGREEMENT: Final[Schema] = an_object(
    {
        "kind": {"enum": ["figure", "value", "sum"]},
        "about": BOTH,
        "entity": STRING,
        "property": STRING,
        "rule": BOTH,
        "sides": a_list(
            an_object({"line": STRING, "text": BOTH, "sources": a_list({"type": "object"})})
        ),
    }
)
STEP: Final[Schema] = an_object(
    {
        "sentence": BOTH,
        "line": STRING,
        "triple": {"type": "object"},
        "inferred": {"type": "boolean"},
        "graphs": a_list({"type": "object"}),
        "rule": nullable(an_object({"name": STRING, "text": BOTH, "axioms": a_list(STRING)})),
        "premises": a_list({"$ref": "#/components/schemas/Step"}),
    }
)
WHY: Final[Schema] = an_object(
    {
        "question": STRING,
        "generation": STRING,
        "published": {"type": "string", "format": "date-time"},
        "inference": {"type": "boolean"},
        "parameters": {"type": "object", "additionalProperties": STRING},
        "number": INTEGER,
        "count": INTEGER,
        "columns": a_list(ref("Column")),
        "row": {"type": "object", "additionalProperties": ref("Cell")},
        "steps": a_list(ref("Step")),
        "absent": a_list(an_object({"sentence": BOTH, "pattern": STRING})),
        "figures": a_list({"type": "object"}),
        "sources": a_list({"type": "object"}),
        "disagreements": a_list(ref("Disagreement")),
        "answer": STRING,
    }
)
PARAMETER: Final[Schema] = an_object(
    {"name": STRING, "kind": STRING, "label": BOTH, "choices": STRING},
    {"required": {"type": "boolean"}, "example": STRING, "help": BOTH, "any": BOTH},
)
QUESTION: Final[Schema] = an_object(
    {
        "slug": STRING,
        "title": BOTH,
        "help": BOTH,
        "category": STRING,
        "view": STRING,
        "columns": a_list(an_object({"name": STRING, "kind": STRING, "label": BOTH})),
        "parameters": a_list(ref("Parameter")),
        "answer": STRING,
        "query": STRING,
    }
)
CATALOGUE: Final[Schema] = an_object(
    {
        "generation": STRING,
        "published": {"type": "string", "format": "date-time"},
        "categories": a_list(an_object({"slug": STRING, "label": BOTH})),
        "questions": a_list(ref("Question")),
    }
)
CHOICES: Final[Schema] = an_object(
    {
        "choices": a_list(
            an_object({"value": STRING, "label": BOTH, "count": nullable(INTEGER)}, {"iri": STRING})
        )
    },
    {"needs": a_list(STRING)},
)
PROBLEM: Final[Schema] = {
    **an_object(
        {"type": STRING, "title": STRING, "status": INTEGER, "detail": STRING},
        {
            "line": INTEGER,
            "column": INTEGER,
            "hint": STRING,
            "parameter": STRING,
            "seen": STRING,
            "known": a_list(STRING),
        },
    ),
    "description": "RFC 9457, in the language of the request, with the evidence of the refusal.",
}
RESULTS: Final[Schema] = an_object(
    {"head": {"type": "object"}},
    {
        "results": an_object({"bindings": a_list({"type": "object"})}),
        "boolean": {"type": "boolean"},
    },
)
DUMP: Final[Schema] = an_object(
    {
        "name": STRING,
        "media": STRING,
        "bytes": INTEGER,
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "title": BOTH,
        "url": {"type": "string", "format": "uri"},
    }
)
DUMPS: Final[Schema] = an_object(
    {"generation": STRING, "published": STRING, "files": a_list(ref("Dump")), "sums": STRING},
    {"digest": STRING, "licence": BOTH, "graphs": a_list({"type": "object"})},
)
VERSION: Final[Schema] = an_object(
    {
        "coopkg": STRING,
        "generation": STRING,
        "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "published": {"type": "string", "format": "date-time"},
        "tools": {"type": "object", "additionalProperties": STRING},
    }
)
HEALTH: Final[Schema] = an_object(
    {"status": {"enum": ["ok", "failing"]}, "generation": STRING, "questions": INTEGER}
)

SCHEMAS: Final[Mapping[str, Schema]] = {
    "Bilingual": an_object({"fr": STRING, "en": STRING}),
    "Cell": CELL,
    "Column": COLUMN,
    "Answer": ANSWER,
    "Change": CHANGE,
    "Coverage": COVERAGE,
    "Disagreement": DISAGREEMENT,
    "Step": STEP,
    "Why": WHY,
    "Parameter": PARAMETER,
    "Question": QUESTION,
    "Catalogue": CATALOGUE,
    "Choices": CHOICES,
    "Problem": PROBLEM,
    "SparqlResults": RESULTS,
    "Dump": DUMP,
    "Dumps": DUMPS,
    "Version": VERSION,
    "Health": HEALTH,
}


def answer_of(slug: str, columns: Sequence[Column]) -> Schema:
    """Return the schema of the answer of one question: its slug, and the cells of its columns.

    A cell is absent from a row when there is nothing to say.
    """
    row = {
        "type": "object",
        "properties": {column.name: ref("Cell") for column in columns},
        "additionalProperties": False,
    }
    return {
        "allOf": [
            ref("Answer"),
            {"properties": {"question": {"const": slug}, "rows": a_list(row)}},
        ]
    }


def answered(description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the description of an answer in JSON."""
    return {"description": description, "content": {JSON: {"schema": schema}}}
