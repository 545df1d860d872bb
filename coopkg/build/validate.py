"""Data + shapes → a report. SHACL is pySHACL's; words, places and guesses are ours.

pySHACL sets rdflib globals while it works and is not safe in threads: call it from a process of
its own, as a build is. After a validation the globals are as before (held by a test).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from typing import Final, TypeAlias

import pyoxigraph as ox
import pyshacl
import pyshacl.shape
import rdflib
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP
from rdflib import RDF, RDFS, SH
from rdflib.term import Node

from coopkg.build import bridge, screened
from coopkg.build.findings import PASS, Reader
from coopkg.build.report import Finding, Report
from coopkg.errors import Location, ShapesError
from coopkg.terms import BASE, PREFIXES, RDF_TYPE, Term, Triple

__all__ = [
    "ADDED", "TARGETS", "WHOLE", "Finding", "Report", "Validator", "Whole", "seen", "validate",
]  # fmt: skip

Locate: TypeAlias = Callable[..., list[Location]]


def _added(name: str) -> NamedNode:
    return NamedNode(PREFIXES["coopsh"] + name)


# What is found while the data are read, and told to the shapes: asking each in SPARQL took minutes.
STATED_IN: Final = _added("statedIn")
STATED_NOWHERE: Final = _added("statedNowhere")
UNKNOWN_PROPERTY: Final = _added("unknownProperty")
UNKNOWN_CLASS: Final = _added("unknownClass")
UNKNOWN_NODE: Final = _added("unknownNode")
LACKS: Final = {"fr": _added("lacksFrench"), "en": _added("lacksEnglish")}
ADDED: Final = frozenset(
    {STATED_IN, STATED_NOWHERE, UNKNOWN_PROPERTY, UNKNOWN_CLASS, UNKNOWN_NODE, *LACKS.values()}
)
WHOLE: Final = NamedNode(PREFIXES["graph"] + "asserted")
"""The focus node of the shapes that look at the whole data at once."""

_APART: Final = tuple(NamedNode(PREFIXES["graph"] + name) for name in ("shapes", "alignments"))

_LAYERED: Final = tuple(
    BASE + "graph/" + kind + "/" for kind in ("passage", "curation", "reference", "partner")
)
_OURS: Final = (BASE,)
_ADDRESSES: Final = frozenset(
    NamedNode(PREFIXES[prefix] + name)
    for prefix, names in {
        "owl": ("versionIRI", "priorVersion"),
        "rdfs": ("seeAlso",),
        "dcat": ("endpointURL", "downloadURL", "accessURL", "landingPage", "endpointDescription"),
        "void": ("dataDump", "sparqlEndpoint"),
        "foaf": ("page", "homepage"),
    }.items()
    for name in names
)
"""What leads to an address on the web, which nothing needs to describe."""
_REUSED: Final = tuple(PREFIXES[name] for name in ("dcterms", "eli", "org", "prov", "qb", "skos"))
_NOT_NODES: Final = _ADDRESSES | {RDF_TYPE}
_LABEL: Final = NamedNode(PREFIXES["skos"] + "prefLabel")
_TRUE: Final = Literal("true", datatype=NamedNode(PREFIXES["xsd"] + "boolean"))
TARGETS: Final = (SH.targetNode, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
_one_at_a_time: Final = threading.Lock()


class _Sought(list[Node]):
    """A list, looked up as a set; a copy of it is a plain list, which may grow."""

    def __init__(self, of: Iterable[Node]) -> None:
        super().__init__(of)
        self._set = frozenset(self)

    def __contains__(self, one: object) -> bool:
        return one in self._set


# pySHACL 0.40 looks each word of each shape up in a list of a hundred, for each shape of each node:
# a third of its time. It keeps that list here when first used.
pyshacl.shape.CONSTRAINT_PARAMS = (  # type: ignore[attr-defined]  # it sets it by name
    _Sought(ALL_CONSTRAINT_PARAMETERS),
    CONSTRAINT_PARAMETERS_MAP,
)


class Validator:
    """Shapes and an ontology made ready; validating data that changed little is quick.

    A *screening* one asks rdflib only the queries that find something elsewhere: `screened`.
    """

    def __init__(
        self, shapes: Iterable[Triple], ontology: Iterable[Triple], screening: bool = False
    ) -> None:
        self._shapes = tuple(shapes)
        self._ontology = tuple(ontology)
        self._mirror = bridge.Mirror(screening)
        self._aimed: dict[tuple[int, bool], _Aimed] = {}

    def validate(
        self,
        data: Iterable[Quad | Triple],
        locate: Locate,
        pass_: int,
        focus: Collection[NamedNode] | None = None,
        names: frozenset[str] | None = None,
    ) -> Report:
        """Check data against the shapes of one pass: see `validate`.

        With the `names` of all the data, these are a part of them: what shapes ask of the whole,
        in SPARQL, is left to who looks at the `Whole`.
        """
        given = list(data)
        if pass_ == 1 and given and not any(isinstance(item, Quad) for item in given):
            raise ValueError("pass 1 checks which graph states a fact: give quads, not triples")
        with _one_at_a_time:
            merged = self._mirror.show(seen(given, self._ontology))
            if focus is None:
                rules = bridge.graph(self._shapes)
                return _reported(merged, rules, _only(rules, pass_), pass_, locate, names)
            aimed = self._at(pass_, names is not None)
            with aimed.at(merged, focus) as rules:
                return _reported(merged, rules, aimed.used, pass_, locate, names)

    def _at(self, pass_: int, is_part: bool) -> _Aimed:
        """Return the shapes of a pass, made once, to be aimed at nodes."""
        key = (pass_, is_part)
        if key not in self._aimed:
            rules = bridge.graph(self._shapes)
            used = _only(rules, pass_)
            if is_part:
                rules.remove((None, SH.sparql, None))
            self._aimed[key] = _Aimed(rules, used)
        return self._aimed[key]


class _Aimed:
    """Shapes that look at no node until they are aimed at some.

    pySHACL's own `focus_nodes` also filters what nested shapes look at, so that each sh:not and
    sh:qualifiedValueShape finds nothing and misreports (0.40).
    """

    def __init__(self, rules: rdflib.Graph, used: int) -> None:
        self._rules, self.used = rules, used
        self._watching: Mapping[Node, Mapping[Node, set[Node]]] = {
            target: _by_value(rules, target) for target in TARGETS
        }
        for target in TARGETS:
            rules.remove((None, target, None))

    @contextmanager
    def at(self, data: rdflib.Graph, focus: Collection[NamedNode]) -> Iterator[rdflib.Graph]:
        """Give the shapes, looking at some nodes of the data only."""
        wider: dict[Node, set[Node]] = {}
        for name in focus:
            node = rdflib.URIRef(name.value)
            for shape in _watchers(self._watching, wider, data, node):
                self._rules.add((shape, SH.targetNode, node))
        try:
            yield self._rules
        finally:
            self._rules.remove((None, SH.targetNode, None))


def _reported(
    data: rdflib.Graph,
    rules: rdflib.Graph,
    used: int,
    pass_: int,
    locate: Locate,
    names: frozenset[str] | None,
) -> Report:
    found = run(data, rules)
    reader = Reader(data, rules, locate, names)
    results = found.objects(None, SH.result)
    return Report.of((reader.finding(found, result) for result in results), pass_, used)


class Whole:
    """What the shapes of one pass ask of all the data at once, in SPARQL: asked of a store."""

    def __init__(
        self,
        shapes: Iterable[Triple],
        ontology: Iterable[Triple],
        pass_: int,
        data: Iterable[Quad | Triple],
    ) -> None:
        """Make ready to look at data that differ little from these."""
        rules = bridge.graph(shapes)
        _only(rules, pass_)
        self._queries = [_prologue(rules) + text for text in _selects(rules)]
        self._ontology = tuple(ontology)
        self._copy, self._shown = screened.Copy(), set[Triple]()
        self._show(data)

    def _show(self, data: Iterable[Quad | Triple]) -> None:
        wanted = set(seen(data, self._ontology))
        self._copy.move(self._shown - wanted, wanted - self._shown)
        self._shown = wanted

    def breaks(self, data: Iterable[Quad | Triple]) -> bool:
        """Tell whether any query finds anything in some data; True when in doubt."""
        self._show(data)
        return not all(map(self._copy.finds_nothing, self._queries))


def _selects(rules: rdflib.Graph) -> list[str]:
    """Return the queries of the shapes that are on."""
    on = [
        constraint
        for shape, constraint in rules.subject_objects(SH.sparql)
        if (shape, SH.deactivated, rdflib.Literal(True)) not in rules
    ]
    return sorted({str(text) for one in on for text in rules.objects(one, SH.select)})


def _prologue(rules: rdflib.Graph) -> str:
    known = {name: PREFIXES[name] for name in ("owl", "rdf", "rdfs", "sh")}  # pySHACL's own
    declared = known | {
        str(rules.value(one, SH.prefix)): str(rules.value(one, SH.namespace))
        for one in rules.objects(None, SH.declare)
    }
    return "".join(f"PREFIX {name}: <{space}>\n" for name, space in sorted(declared.items()))


def validate(
    data: Iterable[Quad | Triple],
    shapes: Iterable[Triple],
    ontology: Iterable[Triple],
    locate: Locate,
    pass_: int,
    focus: Collection[NamedNode] | None = None,
) -> Report:
    """Check data against the shapes of one pass: 1 before inference, 2 on the closure.

    The data are merged into one graph with the ontology, which tells what is a subclass of what;
    labels may stand in other graphs than facts. In pass 1 give quads: shapes ask which graph
    states a fact (`coopsh:statedIn`, added here for graphs of the provenance layers).
    `focus` limits the check to some nodes; give `WHOLE` too for the shapes that look at the whole.

    Raises:
        ShapesError: a shape cannot be loaded or run; nothing was checked.
        ValueError: pass 1 was given no quad, so that no fact could have a source.
    """
    return Validator(shapes, ontology).validate(data, locate, pass_, focus)


def seen(data: Iterable[Quad | Triple], ontology: Iterable[Triple]) -> list[Triple]:
    """Return what shapes look at: data and ontology together, and where each fact stands."""
    terms = list(ontology)
    facts: list[Triple] = []
    stated: list[Triple] = []
    for item in data:
        if not isinstance(item, Quad):
            facts.append(item)
            continue
        graph = item.graph_name
        if graph in _APART:  # shapes and alignments are no facts
            continue
        triple = _triple(item)
        facts.append(triple)
        if isinstance(graph, DefaultGraph):
            stated.append((triple[0], STATED_NOWHERE, _TRUE))
        elif isinstance(graph, NamedNode) and graph.value.startswith(_LAYERED):
            stated.append((triple[0], STATED_IN, graph))
    return [*facts, *terms, *stated, *_unknown(facts, terms), *_unlabelled(facts)]


@lru_cache(maxsize=1 << 16)
def _triple(quad: Quad) -> Triple:
    subject, value = quad.subject, quad.object
    assert not isinstance(subject, ox.Triple)
    assert not isinstance(value, ox.Triple)
    return (subject, quad.predicate, value)


def _unknown(data: Sequence[Triple], ontology: Sequence[Triple]) -> Iterator[Triple]:
    """Say of each subject which properties, classes and nodes it names that nothing describes."""
    known = {s for s, p, _ in chain(data, ontology) if p == RDF_TYPE}
    for subject, predicate, value in data:
        if predicate not in known and predicate.value.startswith(_OURS + _REUSED):
            yield subject, UNKNOWN_PROPERTY, predicate
        if not isinstance(value, NamedNode) or value in known:
            continue
        if predicate == RDF_TYPE and value.value.startswith(_OURS + _REUSED):
            yield subject, UNKNOWN_CLASS, value
        elif predicate not in _NOT_NODES and value.value.startswith(_OURS):
            yield subject, UNKNOWN_NODE, value


def _unlabelled(data: Sequence[Triple]) -> Iterator[Triple]:
    """Say of each subject that has labels in which language it lacks one."""
    said: dict[Term, set[str | None]] = {}
    for subject, predicate, value in data:
        if predicate == _LABEL and isinstance(value, Literal):
            said.setdefault(subject, set()).add(value.language)
    for subject, languages in said.items():
        for lang in LACKS.keys() - languages:
            yield subject, LACKS[lang], _TRUE


def _only(shapes: rdflib.Graph, pass_: int) -> int:
    """Switch off the node shapes of other passes; return how many are left on."""
    off = {
        shape
        for shape in shapes.subjects(RDF.type, SH.NodeShape)
        if int(str(shapes.value(shape, PASS) or 1)) != pass_
    }
    for shape in off:
        shapes.set((shape, SH.deactivated, rdflib.Literal(True)))
    return len(set(shapes.subjects(RDF.type, SH.NodeShape)) - off)


def _by_value(shapes: rdflib.Graph, target: Node) -> dict[Node, set[Node]]:
    found: dict[Node, set[Node]] = {}
    for shape, value in shapes.subject_objects(target):
        found.setdefault(value, set()).add(shape)
    return found


def _watchers(
    watching: Mapping[Node, Mapping[Node, set[Node]]],
    wider: dict[Node, set[Node]],
    data: rdflib.Graph,
    node: Node,
) -> set[Node]:
    """Return the shapes that look at a node of the data, counting subclasses."""
    found = set(watching[SH.targetNode].get(node, ()))
    for kind in data.objects(node, RDF.type):
        if kind not in wider:
            above = data.transitive_objects(kind, RDFS.subClassOf)
            wider[kind] = {kind} | {one for one in above if one is not None}
        for one in wider[kind]:
            found |= watching[SH.targetClass].get(one, set())
    for predicate in set(data.predicates(node)) & watching[SH.targetSubjectsOf].keys():
        found |= watching[SH.targetSubjectsOf][predicate]
    for predicate, shapes in watching[SH.targetObjectsOf].items():
        if (None, predicate, node) in data:
            found |= shapes
    return found


def run(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    """Return the report of pySHACL; both graphs may be changed.

    Raises:
        ShapesError: the shapes cannot be used.
    """
    try:
        _, found, words = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    except Exception as error:  # pySHACL raises many kinds, all about the shapes
        raise _broken(str(error)) from error
    if not isinstance(found, rdflib.Graph):
        raise _broken(words)
    return found


def _broken(words: str) -> ShapesError:
    return ShapesError(
        f"les formes ne peuvent pas être utilisées\u00a0: {words}",
        f"the shapes cannot be used: {words}",
    )
