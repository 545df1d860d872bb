"""Each shape accepts a good file and refuses a bad one; shapes that cannot work are found."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from validation import (
    COOPSH,
    EXAMPLES,
    SH,
    check,
    declarations,
    family,
    gathered,
    node_shapes,
    nowhere,
    real_sources,
    said,
    shape_triples,
    subclasses,
    triples,
    turtle,
)

from coopkg.build import infer, shape_lint, sources
from coopkg.build.report import Report
from coopkg.terms import Triple, expand

SHAPES = node_shapes()


def own(shape: str) -> set[str]:
    """Return the shapes whose rules an example must show: its properties, and itself."""
    properties = {str(value.value) for value in said(shape, "sh:property") if named(value)}
    about = {"name", "description", "message", "severity", "property", "order", "group"}
    links = {
        predicate.value
        for subject, predicate, _ in shape_triples()
        if subject == ox.NamedNode(COOPSH + shape) and predicate.value.startswith(SH)
    }
    targets = {SH + "target" + kind for kind in ("Class", "Node", "SubjectsOf", "ObjectsOf")}
    itself = links - targets - {SH + name for name in about} - {SH + "ignoredProperties"}
    has_rule = itself or any(not named(value) for value in said(shape, "sh:property"))
    return properties | ({COOPSH + shape} if has_rule else set())


def named(value: object) -> bool:
    return isinstance(value, ox.NamedNode)


def example(shape: str, kind: str) -> list[ox.Quad]:
    return turtle((EXAMPLES / shape / f"{kind}.ttl").read_text(encoding="utf-8"))


def fired(report: Report) -> set[str]:
    return {found.shape.value for found in report.results}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_good_example_of_each_shape_conforms(shape: str) -> None:
    report = check(shape, example(shape, "good"))
    assert report.results == (), report.text("en")


@pytest.mark.parametrize("shape", SHAPES)
def test_a_good_example_shows_something_that_its_shape_watches(shape: str) -> None:
    data = example(shape, "good")
    report = shape_lint.lint(family(shape), subclasses(), data, data, nowhere)
    assert expand("coopsh:Lint-focus") not in {found.shape for found in report.results}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_bad_example_of_each_shape_breaks_every_rule_of_it(shape: str) -> None:
    report = check(shape, example(shape, "bad"))
    anonymous = {found.shape for found in report.results if not named(found.shape)}
    # A shape that only others use reports its inner, unnamed property.
    told = fired(report) | ({COOPSH + shape} if anonymous else set())
    assert own(shape) <= told


@pytest.mark.parametrize("shape", SHAPES)
def test_every_finding_speaks_both_languages_and_leaves_no_blank(shape: str) -> None:
    for found in check(shape, example(shape, "bad")).results:
        if not named(found.shape):
            continue
        for lang in ("fr", "en"):
            words = found.message[lang]
            assert "{" not in words.replace("{ … }", "")
            assert not words.startswith("…")
        assert found.message["fr"] != found.message["en"]


def test_every_shape_has_its_examples_and_every_example_its_shape() -> None:
    assert sorted(path.name for path in EXAMPLES.iterdir()) == sorted(SHAPES)


# The lint


@pytest.fixture(scope="module")
def closed() -> tuple[Triple, ...]:
    found = gathered()
    return (*found.asserted, *infer.infer(found.reasoned, found.ontology).triples)


def lint(shapes: list[Triple], data: list[ox.Quad] | None = None) -> Report:
    found = gathered()
    return shape_lint.lint(shapes, found.ontology, data or found.facts, [], nowhere)


def test_the_shipped_shapes_pass_the_lint(closed: tuple[Triple, ...]) -> None:
    found = gathered()
    locate = sources.locator(real_sources())
    report = shape_lint.lint(found.shapes, found.ontology, found.facts, closed, locate)
    assert report.text("en") == Report().text("en")


WELL = """
coopsh:Good a sh:NodeShape ;
  sh:targetClass coop:CountryAction ;
  sh:name "a"@fr , "a"@en ; sh:description "b"@fr , "b"@en ; sh:severity sh:Violation ;
  sh:property coopsh:Good-country .
