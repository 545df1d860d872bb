"""`/{lang}/partners/<name>/data.xlsx`: what is published from a partner, to be corrected.

The data of a partner are open, and so are these files; sending them back takes its token.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pyoxigraph as ox
from flask import Blueprint, Response, g, request

from coopkg import roundtrip
from coopkg.contributions import Partner, partners
from coopkg.contributions import publication as publishing
from coopkg.engine import Dataset
from coopkg.errors import Lang, ParameterError, UnknownError
from coopkg.roundtrip import OwnSheet, Told
from coopkg.serve import metering
from coopkg.serve.partners import tokens
from coopkg.serve.partners.sheets import XLSX
from coopkg.serve.partners.vocabularies import vocabulary

CSV: Final = "text/csv; charset=utf-8; header=present"
FORMS: Final = ("xlsx", "csv")
_QUERY: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_TRIPLES: Final = "application/n-triples"


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("own-data", __name__)

    @routes.get("/<any(fr, en):lang>/partners/<name>/data.<form>")
    def page(lang: Lang, name: str, form: str) -> Response:
        return _file(name, form, lang)

    @routes.get("/api/partners/<name>/data.<form>")
    def api(name: str, form: str) -> Response:
        return _file(name, form, g.lang)

    return routes


def graphs(name: str) -> dict[str, Mapping[str, Any]]:
    """Return what the generation seals of the graphs of a partner."""
    try:
        found = g.service.generation.read_json(publishing.SEALED)["graphs"]
    except UnknownError:
        return {}
    return {iri: told for iri, told in found.items() if told.get("owner") == name}


def sheets(partner: Partner, lang: Lang) -> list[OwnSheet]:
    """Return the sheets of what is published from a partner.

    Raises:
        UnwritableError: a class has more properties than a sheet has room for.
    """
    generation = g.service.generation
    return roundtrip.sheets(_quads(partner), partner.base, vocabulary(), lang, generation.id)


def _quads(partner: Partner) -> Iterator[ox.Quad]:
    for iri in graphs(partner.name):
        result = metering.run(g.service.engine, _QUERY, accept=_TRIPLES, dataset=Dataset((iri,)))
        for one in ox.parse(result.body, format=ox.RdfFormat.N_TRIPLES):
            yield ox.Quad(one.subject, one.predicate, one.object, ox.NamedNode(iri))


def _file(name: str, form: str, lang: Lang) -> Response:
    if form not in FORMS:
        raise UnknownError(form, "ce format n’est pas donné", "no such format is given", FORMS)
    try:
        partner = partners.find(tokens.settings().home, name)
    except UnknownError:
        raise UnknownError(name, "aucun partenaire de ce nom", "no partner of that name") from None
    with metering.work():
        made = sheets(partner, lang)
        if not made:
            raise UnknownError(
                name,
                f"rien n’est encore publié de « {partner.label['fr']} »",
                f"nothing is published from {partner.label['en']} yet",
            )
        answer = _written(made, _told(partner, lang), form)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{lang}.{form}"'
    return answer


def _told(partner: Partner, lang: Lang) -> Told:
    found = g.service.generation
    return Told(partner.name, partner.label[lang], found.id, found.manifest.published, lang)


def _written(made: list[OwnSheet], told: Told, form: str) -> Response:
    if form == "xlsx":
        return Response(roundtrip.as_workbook(made, told, vocabulary()), mimetype=XLSX)
    wanted = request.args.get("sheet", "1")
    if not wanted.isdigit() or not 1 <= int(wanted) <= len(made):
        said = f"1 – {len(made)}"
        raise ParameterError("sheet", wanted[:20], said, said)
    return Response(roundtrip.as_csv(made[int(wanted) - 1], told), content_type=CSV)
