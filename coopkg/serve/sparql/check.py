"""What helps to write a query: what it may name, what is wrong in it, how it reads best.

`/sparql/schema.json`, `/sparql/check`, and two headers on answers to doubtful queries.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request

from coopkg import sparql_text
from coopkg.engine import Admitted, Dataset, Engine, Result, admission, admit
from coopkg.engine.formatting import format_query
from coopkg.engine.hints import Diagnostic, Finding, Said, Vocabulary, diagnose, in_language
from coopkg.engine.hints.finding import caret
from coopkg.errors import Lang, QueryError, RefusedQuery, SyntaxQueryError, UnknownError
from coopkg.generation import Generation
from coopkg.serve import metering
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.service import Service
from coopkg.serve.sparql import protocol
from coopkg.serve.sparql.stated import unstated
from coopkg.sparql_tokens import Token

SCHEMA: Final = "schema.json"
LABELS: Final = "labels.json"
ONTOLOGY: Final = "ontology.json"
NOTHING: Final = Dataset(default=("urn:x-coopkg:nothing",), named=())
"""A dataset without a triple: asking it tells whether the engine accepts a query, and no more."""
TIMEOUT_S: Final = 1.0
WARNINGS: Final = "X-Query-Warnings"
LINK_MOST: Final = 2_000  # characters of a query in a header
READ_MOST: Final = 8_000
"""Characters of a query that is looked at though it has rows: a long list takes a second."""
_KEPT: Final = 4
_COUNTED: Final = 500
_METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")
_PREFLIGHT: Final = {
    "Allow": ", ".join(_METHODS),
    "Access-Control-Allow-Methods": ", ".join(_METHODS),
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_EMPTY_JSON: Final = re.compile(rb'"bindings"\s*:\s*\[\s*\]')
_STATEMENT: Final = re.compile(rb"^(?!\s*(?:@prefix|@base|PREFIX|BASE|#)).*\S", re.MULTILINE)


def blueprint(service: Callable[[], Service], body_max_bytes: int = 1 << 20) -> Blueprint:
    """Return the routes; `service` gives the generation that a request is answered from."""
    routes = Blueprint("check", __name__)

    @routes.get("/sparql/schema.json")
    def schema() -> Response:
        return _schema(service().generation)

    @routes.route("/sparql/check", methods=_METHODS, provide_automatic_options=False)
    def check() -> Response:
        if request.method == "OPTIONS":
            return Response(status=204, headers=_PREFLIGHT)
        return _check(service(), body_max_bytes)

    return routes


# --- the schema


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


class _Vocabularies:
    """The vocabularies of the generations asked last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Vocabulary | None] = OrderedDict()

    def of(self, generation: Generation) -> Vocabulary | None:
        """Return what a generation lets queries name; None when it has no schema."""
        key = f"{generation.number}-{generation.digest}"
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        known = None
        if SCHEMA in generation.manifest.files:
            sealed = ONTOLOGY in generation.manifest.files
            aligned = generation.read_json(ONTOLOGY)["alignments"] if sealed else ()
            schema, labels = generation.read_json(SCHEMA), generation.read_json(LABELS)
            known = Vocabulary.of(schema, labels, aligned)
        with self._lock:
            self._kept[key] = known
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return known


_VOCABULARIES: Final = _Vocabularies()


def vocabulary(generation: Generation) -> Vocabulary | None:
    """Return what a generation lets queries name; None when it was made before there was one."""
    return _VOCABULARIES.of(generation)


# --- the check


def _check(service: Service, body_max_bytes: int) -> Response:
    asked = protocol.read(request, body_max_bytes)
    if asked.query is None:
        raise HTTPProblem(400, "Le paramètre query manque.", "The parameter query is missing.")
    given = [value for name, value in asked.fields if name == "lang"]
    lang: Lang = "en" if given[-1:] == ["en"] else "fr" if given[-1:] == ["fr"] else g.lang
    with metering.work():
        found = report(service, asked.query, lang, inference=asked.dataset.inference)
    response = Response(
        json.dumps(found, ensure_ascii=False), content_type="application/json; charset=utf-8"
    )
    response.headers["Content-Language"] = lang
    response.vary.add("Accept-Language")
    return response


def report(service: Service, query: str, lang: Lang, *, inference: bool = True) -> dict[str, Any]:
    """Return what `/sparql/check` says of a query: its diagnostics, its form, and how it reads.

    Without `inference`, also which of its names inferred facts alone use.
    """
    form: str | None = None
    try:
        admitted = admit(query)
    except RefusedQuery as error:
        found = diagnose(query, None, lang) if error.rule in _TOLD else []
        found = [one for one in found if one.rule == error.rule] or [_refusal(query, error, lang)]
    except SyntaxQueryError as error:
        found = diagnose(query, vocabulary(service.generation), lang)
        found = found or [_engines(query, error, lang)]
    else:
        form = admitted.form
        found = diagnose(query, vocabulary(service.generation), lang)
        if not _wrong(found) and (refused := refused_by(service.engine, admitted)) is not None:
            found = [_engines(query, refused, lang), *found]
        elif not inference:
            found += unstated(service, vocabulary(service.generation), query, lang)
    ok = not _wrong(found)
    return {
        "ok": ok,
        "diagnostics": [one.as_json() for one in found],
        "form": form,
        "formatted": None if _wrong(found, besides=_SET) else format_query(query),
    }


