"""What owlrl says of a graph, and graphs to ask it about.

owlrl changes rdflib for the life of its process, so it is asked in a process of its own: this
file, run as a script, which answers one JSON line for each it reads.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat

BLANK = "urn:blank:"
EX = "http://example.org/"
PREFIX = f"""
    @prefix : <{EX}> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def ex(name: str) -> NamedNode:
    return NamedNode(EX + name)


def turtle(text: str) -> list[Any]:
    """Return the triples of Turtle whose prefixes are those of `PREFIX`."""
    quads = pyoxigraph.parse(PREFIX + text, format=RdfFormat.TURTLE)
    return [tuple(quad.triple) for quad in quads]


ROOT = Path(__file__).parents[1]


@cache
def real_graph() -> tuple[list[Any], list[Any]]:
    """Return the reasoned ontology of the repository, and its data and concept schemes.

    Alignments and mappings stand apart: they do not reason.
    """
    folders = [ROOT / "ontology" / name for name in ("modules", "imports")]
    modules = [ROOT / "ontology" / "coop.ttl", *(p for f in folders for p in f.rglob("*.ttl"))]
    facts = [*(ROOT / "graph_data").rglob("*.t[tr]*"), *(ROOT / "ontology/vocab").glob("*.ttl")]
    return _read(modules), _read(facts)


def _read(paths: Iterable[Path]) -> list[Any]:
    triples: dict[Any, None] = {}
    for path in sorted(paths):
        for quad in pyoxigraph.parse(path=str(path)):
            triples[tuple(quad.triple)] = None
    return list(triples)


# -- the oracle ---------------------------------------------------------------------------------


@dataclass
class Answer:
    """All triples of a closure that RDF allows, and the contradictions owlrl saw."""

    triples: set[Any]
    errors: list[str]


