"""The whole page of an entity, from a generation: at most two queries, one for most entities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import pyoxigraph as ox

from coopkg.answers import Solution, reasons
from coopkg.errors import Lang
from coopkg.serve import assets, structured
from coopkg.serve.citing import reference
from coopkg.serve.entity import pictures, related
from coopkg.serve.entity import view as view_of
from coopkg.serve.entity.facts import Fact, Said, read
from coopkg.serve.entity.view import FEW, View, in_order, slug
from coopkg.serve.present import Names
from coopkg.serve.service import Service
from coopkg.terms import BASE, expand
from coopkg.typography import collated

BASE_MAP: Final = "world.svg"
QUESTIONS: Final = 12
"""Questions shown at once; the rest are folded."""
_SCHEME_LINKS: Final = tuple(expand(f"skos:{name}").value for name in ("inScheme", "topConceptOf"))
_KEPT: Final = 8
_CODES: dict[str, Mapping[str, str]] = {}


@dataclass(frozen=True)
class Asked:
    """Which page is asked: an entity in one language, and perhaps one of its long lists."""

    iri: str
    lang: Lang
    list: str = ""
    number: int = 1

    @property
    def path(self) -> str:
        """The address of the page on this site."""
        return f"/{self.lang}/{self.iri.removeprefix(BASE)}"


def codes(service: Service) -> Mapping[str, str]:
    """Return the ISO code of each country of a generation; asked once."""
    key = service.generation.id
    if key not in _CODES:
        rows = service.ask(pictures.COUNTRIES)
        while len(_CODES) >= _KEPT:
            _CODES.pop(next(iter(_CODES)), None)
        _CODES[key] = {row["country"].value: str(row["code"].value) for row in rows}
    return _CODES[key]


def shown(
    service: Service, asked: Asked, rows: Sequence[Solution], site: str
) -> dict[str, Any] | None:
    """Return what the page shows; None when the list that is asked does not exist.

    `rows` are those of `queries/entity.rq`; `site` is the public address of the installation.
    """
    names = Names(service.catalogue, asked.lang)
    said = read(rows, asked.lang)
    said = in_order(said, names)
    page = view_of.page(said, asked.list, asked.number) if asked.list else None
    if asked.list and page is None:
        return None
    listed = page.facts if page else view_of.first(said)
    view = View(names, asked.iri, said, _stated(service, listed, asked.iri))
    common = {"iri": asked.iri, "few": FEW, **view.head()}
    if page:
        return {**common, "list": view.group(page.group, page.facts), "page": page}
    comparable = pictures.comparable(asked.iri, codes(service))
    return {
        **common,
        "list": None,
        "sections": view.sections(),
        "names": view.names_table(),
        "gaps": view.gaps(),
        "elsewhere": view.elsewhere(),
        "concepts": _concepts(names, said, asked.iri),
        "figures": _figures(service, names, said, asked.iri, view.name),
        "questions": related.questions(service, asked.iri, asked.lang),
        "compare": f"/{asked.lang}/compare?a={quote(comparable, safe='/')}" if comparable else "",
        "citation": reference(view.name, service.generation, site, asked.path, asked.lang),
        "structured": structured.entity(service, rows, asked.iri, asked.lang),
        "slug": slug(asked.iri),
    }


def _stated(service: Service, facts: Iterable[Fact], iri: str) -> reasons.Facts:
    """Look up who says what the inferred facts that are shown were drawn from."""
    entity = ox.NamedNode(iri)
    drawn = [reasons.line(one.triple(entity)) for one in facts if one.inferred]
    return reasons.known(service.context(), drawn)


def _concepts(names: Names, said: Said, iri: str) -> list[dict[str, str]]:
    """Return the concepts of a scheme: a scheme is read as a list."""
    if not is_scheme(iri):
        return []
    inside = {
        one.other.value
        for one in said.facts()
        if one.way == "in" and one.verb in _SCHEME_LINKS and isinstance(one.other, ox.NamedNode)
    }
    found = [{"text": names.text(one), "href": names.href(one)} for one in inside]
    return sorted(found, key=lambda one: collated(one["text"]))


def _figures(
    service: Service, names: Names, said: Said, iri: str, name: str
) -> list[dict[str, Any]]:
    known = codes(service)
    inside = pictures.countries(said, iri, known)
    drawn = [pictures.world(names, name, inside, known, assets.asset(BASE_MAP) or "")]
    if pictures.is_actor(iri):
        rows = service.ask(pictures.NEIGHBOURS, {"entity": ox.NamedNode(iri)})
        drawn.append(pictures.network(names, name, iri, rows))
    return [one for one in drawn if one]


def is_scheme(iri: str) -> bool:
    """Tell whether an IRI is of a whole scheme: `scheme/theme`, not `scheme/theme/culture`."""
    return iri.startswith(BASE + "scheme/") and "/" not in iri.removeprefix(BASE + "scheme/")
