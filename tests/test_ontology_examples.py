"""The examples are what they say: valid, invalid, the same in JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
import rdflib
from pyoxigraph import NamedNode, Quad, RdfFormat
from test_ontology import CONTEXT, FORMATS, ONTOLOGY, ROOT, files

from coopkg.build import validate
from coopkg.terms import NS, PREFIXES

VALID: Final = ONTOLOGY / "examples" / "valid"
INVALID: Final = ONTOLOGY / "examples" / "invalid"
# Examples are judged as if a known passage stated them, and curation gave their labels.
PASSAGE: Final = PREFIXES["passage"] + "l172"
CURATION: Final = PREFIXES["curation"] + "types"


def triples(path: Path) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(path=str(path), format=FORMATS[path.suffix])}


def json_ld(text: str) -> set[str]:
    """The triples of a JSON-LD text, its address of the context replaced by the context."""
    data = json.loads(text)
    data["@context"] = json.loads(CONTEXT.read_text(encoding="utf-8"))["@context"]
    parsed = ox.parse(json.dumps(data).encode(), format=RdfFormat.JSON_LD)
    return {str(quad.triple) for quad in parsed}


def test_json_ld_and_turtle_say_the_same() -> None:
    for path in VALID.glob("*.jsonld"):
        said = json_ld(path.read_text(encoding="utf-8"))
        assert said == triples(path.with_suffix(".ttl"))


@pytest.mark.parametrize("path", sorted(VALID.glob("*.ttl")), ids=lambda path: str(path.stem))
def test_an_example_survives_the_way_to_json_ld_and_back(path: Path) -> None:
    context = json.loads(CONTEXT.read_text(encoding="utf-8"))["@context"]
    written = rdflib.Graph().parse(path).serialize(format="json-ld", context=context)
    back = {str(quad.triple) for quad in ox.parse(written.encode(), format=RdfFormat.JSON_LD)}
    assert back == triples(path)


@pytest.fixture(scope="module")
def real() -> tuple[list[Quad], list[Any], list[Any]]:
    """The data with where they stand, the ontology, the shapes."""
    data, ontology, shapes = [], [], []
    for path in files():
        where = path.relative_to(ROOT).parts
        if where[:2] == ("ontology", "shapes"):
            shapes += [tuple(quad.triple) for quad in ox.parse(path=str(path))]
        elif where[:2] in (("ontology", "modules"), ("ontology", "imports")):
            ontology += [tuple(quad.triple) for quad in ox.parse(path=str(path))]
        elif where[:2] != ("ontology", "alignments"):
            data += [
                quad
                if isinstance(quad.graph_name, NamedNode)
                else Quad(
                    quad.subject,
                    quad.predicate,
                    quad.object,
                    NamedNode(PREFIXES["reference"] + "countries"),
                )
                for quad in ox.parse(path=str(path))
            ]
    return data, ontology, shapes


def stated(path: Path) -> Iterator[Quad]:
    for quad in ox.parse(path=str(path)):
        curated = quad.predicate.value.startswith((PREFIXES["skos"], NS + "locativeName"))
        graph = NamedNode(CURATION if curated else PASSAGE)
        yield Quad(quad.subject, quad.predicate, quad.object, graph)


def faults(real: tuple[list[Quad], list[Any], list[Any]], folder: Path) -> dict[str, str]:
    """For each example at fault, the words of its first fault."""
    data, ontology, shapes = real
    examples = {path.name: list(stated(path)) for path in sorted(folder.glob("*.ttl"))}
    added = [quad for example in examples.values() for quad in example]
    report = validate.validate([*data, *added], shapes, ontology, lambda *_, **__: [], pass_=1)
    found: dict[str, str] = {}
    for name, example in examples.items():
        subjects = {quad.subject for quad in example}
        for finding in report.results:
            if finding.node in subjects or finding.focus in subjects:
                found.setdefault(name, finding.message["en"])
    return found


def test_every_invalid_example_differs_from_its_valid_twin() -> None:
    twins = {path.name for path in VALID.glob("*.ttl")}
    assert len(twins) >= 5
    assert twins == {path.name for path in INVALID.glob("*.ttl")}
    for name in twins:
        assert triples(VALID / name) != triples(INVALID / name)


def test_every_valid_example_conforms(real: tuple[list[Quad], list[Any], list[Any]]) -> None:
    assert faults(real, VALID) == {}


def test_every_invalid_example_is_refused(real: tuple[list[Quad], list[Any], list[Any]]) -> None:
    assert set(faults(real, INVALID)) == {path.name for path in INVALID.glob("*.ttl")}
