"""An ontology as axioms: indexed, its lists and property expressions read, its limits held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode

from coopkg.errors import OntologyError
from coopkg.rules import vocabulary as v
from coopkg.terms import RDF_TYPE, Term, Triple

Class: TypeAlias = NamedNode | BlankNode

# What is not shipped, and why. By predicate, then by class.
_IDENTITY = (
    "l’identité ne se déduit pas : une erreur de saisie fusionnerait des entités",
    "identity is not inferred: one slip would merge entities",
)
_COUNTING = (
    "les cardinalités ne se déduisent pas : les formes SHACL les vérifient",
    "cardinalities are not inferred: SHACL shapes check them",
)
_OUTSIDE = ("hors du profil OWL 2 RL", "outside the OWL 2 RL profile")
REFUSED: Final[dict[Term, tuple[str, str]]] = {
    NamedNode(v.OWL + name): reason
    for reason, names in {
        _IDENTITY: ("hasKey", "sameAs", "FunctionalProperty", "InverseFunctionalProperty"),
        _COUNTING: (
            "maxCardinality", "maxQualifiedCardinality", "minCardinality",
            "minQualifiedCardinality", "cardinality", "qualifiedCardinality",
        ),
        _OUTSIDE: (
            "hasSelf", "ReflexiveProperty", "disjointUnionOf", "onProperties",
            "topObjectProperty", "bottomObjectProperty", "topDataProperty", "bottomDataProperty",
        ),
    }.items()
    for name in names
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """A property, followed forwards, or backwards when `inverse`."""

    property: NamedNode
    inverse: bool = False

    def flipped(self) -> Link:
        """Return the same property followed the other way."""
        return Link(self.property, not self.inverse)

    def triple(self, start: Term, end: Term) -> Triple:
        """Return the triple that leads from `start` to `end`."""
        return (end, self.property, start) if self.inverse else (start, self.property, end)


class Axioms:
    """The triples of an ontology, by predicate; iteration follows the text of the triples.

    Raises:
        OntologyError: the ontology uses a construct of `REFUSED`.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples = frozenset(triples)
        self._by_predicate: dict[Term, dict[Term, list[Term]]] = {}
        self._by_class: dict[Term, list[Term]] = {}
        for subject, predicate, value in sorted(self.triples, key=str):
            self._by_predicate.setdefault(predicate, {}).setdefault(subject, []).append(value)
            if predicate == RDF_TYPE:
                self._by_class.setdefault(value, []).append(subject)
        self._refuse()

    def pairs(self, predicate: NamedNode) -> Iterator[tuple[Term, Term]]:
        """Give every subject and value of a predicate."""
        for subject, values in self._by_predicate.get(predicate, {}).items():
            for value in values:
                yield subject, value

    def values(self, subject: Term, predicate: NamedNode) -> list[Term]:
        """Return the values of a predicate for one subject."""
        return self._by_predicate.get(predicate, {}).get(subject, [])

    def instances(self, kind: NamedNode) -> list[Term]:
        """Return the terms declared of a kind, such as `owl:TransitiveProperty`."""
        return self._by_class.get(kind, [])

    def members(self, head: Term) -> tuple[Term, ...]:
        """Return the members of an RDF list.

        Raises:
            OntologyError: the list is broken: no end, no member, a fork or a loop.
        """
        members: list[Term] = []
        seen: set[Term] = set()
        while head != v.NIL:
            first, rest = self.values(head, v.FIRST), self.values(head, v.REST)
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise _malformed(head, "liste RDF mal formée", "malformed RDF list")
            seen.add(head)
            members.append(first[0])
            head = rest[0]
        return tuple(members)

    def link(self, term: Term) -> Link:
        """Read a property, or an anonymous `[ owl:inverseOf p ]`.

        Raises:
            OntologyError: neither, or a word of RDF's own grammar (`rdf:type`, `owl:…`).
        """
        if isinstance(term, NamedNode):
            if _is_grammar(term):
                raise _malformed(
                    term,
                    "un axiome ne peut porter sur le vocabulaire de RDF ou d’OWL",
                    "an axiom may not be about the vocabulary of RDF or OWL",
                )
            return Link(term)
        inverse = self.values(term, v.INVERSE_OF)
        if len(inverse) != 1 or not isinstance(inverse[0], NamedNode):
            raise _malformed(term, "expression de propriété illisible", "unreadable property")
        return self.link(inverse[0]).flipped()

    def restricted(self, restriction: Term) -> Link:
        """Return the property of a restriction, which has exactly one.

        Raises:
            OntologyError: it has none, or several.
        """
        properties = self.values(restriction, v.ON_PROPERTY)
        if len(properties) != 1:
            raise _malformed(
                restriction,
                "une restriction porte sur une seule propriété (owl:onProperty)",
                "a restriction is on exactly one property (owl:onProperty)",
            )
        return self.link(properties[0])

    def class_of(self, term: Term) -> Class | None:
        """Return the term as a class; None for a datatype, whose values SHACL checks.

        Raises:
            OntologyError: it is a literal, or a class of RDF's or OWL's own grammar.
        """
        if isinstance(term, Literal):
            raise _malformed(term, "une classe ne peut être un littéral", "a literal is no class")
        if v.is_datatype(term) or term in self.instances(v.DATATYPE):
            return None
        if term in _GRAMMAR_CLASSES or (
            term not in (v.THING, v.NOTHING) and term.value.startswith(v.OWL)
        ):
            raise _malformed(
                term,
                "un axiome ne peut porter sur une classe de la grammaire de RDF ou d’OWL",
                "an axiom may not be about a class of the grammar of RDF or OWL",
            )
        return term

    def _refuse(self) -> None:
        for subject, predicate, value in sorted(self.triples, key=str):
            used = (predicate, value) if predicate in _SPEAKS else (predicate,)
            for term in used:
                if term in REFUSED:
                    fr, en = REFUSED[term]
                    name = f"owl:{term.value.removeprefix(v.OWL)}"
                    raise OntologyError(
                        str(subject),
                        f"{name} n’est pas pris en charge : {fr}",
                        f"{name} is not supported: {en}",
                    )


_SPEAKS: Final = v.AXIOMS | {RDF_TYPE}
_GRAMMAR_CLASSES: Final = frozenset(
    {NamedNode(v.RDFS + "Class"), v.RDF_PROPERTY, NamedNode(v.RDF + "List")}
)


def _is_grammar(term: NamedNode) -> bool:
    return term == RDF_TYPE or term in v.AXIOMS or term.value.startswith(v.OWL)


def _malformed(term: Term, fr: str, en: str) -> OntologyError:
    return OntologyError(str(term), fr, en)
