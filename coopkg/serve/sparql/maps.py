"""Maps and networks from the columns of an answer, or the reason why there are none. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from coopkg.figures import Country, Link, Network, Node, World
from coopkg.serve.i18n import texts
from coopkg.serve.sparql.cells import Reader
from coopkg.serve.sparql.choices import Choices
from coopkg.serve.sparql.columns import Columns, Drawing, choose
from coopkg.serve.sparql.solutions import Cell, Row, Solutions
from coopkg.terms import BASE, RDF_TYPE

_PLACE: Final = BASE + "id/place/"


def world(
    found: Solutions, choices: Choices, reader: Reader, codes: Mapping[str, str], base: str
) -> Drawing:
    """Draw the countries of a column; `codes` gives the ISO code of each country's IRI.

    A row that also names a zone has figures that may be the zone's: they are never drawn as those
    of a country.
    """
    t, columns = texts(reader.lang), Columns.of(found)
    known = [
        name
        for name in columns.iris
        if any(cell and cell.value in codes for cell in found.column(name))
    ]
    place = choose("place", t("Pays", "Countries"), known, choices)
    value = choose(
        "value", t("Valeurs", "Values"), columns.numbers, choices, none=t("aucune", "none")
    )
    if "value" not in (choices.columns or {}) and columns.numbers:
        value = choose("value", t("Valeurs", "Values"), columns.numbers, choices)
    choosers = (place, value)
    if not place.chosen:
        return Drawing(
            reason=t(
                "Aucune colonne ne contient de pays de ce graphe (coop:Country, avec un code "
                "ISO) : il n’y a rien à placer. Une zone de la brochure n’est pas un pays.",
                "No column holds countries of this graph (coop:Country, with an ISO code): "
                "there is nothing to place. A zone of the brochure is no country.",
            )
        )
    rows, note = _by_country(found, place.chosen, value.chosen, codes)
    zoned = value.chosen and _names_a_zone(found, place.chosen, codes)
    if zoned:
        note, rows = "zone", dict.fromkeys(rows)
    countries = tuple(
        Country(codes[iri], reader.text(Cell("uri", iri)), number) for iri, number in rows.items()
    )
    shown = value.chosen if any(number is not None for number in rows.values()) else ""
    title = t(f"?{shown} par pays", f"?{shown} by country") if shown else t("Pays", "Countries")
    made = World(title, countries, base, f"?{place.chosen}", f"?{shown}")
    return Drawing(made, note=_map_note(note, reader), choosers=choosers)


def _by_country(
    found: Solutions, place: str, value: str, codes: Mapping[str, str]
) -> tuple[dict[str, Decimal | None], str]:
    """Return one number a country; of several, none: adding them up could count things twice."""
    numbers: dict[str, list[Decimal | None]] = {}
    values = found.column(value) if value else [None] * len(found.rows)
    others = 0
    for cell, number in zip(found.column(place), values, strict=True):
        if cell and cell.value in codes:
            numbers.setdefault(cell.value, []).append(number.number if number else None)
        else:
            others += 1
    several = any(len(set(held)) > 1 for held in numbers.values())
    note = "several" if several else "others" if others else ""
    return {
        iri: held[0] if len(set(held)) == 1 and not several else None
        for iri, held in numbers.items()
    }, note


def _names_a_zone(found: Solutions, place: str, codes: Mapping[str, str]) -> bool:
    at = found.names.index(place)

    def is_zone(row: Row) -> bool:
        rest = [cell for number, cell in enumerate(row) if cell and number != at]
        return any(c.value.startswith(_PLACE) and c.value not in codes for c in rest)

    return any(is_zone(row) for row in found.rows)


def _map_note(note: str, reader: Reader) -> str:
    t = texts(reader.lang)
    return {
        "zone": t(
            "Ces lignes nomment aussi une zone : leurs nombres peuvent être ceux de la zone. "
            "Les pays sont montrés, sans nombre.",
            "These rows also name a zone: their numbers may be the zone’s. "
            "The countries are shown, without a number.",
        ),
        "several": t(
            "Plusieurs nombres pour un même pays : les additionner compterait peut-être deux fois. "
            "Les pays sont montrés, sans nombre ; agrégez dans la requête pour en avoir.",
            "Several numbers for one country: adding them up might count things twice. "
            "The countries are shown, without a number; aggregate in the query to have some.",
        ),
        "others": t(
            "Les lignes sans pays ne sont pas placées ; le tableau de la réponse les a toutes.",
            "Rows without a country are not placed; the table of the answer has them all.",
        ),
    }.get(note, "")


def network(found: Solutions, choices: Choices, reader: Reader) -> Drawing:
    """Draw the links of a graph, or those between two columns of IRIs."""
    if found.is_graph:
        return _of_graph(found, reader)
    t, columns = texts(reader.lang), Columns.of(found)
    source = choose("source", t("De", "From"), columns.iris, choices)
    ends = [name for name in columns.iris if name != source.chosen]
    target = choose("target", t("À", "To"), ends, choices)
    choosers = (source, target)
    if not source.chosen or not target.chosen:
        return Drawing(
            reason=t(
                "Un graphe demande deux colonnes d’IRI, ou une requête CONSTRUCT ou DESCRIBE.",
                "A graph needs two columns of IRIs, or a CONSTRUCT or DESCRIBE query.",
            ),
            choosers=choosers,
        )
    pairs = zip(found.column(source.chosen), found.column(target.chosen), strict=True)
    links = [(a, b, "") for a, b in pairs if a and b]
    title = f"?{source.chosen} – ?{target.chosen}"
    return Drawing(_network(title, links, reader), note=_colours(reader), choosers=choosers)


def _of_graph(found: Solutions, reader: Reader) -> Drawing:
    t = texts(reader.lang)
    links, values = [], 0
    for subject, predicate, value in found.rows:
        if not (subject and predicate and value) or value.kind == "literal":
            values += 1
        elif predicate.value != RDF_TYPE.value:
            links.append((subject, value, reader.text(predicate)))
        else:
            values += 1
    if not links:
        return Drawing(
            reason=t(
                "Ce graphe ne relie pas de nœuds : il n’a que des valeurs et des classes.",
                "This graph links no nodes: it only has values and classes.",
            )
        )
    note = t(
        f"Les valeurs et les classes ne sont pas dessinées ({values}).",
        f"Values and classes are not drawn ({values}).",
    )
    title = t("Graphe de la réponse", "Graph of the answer")
    said = [note, _colours(reader)] if values else [_colours(reader)]
    return Drawing(_network(title, links, reader), note=" ".join(said))


def _colours(reader: Reader) -> str:
    return texts(reader.lang)(
        "La couleur suit le début de l’IRI : organisation, lieu, thème…",
        "The colour follows the beginning of the IRI: organisation, place, theme…",
    )


def _network(title: str, links: Sequence[tuple[Cell, Cell, str]], reader: Reader) -> Network:
    cells = {cell.value: cell for a, b, _ in links for cell in (a, b)}
    kinds: dict[str, int] = {}
    nodes = []
    for key, cell in cells.items():
        area = key.removeprefix(BASE).rpartition("/")[0] if cell.kind == "uri" else ""
        nodes.append(Node(key, reader.text(cell), kinds.setdefault(area, len(kinds))))
    drawn = dict.fromkeys(Link(a.value, b.value, label) for a, b, label in links)
    return Network(title, tuple(nodes), tuple(drawn))
