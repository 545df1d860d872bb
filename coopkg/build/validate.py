"""Data + shapes → a report. SHACL is pySHACL's; words, places and guesses are ours.

pySHACL sets rdflib globals while it works and is not safe in threads: call it from a process of
its own, as a build is. After a validation the globals are as before (held by a test).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TypeAlias

import pyshacl
import pyshacl.shape
import rdflib
from pyoxigraph import NamedNode, Quad
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP
from pyshacl.constraints.constraint_component import ConstraintComponent
from rdflib import RDF, RDFS, SH
from rdflib.term import Node

from coopkg.build import bridge
from coopkg.build.findings import PASS, Reader
from coopkg.build.mirror import Mirror
from coopkg.build.report import Finding, Report
from coopkg.build.seen import ADDED, WHOLE, seen
from coopkg.errors import Location, ShapesError
from coopkg.terms import Triple

__all__ = [
    "ADDED", "TARGETS", "WHOLE", "Finding", "Report", "Validator", "only", "seen", "validate",
]  # fmt: skip

Locate: TypeAlias = Callable[..., list[Location]]


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

# It also describes each result at length, those of alternatives that nobody is told of included: a
# text that is not read here.
ConstraintComponent.make_v_result_description = lambda *_, **__: ""  # type: ignore[method-assign]


class Validator:
    """Shapes and an ontology made ready; validating data that changed little is quick.

    A *screening* one asks rdflib only what a store cannot tell: `screened`.
    """

    def __init__(
        self, shapes: Iterable[Triple], ontology: Iterable[Triple], screening: bool = False
    ) -> None:
        self._shapes = tuple(shapes)
        self._ontology = tuple(ontology)
        self._mirror = Mirror(screening)
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
                return _reported(merged, rules, only(rules, pass_), pass_, locate, names)
            aimed = self._at(pass_, names is not None)
            with aimed.at(merged, focus) as rules:
                return _reported(merged, rules, aimed.used, pass_, locate, names)

    def _at(self, pass_: int, is_part: bool) -> _Aimed:
        """Return the shapes of a pass, made once, to be aimed at nodes."""
        key = (pass_, is_part)
        if key not in self._aimed:
            rules = bridge.graph(self._shapes)
            used = only(rules, pass_)
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
    return Validator(shapes, ontology, screening=True).validate(data, locate, pass_, focus)


def only(shapes: rdflib.Graph, pass_: int) -> int:
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
