"""The page of a graph: which passage or source it is, what it says, and what refers to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers import Solution, phrases, reasons
from coopkg.serve.citing import reference
from coopkg.serve.entity import words
from coopkg.serve.entity.facts import read
from coopkg.serve.entity.page import Asked
from coopkg.serve.entity.view import View, in_order
from coopkg.serve.i18n import texts
from coopkg.serve.present import Names, Shown
from coopkg.serve.service import Service
from coopkg.terms import BASE, Term

ON_A_PAGE: Final = 100
_PASSAGE: Final = BASE + "graph/passage/"

Triple = tuple[Term, ox.NamedNode, Term]


def shown(
    service: Service,
    asked: Asked,
    triples: Sequence[Solution],
    about: Sequence[Solution],
    site: str,
) -> dict[str, Any] | None:
    """Return what the page shows; None when it has not so many pages.

    `triples` are those of the graph; `about` are the rows of `queries/entity.rq` for its name.
    """
    names = Names(service.catalogue, asked.lang)
    pages = -(-len(triples) // ON_A_PAGE)
    if not 1 <= asked.number <= pages:
        return None
    every = _in_order(names, map(_triple, triples))
    some = every[(asked.number - 1) * ON_A_PAGE : asked.number * ON_A_PAGE]
    entry = service.passages.get(asked.iri, {})
    said = in_order(read(about, asked.lang), names)
    view = View(names, asked.iri, said, reasons.Facts(service.catalogue))
    name = _name(names, asked.iri)
    return {
        "iri": asked.iri,
        "name": name,
        "kind": (words.kind_of(asked.iri) or words.OTHER).bare(asked.lang)
        if asked.iri.startswith(_PASSAGE)
        else texts(asked.lang)("Source des faits", "Source of facts"),
        "layer": words.layer_words(str(entry.get("layer", "")), asked.lang) if entry else "",
        "triples": [_row(names, one) for one in some],
        "count": len(triples),
        "number": asked.number,
        "pages": pages,
        "gaps": view.gaps(),
        "around": _around(service, names, asked.iri),
        "citation": reference(name, service.generation, site, asked.path, asked.lang),
        **_source(names, entry),
    }


def _source(names: Names, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return where a graph comes from."""
    lines = entry.get("lines", [])
    section = entry.get("section")
    mode = entry.get("mode")
    return {
        "lines": "–".join(str(line) for line in dict.fromkeys(lines)),
        "section": names.shown(ox.NamedNode(section)) if section else None,
        "phrase": entry.get("phrase", ""),
        "mode": names.text(f"{BASE}scheme/assertion-mode/{mode}") if mode else "",
        "sources": [
            {"href": names.href(one), "text": names.text(one)}
            for one in entry.get("sources", [])
            if one.startswith("http")
        ],
        "unsourced": entry.get("unsourced") == "true",
    }


def _name(names: Names, iri: str) -> str:
    inferred = iri == BASE + "graph/inferred"
    return words.layer_words("inferred", names.lang) if inferred else names.text(iri)


def _triple(row: Solution) -> Triple:
    subject, predicate, value = row["subject"], row["property"], row["value"]
    assert isinstance(predicate, ox.NamedNode)
    return subject, predicate, value


def _in_order(names: Names, triples: Iterable[Triple]) -> list[Triple]:
    """Return triples as people read them; a name is looked up once, for there are many triples."""
    known: dict[Term, str] = {}

    def text(term: Term) -> str:
        if term not in known:
            known[term] = str(_cell(names, term)["text"]).casefold()
        return known[term]

    return sorted(triples, key=lambda one: (text(one[0]), text(one[1]), text(one[2])))


def _row(names: Names, triple: Triple) -> dict[str, Any]:
    subject, predicate, value = triple
    verb = words.property_words(predicate.value, names.text(predicate.value), names.lang)
    cells = [_cell(names, subject), {**_cell(names, predicate), "text": verb}, _cell(names, value)]
    sentence = phrases.sentence(names.catalogue, triple)[names.lang]
    return {"cells": cells, "sentence": sentence}


def _cell(names: Names, term: Term) -> dict[str, str]:
    if isinstance(term, ox.BlankNode):
        text = texts(names.lang)("un élément sans nom", "an element without a name")
        return {"text": text, "href": "", "lang": "", "dir": ""}
    found: Shown = names.shown(term)
    tag = (term.language or "") if isinstance(term, ox.Literal) else ""
    tag = "" if tag == names.lang else tag
    way = words.direction(tag) if tag else ""
    return {"text": str(found.text), "href": found.href, "lang": tag, "dir": way}


def _around(service: Service, names: Names, iri: str) -> list[dict[str, str]]:
    """Return the passages just before and after a passage, as the document has them."""
    places = {
        one: tuple(entry["lines"])
        for one, entry in service.passages.items()
        if one.startswith(_PASSAGE) and entry.get("lines")
    }
    if iri not in places:
        return []
    ordered = sorted(places, key=lambda one: (places[one], one))
    here = ordered.index(iri)
    t = texts(names.lang)
    found = []
    for place, rel, said in (
        (here - 1, "prev", t("Passage précédent", "Previous passage")),
        (here + 1, "next", t("Passage suivant", "Next passage")),
    ):
        if 0 <= place < len(ordered):
            one = ordered[place]
            found.append(
                {"rel": rel, "said": said, "text": names.text(one), "href": names.href(one)}
            )
    return found
