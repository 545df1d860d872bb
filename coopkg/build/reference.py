"""The reference layer: codes and links of external registers, written from one table.

`graph_data/reference/registers.tsv` holds what was checked in each register, one value a line,
with its source. `python -m coopkg.build.reference` writes the Turtle files beside it; they are
committed, and a test refuses a file that its table no longer gives.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode

from coopkg.terms import PREFIXES, RDF_TYPE, compact, expand

# Narrower than coopkg.terms.Triple: no subject here is anonymous, and no object quoted.
Triple: TypeAlias = tuple[NamedNode, NamedNode, NamedNode | Literal]

FOLDER: Final = Path(__file__).parents[2] / "graph_data" / "reference"
TABLE: Final = "registers.tsv"

COUNTRIES: Final = {
    "BJ": "benin",
    "CI": "cote-d-ivoire",
    "CM": "cameroun",
    "DZ": "algerie",
    "FR": "france",
    "HT": "haiti",
    "LB": "liban",
    "MA": "maroc",
    "TN": "tunisie",
    "VN": "vietnam",
}
CODES: Final = {
    "ISO 3166-1 alpha-2": "coop:iso2",
    "ISO 3166-1 alpha-3": "coop:iso3",
    "UN M49 (= ISO 3166-1 numeric)": "coop:m49",
}
# Only the register of the European Union lists countries as such; the others mix them with
# subjects, towns or anything else, so that the match is close at most.
MATCHES: Final = {
    "EU country authority table IRI": "skos:exactMatch",
    "EuroVoc concept IRI": "skos:closeMatch",
    "GeoNames IRI": "skos:closeMatch",
    "Wikidata entity IRI": "skos:closeMatch",
}
# From the whole to the part: Benin is in 011, which is in 202, which is in 002.
M49_LEVELS: Final = ("UN M49 region", "UN M49 sub-region", "UN M49 intermediate region")
HOLDERS: Final = {
    "AFD": "organisation:afd",
    "CNFPT": "organisation:cnfpt",
    "MEAE": "organisation:meae",
    "loi 84-594": "legal:loi-84-594",
}
IDENTIFIERS: Final = {
    "IATI organisation identifier": "iati",
    "Archives nationales (France) agent IRI": "archives-nationales",
    "SIREN": "siren",
    "Légifrance text id": "legifrance",
}
PAGES: Final = frozenset({"landing page"})


@dataclass(frozen=True)
class Row:
    """One value of one register: what it identifies, in which scheme, and who says so."""

    kind: str
    entity: str
    scheme: str
    identifier: str
    label_fr: str
    label_en: str
    source: str
    confidence: str


def read(path: Path) -> list[Row]:
    """Read the table of register values, in the order of its lines.

    Raises:
        ValueError: a line has a column too many or too few, or no source.
    """
    with path.open(encoding="utf-8", newline="") as table:
        lines = csv.reader(table, delimiter="\t")
        next(lines)
        rows = [Row(*line) for line in lines if len(line) == len(Row.__annotations__)]
    if len(rows) != lines.line_num - 1 or not all(row.source for row in rows):
        raise ValueError(f"{path.name}: each line needs {len(Row.__annotations__)} values")
    return rows


def countries(rows: Iterable[Row]) -> Iterator[Triple]:
    """Give the codes of each country and its matches in other datasets."""
    for row in rows:
        if row.kind != "country":
            continue
        country = expand(f"place:{COUNTRIES[row.entity]}")
        yield country, RDF_TYPE, expand("coop:Country")
        if row.scheme in CODES:
            yield country, expand(CODES[row.scheme]), Literal(row.identifier)
        else:
            yield country, expand(MATCHES[row.scheme]), NamedNode(row.identifier)


def regions(rows: Iterable[Row]) -> Iterator[Triple]:
    """Give the regions of the United Nations, and where each country and region lies."""
    within: dict[str, dict[str, str]] = {}
    for row in rows:
        if row.kind == "region":
            region = _region(row.identifier)
            yield region, RDF_TYPE, expand("coop:WorldRegion")
            yield region, expand("coop:m49"), Literal(row.identifier)
            yield region, expand("skos:altLabel"), Literal(row.label_fr, language="fr")
            yield region, expand("skos:altLabel"), Literal(row.label_en, language="en")
        elif row.scheme in M49_LEVELS:
            within.setdefault(row.entity, {})[row.scheme] = row.identifier
    for entity, levels in within.items():
        chain = [levels[level] for level in M49_LEVELS if level in levels]
        country = expand(f"place:{COUNTRIES[entity]}")
        yield country, expand("coop:inM49Region"), _region(chain[-1])
        for whole, part in pairwise(chain):
            yield _region(part), expand("coop:within"), _region(whole)


def identifiers(rows: Iterable[Row], confidence: str) -> Iterator[Triple]:
    """Give the identifiers of organisations and laws that were checked with this confidence."""
    for row in rows:
        if row.entity not in HOLDERS or row.confidence != confidence:
            continue
        holder = expand(HOLDERS[row.entity])
        if row.scheme in PAGES:
            yield holder, expand("foaf:page"), NamedNode(row.identifier)
            continue
        slug = HOLDERS[row.entity].partition(":")[2]
        code = expand(f"identifier:{slug}-{IDENTIFIERS[row.scheme]}")
        yield holder, expand("coop:hasIdentifier"), code
        yield code, RDF_TYPE, expand("coop:Identifier")
        yield code, expand("coop:identifierScheme"), Literal(row.scheme)
        yield code, expand("skos:notation"), Literal(row.identifier)
        yield code, expand("dcterms:source"), Literal(row.source)


def turtle(triples: Iterable[Triple], sources: Iterable[str]) -> str:
    """Write triples as Turtle, one order for all runs, below the names of table and sources."""
    lines = [f"# Written by `python -m coopkg.build.reference` from {TABLE}: edit that table."]
    lines += [f"# Source: {source}" for source in sorted(set(sources))]
    unique = sorted(set(triples), key=lambda triple: (triple[0].value, *map(_written, triple)))
    used = {_written(term).partition(":")[0] for triple in unique for term in triple} - {"rdf"}
    lines += ["", *(f"@prefix {p}: <{PREFIXES[p]}> ." for p in sorted(used & PREFIXES.keys()))]
    for subject, about in groupby(unique, key=itemgetter(0)):
        said = {
            predicate: " , ".join(_written(value) for _, _, value in values)
            for predicate, values in groupby(about, key=itemgetter(1))
        }
        kind = said.pop(RDF_TYPE, None)
        first = [f"a {kind}"] if kind else []
        rest = [f"{_written(predicate)} {values}" for predicate, values in said.items()]
        lines += ["", f"{_written(subject)} " + " ;\n    ".join(first + rest) + " ."]
    return "\n".join(lines) + "\n"


def files(rows: list[Row]) -> dict[str, str]:
    """Give the text of each Turtle file of the reference layer, by its name."""
    parts: dict[str, Callable[[], Iterable[Triple]]] = {
        "countries.ttl": lambda: countries(rows),
        "m49.ttl": lambda: regions(rows),
        "identifiers.ttl": lambda: identifiers(rows, "high"),
        "identifiers-to-verify.ttl": lambda: identifiers(rows, "medium"),
    }
    wanted: dict[str, Callable[[Row], bool]] = {
        "countries.ttl": lambda row: row.kind == "country",
        "m49.ttl": lambda row: row.scheme.startswith("UN M49") and row.kind != "country",
        "identifiers.ttl": lambda row: row.entity in HOLDERS and row.confidence == "high",
        "identifiers-to-verify.ttl": lambda row: row.confidence == "medium",
    }
    return {
        name: turtle(part(), (row.source for row in rows if wanted[name](row)))
        for name, part in parts.items()
    }


def _region(code: str) -> NamedNode:
    return expand(f"place:m49-{code}")


def _written(term: NamedNode | Literal) -> str:
    if isinstance(term, Literal):
        return str(term)
    name = compact(term.value)
    return str(term) if name == term.value else name


def main(folder: Path = FOLDER) -> int:
    """Write every file of the reference layer from its table."""
    for name, text in files(read(folder / TABLE)).items():
        (folder / name).write_text(text, encoding="utf-8")
        print(f"{name}: {text.count(chr(10))} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
