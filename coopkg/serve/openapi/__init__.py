"""`/openapi.json`: the API for programs that read descriptions (OpenAPI 3.1).

Written from the questions of the generation served: each has its own path, its parameters with
the values they admit, and the columns of its answer. Nothing is asked of the engine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, Response, g

from coopkg import __version__, formats
from coopkg.errors import Lang
from coopkg.questions import CATEGORIES, Parameter, Question
from coopkg.serve import linked
from coopkg.serve.openapi import (
    contributions,
    linking,
    mappings,
    reasons,
    reconciling,
    reports,
    schemas,
    searching,
)
from coopkg.serve.service import Service

CHOICES: Final = "choices.json"
PROBLEM: Final = "application/problem+json"
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXAMPLE: Final = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1"
SHARED: Final = ("lang", "page", "sort", "order", "inference", "generation")
REFUSALS: Final = {
    "400": ("paramètre refusé, avec sa raison", "a parameter refused, with its reason"),
    "401": ("jeton absent ou refusé", "no token, or one that opens nothing"),
    "403": ("refusé, avec la raison", "refused, with the reason"),
    "404": ("introuvable, avec le plus proche", "not found, with the nearest"),
    "406": ("aucun format acceptable", "no acceptable format"),
    "409": ("impossible dans cet état", "impossible in this state"),
    "413": ("trop volumineux", "too large"),
    "415": ("type de contenu refusé", "content type refused"),
    "422": ("refusé, avec le rapport", "refused, with the report"),
    "429": ("trop de demandes\u00a0; voir Retry-After", "too many requests; see Retry-After"),
    "503": ("limite atteinte, ou service occupé", "a limit reached, or the service is busy"),
    "507": ("plus de place pour le garder", "no room left to keep it"),
}
Json = dict[str, Any]


def blueprint() -> Blueprint:
    """Return the route of `/openapi.json`."""
    routes = Blueprint("openapi", __name__)

    @routes.get("/openapi.json")
    def described() -> Response:
        text = json.dumps(document(g.service, g.lang), ensure_ascii=False, indent=1)
        response = Response(text, content_type=f"{schemas.JSON}; charset=utf-8")
        response.vary.add("Accept-Language")
        return linked.linked(response, [])

    return routes


def document(service: Service, lang: Lang) -> Json:
    """Return the description in one language."""
    says = _Says(service, lang)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": says(
                "API de la coopération internationale du CNFPT (non officielle)",
                "API of the international cooperation of the CNFPT (unofficial)",
            ),
            "version": __version__,
            "summary": says(
                "Des questions toutes faites, et SPARQL.", "Ready-made questions, and SPARQL."
            ),
            "description": says(
                f"Génération {service.generation.id}. Chaque réponse porte son statut, sa "
                "génération et ses sources. Un refus est un document application/problem+json.",
                f"Generation {service.generation.id}. Each answer carries its status, its "
                "generation and its sources. A refusal is an application/problem+json document.",
            ),
            "license": {
                "name": "Licence Ouverte 2.0 (Etalab)",
                "url": linked.public(linked.DATA_LICENCE),
            },
        },
        "servers": [{"url": linked.public("/").rstrip("/")}],
        "tags": [
            *({"name": slug, "description": label[lang]} for slug, label in CATEGORIES.items()),
            {"name": "sparql", "description": "SPARQL"},
            {"name": "service", "description": says("le service", "the service")},
        ],
        "paths": {
            **says.service_paths(),
            **reasons.paths(says, says.refused),
            **reports.paths(says, says.refused),
            **contributions.paths(says, says.refused),
            **mappings.paths(says, says.refused),
            **searching.paths(says, says.refused),
            **reconciling.paths(says, says.refused),
            **linking.paths(says, says.refused),
            **says.question_paths(),
        },
        "components": {
            "schemas": {
                **schemas.SCHEMAS,
                "Report": reports.schema(),
                "Contribution": contributions.schema(),
                "KeptMapping": mappings.schema(),
                "Search": searching.schema(),
                **says.enums,
            },
            "parameters": says.shared(),
            "responses": says.refusals(),
            "securitySchemes": contributions.SCHEME,
        },
    }


class _Says:
    """Writes the parts of the document in one language; `enums` gathers the lists of values."""

    def __init__(self, service: Service, lang: Lang) -> None:
        self.service = service
        self.lang = lang
        self.enums: dict[str, Json] = {}
        known = CHOICES in service.generation.manifest.files
        self._choices: Mapping[str, Mapping[str, Sequence[str]]] = (
            service.generation.read_json(CHOICES) if known else {}
        )

    def __call__(self, fr: str, en: str) -> str:
        return fr if self.lang == "fr" else en

    # --- Questions ---

    def question_paths(self) -> Json:
        """Return a path for each question, and one for the choices of its parameters."""
        paths: Json = {}
        for slug, question in sorted(self.service.questions.items()):
            paths[f"/api/questions/{slug}"] = {"get": self._question(question)}
            if question.parameters:
                path = f"/api/questions/{slug}/choices/{{parameter}}"
                paths[path] = {"get": self._choices_of(question)}
        return paths

    def _question(self, question: Question) -> Json:
        answer = schemas.answer_of(question.slug, question.visible)
        text = {"schema": schemas.STRING}
        return {
            "operationId": question.slug,
            "tags": [question.category],
            "summary": question.heading(self.lang, {}),
            "description": question.help[self.lang],
            "parameters": [
                *(self._parameter(question, one) for one in question.parameters),
                *({"$ref": f"#/components/parameters/{name}"} for name in SHARED),
            ],
            "responses": {
                "200": {
                    "description": self("la réponse", "the answer"),
                    "content": {
                        schemas.JSON: {"schema": answer},
                        "text/csv": text,
                        "text/turtle": text,
                        "application/sparql-query": text,
                        WORKBOOK: {"schema": {"contentMediaType": WORKBOOK}},
                    },
                },
                **self.refused("400", "404", "406", "429", "503"),
            },
        }

    def _parameter(self, question: Question, parameter: Parameter) -> Json:
        return {
            "name": parameter.name,
            "in": "query",
            "required": parameter.required,
            "description": f"{parameter.label[self.lang]}. {parameter.help[self.lang]}",
            "schema": self._values(question, parameter),
            "example": self._example(parameter),
        }

    def _example(self, parameter: Parameter) -> str | int:
        return int(parameter.example) if parameter.kind == "integer" else parameter.example

    def _values(self, question: Question, parameter: Parameter) -> Json:
        """Return what a parameter admits: a list of short values, or any of its kind.

        Full IRIs are accepted in the place of short ones.
        """
        listed = list(self._choices.get(question.slug, {}).get(parameter.name, ()))
        if parameter.kind == "integer":
            return {"type": "integer", **({"enum": [int(one) for one in listed]} if listed else {})}
        if not listed:
            return {"type": "string"}
        name = f"{question.slug}.{parameter.name}"
        schema: Json = {"type": "string", "enum": listed}
        for known, other in self.enums.items():
            if other == schema:
                name = known  # the same list under another question is written once
        self.enums[name] = schema
        return schemas.ref(name)

    def _choices_of(self, question: Question) -> Json:
        names = [one.name for one in question.parameters]
        return {
            "operationId": f"{question.slug}-choices",
            "tags": [question.category],
            "summary": self(
                "Ce qui peut être choisi, et combien de lignes cela donne",
                "What can be chosen, and how many rows it gives",
            ),
            "parameters": [
                {
                    "name": "parameter",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string", "enum": names},
                    "example": names[0],
                },
                *(
                    {**self._parameter(question, one), "required": False}
                    for one in question.parameters
                ),
                {"$ref": "#/components/parameters/inference"},
                {"$ref": "#/components/parameters/generation"},
            ],
            "responses": {
                "200": self._json(schemas.ref("Choices"), "les choix", "the choices"),
                **self.refused("400", "404", "429", "503"),
            },
        }

    # --- The rest of the service ---

    def service_paths(self) -> Json:
        """Return the paths that are the same whatever the questions."""
        return {
            "/api/questions": self._get(
                "catalogue", "Le catalogue des questions", "The catalogue of questions", "Catalogue"
            ),
            "/sparql": {"get": self._sparql("get"), "post": self._sparql("post")},
            "/dumps/index.json": self._get(
                "dumps", "Les fichiers à emporter", "The files to take away", "Dumps", "service"
            ),
            "/version": self._get(
                "version", "La génération servie", "The generation served", "Version", "service"
            ),
            "/health": self._get("health", "L’état du service", "Its health", "Health", "service"),
        }

    def _get(self, name: str, fr: str, en: str, schema: str, tag: str = "document") -> Json:
        return {
            "get": {
                "operationId": name,
                "tags": [tag],
                "summary": self(fr, en),
                "responses": {"200": self._json(schemas.ref(schema), fr, en)},
            }
        }

    def _sparql(self, method: str) -> Json:
        shared = [{"$ref": f"#/components/parameters/{name}"} for name in SHARED[4:]]
        dataset = [self._dataset(name) for name in ("default-graph-uri", "named-graph-uri")]
        query = {
            "name": "query",
            "in": "query",
            "description": self(
                "une requête SPARQL 1.1 ; sans elle, la description du service",
                "a SPARQL 1.1 query; without it, the description of the service",
            ),
            "schema": schemas.STRING,
            "example": EXAMPLE,
        }
        written = {
            "name": "format",
            "in": "query",
            "description": self(
                "le format du résultat, à défaut d’Accept", "the format of the result, for Accept"
            ),
            "schema": {"type": "string", "enum": sorted(formats.NAMES)},
        }
        fields = {
            "query": {"type": "string"},
            **{one["name"]: one["schema"] for one in dataset},
        }
        form = {"type": "object", "required": ["query"], "properties": fields}
        body = {
            "required": True,
            "content": {
                "application/sparql-query": {"schema": schemas.STRING, "example": EXAMPLE},
                "application/x-www-form-urlencoded": {
                    "schema": form,
                    "example": {"query": EXAMPLE},
                },
            },
        }
        given = [*([query] if method == "get" else []), *dataset, written, *shared]
        found: Json = {
            "operationId": f"sparql-{method}",
            "tags": ["sparql"],
            "summary": self("Poser une requête SPARQL", "Ask a SPARQL query"),
            "parameters": given,
            "responses": {
                "200": {
                    "description": self("le résultat", "the result"),
                    "content": {
                        "application/sparql-results+json": {"schema": schemas.ref("SparqlResults")},
                        "application/sparql-results+xml": {"schema": schemas.STRING},
                        "text/csv": {"schema": schemas.STRING},
                        "text/turtle": {"schema": schemas.STRING},
                    },
                },
                **self.refused("400", "403", "406", "413", "415", "429", "503"),
            },
        }
        return {**found, "requestBody": body} if method == "post" else found

    def _dataset(self, name: str) -> Json:
        """Return a parameter that names graphs (SPARQL 1.1 Protocol, section 2.1.4)."""
        return {
            "name": name,
            "in": "query",
            "description": self("un graphe à interroger, de ce service", "a graph to ask, of ours"),
            "schema": {"type": "array", "items": {"type": "string", "format": "uri"}},
        }

    # --- Shared parts ---

    def shared(self) -> Json:
        """Return the parameters that are the same everywhere."""
        said = {
            "lang": (
                {"type": "string", "enum": ["fr", "en"], "default": "fr"},
                "langue de l’ordre des lignes et des messages",
                "language of the order of rows and of messages",
            ),
            "page": (
                {"type": "integer", "minimum": 1, "default": 1},
                "page de la réponse",
                "page of the answer",
            ),
            "sort": (
                {"type": "string"},
                "colonne qui ordonne les lignes ; f.<colonne>=valeur n’en garde que certaines",
                "column that sorts the rows; f.<column>=value keeps some of them",
            ),
            "order": (
                {"type": "string", "enum": ["asc", "desc"], "default": "asc"},
                "sens de l’ordre",
                "direction of the order",
            ),
            "inference": (
                {"type": "string", "enum": ["on", "off"], "default": "on"},
                "avec ou sans ce qui est déduit",
                "with or without what is inferred",
            ),
            "generation": (
                {"type": "string"},
                "numéro ou empreinte d’une génération passée",
                "number or digest of a past generation",
            ),
        }
        return {
            name: {"name": name, "in": "query", "schema": schema, "description": self(fr, en)}
            for name, (schema, fr, en) in said.items()
        }

    def refusals(self) -> Json:
        """Return the refusals, by status."""
        content = {PROBLEM: {"schema": schemas.ref("Problem")}}
        return {
            f"refused-{status}": {"description": self(fr, en), "content": content}
            for status, (fr, en) in REFUSALS.items()
        }

    def refused(self, *statuses: str) -> Json:
        """Return references to the refusals of some statuses."""
        return {one: {"$ref": f"#/components/responses/refused-{one}"} for one in statuses}

    def _json(self, schema: Json, fr: str, en: str) -> Json:
        return schemas.answered(self(fr, en), schema)
