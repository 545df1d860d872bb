"""Inference equals owlrl's, on generated graphs and on the real one, and leaves rdflib alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import rdflib
from closure_oracle import A, Oracle, ex, owl, random_graph, rdfs, real_graph, turtle
from derivation_check import Checker, down_to_asserted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode

import coopkg.build.infer
from coopkg import rules
from coopkg.build.infer import close_ontology, compiled_rules, infer
from coopkg.errors import OntologyError

ROOT = Path(__file__).parents[1]
SAME_AS = owl("sameAs")
SUB_CLASS = rdfs("subClassOf")


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    oracle = Oracle()
    yield oracle
    oracle.stop()


def assert_equal_to_owlrl(
    oracle: Oracle, ontology: list[Any], data: list[Any], *, lean: bool = False
) -> rules.Inferred:
    """Compare everything publishable, and whether there is a contradiction."""
    asserted = {*ontology, *data}
    inferred = rules.closure([*data, *ontology], rules.compiled(ontology))
    theirs = oracle.close([*data, *ontology], lean=lean)
    wanted = {triple for triple in theirs.triples if rules.publishable(triple)} - asserted
    assert set(inferred.triples) == wanted
    assert len(inferred.triples) == len(wanted)
    assert bool(rules.inconsistencies(inferred)) == bool(theirs.errors)
    assert not any(isinstance(triple[0], Literal) for triple in inferred)
    assert not any(triple[1] == SAME_AS for triple in inferred)
    return inferred


@pytest.mark.parametrize("seed", range(24))
def test_the_closure_of_a_generated_graph_is_owlrls(oracle: Oracle, seed: int) -> None:
    random = Random(seed)
    ontology, data = random_graph(random, axioms=random.randint(6, 14), data=16)
    assert_equal_to_owlrl(oracle, ontology, data)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    random=st.randoms(use_true_random=False),
    axioms=st.integers(1, 12),
    data=st.integers(0, 16),
)
def test_the_closure_of_any_graph_is_owlrls(
    oracle: Oracle, random: Random, axioms: int, data: int
) -> None:
    assert_equal_to_owlrl(oracle, *random_graph(random, axioms, data), lean=True)


def test_the_lean_owlrl_says_the_same_as_owlrl(oracle: Oracle) -> None:
    for seed in range(5):
        ontology, data = random_graph(Random(seed), axioms=10, data=14)
        whole, lean = (oracle.close([*ontology, *data], lean=one) for one in (False, True))
        assert {t for t in whole.triples if t[1] != SAME_AS} == lean.triples
        assert whole.errors == lean.errors


def test_two_members_at_the_end_of_a_list_are_seen_apart() -> None:
    # owlrl stops one short of the end (measured, 7.6.2); the rules do not.
    ontology = turtle("[] a owl:AllDisjointProperties ; owl:members ( :p :q :r ) .")
    inferred = infer(turtle(":x :q :y ; :r :y ."), ontology)
    (found,) = rules.inconsistencies(inferred)
    assert found.rule == "prp-adp"


# -- the real graph -----------------------------------------------------------------------------


needs_ontology = pytest.mark.skipif(
    not (ROOT / "ontology" / "coop.ttl").exists(), reason="there is no ontology/coop.ttl yet"
)


@needs_ontology
def test_the_closure_of_the_real_graph_is_owlrls(oracle: Oracle) -> None:
    ontology, data = real_graph()
    assert ontology
    assert data
    inferred = assert_equal_to_owlrl(oracle, ontology, data, lean=True)
    assert len(inferred) > 500


@needs_ontology
def test_the_real_graph_has_no_contradiction_and_every_reason_replays() -> None:
    ontology, data = real_graph()
    inferred = infer(data, ontology)
    assert not rules.inconsistencies(inferred)
    checker, asserted = Checker(ontology), {*ontology, *data}
    for triple in inferred:
        assert triple not in asserted
        step = inferred.step(triple)
        assert step is not None
        assert checker.holds(triple, step.rule, step.premises, step.axioms), (triple, step)
        assert down_to_asserted(triple, inferred.derivation, asserted) >= 1


# -- the ontology closed by owlrl ---------------------------------------------------------------


def test_rdflibs_datatypes_are_left_as_they_were() -> None:
    from rdflib.term import _toPythonMapping

    before = dict(_toPythonMapping)
    year = rdflib.Literal("2015", datatype=rdflib.XSD.gYear).value
    infer(turtle(":x :p :y ."), turtle(":p rdfs:domain :C . :C a owl:Class ."))
    assert dict(_toPythonMapping) == before
    assert rdflib.Literal("2015", datatype=rdflib.XSD.gYear).value == year


def test_closing_keeps_blank_nodes_and_lexical_forms() -> None:
    odd = Literal("01", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    node = BlankNode("given")
    ontology: list[Any] = [
        (node, A, owl("Restriction")),
        (node, owl("onProperty"), ex("p")),
        (node, owl("hasValue"), odd),
        (node, SUB_CLASS, ex("C")),
        (ex("C"), SUB_CLASS, ex("D")),
        (ex("C"), rdfs("label"), Literal("l’été\n", language="fr")),
    ]
    closed = close_ontology(ontology)
    assert (node, owl("hasValue"), odd) in closed
    assert (node, SUB_CLASS, ex("D")) in closed
    assert closed == sorted(set(closed), key=str)
    assert not any(triple[1] == rdfs("label") for triple in closed)  # no axiom
    inferred = infer([(ex("x"), ex("p"), odd)], ontology)
    assert (ex("x"), A, ex("D")) in inferred


def test_closing_leaves_out_what_rdf_forbids() -> None:
    ontology = turtle(
        """:p rdfs:subPropertyOf [ owl:inverseOf :q ] ; a owl:ObjectProperty .
           :C a owl:Class ; rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue 1 ] ."""
    )
    for subject, predicate, value in close_ontology(ontology):
        assert not isinstance(subject, Literal)
        assert isinstance(predicate, NamedNode)
        assert not (predicate == SAME_AS and subject == value)
        assert "blank" not in f"{subject}{predicate}{value}"


def test_contradictory_axioms_are_refused() -> None:
    ontology = turtle(
        """:C owl:disjointWith :D . [ owl:oneOf ( :x ) ] rdfs:subClassOf :C , :D .
           :x a owl:NamedIndividual ."""
    )
    with pytest.raises(OntologyError, match="contradiction"):
        close_ontology(ontology)


def test_nothing_closes_to_what_owl_says_of_itself() -> None:
    assert not any(map(rules.publishable, close_ontology([])))
    assert not infer([], []).triples


def test_a_closing_that_fails_or_hangs_is_an_error_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "closing.py"
    monkeypatch.setattr(coopkg.build.infer, "_CLOSING", script)
    script.write_text("raise SystemExit('no owlrl today')")
    with pytest.raises(OntologyError, match="no owlrl today"):
        close_ontology([])
    monkeypatch.setattr(coopkg.build.infer, "_TIMEOUT_S", 0.2)
    script.write_text("import threading; threading.Event().wait()")
    with pytest.raises(OntologyError, match=r"within 0\.2 s"):
        close_ontology([])


def test_what_is_not_supported_is_refused_before_anything_is_merged() -> None:
    with pytest.raises(OntologyError, match="owl:hasKey"):
        infer(turtle(":x a :C ; :p 1 . :y a :C ; :p 2 ."), turtle(":C owl:hasKey ( :p ) ."))


def test_the_rules_of_the_ontology_are_those_owlrl_agrees_with() -> None:
    ontology = turtle(":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .")
    assert (ex("C"), SUB_CLASS, ex("E")) in compiled_rules(ontology).schema
