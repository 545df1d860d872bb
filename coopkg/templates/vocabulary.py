"""The words of a generation that a table may use: things, their labels, what shapes say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox

from coopkg.search.words import fold
from coopkg.terms import BASE, PREFIXES, RDF_TYPE, Term, Triple, expand

_IN_SCHEME: Final = expand("skos:inScheme")
_SUBCLASS: Final = expand("rdfs:subClassOf")
_MEANING: Final = frozenset(expand(f"rdfs:{one}") for one in ("domain", "range", "subClassOf"))
_ID: Final = BASE + "id/"


@dataclass(frozen=True)
class Found:
    """What a text names: one thing, several (`several`), or none, with the `nearest` labels."""

    iri: str = ""
    several: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


class Vocabulary:
    """The triples of a generation, shapes and ontology included, by what tables ask of them."""

    def __init__(self, triples: Iterable[Triple], labels: Mapping[str, Any]) -> None:
        self._out: dict[Term, dict[ox.NamedNode, list[Term]]] = defaultdict(dict)
        self._typed: dict[Term, list[str]] = defaultdict(list)
        self._schemes: dict[Term, list[str]] = defaultdict(list)
        self._by_path: dict[Term, list[Term]] = defaultdict(list)
        self._targets: dict[Term, list[Term]] = defaultdict(list)
        self.labels = labels
        self._classes: list[ox.NamedNode] = []
        self._subject_targets: list[tuple[Term, Term]] = []
        path, target = expand("sh:path"), expand("sh:targetClass")
        subjects, classed = expand("sh:targetSubjectsOf"), expand("owl:Class")
        for subject, predicate, value in dict.fromkeys(triples):
            self._out[subject].setdefault(predicate, []).append(value)
            if predicate == RDF_TYPE and isinstance(subject, ox.NamedNode):
                self._typed[value].append(subject.value)
                if value == classed:
                    self._classes.append(subject)
            elif predicate == _IN_SCHEME and isinstance(subject, ox.NamedNode):
                self._schemes[value].append(subject.value)
            elif predicate == path:
                self._by_path[value].append(subject)
            elif predicate == target:
                self._targets[value].append(subject)
            elif predicate == subjects:
                self._subject_targets.append((value, subject))

    @classmethod
    def of_store(cls, store: bytes, labels: Mapping[str, Any]) -> Vocabulary:
        """Read what a generation holds (`store.nq`)."""
        return cls.of_quads(ox.parse(store, format=ox.RdfFormat.N_QUADS), labels)

    @classmethod
    def of_quads(cls, quads: Iterable[ox.Quad], labels: Mapping[str, Any]) -> Vocabulary:
        """Read the quads of a generation.

        What words mean is read as the ontology states it, never as the closure widens it.
        """
        stated = {ox.NamedNode(BASE + f"graph/{name}") for name in ("shapes", "ontology")}
        return cls(
            (
                (one.subject, one.predicate, one.object)  # type: ignore[misc]  # no triple term enters a generation
                for one in quads
                if one.graph_name in stated
                or (one.graph_name == ox.DefaultGraph() and one.predicate not in _MEANING)
            ),
            labels,
        )

    def values(self, node: Term, predicate: str) -> list[Term]:
        """Return what a node says by a predicate."""
        return self._out.get(node, {}).get(expand(predicate), [])

    def texts(self, node: Term, *predicates: str) -> dict[str, str]:
        """Return the first text of each language among predicates, tried in order."""
        found: dict[str, str] = {}
        for predicate in predicates:
            for value in self.values(node, predicate):
                if isinstance(value, ox.Literal) and value.language:
                    found.setdefault(value.language, value.value)
        return found

    def items(self, node: Term) -> list[Term]:
        """Return the members of an RDF list."""
        found: list[Term] = []
        while self.values(node, "rdf:first"):
            found += self.values(node, "rdf:first")
            (node,) = self.values(node, "rdf:rest") or [node]
        return found

    def about(self, predicate: ox.NamedNode) -> list[Term]:
        """Return the property shapes whose path is a predicate and nothing more."""
        return self._by_path.get(predicate, [])

    def shapes(self, predicate: ox.NamedNode, kinds: Iterable[Term]) -> list[Term]:
        """Return the property shapes about a predicate, those of some classes first."""
        about = self._by_path.get(predicate, [])
        owned = {
            shape
            for kind in kinds
            for node in self._targets.get(kind, ())
            for shape in self.values(node, "sh:property")
        }
        paths = self._choices.get(predicate, ())
        own = [shape for shape in about if shape in owned]
        return [*own, *(s for s in about if s not in owned), *paths]

    @cached_property
    def _choices(self) -> Mapping[Term, Sequence[Term]]:
        """The property shapes of which a predicate is one of the alternatives of a path."""
        found: dict[Term, list[Term]] = defaultdict(list)
        for holder, shapes in self._by_path.items():
            if isinstance(holder, ox.BlankNode):
                for choice in self.values(holder, "sh:alternativePath"):
                    for one in dict.fromkeys(self.items(choice)):
                        found[one] += shapes
        return found

    def owned(self, shape: Term, kinds: Iterable[Term]) -> bool:
        """Tell whether a property shape is of one of some classes."""
        return any(
            shape in self.values(node, "sh:property")
            for kind in kinds
            for node in self._targets.get(kind, ())
        )

    def targets(self, kind: Term) -> Sequence[Term]:
        """Return the node shapes that aim at the things of a class."""
        return self._targets.get(kind, ())

    def subject_targets(self) -> Sequence[tuple[Term, Term]]:
        """Return each property whose subjects a node shape aims at, with that shape."""
        return self._subject_targets

    def classes(self) -> list[ox.NamedNode]:
        """Return the classes of the ontology, by label."""
        return sorted(self._classes, key=lambda one: (fold(self.label(one.value, "fr")), one.value))

    def wider(self, kind: ox.NamedNode) -> list[ox.NamedNode]:
        """Return a class and its superclasses."""
        found, waiting = [kind], [kind]
        while waiting:
            for value in self._out.get(waiting.pop(), {}).get(_SUBCLASS, ()):
                if isinstance(value, ox.NamedNode) and value not in found:
                    found.append(value)
                    waiting.append(value)
        return found

    def members(self, kinds: Iterable[Term]) -> list[str]:
        """Return the things of some classes, or the concepts of some schemes, by label."""
        found = {
            iri
            for kind in kinds
            for iri in (*self._typed.get(kind, ()), *self._schemes.get(kind, ()))
        }
        return sorted(found, key=lambda iri: (fold(self.label(iri, "fr")), iri))

    def label(self, iri: str, lang: str) -> str:
        """Return the label of a thing, its short name when it has none."""
        entry = self.labels.get(iri, {})
        return str(entry.get(lang) or entry.get("fr") or iri.removeprefix(_ID))

    @cached_property
    def names(self) -> Mapping[str, frozenset[str]]:
        """Everything by its labels, in small letters and without accents."""
        found: dict[str, set[str]] = defaultdict(set)
        for iri, entry in self.labels.items():
            for text in (entry.get("fr"), entry.get("en"), *entry.get("alt", ())):
                if text:
                    found[key(str(text))].add(iri)
        return {name: frozenset(iris) for name, iris in found.items()}

    def find(self, text: str, among: Iterable[str] | None, own: Mapping[str, str]) -> Found:
        """Return what a text names among some things: an IRI, a short name, or a label."""
        text = text.strip()
        kept = None if among is None else frozenset(among)
        if re.match(r"https?://", text):
            return Found(text)
        if key(text) in own:
            return Found(own[key(text)])
        prefix, colon, local = text.partition(":")
        if colon and prefix in PREFIXES and re.fullmatch(r"[\w.-]+", local):
            return Found(PREFIXES[prefix] + local)
        for iri in (_ID + text, BASE + "scheme/" + text):
            if iri in self.labels:
                return Found(iri)
        named = [one for one in self.names.get(key(text), ()) if kept is None or one in kept]
        slugs = [one for one in kept or () if one.rpartition("/")[2] == text]
        found = sorted({*named, *slugs})
        if len(found) == 1:
            return Found(found[0])
        if found:
            return Found(several=tuple(found))
        known = [name for name, iris in self.names.items() if kept is None or iris & kept]
        near = get_close_matches(key(text), [*known, *own], n=3, cutoff=0.6)
        labels = (
            next(
                iter(
                    sorted(
                        self.names.get(one, ())
                        if kept is None
                        else self.names.get(one, frozenset()) & kept
                    )
                ),
                own.get(one, ""),
            )
            for one in near
        )
        return Found(nearest=tuple(dict.fromkeys(filter(None, labels))))


def key(text: str) -> str:
    """Return a text as names are compared: small letters, no accents, single spaces.

    >>> key("  Régie de l’EAU ")
    "regie de l'eau"
    """
    return re.sub(r"\s+", " ", fold(text).replace("’", "'").replace("ʼ", "'")).strip()
