"""Shapes that cannot work, found before they pass in silence.

pySHACL ignores a misspelt `sh:` term, a target that matches nothing and a class that nothing
declares: all three make data conform. Each is a finding here, about the shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import rdflib
from pyoxigraph import Literal, NamedNode, Quad
from rdflib import OWL, RDF, RDFS, SH
from rdflib.collection import Collection
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.term import Node, URIRef, Variable

from coopkg.build import bridge
from coopkg.build.findings import ABSENCE, LANGS, PASS, POINTS, read_path
from coopkg.build.report import Finding, Report, Severity
from coopkg.build.validate import ADDED, TARGETS, seen
from coopkg.errors import Location
from coopkg.terms import BASE, PREFIXES, Triple, compact

_ABOUT: Final = frozenset(
    {
        *TARGETS,
        *(SH.name, SH.description, SH.message, SH.severity, SH.order, SH.group, SH.deactivated),
        *(SH.property, SH.path, SH.ignoredProperties, RDF.type, PASS, POINTS, ABSENCE),
    }
)
"""What a shape says of itself; the rest of its properties constrain."""
_PATHS: Final = (SH.path, SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals, POINTS)
_TERMS: Final = (*TARGETS[1:], SH["class"], SH.hasValue)
_LISTS: Final = (SH["in"], SH.ignoredProperties)
_ADDED: Final = frozenset(map(bridge.to_rdflib, ADDED))
_FORBIDDEN: Final = re.compile(r"\b(MINUS|VALUES|SERVICE)\b")
_VARIABLE: Final = re.compile(r"\{[?$](\w+)\}")
_FILLED: Final = frozenset({"this", "value", "path", "found"})
_ELSEWHERE: Final = tuple(str(space) for space in (RDF, RDFS, OWL))


def lint(
    shapes: Iterable[Triple],
    ontology: Iterable[Triple],
    data: Iterable[Quad | Triple],
    closure: Iterable[Quad | Triple],
    locate: Callable[..., list[Location]],
) -> Report:
    """Check shapes against the vocabulary they speak of and the data they watch.

    `data` is what pass 1 validates, `closure` what pass 2 does; where there is none, nothing is
    said of shapes that watch no node. Such a shape is a warning: data may lose their last
    planned output and be right.
    """
    rules, terms = bridge.graph(shapes), list(ontology)
    given = {1: list(data), 2: list(closure)}
    watched = {number: bridge.graph(seen(some, terms)) for number, some in given.items()}
    linter = _Linter(rules, watched, frozenset(n for n in given if given[n]), locate)
    return Report.of(linter.findings(), shapes=len(linter.shapes))


class _Linter:
    def __init__(
        self,
        rules: rdflib.Graph,
        watched: dict[int, rdflib.Graph],
        filled: frozenset[int],
        locate: Callable[..., list[Location]],
    ) -> None:
        self._rules = rules
        self._watched = watched
        self._filled = filled
        self._locate = locate
        kinds = (SH.NodeShape, SH.PropertyShape)
        self.shapes = sorted({s for kind in kinds for s in rules.subjects(RDF.type, kind)}, key=str)
        self._known = {
            *(term for graph in watched.values() for term in graph.subjects(RDF.type, None)),
            *rules.subjects(RDF.type, None),
        }

    def findings(self) -> Iterator[Finding]:
        yield from self._vocabulary()
        for shape in self.shapes:
            yield from self._words(shape)
            yield from self._purpose(shape)
            yield from self._names(shape)
            yield from self._focus(shape)
            for constraint in self._rules.objects(shape, SH.sparql):
                yield from self._sparql(shape, constraint)

    def _fault(
        self, shape: Node, rule: str, fr: str, en: str, severity: Severity = "violation"
    ) -> Finding:
        node = bridge.from_rdflib(shape)
        assert not isinstance(node, Literal)
        short = compact(str(shape)) if isinstance(shape, URIRef) else "…"
        return Finding(
            severity=severity,
            focus=node,
            node=node,
            path=None,
            value=None,
            shape=NamedNode(PREFIXES["coopsh"] + "Lint-" + rule),
            component=NamedNode(PREFIXES["coopsh"] + "Lint"),
            name={"fr": "Forme mal écrite", "en": "Badly written shape"},
            message={"fr": f"{short}\u00a0: {fr}", "en": f"{short}: {en}"},
            locations=tuple(self._locate(node)),
        )

    def _vocabulary(self) -> Iterator[Finding]:
        """Find terms that SHACL does not have: the engine ignores a misspelt one."""
        for subject, predicate, value in self._rules:
            for term in (predicate, value):
                if isinstance(term, URIRef) and term.startswith(str(SH)) and term not in SH:
                    yield self._fault(
                        subject,
                        "vocabulary",
                        f"{compact(str(term))} n’existe pas dans le vocabulaire SHACL",
                        f"{compact(str(term))} does not exist in the SHACL vocabulary",
                    )

    def _words(self, shape: Node) -> Iterator[Finding]:
        """Find a shape without an IRI, a severity, or words in both languages."""
        if not isinstance(shape, URIRef):
            yield self._fault(shape, "iri", "elle n’a pas d’IRI", "it has no IRI")
            return
        needed = [SH.name, SH.description, *([SH.message] if self._constrains(shape) else [])]
        for predicate in needed:
            said = {
                getattr(text, "language", None) for text in self._rules.objects(shape, predicate)
            }
            for lang in LANGS:
                if lang not in said:
                    word = compact(str(predicate))
                    yield self._fault(
                        shape, "words", f"{word} manque en {lang}", f"{word} is missing in {lang}"
                    )
        if self._rules.value(shape, SH.severity) is None:
            yield self._fault(shape, "severity", "sh:severity manque", "sh:severity is missing")

    def _constrains(self, shape: Node) -> bool:
        return any(predicate not in _ABOUT for predicate in self._rules.predicates(shape))

    def _purpose(self, shape: Node) -> Iterator[Finding]:
        """Find a shape that constrains nothing, or that nothing leads to."""
        is_property = self._rules.value(shape, SH.path) is not None
        holds = self._constrains(shape) or self._rules.value(shape, SH.property) is not None
        if not holds:
            yield self._fault(shape, "empty", "elle n’exige rien", "it requires nothing")
        if self._rules.value(shape, SH.closed) is not None:
            ignored = self._rules.value(shape, SH.ignoredProperties) or RDF.nil
            if missing := _ADDED - set(Collection(self._rules, ignored)):
                words = ", ".join(sorted(compact(str(name)) for name in missing))
                yield self._fault(
                    shape,
                    "closed",
                    f"fermée, elle doit ignorer ce que la validation ajoute\u00a0: {words}",
                    f"closed, it must ignore what validation adds: {words}",
                )
        targeted = any(self._rules.value(shape, target) is not None for target in TARGETS)
        used = any(
            predicate in (SH.property, SH.node, SH.qualifiedValueShape, SH["not"], RDF.first)
            for predicate in self._rules.predicates(None, shape)
        )
        if not used and (is_property or not targeted):
            yield self._fault(
                shape, "unused", "rien ne mène à elle", "nothing leads to it: no target, no shape"
            )

    def _names(self, shape: Node) -> Iterator[Finding]:
        """Find names that nothing declares: a misspelt class would never match."""
        for name in dict.fromkeys(self._named(shape)):
            ours = name.startswith(BASE)
            if name in self._known or str(name).startswith(_ELSEWHERE):
                continue
            if ours or self._is_reused(name):
                yield self._fault(
                    shape,
                    "names",
                    f"{compact(str(name))} n’est déclaré nulle part",
                    f"{compact(str(name))} is declared nowhere",
                )

    def _is_reused(self, name: URIRef) -> bool:
        space = name[: max(name.rfind("/"), name.rfind("#")) + 1]
        return any(isinstance(term, URIRef) and term.startswith(space) for term in self._known)

    def _named(self, shape: Node, depth: int = 0) -> Iterator[URIRef]:
        for predicate, value in self._rules.predicate_objects(shape):
            if predicate in _PATHS:
                yield from (URIRef(link.value) for link in read_path(self._rules, value).predicates)
            elif predicate in _TERMS and isinstance(value, URIRef):
                yield value
            elif predicate in _LISTS:
                yield from (m for m in Collection(self._rules, value) if isinstance(m, URIRef))
            elif isinstance(value, rdflib.BNode) and depth < 8:
                yield from self._named(value, depth + 1)

    def _focus(self, shape: Node) -> Iterator[Finding]:
        """Find a shape whose targets match no node of the data."""
        pass_ = int(str(self._rules.value(shape, PASS) or 1))
        if pass_ not in self._filled:
            return
        graph = self._watched[pass_]
        targets = [(t, what) for t in TARGETS for what in self._rules.objects(shape, t)]
        meant = self._rules.value(shape, ABSENCE) is not None
        if targets and not meant and not any(self._reaches(graph, *target) for target in targets):
            yield self._fault(
                shape,
                "focus",
                "elle ne surveille aucun nœud des données",
                "it watches no node of the data",
                severity="warning",
            )

    @staticmethod
    def _reaches(graph: rdflib.Graph, target: Node, what: Node) -> bool:
        if target == SH.targetNode:
            return True
        if target == SH.targetClass:
            kinds = {what, *graph.transitive_subjects(RDFS.subClassOf, what)}
            return any((None, RDF.type, kind) in graph for kind in kinds)
        return (None, what, None) in graph

    def _sparql(self, shape: Node, constraint: Node) -> Iterator[Finding]:
        """Find a query that does not parse, hides its focus node, or leaves its message bare."""
        text = str(self._rules.value(constraint, SH.select) or "")
        try:
            query = translateQuery(parseQuery(self._prologue() + text))
        except Exception as error:  # the parser raises many kinds, all about the text
            yield self._fault(
                shape, "sparql", f"requête illisible\u00a0: {error}", f"bad query: {error}"
            )
            return
        projected = {str(variable) for variable in query.algebra.PV}
        messages = [str(text) for text in self._rules.objects(shape, SH.message)]
        used = {name for message in messages for name in _VARIABLE.findall(message)}
        if "this" not in projected:
            yield self._fault(shape, "sparql", "elle ne donne pas $this", "it does not give $this")
        for name in sorted(used - projected - _FILLED):
            yield self._fault(
                shape,
                "sparql",
                f"son message attend ?{name}, que la requête ne donne pas",
                f"its message expects ?{name}, which the query does not give",
            )
        if found := _FORBIDDEN.search(text):
            word = found.group(1)
            yield self._fault(
                shape, "sparql", f"{word} n’est pas admis ici", f"{word} is not allowed here"
            )
        for name in sorted(set(_iris(query.algebra))):
            if name.startswith(BASE) and name not in self._known and not name.endswith(("/", "#")):
                short = compact(str(name))
                yield self._fault(
                    shape,
                    "names",
                    f"{short} n’est déclaré nulle part",
                    f"{short} is declared nowhere",
                )

    def _prologue(self) -> str:
        spaces = {"rdf": str(RDF), "rdfs": str(RDFS), "owl": str(OWL)}
        for declared in self._rules.objects(None, SH.declare):
            prefix = str(self._rules.value(declared, SH.prefix))
            spaces[prefix] = str(self._rules.value(declared, SH.namespace))
        return "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in spaces.items())


def _iris(part: object) -> Iterator[URIRef]:
    """Yield the IRIs of a translated query, those of its paths included."""
    if isinstance(part, URIRef):
        yield part
    elif isinstance(part, dict):
        for inner in part.values():
            yield from _iris(inner)
    elif isinstance(part, (list, tuple)):
        for inner in part:
            yield from _iris(inner)
    elif isinstance(part, rdflib.paths.Path):
        yield from _iris(list(vars(part).values()))
    elif isinstance(part, Variable):
        return
