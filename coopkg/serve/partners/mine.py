"""`/{lang}/partners`: who contributes, what is published from each, and what each has sent.

The first part of a partner's page is open to all. The second, with what waits or was refused,
needs its token, or that of an operator.
"""

from __future__ import annotations

import json
from typing import Any, Final

from flask import Blueprint, Response, g

from coopkg import contributions
from coopkg.contributions import Contribution, Partner, partners
from coopkg.contributions.publication import held
from coopkg.engine import Dataset
from coopkg.errors import CoopkgError, ForbiddenError, Lang, UnknownError
from coopkg.serve import metering
from coopkg.serve.partners import documents, page, pages, standing, tokens
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.sparql import protocol
from coopkg.terms import PREFIXES

_LANG: Final = "/<any(fr, en):lang>/partners"
_COUNTS: Final = f"""
PREFIX rdfs: <{PREFIXES["rdfs"]}> PREFIX skos: <{PREFIXES["skos"]}>
SELECT (COUNT(*) AS ?things) (SUM(?f) AS ?fr) (SUM(?e) AS ?en) (SUM(?k) AS ?kind) WHERE {{
  SELECT ?s
    (MAX(IF(?p IN (rdfs:label, skos:prefLabel) && LANG(?o) = "fr", 1, 0)) AS ?f)
    (MAX(IF(?p IN (rdfs:label, skos:prefLabel) && LANG(?o) = "en", 1, 0)) AS ?e)
    (MAX(IF(?p = <{PREFIXES["rdf"]}type>, 1, 0)) AS ?k)
  WHERE {{ ?s ?p ?o }} GROUP BY ?s
}}"""


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("partners", __name__)

    @routes.get(_LANG)
    def every(lang: Lang) -> Response:
        known = [one for one in partners.known(tokens.settings().home).values() if _public(one)]
        return page.shown("partners.html", partners=known, graphs=_graphs())

    @routes.get(f"{_LANG}/<name>")
    def show(lang: Lang, name: str) -> Response:
        return _page(found(name), lang)

    @routes.post(f"{_LANG}/<name>")
    def mine(lang: Lang, name: str) -> Response:
        page.own()
        one = found(name)
        try:
            asker = page.who(dict(protocol.fields(pages.form_body())))
            if asker.name != one.name and not asker.decides:
                raise ForbiddenError(
                    "not-yours", "ce jeton est d’un autre partenaire", "this token is of another"
                )
        except (CoopkgError, HTTPProblem) as error:
            code, text = page.trouble(error, lang)
            return _page(one, lang, code, error=text)
        return _page(one, lang, private=True)

    return routes


def _public(one: Partner) -> bool:
    return one.role not in {"reviewer", "operator"}


def found(name: str) -> Partner:
    """Return a partner whose page there is.

    Raises:
        UnknownError: there is none; the names of others are not told.
    """
    try:
        return partners.find(tokens.settings().home, name)
    except UnknownError:
        raise UnknownError(name, "aucun partenaire de ce nom", "no partner of that name") from None


def _page(
    one: Partner, lang: Lang, status: int = 200, private: bool = False, error: str = ""
) -> Response:
    sent = contributions.listing(tokens.settings().home, one.name)
    inside = held(g.service.generation)
    published = [found for found in sent if found.id in inside]
    return page.shown(
        "partner.html",
        status,
        partner=one,
        error=error,
        graphs=[(iri, told) for iri, told in _graphs().items() if told.get("owner") == one.name],
        complete=_complete(one),
        questions=_questions(published),
        published=published,
        sent=sent if private else None,
        private=private,
        **standing.view(one, sent, _own(one), private, lang),
    )


def _graphs() -> dict[str, Any]:
    """Return what the generation seals of the graphs that contributions make."""
    try:
        found: dict[str, Any] = g.service.generation.read_json(contributions.publication.SEALED)[
            "graphs"
        ]
    except UnknownError:
        return {}
    return found


def _own(one: Partner) -> list[str]:
    """Return the graphs of a partner that the generation holds."""
    return [iri for iri, told in _graphs().items() if told.get("owner") == one.name]


def _complete(one: Partner) -> dict[str, int]:
    """Return how many things a partner has described, and how many of them in full."""
    own = tuple(iri for iri, told in _graphs().items() if told.get("owner") == one.name)
    if not own:
        return {}
    result = metering.run(
        g.service.engine,
        _COUNTS,
        accept="application/sparql-results+json",
        dataset=Dataset(own),
    )
    row = json.loads(result.body)["results"]["bindings"][0]
    return {name: int(float(cell["value"])) for name, cell in row.items()}


def _questions(published: list[Contribution]) -> list[dict[str, Any]]:
    """Return the questions whose answers the published contributions changed, each once."""
    found: dict[str, dict[str, Any]] = {}
    for one in published:
        for told in documents.document(one.whatif).get("answers", ()) if not one.erased else ():
            if told["gained"]:
                found.setdefault(told["question"], told)
    return list(found.values())