class Oracle:
    """owlrl, as it is or `lean`: faster, and silent on `x owl:sameAs x`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def close(self, triples: Iterable[Any], *, lean: bool = False) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        named = (pyoxigraph.Triple(*map(_named, triple)) for triple in triples)
        text = pyoxigraph.serialize(named, format=RdfFormat.N_TRIPLES) or b""
        self._process.stdin.write(json.dumps({"nt": text.decode(), "lean": lean}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        quads = pyoxigraph.parse(answer["nt"], format=RdfFormat.N_TRIPLES)
        found = {tuple(map(_blank, quad.triple)) for quad in quads}
        triples = {t for t in found if not isinstance(t[1], BlankNode)}
        return Answer(triples, answer["errors"])

    def stop(self) -> None:
        self._process.communicate()


def _named(term: Any) -> Any:
    return NamedNode(BLANK + term.value) if isinstance(term, BlankNode) else term


def _blank(term: Any) -> Any:
    if isinstance(term, NamedNode) and term.value.startswith(BLANK):
        return BlankNode(term.value.removeprefix(BLANK))
    return term


def _answer_forever() -> None:
    import rdflib
    from owlrl import OWLRL_Semantics

    rdflib.NORMALIZE_LITERALS = False
    error = rdflib.URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")

    class Lean(OWLRL_Semantics):  # type: ignore[misc]
        def _equality(self, triple: Any, cycle_num: int) -> None:
            if triple[1] == rdflib.OWL.sameAs:
                super()._equality(triple, cycle_num)

        def rules(self, t: Any, cycle_num: int) -> None:
            # No other triple sets off a rule: they are all keyed by a predicate of RDF or OWL.
            if str(t[1]).startswith((RDF, RDFS, OWL)):
                super().rules(t, cycle_num)

    for line in sys.stdin:
        question = json.loads(line)
        graph = rdflib.Graph().parse(data=question["nt"], format="nt")
        kind = Lean if question["lean"] else OWLRL_Semantics
        kind(graph, False, False).closure()
        errors = [str(message) for message in graph.objects(None, error)]
        for triple in list(graph):
            if isinstance(triple[0], rdflib.Literal | rdflib.BNode):
                graph.remove(triple)
        print(json.dumps({"nt": graph.serialize(format="nt"), "errors": errors}), flush=True)


# -- graphs to ask about ------------------------------------------------------------------------

A = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
RDF, RDFS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"


def owl(name: str) -> NamedNode:
    return NamedNode(OWL + name)


def rdfs(name: str) -> NamedNode:
    return NamedNode(RDFS + name)


@dataclass
class Ontology:
    """A random ontology in the patterns that the rules support; `triples` grows as it is made."""

    random: Random
    triples: list[Any] = field(default_factory=list)
    classes: list[NamedNode] = field(default_factory=lambda: [ex(f"C{n}") for n in range(6)])
    properties: list[NamedNode] = field(default_factory=lambda: [ex(f"p{n}") for n in range(6)])
    values: list[NamedNode] = field(default_factory=lambda: [ex(f"d{n}") for n in range(2)])
    people: list[NamedNode] = field(default_factory=lambda: [ex(f"i{n}") for n in range(6)])
    blanks: int = 0

    def blank(self) -> BlankNode:
        self.blanks += 1
        return BlankNode(f"n{self.blanks}")

    def say(self, subject: Any, predicate: NamedNode, value: Any) -> Any:
        self.triples.append((subject, predicate, value))
        return subject

    def a_class(self) -> NamedNode:
        return self.random.choice(self.classes)

    def a_property(self, inverse: float = 0.2) -> Any:
        named = self.random.choice(self.properties)
        if self.random.random() < inverse:
            return self.say(self.blank(), owl("inverseOf"), named)
        return named

    def a_list(self, members: list[Any]) -> Any:
        head: Any = NamedNode(RDF + "nil")
        for member in reversed(members):
            cell = self.blank()
            self.say(cell, NamedNode(RDF + "first"), member)
            self.say(cell, NamedNode(RDF + "rest"), head)
            head = cell
        return head

    def restriction(self, kind: str, value: Any) -> BlankNode:
        node = self.blank()
        self.say(node, A, owl("Restriction"))
        self.say(node, owl("onProperty"), self.a_property())
        self.say(node, owl(kind), value)
        return node

    def joined(self, kind: str, members: list[Any]) -> BlankNode:
        node = self.blank()
        self.say(node, A, owl("Class"))
        self.say(node, owl(kind), self.a_list(members))
        return node

    def left(self, depth: int = 2) -> Any:
        """Return a class expression that may stand before `rdfs:subClassOf`."""
        kind = self.random.choice(("named", "value", "some", "thing", "union", "both", "one"))
        if depth == 0 or kind == "named":
            return self.a_class()
        if kind == "value":
            return self.restriction("hasValue", self.random.choice(self.people))
        if kind == "some":
            return self.restriction("someValuesFrom", self.left(depth - 1))
        if kind == "thing":
            return self.restriction("someValuesFrom", owl("Thing"))
        if kind == "one":
            return self.joined("oneOf", self.random.sample(self.people, 2))
        parts = [self.left(depth - 1) for _ in range(self.random.randint(2, 3))]
        return self.joined("unionOf" if kind == "union" else "intersectionOf", parts)

    def right(self, depth: int = 2) -> Any:
        """Return a class expression that may stand after `rdfs:subClassOf`."""
        kind = self.random.choice(("named", "named", "all", "value", "both", "not"))
        if depth == 0 or kind == "named":
            return self.a_class()
        if kind == "all":
            return self.restriction("allValuesFrom", self.right(depth - 1))
        if kind == "value":
            return self.restriction("hasValue", self.random.choice(self.people))
        if kind == "not":
            return self.say(self.blank(), owl("complementOf"), self.a_class())
        return self.joined("intersectionOf", [self.right(depth - 1), self.a_class()])

    def axiom(self) -> None:
        either = self.random.choice
        kind = either((
            "sub", "sub", "sub", "same", "subproperty", "sameproperty", "domain", "range",
            "inverse", "Symmetric", "Transitive", "chain", "chain", "disjoint", "apart",
            "Irreflexive", "Asymmetric", "alldisjoint", "value",
        ))  # fmt: skip
        if kind == "sub":
            self.say(self.left(), rdfs("subClassOf"), self.right())
        elif kind == "same":
            parts = [self.a_class(), self.restriction("hasValue", either(self.people))]
            self.say(self.a_class(), owl("equivalentClass"), self.joined("intersectionOf", parts))
        elif kind == "subproperty":
            self.say(self.a_property(), rdfs("subPropertyOf"), self.a_property())
        elif kind == "sameproperty":
            self.say(self.a_property(0), owl("equivalentProperty"), self.a_property(0))
        elif kind == "domain":
            self.say(self.a_property(), rdfs("domain"), self.right())
        elif kind == "range":
            self.say(self.a_property(), rdfs("range"), self.right())
        elif kind == "inverse":
            self.say(self.a_property(0), owl("inverseOf"), self.a_property(0))
        elif kind == "chain":
            steps = [self.a_property() for _ in range(self.random.randint(2, 4))]
            self.say(self.a_property(0), owl("propertyChainAxiom"), self.a_list(steps))
        elif kind == "disjoint":
            self.say(self.a_class(), owl("disjointWith"), self.a_class())
        elif kind == "apart":
            self.say(self.a_property(0), owl("propertyDisjointWith"), self.a_property(0))
        elif kind == "alldisjoint":
            node = self.say(self.blank(), A, owl("AllDisjointClasses"))
            self.say(node, owl("members"), self.a_list(self.random.sample(self.classes, 3)))
        elif kind == "value":
            self.say(either(self.values), rdfs("subPropertyOf"), either(self.values))
        else:
            self.say(self.a_property(0), A, owl(f"{kind}Property"))

    def datum(self) -> Any:
        either, chance = self.random.choice, self.random.random()
        if chance < 0.25:
            return either(self.people), A, self.a_class()
        if chance < 0.85:
            return either(self.people), either(self.properties), either(self.people)
        text = either((Literal("a"), Literal("a", language="fr"), Literal(1), Literal("01")))
        return either(self.people), either((*self.values, *self.properties[:2])), text


def random_graph(random: Random, axioms: int = 8, data: int = 14) -> tuple[list[Any], list[Any]]:
    """Return an ontology and data that exercise it; most terms are declared, some are not."""
    made = Ontology(random)
    for kind, terms in (
        ("Class", made.classes), ("ObjectProperty", made.properties),
        ("DatatypeProperty", made.values),
    ):  # fmt: skip
        for term in terms:
            if random.random() < 0.8:
                made.say(term, A, owl(kind))
    for _ in range(axioms):
        made.axiom()
    return made.triples, list(dict.fromkeys(made.datum() for _ in range(data)))


if __name__ == "__main__":
    _answer_forever()
