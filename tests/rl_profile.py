"""Is an ontology in OWL 2 RL, and in OWL 2 DL? A checker of its own, with names for what is not.

After https://www.w3.org/TR/owl2-profiles/#OWL_2_RL and the global restrictions of
https://www.w3.org/TR/owl2-syntax/#Global_Restrictions_on_Axioms_in_OWL_2_DL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from closure_oracle import A, owl, rdfs
from pyoxigraph import BlankNode, Literal, NamedNode

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
DATATYPES = {
    rdfs("Literal"), NamedNode(RDF + "PlainLiteral"), NamedNode(RDF + "XMLLiteral"),
    *(
        NamedNode(XSD + name) for name in (
            "decimal", "integer", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger",
            "negativeInteger", "long", "int", "short", "byte", "unsignedLong", "unsignedInt",
            "unsignedShort", "unsignedByte", "float", "double", "string", "normalizedString",
            "token", "language", "Name", "NCName", "NMTOKEN", "boolean", "hexBinary",
            "base64Binary", "anyURI", "dateTime", "dateTimeStamp",
        )
    ),
}  # fmt: skip
OBJECT, VALUE, NOTE, CLASS = map(
    owl, ("ObjectProperty", "DatatypeProperty", "AnnotationProperty", "Class")
)
# Predicates of OWL that hasKey & co. would need: not shipped, so not in the profile held here.
NOT_SHIPPED = {
    owl(name)
    for name in (
        "hasKey", "sameAs", "FunctionalProperty", "InverseFunctionalProperty", "ReflexiveProperty",
        "maxCardinality", "maxQualifiedCardinality", "minCardinality", "minQualifiedCardinality",
        "cardinality", "qualifiedCardinality", "hasSelf", "disjointUnionOf", "onDataRange",
        "onDatatype", "withRestrictions", "datatypeComplementOf", "onProperties",
        "topObjectProperty", "bottomObjectProperty", "topDataProperty", "bottomDataProperty",
    )
}  # fmt: skip


def violations(ontology: Iterable[Any]) -> list[str]:
    """Return what puts an ontology outside OWL 2 RL or DL; nothing when it is in both."""
    return sorted(set(_Profile(ontology).violations()))


class _Profile:
    def __init__(self, ontology: Iterable[Any]) -> None:
        self.triples = set(ontology)
        self.by_predicate: dict[Any, list[tuple[Any, Any]]] = {}
        self.kinds: dict[Any, set[Any]] = {}
        for subject, predicate, value in self.triples:
            self.by_predicate.setdefault(predicate, []).append((subject, value))
            if predicate == A:
                self.kinds.setdefault(subject, set()).add(value)

    def violations(self) -> Iterator[str]:
        yield from self._not_shipped()
        yield from self._pointless()
        yield from self._declarations()
        yield from self._classes()
        yield from self._properties()
        yield from self._composite()
        yield from self._irregular()

    def _pairs(self, predicate: Any) -> list[tuple[Any, Any]]:
        return self.by_predicate.get(predicate, [])

    def _one(self, subject: Any, predicate: Any) -> Any:
        return next((o for s, o in self._pairs(predicate) if s == subject), None)

    def _list(self, head: Any) -> list[Any]:
        members = []
        while head is not None and head != NamedNode(RDF + "nil"):
            members.append(self._one(head, NamedNode(RDF + "first")))
            head = self._one(head, NamedNode(RDF + "rest"))
        return members

    def _is(self, term: Any, kind: Any) -> bool:
        return kind in self.kinds.get(term, set())

    def _not_shipped(self) -> Iterator[str]:
        for subject, predicate, value in self.triples:
            for term in (predicate, value) if predicate == A else (predicate,):
                if term in NOT_SHIPPED:
                    yield f"{subject}: {term} is not shipped"

    def _pointless(self) -> Iterator[str]:
        """Give the axioms that relate a term to itself, which OWL 2 DL has no form for."""
        for name in ("equivalentClass", "equivalentProperty", "propertyDisjointWith"):
            yield from (f"{s}: {name} itself" for s, o in self._pairs(owl(name)) if s == o)
        for node, head in self._pairs(owl("members")):
            if len(set(self._list(head))) < 2:
                yield f"{node}: too few members"
        for one, other in self._pairs(owl("disjointWith")):
            if one == other:
                yield f"{one}: disjointWith itself"

    def _declarations(self) -> Iterator[str]:
        for term, kinds in self.kinds.items():
            if len(kinds & {OBJECT, VALUE, NOTE}) > 1:
                yield f"{term}: a property of two kinds"
            if len(kinds & {CLASS, rdfs("Datatype")}) > 1:
                yield f"{term}: a class and a datatype"
            if NamedNode(RDF + "Property") in kinds and not kinds & {OBJECT, VALUE, NOTE}:
                yield f"{term}: a property of no kind"

    # -- classes --------------------------------------------------------------------------------

    def _classes(self) -> Iterator[str]:
        for one, other in self._pairs(rdfs("subClassOf")):
            yield from self._below(one)
            yield from self._above(other)
        for one, other in self._pairs(owl("equivalentClass")):
            yield from (*self._same(one), *self._same(other))
        for one, other in self._pairs(owl("disjointWith")):
            yield from (*self._below(one), *self._below(other))
        for node, head in self._pairs(owl("members")):
            if self._is(node, owl("AllDisjointClasses")):
                for member in self._list(head):
                    yield from self._below(member)

    def _named(self, term: Any) -> Iterator[str]:
        if not self._is(term, CLASS) and term != owl("Nothing"):
            yield f"{term}: a class that is not declared"

    def _parts(self, term: Any, kind: str, check: Callable[[Any], Iterator[str]]) -> Iterator[str]:
        members = self._list(self._one(term, owl(kind)))
        if len(set(members)) < (1 if kind == "oneOf" else 2):
            yield f"{term}: too few members of {kind}"
        for member in members:
            yield from check(member)

    def _kind(self, term: Any) -> str:
        """Return how a class expression is made: `named`, or the OWL predicate that makes it."""
        if not isinstance(term, BlankNode):
            return "named"
        for kind in (
            "intersectionOf", "unionOf", "oneOf", "complementOf", "someValuesFrom",
            "allValuesFrom", "hasValue",
        ):  # fmt: skip
            if self._one(term, owl(kind)) is not None:
                return kind
        return "unreadable"

    def _below(self, term: Any) -> Iterator[str]:
        """Check a class expression before `subClassOf` (subClassExpression)."""
        kind = self._kind(term)
        if kind == "named":
            if term == owl("Thing"):
                yield "owl:Thing: before subClassOf, disjoint, or in a list there"
            else:
                yield from self._named(term)
        elif kind in ("intersectionOf", "unionOf"):
            yield from self._parts(term, kind, self._below)
        elif kind == "oneOf":
            yield from self._parts(term, kind, self._individual)
        elif kind == "someValuesFrom":
            yield from self._restriction(term, kind, self._below, thing=True)
        elif kind == "hasValue":
            yield from self._value(term)
        else:
            yield f"{term}: {kind} before subClassOf"

    def _above(self, term: Any) -> Iterator[str]:
        """Check a class expression after `subClassOf` (superClassExpression)."""
        kind = self._kind(term)
        if kind == "named":
            if term == owl("Thing"):
                yield "owl:Thing: after subClassOf, as a domain or a range"
            else:
                yield from self._named(term)
        elif kind == "intersectionOf":
            yield from self._parts(term, kind, self._above)
        elif kind == "complementOf":
            yield from self._below(self._one(term, owl(kind)))
        elif kind == "allValuesFrom":
            yield from self._restriction(term, kind, self._above, thing=False)
        elif kind == "hasValue":
            yield from self._value(term)
        else:
            yield f"{term}: {kind} after subClassOf"

    def _same(self, term: Any) -> Iterator[str]:
        """Check a class expression beside `equivalentClass` (equivClassExpression)."""
        kind = self._kind(term)
        if kind == "named":
            if term == owl("Thing"):
                yield "owl:Thing: beside equivalentClass"
            else:
                yield from self._named(term)
        elif kind == "intersectionOf":
            yield from self._parts(term, kind, self._same)
        elif kind == "hasValue":
            yield from self._value(term)
        else:
            yield f"{term}: {kind} beside equivalentClass"

    def _individual(self, term: Any) -> Iterator[str]:
        if isinstance(term, Literal):
            yield f"{term}: a literal in oneOf"

    def _restriction(
        self, term: Any, kind: str, check: Callable[[Any], Iterator[str]], *, thing: bool
    ) -> Iterator[str]:
        link, filler = self._one(term, owl("onProperty")), self._one(term, owl(kind))
        if self._is(link, VALUE):
            if filler not in DATATYPES:
                yield f"{term}: {filler} is no datatype of OWL 2 RL"
            return
        yield from self._object(link)
        if not (thing and filler == owl("Thing")):
            yield from check(filler)

    def _value(self, term: Any) -> Iterator[str]:
        link, value = self._one(term, owl("onProperty")), self._one(term, owl("hasValue"))
        if self._is(link, VALUE):
            if not isinstance(value, Literal):
                yield f"{term}: hasValue an IRI, on a data property"
            return
        yield from self._object(link)
        if isinstance(value, Literal):
            yield f"{term}: hasValue a literal, on an object property"

    # -- properties -----------------------------------------------------------------------------

    def _object(self, term: Any) -> Iterator[str]:
        named = self._base(term)
        if not self._is(named, OBJECT):
            yield f"{named}: not declared as an object property"

    def _base(self, term: Any) -> Any:
        """Return the named property of `[ owl:inverseOf p ]`, or the property itself."""
        return self._one(term, owl("inverseOf")) if isinstance(term, BlankNode) else term

    def _properties(self) -> Iterator[str]:
        for predicate in (rdfs("subPropertyOf"), owl("equivalentProperty")):
            for one, other in self._pairs(predicate):
                if self._sort(one) != self._sort(other) or self._sort(one) is None:
                    yield f"{one}, {other}: properties of different or undeclared kinds"
        for one, other in self._pairs(owl("propertyDisjointWith")):
            if self._sort(one) != self._sort(other) or self._sort(one) not in (OBJECT, VALUE):
                yield f"{one}, {other}: disjoint properties of different or undeclared kinds"
        for one, other in self._pairs(owl("inverseOf")):
            yield from self._object(other)
            if not isinstance(one, BlankNode):
                yield from self._object(one)
        for term, head in self._pairs(owl("propertyChainAxiom")):
            for member in (term, *self._list(head)):
                yield from self._object(member)
        for kind in ("Symmetric", "Transitive", "Asymmetric", "Irreflexive"):
            for named, kinds in self.kinds.items():
                if owl(f"{kind}Property") in kinds:
                    yield from self._object(named)
        yield from self._ends()

    def _sort(self, term: Any) -> Any:
        kinds = self.kinds.get(self._base(term), set()) & {OBJECT, VALUE, NOTE}
        return min(kinds, key=str) if kinds else None

    def _ends(self) -> Iterator[str]:
        for predicate in (rdfs("domain"), rdfs("range")):
            for term, value in self._pairs(predicate):
                sort = self._sort(term)
                if sort is None:
                    yield f"{term}: a property that is not declared"
                elif sort == VALUE and predicate == rdfs("range"):
                    if value not in DATATYPES:
                        yield f"{term}: {value} is no datatype of OWL 2 RL"
                elif sort != NOTE:
                    yield from self._above(value)

    def _composite(self) -> Iterator[str]:
        """Give the properties that a chain or transitivity makes, used where none may be."""
        composite = {self._base(term) for term, _ in self._pairs(owl("propertyChainAxiom"))}
        composite |= {
            self._base(t) for t, k in self.kinds.items() if owl("TransitiveProperty") in k
        }
        above = self._edges()
        waiting = list(composite)
        while waiting:
            for other in above.get(waiting.pop(), set()) - composite:
                composite.add(other)
                waiting.append(other)
        used = {self._base(s) for pair in self._pairs(owl("propertyDisjointWith")) for s in pair}
        for node, head in self._pairs(owl("members")):
            if self._is(node, owl("AllDisjointProperties")):
                used |= {self._base(member) for member in self._list(head)}
        for kind in ("AsymmetricProperty", "IrreflexiveProperty"):
            used |= {self._base(term) for term, kinds in self.kinds.items() if owl(kind) in kinds}
        for term in used & composite:
            yield f"{term}: irreflexive, asymmetric or disjoint, and made by a chain"

    def _edges(self) -> dict[Any, set[Any]]:
        """Return the broader properties of each: by subproperty, equivalence and inverse."""
        edges: dict[Any, set[Any]] = {}
        both = (owl("equivalentProperty"), owl("inverseOf"))
        for predicate in (rdfs("subPropertyOf"), *both):
            for one, other in self._pairs(predicate):
                low, high = self._base(one), self._base(other)
                edges.setdefault(low, set()).add(high)
                if predicate in both:
                    edges.setdefault(high, set()).add(low)
        return edges

    def _irregular(self) -> Iterator[str]:
        """Give the chains that lead round in a circle."""
        edges = self._edges()
        strict: set[tuple[Any, Any]] = set()
        for term, head in self._pairs(owl("propertyChainAxiom")):
            links = self._list(head)
            if links == [term, term]:
                continue
            if links[:1] == [term]:
                links = links[1:]
            elif links[-1:] == [term]:
                links = links[:-1]
            strict |= {(self._base(link), self._base(term)) for link in links}
        for low, high in strict:
            edges.setdefault(low, set()).add(high)
        for low, high in strict:
            reached, queue = {high}, [high]
            while queue:
                for other in edges.get(queue.pop(), set()) - reached:
                    reached.add(other)
                    queue.append(other)
            if low in reached:
                yield f"{high}: a chain that rests on what it makes ({low})"
