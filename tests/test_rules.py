"""The OWL 2 RL rules: one by one, their limits, their reasons, their words."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import pytest
from closure_oracle import A, ex, owl, random_graph, rdfs, turtle
from derivation_check import Checker, down_to_asserted
from pyoxigraph import BlankNode, Literal, NamedNode

from coopkg import rules
from coopkg.errors import OntologyError
from coopkg.rules import RULES
from coopkg.typography import french

# rule, ontology, data, what is inferred and published
CASES = {
    "prp-dom": (":p rdfs:domain :C .", ":x :p :y .", ":x a :C ."),
    "prp-rng": (":p rdfs:range :C .", ":x :p :y .", ":y a :C ."),
    "prp-rng of a literal": (":p rdfs:range :C .", ':x :p "y" .', ""),
    "prp-rng of a datatype": (":p rdfs:range xsd:integer .", ":x :p 1 .", ""),
    "prp-symp": (":p a owl:SymmetricProperty .", ":x :p :y .", ":y :p :x ."),
    "prp-symp of a literal": (":p a owl:SymmetricProperty .", ':x :p "y" .', ""),
    "prp-trp": (
        ":p a owl:TransitiveProperty .",
        ":a :p :b . :b :p :c . :c :p :d .",
        ":a :p :c , :d . :b :p :d .",
    ),
    "prp-trp in a circle": (
        ":p a owl:TransitiveProperty .",
        ":a :p :b . :b :p :a .",
        ":a :p :a . :b :p :b .",
    ),
    "prp-spo1": (":p rdfs:subPropertyOf :q .", ":x :p :y .", ":x :q :y ."),
    "prp-spo1 to an inverse": (
        ":p rdfs:subPropertyOf [ owl:inverseOf :q ] .",
        ":x :p :y .",
        ":y :q :x .",
    ),
    "prp-spo2": (
        ":p owl:propertyChainAxiom ( :q :r ) .",
        ":a :q :b . :b :r :c , :d .",
        ":a :p :c , :d .",
    ),
    "prp-spo2 of four": (
        ":p owl:propertyChainAxiom ( :q :r :r :s ) .",
        ":a :q :b . :b :r :c . :c :r :d . :d :s :e .",
        ":a :p :e .",
    ),
    "prp-spo2 of one": (":p owl:propertyChainAxiom ( :q ) .", ":a :q :b .", ":a :p :b ."),
    "prp-spo2 when its end comes later": (
        ":p owl:propertyChainAxiom ( :q :r ) . :s rdfs:subPropertyOf :r .",
        ":a :q :b . :b :s :c .",
        ":b :r :c . :a :p :c .",
    ),
    "prp-spo2 when its middle comes later": (
        ":p owl:propertyChainAxiom ( :q :r :q ) . :s rdfs:subPropertyOf :r .",
        ":a :q :b . :b :s :c . :c :q :d .",
        ":b :r :c . :a :p :d .",
    ),
    "prp-spo2 into an inverse": (
        "[ owl:inverseOf :p ] owl:propertyChainAxiom ( :q :r ) .",
        ":a :q :b . :b :r :c .",
        ":c :p :a .",
    ),
    "prp-spo2 through an inverse": (
        ":p owl:propertyChainAxiom ( [ owl:inverseOf :q ] :r ) .",
        ":b :q :a . :b :r :c .",
        ":a :p :c .",
    ),
    "prp-spo2 into itself": (
        ":p owl:propertyChainAxiom ( :p :q ) .",
        ":a :p :b . :b :q :c . :c :q :d .",
        ":a :p :c , :d .",
    ),
    "prp-eqp1": (
        ":p owl:equivalentProperty :q .",
        ":x :p :y .",
        ":x :q :y . :p rdfs:subPropertyOf :q . "
        ":q rdfs:subPropertyOf :p ; owl:equivalentProperty :p .",
    ),
    "prp-eqp2": (
        ":p owl:equivalentProperty :q . :q owl:equivalentProperty :p .",
        ":x :q :y .",
        ":x :p :y . :p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .",
    ),
    "prp-inv1": (":p owl:inverseOf :q .", ":x :p :y .", ":y :q :x ."),
    "prp-inv2": (":p owl:inverseOf :q .", ":x :q :y .", ":y :p :x ."),
    "cax-sco": (
        ":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .",
        ":x a :C .",
        ":x a :D , :E . :C rdfs:subClassOf :E .",
    ),
    "cax-eqc1": (
        ":C owl:equivalentClass :D .",
        ":x a :C .",
        ":x a :D . :C rdfs:subClassOf :D . :D rdfs:subClassOf :C ; owl:equivalentClass :C .",
    ),
    "cls-int1": (
        "[ owl:intersectionOf ( :C :D ) ] rdfs:subClassOf :E .",
        ":x a :C , :D . :y a :C .",
        ":x a :E .",
    ),
    "cls-int2": (
        ":C owl:intersectionOf ( :D :E ) .",
        ":x a :C .",
        ":x a :D , :E . :C rdfs:subClassOf :D , :E .",
    ),
    "an intersection on the right": (
        ":C rdfs:subClassOf [ owl:intersectionOf ( :D :E ) ] .",
        ":x a :C .",
        ":x a :D , :E . :C rdfs:subClassOf :D , :E .",
    ),
    "cls-uni": (
        ":E owl:unionOf ( :C :D ) .",
        ":x a :C .",
        ":x a :E . :C rdfs:subClassOf :E . :D rdfs:subClassOf :E .",
    ),
    "a union on the left": (
        "[ owl:unionOf ( :C :D ) ] rdfs:subClassOf :E .",
        ":x a :C . :y a :D . :z a :F .",
        ":x a :E . :y a :E . :C rdfs:subClassOf :E . :D rdfs:subClassOf :E .",
    ),
    "cls-oo": ("[ owl:oneOf ( :x :y ) ] rdfs:subClassOf :E .", "", ":x a :E . :y a :E ."),
    "cls-svf1": (
        "[ owl:onProperty :p ; owl:someValuesFrom :C ] rdfs:subClassOf :E .",
        ":x :p :y . :y a :C . :z :p :w .",
        ":x a :E .",
    ),
    "cls-svf1 backwards": (
        "[ owl:onProperty [ owl:inverseOf :p ] ; owl:someValuesFrom :C ] rdfs:subClassOf :E .",
        ":y :p :x . :y a :C .",
        ":x a :E .",
    ),
    "cls-svf2": (
        "[ owl:onProperty :p ; owl:someValuesFrom owl:Thing ] rdfs:subClassOf :E .",
        ':x :p :y . :z :p "w" .',
        ":x a :E . :z a :E .",
    ),
    "cls-avf": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :D ] .",
        ":x a :C ; :p :y . :w :p :z .",
        ":y a :D .",
    ),
    "cls-hv1": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] .",
        ":x a :C .",
        ":x :p :v .",
    ),
    "cls-hv1 backwards": (
        ":C rdfs:subClassOf [ owl:onProperty [ owl:inverseOf :p ] ; owl:hasValue :v ] .",
        ":x a :C .",
        ":v :p :x .",
    ),
    "cls-hv2": (
        "[ owl:onProperty :p ; owl:hasValue true ] rdfs:subClassOf :E .",
        ":x :p true . :y :p false .",
        ":x a :E .",
    ),
    "scm-dom1": (":p rdfs:domain :C . :C rdfs:subClassOf :D .", "", ":p rdfs:domain :D ."),
    "scm-dom2": (":p rdfs:domain :C . :q rdfs:subPropertyOf :p .", "", ":q rdfs:domain :C ."),
    "scm-rng1": (":p rdfs:range :C . :C rdfs:subClassOf :D .", "", ":p rdfs:range :D ."),
    "scm-rng2": (":p rdfs:range :C . :q rdfs:subPropertyOf :p .", "", ":q rdfs:range :C ."),
    "scm-spo": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
        "",
        ":p rdfs:subPropertyOf :r .",
    ),
    "scm-hv": (
        """:P owl:onProperty :p ; owl:hasValue :v . :Q owl:onProperty :q ; owl:hasValue :v .
           :p rdfs:subPropertyOf :q .""",
        "",
        ":P rdfs:subClassOf :Q .",
    ),
    "scm-svf1": (
        """:P owl:onProperty :p ; owl:someValuesFrom :C . :C rdfs:subClassOf :D .
           :Q owl:onProperty :p ; owl:someValuesFrom :D .""",
        "",
        ":P rdfs:subClassOf :Q .",
    ),
    "scm-svf2": (
        """:P owl:onProperty :p ; owl:someValuesFrom :C . :p rdfs:subPropertyOf :q .
           :Q owl:onProperty :q ; owl:someValuesFrom :C .""",
        "",
        ":P rdfs:subClassOf :Q .",
    ),
    "scm-avf1": (
        """:P owl:onProperty :p ; owl:allValuesFrom :C . :C rdfs:subClassOf :D .
           :Q owl:onProperty :p ; owl:allValuesFrom :D .""",
        "",
        ":P rdfs:subClassOf :Q .",
    ),
    "scm-avf2": (
        """:P owl:onProperty :p ; owl:allValuesFrom :C . :p rdfs:subPropertyOf :q .
           :Q owl:onProperty :q ; owl:allValuesFrom :C .""",
        "",
        ":Q rdfs:subClassOf :P .",
    ),
    "a defined class": (
        """:M owl:equivalentClass [ owl:intersectionOf (
              :O [ owl:onProperty :in ; owl:hasValue :med ] ) ] .
           :in owl:propertyChainAxiom ( :based :within ) .""",
        ":a a :O ; :based :tunis . :tunis :within :med . :b a :M .",
        ":a :in :med ; a :M . :b a :O ; :in :med . :M rdfs:subClassOf :O .",
    ),
    "a literal that leads somewhere": (
        """:p rdfs:range :C . :q owl:inverseOf :r .
           [ owl:onProperty :p ; owl:someValuesFrom :C ] rdfs:subClassOf :E .""",
        ':x :p "y" .',
        ":x a :E .",
    ),
}  # fmt: skip


def inferred_from(ontology: str, data: str) -> rules.Inferred:
    axioms = turtle(ontology)
    return rules.closure([*turtle(data), *axioms], rules.compiled(axioms))


@pytest.mark.parametrize("name", CASES)
def test_each_rule_infers_what_its_table_says(name: str) -> None:
    ontology, data, expected = CASES[name]
    inferred = inferred_from(ontology, data)
    assert set(inferred) == set(turtle(expected))
    assert len(inferred) == len(inferred.triples) == len(set(inferred))


@pytest.mark.parametrize("name", [name for name in CASES if name in RULES])
def test_each_rule_is_the_reason_it_gives(name: str) -> None:
    inferred = inferred_from(*CASES[name][:2])
    assert name in {derivation.rule for derivation in inferred.derivations.values()}


def test_what_is_asserted_is_not_inferred() -> None:
    assert not inferred_from(":p rdfs:domain :C .", ":x :p :y ; a :C .").triples


def test_an_axiom_among_the_data_does_not_reason() -> None:
    data = turtle(":x a :C . :C rdfs:subClassOf :D .")
    assert not rules.closure(data, rules.compiled([])).triples


def test_nothing_follows_from_nothing() -> None:
    inferred = rules.closure([], rules.compiled([]))
    assert (inferred.triples, inferred.rounds) == ((), 0)
    assert not rules.inconsistencies(inferred)


REFUSED = {
    "owl:hasKey": ":C owl:hasKey ( :p ) .",
    "owl:sameAs": ":x owl:sameAs :y .",
    "owl:FunctionalProperty": ":p a owl:FunctionalProperty .",
    "owl:InverseFunctionalProperty": ":p a owl:InverseFunctionalProperty .",
    "owl:maxCardinality": "[ owl:onProperty :p ; owl:maxCardinality 1 ] rdfs:subClassOf :C .",
    "owl:maxQualifiedCardinality":
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 0 ] .",
    "owl:cardinality": ":C rdfs:subClassOf [ owl:onProperty :p ; owl:cardinality 1 ] .",
    "owl:minCardinality": ":C rdfs:subClassOf [ owl:onProperty :p ; owl:minCardinality 1 ] .",
    "owl:hasSelf": "[ owl:onProperty :p ; owl:hasSelf true ] rdfs:subClassOf :C .",
    "owl:ReflexiveProperty": ":p a owl:ReflexiveProperty .",
    "owl:disjointUnionOf": ":C owl:disjointUnionOf ( :D :E ) .",
    "owl:topObjectProperty": ":p rdfs:subPropertyOf owl:topObjectProperty .",
}  # fmt: skip


@pytest.mark.parametrize("construct", REFUSED)
def test_a_construct_that_is_not_shipped_is_refused_by_name(construct: str) -> None:
    with pytest.raises(OntologyError, match=construct) as error:
        rules.compiled(turtle(REFUSED[construct]))
    assert construct in error.value.message("fr")
    assert error.value.subject


def test_a_word_that_is_only_mentioned_is_not_refused() -> None:
    rules.compiled(turtle(':C rdfs:seeAlso owl:hasKey ; rdfs:comment "no owl:hasKey" .'))


MALFORMED = {
    "a list without end": (":p owl:propertyChainAxiom :l .", "list"),
    "a list that loops": (
        """@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
           :p owl:propertyChainAxiom :l . :l rdf:first :q ; rdf:rest :l .""",
        "list",
    ),
    "a restriction on nothing": ("[ owl:someValuesFrom :C ] rdfs:subClassOf :D .", "onProperty"),
    "a restriction on two properties": (
        "[ owl:onProperty :p, :q ; owl:hasValue :v ] rdfs:subClassOf :D .",
        "onProperty",
    ),
    "an axiom about rdf:type": (
        """@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
           :p rdfs:subPropertyOf rdf:type .""",
        "vocabulary",
    ),
    "an axiom about owl:Class": (":C rdfs:subClassOf owl:Class .", "grammar"),
    "a literal for a class": (':C rdfs:subClassOf "D" .', "literal"),
    "an unreadable property": (":p rdfs:subPropertyOf [ rdfs:label 'q' ] .", "unreadable"),
    "an empty intersection": ("[ owl:intersectionOf () ] rdfs:subClassOf :D .", "at least"),
    "some value of a datatype": (
        "[ owl:onProperty :p ; owl:someValuesFrom xsd:integer ] rdfs:subClassOf :D .",
        "datatype",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_axiom_is_refused_with_its_reason(name: str) -> None:
    ontology, reason = MALFORMED[name]
    with pytest.raises(OntologyError, match=reason) as error:
        rules.compiled(turtle(ontology))
    assert error.value.message("fr") != error.value.message("en")


def test_a_disagreement_between_reasoners_is_refused() -> None:
    ontology = turtle(":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .")
    with pytest.raises(OntologyError, match="derived by the rules alone"):
        rules.compiled(ontology, closed=ontology)
    more = [*ontology, *turtle(":C rdfs:subClassOf :E , :F .")]
    with pytest.raises(OntologyError, match="not derived by the rules"):
        rules.compiled(ontology, closed=more)


UNPUBLISHED = [
    (Literal("a"), A, ex("C")),
    (Literal("a"), ex("p"), ex("x")),
    (ex("x"), A, BlankNode("b")),
    (BlankNode("b"), ex("p"), ex("x")),
    (ex("x"), ex("p"), BlankNode("b")),
    (ex("x"), owl("sameAs"), ex("x")),
    (ex("x"), owl("sameAs"), ex("y")),
    (ex("x"), A, owl("Thing")),
    (ex("x"), A, owl("Class")),
    (ex("x"), A, rdfs("Resource")),
    (ex("C"), rdfs("subClassOf"), ex("C")),
    (ex("C"), rdfs("subClassOf"), owl("Thing")),
    (owl("Nothing"), rdfs("subClassOf"), ex("C")),
    (ex("p"), rdfs("domain"), owl("Thing")),
    (ex("p"), owl("equivalentProperty"), ex("p")),
    (NamedNode("http://www.w3.org/2001/XMLSchema#int"), A, rdfs("Datatype")),
]
PUBLISHED = [
    (ex("x"), A, ex("C")),
    (ex("x"), ex("p"), ex("x")),
    (ex("x"), ex("p"), Literal("a")),
    (ex("x"), rdfs("label"), Literal("a", language="fr")),
    (ex("C"), rdfs("subClassOf"), ex("D")),
    (ex("p"), rdfs("range"), NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
]


@pytest.mark.parametrize("triple", UNPUBLISHED, ids=str)
def test_what_rdf_forbids_or_says_nothing_is_not_published(triple: Any) -> None:
    assert not rules.publishable(triple)


@pytest.mark.parametrize("triple", PUBLISHED, ids=str)
def test_what_a_reader_may_want_is_published(triple: Any) -> None:
    assert rules.publishable(triple)


# rule, ontology, data, evidence
CLASHES = {
    "eq-rep": ("", ":x owl:sameAs :y .", ":x owl:sameAs :y ."),
    "cax-dw": (":C owl:disjointWith :D .", ":x a :C , :D .", ":x a :C , :D ."),
    "cax-adc": (
        "[] a owl:AllDisjointClasses ; owl:members ( :C :D :E ) .",
        ":x a :C , :E .",
        ":x a :C , :E .",
    ),
    "cls-com": (":C rdfs:subClassOf [ owl:complementOf :D ] .", ":x a :C , :D .", ":x a :C , :D ."),
    "cls-nothing2": (":C rdfs:subClassOf owl:Nothing .", ":x a :C .", ":x a :C ."),
    "prp-irp": (":p a owl:IrreflexiveProperty .", ":x :p :x .", ":x :p :x ."),
    "prp-asyp": (":p a owl:AsymmetricProperty .", ":x :p :y . :y :p :x .", ":x :p :y . :y :p :x ."),
    "prp-pdw": (":p owl:propertyDisjointWith :q .", ":x :p :y ; :q :y .", ":x :p :y ; :q :y ."),
    "prp-adp": (
        "[] a owl:AllDisjointProperties ; owl:members ( :p :q :r ) .",
        ":x :q :y ; :r :y .",
        ":x :q :y ; :r :y .",
    ),
    "prp-npa1": (
        "[] owl:sourceIndividual :x ; owl:assertionProperty :p ; owl:targetIndividual :y .",
        ":x :p :y .",
        ":x :p :y .",
    ),
    "prp-npa2": (
        "[] owl:sourceIndividual :x ; owl:assertionProperty :p ; owl:targetValue 1 .",
        ":x :p 1 .",
        ":x :p 1 .",
    ),
}


@pytest.mark.parametrize("rule", CLASHES)
def test_a_contradiction_is_found_with_its_evidence(rule: str) -> None:
    ontology, data, evidence = CLASHES[rule]
    (found, *more) = rules.inconsistencies(inferred_from(ontology, data))
    assert found.rule == rule
    assert set(found.evidence) == set(turtle(evidence))
    assert found.subject in {triple[0] for triple in found.evidence}
    assert rule == "prp-asyp" or not more


def test_an_inferred_contradiction_is_found_and_explained() -> None:
    inferred = inferred_from(
        ":Country owl:disjointWith :Region . :within rdfs:range :Region .",
        ":tunisie a :Country . :sfax :within :tunisie .",
    )
    (found,) = rules.inconsistencies(inferred)
    (typed,) = (triple for triple in found.evidence if triple in inferred)
    assert inferred.derivation(typed).premises == tuple(turtle(":sfax :within :tunisie ."))


CONSISTENT = {
    "eq-rep": ":x owl:sameAs :x .",
    "cax-dw": ":x a :C . :y a :D .",
    "cax-adc": ":x a :C . :y a :E .",
    "cls-com": ":x a :D .",
    "cls-nothing2": ":x a :D .",
    "prp-irp": ":x :p :y . :y :p :x .",
    "prp-asyp": ":x :p :y . :y :p :z .",
    "prp-pdw": ":x :p :y . :y :q :x .",
    "prp-adp": ":x :q :y . :x :r :z .",
    "prp-npa1": ":x :p :z .",
    "prp-npa2": ":x :p 2 .",
}


@pytest.mark.parametrize("rule", CONSISTENT)
def test_what_is_near_a_contradiction_is_not_one(rule: str) -> None:
    assert not rules.inconsistencies(inferred_from(CLASHES[rule][0], CONSISTENT[rule]))


@pytest.mark.parametrize("seed", range(25))
def test_each_derivation_replays_and_ends_in_asserted_triples(seed: int) -> None:
    ontology, data = random_graph(Random(seed), axioms=16, data=20)
    compiled = rules.compiled(ontology)
    inferred = rules.closure([*data, *ontology], compiled)
    checker, asserted = Checker(ontology), {*data, *ontology}
    for triple in (*inferred.facts.inferred(), *compiled.schema):
        step = inferred.step(triple)
        assert step is not None
        assert checker.holds(triple, step.rule, step.premises, step.axioms), (triple, step)
    for triple in inferred:
        assert down_to_asserted(triple, inferred.step, asserted) >= 1
        assert down_to_asserted(triple, inferred.derivation, asserted) >= 1
        for premise in inferred.derivation(triple).premises:
            assert premise in asserted or premise in inferred


def test_a_checker_that_accepted_anything_would_be_noticed() -> None:
    ontology = turtle(":p rdfs:domain :C . :C rdfs:subClassOf :D .")
    checker = Checker(ontology)
    (domain, order), (said, typed) = ontology, turtle(":x :p :y ; a :C .")
    assert checker.holds(typed, "prp-dom", [said], [domain])
    assert not checker.holds(typed, "prp-rng", [said], [domain])
    assert not checker.holds(typed, "prp-dom", [said, typed], [domain])
    assert not checker.holds((ex("y"), A, ex("C")), "prp-dom", [said], [domain])
    assert not checker.holds((ex("x"), A, ex("D")), "prp-dom", [said], [domain])
    assert checker.holds((ex("x"), A, ex("D")), "cax-sco", [typed], [order])


def test_the_shortest_reason_is_given() -> None:
    # x is a D by way of p at once, and of q by three steps.
    inferred = inferred_from(
        """:q rdfs:range :A . [ owl:onProperty :r ; owl:someValuesFrom :A ] rdfs:subClassOf :B .
           [ owl:intersectionOf ( :B :F ) ] rdfs:subClassOf :D . :p rdfs:domain :D .""",
        ":x :p :z ; :r :y ; a :F . :w :q :y .",
    )
    reason = inferred.derivation((ex("x"), A, ex("D")))
    assert (reason.rule, reason.premises) == ("prp-dom", tuple(turtle(":x :p :z .")))


def test_steps_through_anonymous_classes_are_folded_away() -> None:
    ontology, data, _ = CASES["a defined class"]
    inferred = inferred_from(ontology, data)
    reason = inferred.derivation((ex("a"), A, ex("M")))
    assert reason.rule == "cls-int1"
    assert set(reason.premises) == set(turtle(":a a :O ; :in :med ."))
    reason = inferred.derivation((ex("b"), ex("in"), ex("med")))
    assert (reason.rule, reason.premises) == ("cls-hv1", tuple(turtle(":b a :M .")))


def test_what_is_asserted_or_unknown_has_no_derivation() -> None:
    inferred = inferred_from(":p rdfs:domain :C .", ":x :p :y .")
    for triple in turtle(":x :p :y . :x :p :z . :y a :C ."):
        with pytest.raises(KeyError):
            inferred.derivation(triple)
        assert triple not in inferred


def test_the_same_input_gives_the_same_reasons() -> None:
    ontology, data = random_graph(Random(7), axioms=20, data=30)
    one, two = (rules.closure([*data, *ontology], rules.compiled(ontology)) for _ in range(2))
    assert list(one.derivations.items()) == list(two.derivations.items())
    shuffled = Random(1).sample(ontology, len(ontology))
    three = rules.closure([*data, *ontology], rules.compiled(shuffled))
    assert list(one.derivations.items()) == list(three.derivations.items())


def test_every_rule_is_said_in_french_and_in_english() -> None:
    for name, words in RULES.items():
        assert words.keys() == {"fr", "en"}
        assert words["fr"] != words["en"], name
        assert not re.search(r"[^\u00a0][:;?!]", words["fr"].replace("owl:", "")), name
        for text in words.values():
            assert not re.search(r"['\"]", text), name
            assert text[0].islower(), name  # it stands inside a sentence
            assert not text.endswith("."), name


def test_every_rule_that_can_be_a_reason_has_words() -> None:
    used = set(CLASHES) | {name for name in CASES if " " not in name}
    for seed in range(40):
        ontology, data = random_graph(Random(seed), axioms=16, data=16)
        inferred = rules.closure([*data, *ontology], rules.compiled(ontology))
        used |= {reason.rule for reason in inferred.derivations.values()}
        used |= {clash.rule for clash in rules.inconsistencies(inferred)}
    assert used <= RULES.keys()


def test_a_reason_is_told_with_the_labels_of_what_it_used() -> None:
    inferred = inferred_from(*CASES["prp-spo2"][:2])
    triple = (ex("a"), ex("p"), ex("c"))
    reason = inferred.derivation(triple)
    labels: dict[Any, str] = {ex("p"): "couvre", ex("q"): "pays", ex("r"): "dans"}
    said = rules.sentence(reason.rule, triple, reason.premises, lambda t: labels[t], "fr")
    assert said.endswith(french("en donnent une autre : « pays » puis « dans » → « couvre »"))
    said = rules.sentence(reason.rule, triple, reason.premises, lambda t: labels[t], "en")
    assert said.endswith("make another: “pays” then “dans” → “couvre”")


def test_a_reason_without_premises_is_told_too() -> None:
    inferred = inferred_from(*CASES["cls-oo"][:2])
    triple = (ex("x"), A, ex("E"))
    reason = inferred.derivation(triple)
    assert reason.premises == ()
    said = rules.sentence(reason.rule, triple, (), lambda term: "fondateurs", "fr")
    assert said == french("la catégorie énumère ses membres : « fondateurs »")
