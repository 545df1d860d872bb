"""The pictures of an entity: a map of its countries, and the actors it works with. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pyoxigraph as ox

from coopkg.figures import Country, Figure, Link, Network, Node, World, geometry
from coopkg.serve.entity import words
from coopkg.serve.entity.facts import Row, Said
from coopkg.serve.i18n import texts
from coopkg.serve.present import Names
from coopkg.terms import BASE, NS, expand

_HEADS: Final = {"map": ("Carte", "Map"), "network": ("Avec qui", "With whom")}
COUNTRIES: Final = f"SELECT ?country ?code WHERE {{ ?country <{NS}iso2> ?code }}"
MOST: Final = 1_000
NEIGHBOURS: Final = f"""SELECT ?entity ?frame ?other WHERE {{
  ?frame <{NS}hasParticipant> ?entity , ?other
}} LIMIT {MOST}"""
_OF_ZONE: Final = frozenset({expand("coop:inBrochureZone").value, expand("coop:within").value})


def countries(said: Said, iri: str, codes: Mapping[str, str]) -> list[str]:
    """Return the countries that belong to an entity: itself, those it names, those of its zone."""
    found = {iri} if iri in codes else set()
    for one in said.facts():
        known = isinstance(one.other, ox.NamedNode) and one.other.value in codes
        if known and (one.way == "out" or one.verb in _OF_ZONE):
            found.add(one.other.value)
    return sorted(found)


def world(
    names: Names, name: str, found: Sequence[str], codes: Mapping[str, str], base: str
) -> dict[str, Any] | None:
    """Return the map of some countries; None when there are none."""
    if not found:
        return None
    t = texts(names.lang)
    shown = tuple(Country(codes[iri], names.text(iri)) for iri in found)
    made = World(t(f"Pays de la fiche « {name} »", f"Countries of the entry “{name}”"), shown, base)
    drawn = _drawn(made, names, "map")
    drawn["disclaimer"] = made.disclaimer(names.lang)
    outlines = geometry()
    if outlines is not None:
        drawn["message"] = made.message(names.lang, outlines)
    return drawn


def network(names: Names, name: str, iri: str, rows: Iterable[Row]) -> dict[str, Any] | None:
    """Return the actors that take part in the same frames of cooperation; None when there is none.

    Frames and actors are both nodes: to share a frame is not to have a link of one's own.
    """
    frames: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        frames[str(row["frame"].value)].add(str(row["other"].value))
    shared = {frame: actors for frame, actors in frames.items() if len(actors) > 1}
    if not shared:
        return None
    actors = sorted({actor for some in shared.values() for actor in some} | {iri})
    t = texts(names.lang)
    nodes = [Node(one, names.text(one), 0 if one == iri else 1) for one in actors]
    nodes += [Node(one, names.text(one), 2) for one in sorted(shared)]
    takes_part = t("participe à", "takes part in")
    links = [
        Link(actor, frame, takes_part)
        for frame in sorted(shared)
        for actor in sorted(shared[frame])
    ]
    title = t(f"Avec qui : « {name} »", f"With whom: “{name}”")
    return _drawn(Network(title, tuple(nodes), tuple(links)), names, "network")


def _drawn(figure: Figure, names: Names, key: str) -> dict[str, Any]:
    lang = names.lang
    return {
        "id": key,
        "head": texts(lang)(*_HEADS[key]),
        "svg": figure.svg(lang, key),
        "title": figure.title,
        "message": figure.message(lang),
        "data": figure.table(lang),
    }


def is_actor(iri: str) -> bool:
    """Tell whether an entity may work with others."""
    return iri.startswith(words.ACTORS)


def comparable(iri: str, codes: Mapping[str, str]) -> str:
    """Return what a page that compares calls an organisation or a country; "" for the rest."""
    if iri.startswith(BASE + "id/organisation/") or iri in codes:
        return iri.removeprefix(BASE + "id/")
    return ""
