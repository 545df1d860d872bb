"""Does an engine elsewhere answer as ours would? Asked before it is served.

Every question of the generation is asked there and here, and queries on which engines are known to
go wrong. Virtuoso 7.2 gave 16 rows of 4,515 for two property paths joined in one query, without a
word: where an engine fails such a probe, queries of that kind are refused by name.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from coopkg import formats, terms
from coopkg.config import Settings
from coopkg.engine.interface import Dataset, Engine
from coopkg.engine.local import LocalEngine
from coopkg.errors import GenerationError, QueryError

if TYPE_CHECKING:
    from coopkg.engine.remote.asking import RemoteEngine

Weakness = Literal["paths"]

SHOWN: Final = 5
_XSD: Final = terms.PREFIXES["xsd"]
_NUMBERS: Final = frozenset(_XSD + name for name in ("integer", "decimal", "double", "float"))
_PREFIXES: Final = "".join(
    f"PREFIX {name}: <{terms.PREFIXES[name]}>\n" for name in ("coop", "rdfs", "skos", "xsd")
)

TRAPS: Final = {
    "count": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "graphs": "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "graph-as-term": "SELECT ?g ?phrase WHERE { GRAPH ?g { ?s coop:country ?o } "
    "?g coop:keyPhrase ?phrase }",
    "languages": 'SELECT ?s ?l WHERE { ?s skos:prefLabel ?l FILTER(LANG(?l) = "fr") }',
    "optional": "SELECT ?a ?y WHERE { ?a coop:country ?c OPTIONAL { ?a coop:since ?y } }",
    "decimals": "SELECT ?s ?v WHERE { ?s ?p ?v FILTER(DATATYPE(?v) = xsd:decimal) }",
    "booleans": "SELECT ?s ?p ?v WHERE { ?s ?p ?v FILTER(DATATYPE(?v) = xsd:boolean) }",
    "minus": "SELECT ?a WHERE { ?a coop:country ?c MINUS { ?a coop:since ?y } }",
}


PROBES: Final[dict[Weakness, str]] = {
    "paths": "SELECT ?a ?t ?p WHERE { ?a coop:theme ?x . ?x skos:broader* ?t . "
    "?a coop:country ?c . ?c coop:locatedIn* ?p }",
}


def check(remote: RemoteEngine, store: Path, settings: Settings) -> frozenset[Weakness]:
    """Compare the answers of the remote engine with those of ours on the same dump.

    Return what it gets wrong beyond the questions: queries of that kind are to be refused there.

    Raises:
        GenerationError: some differ; the first are named, with their numbers of rows.
    """
    here = LocalEngine(store, settings, workers=1)
    try:
        different = list(_differences(remote, here, sentinels(store)))
        weak = [
            name
            for name, query in PROBES.items()
            if list(_differences(remote, here, {name: _PREFIXES + query}))
        ]
    finally:
        here.close()
    if different:
        shown = " ; ".join(different[:SHOWN])
        raise GenerationError(
            f"le moteur distant répond autrement que le nôtre à {len(different)} questions "
            f"témoins ; il n’est pas servi : {shown}",
            f"the remote engine answers {len(different)} sentinel questions otherwise than ours; "
            f"it is not served: {shown}",
        )
    return frozenset(weak)


def _differences(remote: Engine, here: Engine, queries: Mapping[str, str]) -> Iterator[str]:
    for name, query in queries.items():
        for inference in (True, False):
            try:
                there = rows(remote, query, inference=inference)
            except QueryError as error:
                yield f"{name}: {error}"
                break
            ours = rows(here, query, inference=inference)
            if there != ours:
                yield f"{name}: {there.total()} / {ours.total()}"
                break


def sentinels(store: Path) -> dict[str, str]:
    """Return the queries that are compared, by name: the questions of a generation, the traps."""
    found = {name: _PREFIXES + query for name, query in TRAPS.items()}
    for path in sorted((store.parent / "questions").glob("*.rq")):
        if path.stem != "entity":  # it is asked of one entity at a time
            found[path.stem] = path.read_text(encoding="utf-8")
    return found


def rows(engine: Engine, query: str, *, inference: bool = True) -> Counter[str]:
    """Return the bag of rows of a SELECT query; numbers are compared by value.

    Raises:
        QueryError: there is no answer.
    """
    result = engine.run(query, accept=formats.JSON.media_type, dataset=Dataset(inference=inference))
    found = json.loads(result.body)["results"]["bindings"]
    return Counter(
        json.dumps({name: _value(cell) for name, cell in row.items()}, sort_keys=True)
        for row in found
    )


def _value(cell: dict[str, str]) -> tuple[str, ...]:
    datatype = cell.get("datatype", "")
    if cell["type"] == "bnode":
        return ("bnode",)
    if datatype in _NUMBERS:
        try:
            return "number", str(Decimal(cell["value"]).normalize())
        except InvalidOperation:
            return "number", cell["value"]
    language = cell.get("xml:lang", "").lower()
    plain = "" if datatype == _XSD + "string" else datatype
    return cell["type"], cell["value"], language, plain