coopsh:Good-country a sh:PropertyShape ;
  sh:path coop:country ; sh:minCount 1 ;
  sh:name "a"@fr , "a"@en ; sh:description "b"@fr , "b"@en ; sh:severity sh:Violation ;
  sh:message "c"@fr , "c"@en .
"""
QUERY = """
coopsh:Good sh:message "{$this} {?label}"@fr , "{$this} {?label}"@en ; sh:sparql coopsh:Good-q .
coopsh:Good-q sh:select "SELECT $this ?label WHERE { $this rdfs:label ?label }" .
"""


def slips() -> Iterator[tuple[str, str, str]]:
    """Yield slips of the pen in a good shape: what is replaced, by what, and what is said."""
    yield "sh:minCount 1", "sh:minCnt 1", "sh:minCnt does not exist"
    yield "sh:minCount 1 ;", "", "it requires nothing"
    yield "sh:severity sh:Violation ;\n  sh:property", "sh:property", "sh:severity is missing"
    yield "sh:severity sh:Violation", "sh:severity sh:Violations", "sh:Violations does not exist"
    yield '"c"@fr , ', "", "sh:message is missing in fr"
    yield '"c"@fr , "c"@en', '"c"', "sh:message is missing in en"
    yield '"a"@fr , "a"@en', '"a"@fr', "sh:name is missing in en"
    yield "coop:CountryAction", "coop:CountryActon", "coop:CountryActon is declared nowhere"
    yield "coop:country ;", "coop:contry ;", "coop:contry is declared nowhere"
    yield "coop:country ;", "( coop:country skos:inSchema ) ;", "skos:inSchema is declared nowhere"
    yield "coop:CountryAction", "coop:Identifying", "coop:Identifying is declared nowhere"
    yield "sh:targetClass coop:CountryAction ;", "", "nothing leads to it"
    yield "sh:targetClass coop:CountryAction", "sh:targetSubjectsOf coop:funder", "watches no node"
    yield "sh:minCount 1", "sh:in ( theme:agriculture )", "theme:agriculture is declared nowhere"
    yield "sh:minCount 1", "sh:not [ sh:class coop:Contry ]", "coop:Contry is declared nowhere"
    yield "sh:minCount 1", "sh:closed true", "must ignore what validation adds"
    yield "coopsh:Good-country .", "[ sh:path coop:country ; a sh:PropertyShape ] .", "has no IRI"
    yield "SELECT $this ?label", "SELEKT $this ?label", "bad query"
    yield "SELECT $this ?label", "SELECT ?label", "does not give $this"
    yield "SELECT $this ?label", "SELECT $this", "expects ?label"
    yield "rdfs:label ?label }", "coop:nom ?label }", "coop:nom is declared nowhere"
    yield "rdfs:label ?label }", "rdfs:label ?label MINUS { $this a coop:Place } }", "MINUS"


def written(text: str) -> list[Triple]:
    heading = [t for t in family("UniqueLabel") if t[1] != expand("sh:targetNode")]
    prefixes = [t for t in heading if "Unique" not in str(t[0])]
    return [*prefixes, *triples(turtle(text))]


def test_a_well_written_shape_passes_the_lint() -> None:
    assert lint(written(WELL + QUERY)).conforms


def test_without_data_nothing_is_said_of_what_shapes_watch() -> None:
    text = WELL.replace("sh:targetClass coop:CountryAction", "sh:targetSubjectsOf coop:funder")
    assert [found.severity for found in lint(written(text)).results] == ["warning"]
    ontology = [*gathered().ontology, *declarations()]
    bare = shape_lint.lint(written(text), ontology, [], [], nowhere)
    assert bare.results == (), bare.text("en")


@pytest.mark.parametrize(("right", "wrong", "words"), list(slips()))
def test_a_slip_of_the_pen_in_a_shape_is_found(right: str, wrong: str, words: str) -> None:
    text = WELL + QUERY
    assert right in text
    report = lint(written(text.replace(right, wrong, 1)))
    assert any(words in found.message["en"] for found in report.results), report.text("en")
    assert all(found.message["fr"] != found.message["en"] for found in report.results)
