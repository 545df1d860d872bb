"""The words of RDF, RDFS and OWL that the rules read, and what may be said with them."""

from __future__ import annotations

from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from coopkg.terms import PREFIXES, RDF_TYPE, Term, Triple

RDF: Final = PREFIXES["rdf"]
RDFS: Final = PREFIXES["rdfs"]
OWL: Final = PREFIXES["owl"]
XSD: Final = PREFIXES["xsd"]

FIRST: Final = NamedNode(RDF + "first")
REST: Final = NamedNode(RDF + "rest")
NIL: Final = NamedNode(RDF + "nil")
RDF_PROPERTY: Final = NamedNode(RDF + "Property")

SUB_CLASS: Final = NamedNode(RDFS + "subClassOf")
SUB_PROPERTY: Final = NamedNode(RDFS + "subPropertyOf")
DOMAIN: Final = NamedNode(RDFS + "domain")
RANGE: Final = NamedNode(RDFS + "range")
DATATYPE: Final = NamedNode(RDFS + "Datatype")

THING: Final = NamedNode(OWL + "Thing")
NOTHING: Final = NamedNode(OWL + "Nothing")
CLASS: Final = NamedNode(OWL + "Class")
SAME_AS: Final = NamedNode(OWL + "sameAs")
OBJECT_PROPERTY: Final = NamedNode(OWL + "ObjectProperty")
DATATYPE_PROPERTY: Final = NamedNode(OWL + "DatatypeProperty")

EQUIVALENT_CLASS: Final = NamedNode(OWL + "equivalentClass")
EQUIVALENT_PROPERTY: Final = NamedNode(OWL + "equivalentProperty")
INVERSE_OF: Final = NamedNode(OWL + "inverseOf")
CHAIN: Final = NamedNode(OWL + "propertyChainAxiom")
SYMMETRIC: Final = NamedNode(OWL + "SymmetricProperty")
TRANSITIVE: Final = NamedNode(OWL + "TransitiveProperty")

ON_PROPERTY: Final = NamedNode(OWL + "onProperty")
HAS_VALUE: Final = NamedNode(OWL + "hasValue")
SOME_VALUES: Final = NamedNode(OWL + "someValuesFrom")
ALL_VALUES: Final = NamedNode(OWL + "allValuesFrom")
INTERSECTION: Final = NamedNode(OWL + "intersectionOf")
UNION: Final = NamedNode(OWL + "unionOf")
ONE_OF: Final = NamedNode(OWL + "oneOf")
COMPLEMENT: Final = NamedNode(OWL + "complementOf")

DISJOINT: Final = NamedNode(OWL + "disjointWith")
DISJOINT_PROPERTY: Final = NamedNode(OWL + "propertyDisjointWith")
ALL_DISJOINT_CLASSES: Final = NamedNode(OWL + "AllDisjointClasses")
ALL_DISJOINT_PROPERTIES: Final = NamedNode(OWL + "AllDisjointProperties")
MEMBERS: Final = NamedNode(OWL + "members")
IRREFLEXIVE: Final = NamedNode(OWL + "IrreflexiveProperty")
ASYMMETRIC: Final = NamedNode(OWL + "AsymmetricProperty")
SOURCE_INDIVIDUAL: Final = NamedNode(OWL + "sourceIndividual")
ASSERTION_PROPERTY: Final = NamedNode(OWL + "assertionProperty")
TARGET_INDIVIDUAL: Final = NamedNode(OWL + "targetIndividual")
TARGET_VALUE: Final = NamedNode(OWL + "targetValue")

# A statement with one of these speaks about terms, not about the world.
SCHEMA: Final = frozenset(
    {SUB_CLASS, SUB_PROPERTY, DOMAIN, RANGE, EQUIVALENT_CLASS, EQUIVALENT_PROPERTY}
)
# The predicates that state or build an axiom.
AXIOMS: Final = SCHEMA | {
    INVERSE_OF, CHAIN, ON_PROPERTY, HAS_VALUE, SOME_VALUES, ALL_VALUES, INTERSECTION, UNION,
    ONE_OF, COMPLEMENT, DISJOINT, DISJOINT_PROPERTY, MEMBERS, SOURCE_INDIVIDUAL,
    ASSERTION_PROPERTY, TARGET_INDIVIDUAL, TARGET_VALUE, FIRST, REST,
}  # fmt: skip

_OTHER_DATATYPES: Final = frozenset(
    {
        *(NamedNode(RDF + name) for name in ("langString", "PlainLiteral", "XMLLiteral", "HTML")),
        NamedNode(RDFS + "Literal"),
    }
)
_RESERVED: Final = (RDF, RDFS, OWL, XSD)


def is_reserved(term: Term) -> bool:
    """Tell whether an IRI belongs to RDF, RDFS, OWL or XML Schema."""
    return isinstance(term, NamedNode) and term.value.startswith(_RESERVED)


def is_axiom(triple: Triple) -> bool:
    """Tell whether a triple states or builds an axiom, or declares a term."""
    _, predicate, value = triple
    if predicate == RDF_TYPE:
        return is_reserved(value)
    return predicate in AXIOMS or predicate.value.startswith(OWL)


def is_datatype(term: Term) -> bool:
    """Tell whether an IRI is a datatype by its name: XSD, and the few of RDF and RDFS."""
    return isinstance(term, NamedNode) and (term.value.startswith(XSD) or term in _OTHER_DATATYPES)


def publishable(triple: Triple) -> bool:
    """Tell whether an inferred triple may reach readers.

    Kept out, because RDF does not allow it or because it says nothing:

    * a literal as subject; a blank node anywhere: an anonymous class such as a restriction is a
      step of a proof, not an answer;
    * `x owl:sameAs x` (and no other `owl:sameAs`: the rules ship no equality);
    * statements about the vocabulary of RDF, RDFS, OWL and XSD itself;
    * `x rdf:type C` where C belongs to that vocabulary: `owl:Thing`, `rdfs:Resource`…;
    * among the statements about terms (`SCHEMA`): those that relate a term to itself, or to
      `owl:Thing` or `owl:Nothing`.

    Everything else that the rules derive is published.
    """
    subject, predicate, value = triple
    if isinstance(subject, Literal | BlankNode) or isinstance(value, BlankNode):
        return False
    if is_reserved(subject) or predicate == SAME_AS:
        return False
    if predicate == RDF_TYPE:
        return not is_reserved(value)
    return predicate not in SCHEMA or not (subject == value or value in (THING, NOTHING))