_TOLD: Final = {admission.WRITES, admission.CALLS_OUT}


_SET: Final = frozenset({"undeclared-prefix"})
"""Errors in spite of which the lines of a query are known."""


def _wrong(found: Sequence[Diagnostic], besides: AbstractSet[str] = frozenset()) -> bool:
    return any(one.severity == "error" and one.rule not in besides for one in found)


def refused_by(engine: Engine, admitted: Admitted) -> SyntaxQueryError | None:
    """Return why the engine's parser refuses a query, None when it accepts it or does not say."""
    limits = replace(engine.limits, timeout_s=min(TIMEOUT_S, engine.limits.timeout_s))
    try:
        metering.run(engine, admitted, dataset=NOTHING, limits=limits).close()
    except SyntaxQueryError as error:
        return error
    except QueryError:  # slow even on nothing, or the engine is busy: it is SPARQL for all we know
        return None
    return None


def _engines(query: str, error: SyntaxQueryError, lang: Lang) -> Diagnostic:
    line, column = error.line or 1, error.column or 1
    return Diagnostic(
        "error",
        error.rule or "engine",
        line,
        column,
        line,
        column + 1,
        error.message(lang),
        error.said(lang).get("suggestion"),
        None,
        None,
        error.said(lang).get("expected"),
        error.caret or caret(query, 0, 1),
    )


def _refusal(query: str, error: RefusedQuery, lang: Lang) -> Diagnostic:
    """Return the refusal of what is too big or too deep, at the line where that shows."""
    lines = query.split("\n")
    start = sum(len(line) + 1 for line in lines[: (error.line or 1) - 1])
    end = min(len(query), start + len(lines[(error.line or 1) - 1]))
    message = Said(error.message("fr"), error.message("en"))
    return in_language([Finding("too-complex", start, end, message)], query, lang)[0]


# --- what answers tell


class _Counts:
    """How many things are doubtful in the queries asked last, by generation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int], int] = OrderedDict()

    def of(self, service: Service, query: str, tokens: Sequence[Token]) -> int:
        """Return how many: a query that is asked again, blanks apart, is not read again."""
        key = (service.generation.id, hash(tuple(token.text for token in tokens)))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = len(diagnose(query, vocabulary(service.generation), g.get("lang", "fr")))
        if len(query) <= LINK_MOST:
            with self._lock:
                self._kept[key] = found
                while len(self._kept) > _COUNTED:
                    self._kept.popitem(last=False)
        return found


_COUNTS: Final = _Counts()
_SPARING: Final = frozenset(
    {
        *("OPTIONAL", "UNION", "MINUS", "EXISTS", "FILTER", "BIND", "VALUES", "HAVING", "GROUP"),
        *("DESCRIBE", "CONSTRUCT", "COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT"),
        *("|", "*", "?", "!"),
    }
)
"""Words of a query that may give rows although one of its names matches nothing."""


def tell(response: Response, result: Result, query: str, *, inference: bool = True) -> None:
    """Add to an answer how many things are doubtful in its query, and where they are told.

    A count of nothing and a count of an unknown name look alike: this is what tells them apart. An
    empty answer says so in any case. With rows, neither a very long query is read a second time nor
    one whose every name has matched: reading one takes as long as a simple query.
    """
    service: Service | None = g.get("service")
    empty = is_empty(result)
    if service is None or not (empty or len(query) <= READ_MOST):
        return
    with metering.work():
        tokens = sparql_text.tokenize(query)
        if not (empty or any((one.keyword or one.text) in _SPARING for one in tokens)):
            return
        found = _COUNTS.of(service, query, tokens)
        if empty and not inference:
            lang = g.get("lang", "fr")
            found += len(unstated(service, vocabulary(service.generation), query, lang))
    if not (empty or found):
        return
    response.headers[WARNINGS] = str(found)
    asked = {"query": query}
    if not inference:
        asked["inference"] = "off"
    if "generation" in request.args:
        asked["generation"] = service.generation.id
    short = "?" + urlencode(asked) if len(query) <= LINK_MOST else ""
    response.headers.add("Link", f'</sparql/check{short}>; rel="describedby"')


def is_empty(result: Result) -> bool:
    """Tell whether an answer has no row, no triple, or is the answer no."""
    if result.is_large or result.size > 1 << 16:
        return False
    body, media_type = result.body, result.media_type
    if result.kind == "boolean":
        return b"false" in body
    if result.kind == "graph":
        if "json" in media_type:
            return b'"@id"' not in body
        if "xml" in media_type:
            return b"rdf:about" not in body and b"rdf:nodeID" not in body
        return _STATEMENT.search(body) is None
    if "json" in media_type:
        return _EMPTY_JSON.search(body) is not None
    if "xml" in media_type:
        return b"<result>" not in body
    return len(body.strip().splitlines()) <= 1 and not body.rstrip(b"\r\n").count(b"\n")
