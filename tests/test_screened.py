"""What a store finds nothing of, rdflib finds nothing of: reports with and without the screen."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib
from mutants import cases, closure, made
from validation import (
    EXAMPLES,
    declarations,
    family,
    gathered,
    node_shapes,
    nowhere,
    pass_of,
    subclasses,
    turtle,
)

from coopkg.build import bridge, screened
from coopkg.build.mirror import Mirror
from coopkg.build.validate import WHOLE, Validator

WHO = ox.NamedNode("http://e/a")
NUMBER = ox.NamedNode("http://e/n")
ASK = "SELECT $this ?value WHERE { ?value <http://e/n> ?n FILTER(?n > 3) }"


def both(shape: str) -> tuple[Validator, Validator]:
    known = declarations() if shape == "KnownWords" else ()
    given = (family(shape), [*subclasses(), *known])
    return Validator(*given), Validator(*given, screening=True)


@pytest.mark.parametrize("shape", node_shapes())
def test_each_example_has_the_same_report_behind_the_screen(shape: str) -> None:
    plain, quick = both(shape)
    for kind in ("bad", "good"):
        data = turtle((EXAMPLES / shape / f"{kind}.ttl").read_text(encoding="utf-8"))
        one, other = (which.validate(data, nowhere, pass_of(shape)) for which in (plain, quick))
        assert other == one


@pytest.mark.parametrize("pass_", [1, 2])
def test_all_mutants_at_once_have_the_same_report_behind_the_screen(pass_: int) -> None:
    mutant = made([case for case in cases() if case.together or case.pass_ == pass_ == 2])
    data = mutant.facts if pass_ == 1 else closure(mutant.facts)
    focus = [*mutant.touched, WHOLE]
    one, other = (
        Validator(gathered().shapes, gathered().ontology, screening).validate(
            data, mutant.locate, pass_, focus
        )
        for screening in (False, True)
    )
    assert one.results
    assert other == one


def asked(*values: ox.Literal) -> tuple[Mirror, rdflib.Graph]:
    mirror = Mirror(screening=True)
    return mirror, mirror.show((WHO, NUMBER, value) for value in values)


def number(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))


@pytest.mark.parametrize(
    "query",
    [
        ASK,
        "SELECT $this ?value ?n ?other WHERE { ?value <http://e/n> ?n OPTIONAL { ?n ?n ?other } }",
    ],
)
def test_what_is_asked_of_the_whole_the_store_answers_as_rdflib_would(
    query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, graph = asked(number("4"), number("5"), number("2"))
    plain = bridge.graph([(WHO, NUMBER, number(text)) for text in "452"])
    this = {"this": rdflib.URIRef("http://e/all")}
    wanted = [one.asdict() for one in plain.query(query, initBindings=this)]
    monkeypatch.setattr(screened, "_translated", lambda _: pytest.fail("rdflib was asked"))
    found = [one.asdict() for one in graph.query(query, initBindings=this)]
    assert wanted
    assert sorted(found, key=str) == sorted(wanted, key=str)


def test_what_is_found_about_a_focus_node_rdflib_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    query = "SELECT $this WHERE { $this <http://e/n> ?n FILTER(?n > 3) }"
    mirror, graph = asked(number("4"))
    assert len(graph.query(query, initBindings={"this": rdflib.URIRef("http://e/a")})) == 1
    mirror.show([(WHO, NUMBER, number("2"))])
    monkeypatch.setattr(screened, "_translated", lambda _: pytest.fail("rdflib was asked"))
    assert len(graph.query(query, initBindings={"this": rdflib.URIRef("http://e/a")})) == 0


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("02", ASK),  # the store would write 2
        ("2", "SELECT $this ?value WHERE { ?one <http://e/n> ?n BIND(?n * 3 AS ?value) }"),
        ("2", "SELECT $this WHERE { ?value <http://e/n> ?n FILTER(<http://e/f>(?n)) } GROUP BY"),
    ],
)
def test_what_the_store_cannot_be_trusted_with_rdflib_is_asked(
    text: str, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, graph = asked(number(text))
    monkeypatch.setattr(screened, "_translated", lambda _: (_ for _ in ()).throw(LookupError))
    with pytest.raises(LookupError):
        graph.query(query)


def test_a_row_about_another_focus_node_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    _, graph = asked(number("4"))
    query = "SELECT $this WHERE { $this <http://e/n> ?n }"
    monkeypatch.setattr(screened, "_translated", lambda _: pytest.fail("rdflib was asked"))
    assert len(graph.query(query, initBindings={"this": rdflib.URIRef("http://e/other")})) == 0
