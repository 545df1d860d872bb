"""What a generation holds, from parsed sources to the files of its directory.

The default graph is the sealed answer: asserted and inferred triples, each once. Every source graph
keeps its own triples beside it, so that any fact can be traced to the passage that states it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import pyoxigraph as ox

from coopkg.answers import Catalogue
from coopkg.build import describe
from coopkg.build.laid_out import as_json, as_lines
from coopkg.build.report import Report
from coopkg.build.sources import Source
from coopkg.links.graph import GRAPH as LINKS
from coopkg.rules import Inferred
from coopkg.terms import BASE, Triple

ONTOLOGY: Final = ox.NamedNode(BASE + "graph/ontology")
SHAPES: Final = ox.NamedNode(BASE + "graph/shapes")
ALIGNMENTS: Final = ox.NamedNode(BASE + "graph/alignments")
MAPPINGS: Final = ox.NamedNode(BASE + "graph/mappings")
ASSERTED: Final = ox.NamedNode(BASE + "graph/asserted")
INFERRED: Final = ox.NamedNode(BASE + "graph/inferred")
DESCRIPTION: Final = ox.NamedNode(BASE + "graph/description")

# Shapes speak about data, alignments about other vocabularies, and nothing is reasoned from links:
# none is a fact. A checker reads a store and knows no source: it knows these by their names, and by
# their owner those that operators name.
APART: Final = frozenset({SHAPES, ALIGNMENTS, LINKS})


@dataclass(frozen=True)
class Gathered:
    """The triples of the sources, by what is done with them.

    `quads` is everything, `facts` what pass 1 validates (with the graph that states each),
    `asserted` what the default graph holds once, `reasoned` what the rules run over.
    """

    quads: tuple[ox.Quad, ...]
    facts: tuple[ox.Quad, ...]
    asserted: tuple[Triple, ...]
    reasoned: tuple[Triple, ...]
    ontology: tuple[Triple, ...]
    shapes: tuple[Triple, ...]

    @cached_property
    def graphs(self) -> frozenset[object]:
        """The graphs that quads stand in."""
        return frozenset(quad.graph_name for quad in self.quads)

    @cached_property
    def stated(self) -> tuple[frozenset[Triple], frozenset[Triple]]:
        """What is asserted and what is reasoned over, to look one up."""
        return frozenset(self.asserted), frozenset(self.reasoned)


class Said(NamedTuple):
    """A quad that is read many times: pyoxigraph makes each part anew whenever it is asked for."""

    subject: Any
    predicate: ox.NamedNode
    object: Any
    graph_name: Any


@dataclass(frozen=True)
class Contents(ABC):
    """What a generation will hold; `graphs` counts the triples of each named graph.

    `facts` counts those of the default graph. `described` is what VoID says of the data: it stands
    in a graph of its own, and not in the default graph, where it would be counted among the facts.
    """

    graphs: Mapping[str, int]
    facts: int
    inferred: Inferred
    described: tuple[ox.Triple, ...]

    @property
    @abstractmethod
    def store(self) -> tuple[ox.Quad, ...]:
        """The quads, in the order of their lines."""

    @property
    @abstractmethod
    def text(self) -> bytes:
        """The store as N-Quads: a line for each quad, in their order."""

    @cached_property
    def said(self) -> tuple[ox.Quad, ...]:
        """The quads of the store, in their order, to be read many times: see `Said`."""
        return cast("tuple[ox.Quad, ...]", tuple(said(self.store)))

    @cached_property
    def default(self) -> tuple[ox.Quad, ...]:
        """The quads of the default graph."""
        default = ox.DefaultGraph()
        return tuple(one for one in self.said if one.graph_name == default)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What names things: labels, passages and proofs."""
        return catalogue(self)


def catalogue(contents: Contents) -> Catalogue:
    """Return what names things, read from the whole store."""
    labels, passages = describe.labels(contents.default), describe.passages(contents.said)
    labels = describe.passage_labels(passages, labels) | labels
    return Catalogue(labels, passages, proofs(contents.inferred))


@dataclass(frozen=True)
class Whole(Contents):
    """What is made from nothing."""

    lines: tuple[str, ...] = field(repr=False)
    quads: tuple[ox.Quad, ...] = field(repr=False)

    @property
    def store(self) -> tuple[ox.Quad, ...]:
        """See `Contents.store`."""
        return self.quads

    @cached_property
    def text(self) -> bytes:
        """See `Contents.text`."""
        return "".join([f"{line} .\n" for line in self.lines]).encode()


def gather(sources: Iterable[Source]) -> Gathered:
    """Sort the quads of the sources by what is done with them.

    A triple with a blank node (the lists of the ontology) stays in its own graph: the default
    graph has none, so that two answers can be compared.
    """
    every = tuple(sources)
    return sort(named(quad for source in every for quad in source.quads), _apart(every))


def joined(ours: Gathered, kept: Iterable[Source], more: Sequence[Source]) -> Gathered:
    """Return what gathering the sources `kept` and more gives, when `ours` is the former's.

    What stands in other graphs, and names no blank node, is sorted by itself.
    """
    quads = tuple(quad for source in more for quad in source.quads)
    new = sort(quads, _apart(more))
    if new.graphs & ours.graphs or any(
        isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object)
    ):
        return gather((*kept, *more))
    asserted, reasoned = ours.stated
    return Gathered(
        ours.quads + quads,
        ours.facts + new.facts,
        ours.asserted + tuple(triple for triple in new.asserted if triple not in asserted),
        ours.reasoned + tuple(triple for triple in new.reasoned if triple not in reasoned),
        ours.ontology + new.ontology,
        ours.shapes + new.shapes,
    )


def _apart(sources: Iterable[Source]) -> set[object]:
    return {quad.graph_name for one in sources if one.role == "apart" for quad in one.quads}


def sort(quads: Sequence[ox.Quad], apart: Collection[object]) -> Gathered:
    """Sort quads, whose blank nodes have names that last; the graphs of `apart` hold no fact."""
    apart = APART.union(apart)
    asserted: dict[Triple, None] = {}
    reasoned: dict[Triple, None] = {}
    facts: list[ox.Quad] = []
    ontology: list[Triple] = []
    shapes: list[Triple] = []
    for quad in quads:
        triple: Triple = (quad.subject, quad.predicate, quad.object)  # type: ignore[assignment]  # no RDF 1.2 triple term passes the reader
        if quad.graph_name == ONTOLOGY:
            ontology.append(triple)
        elif quad.graph_name == SHAPES:
            shapes.append(triple)
        if quad.graph_name in apart or has_blank(triple):
            continue
        facts.append(quad)
        asserted[triple] = None
        if quad.graph_name not in {ONTOLOGY, MAPPINGS}:
            reasoned[triple] = None
    return Gathered(
        tuple(quads), tuple(facts), tuple(asserted), tuple(reasoned), tuple(ontology), tuple(shapes)
    )


def has_blank(triple: Triple) -> bool:
    """Tell whether a blank node stands in a triple."""
    return isinstance(triple[0], ox.BlankNode) or isinstance(triple[2], ox.BlankNode)


def named(quads: Iterable[ox.Quad]) -> tuple[ox.Quad, ...]:
    """Give blank nodes names in order of appearance, so that two builds write the same bytes."""
    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def stable(term: Any) -> Any:
        if not isinstance(term, ox.BlankNode):
            return term
        return names.setdefault(term, ox.BlankNode(f"b{len(names)}"))

    return tuple(
        ox.Quad(stable(quad.subject), quad.predicate, stable(quad.object), quad.graph_name)
        for quad in quads
    )


def contents(gathered: Gathered, inferred: Inferred) -> Contents:
    """Return the sealed store: the default graph, and every named graph."""
    closure = dict.fromkeys([*gathered.asserted, *inferred.triples])
    store = {
        *gathered.quads,
        *quads(closure, ox.DefaultGraph()),
        *quads(gathered.asserted, ASSERTED),
        *quads(inferred.triples, INFERRED),
    }
    graphs = Counter(quad.graph_name for quad in store)
    counts = {one.value: count for one, count in graphs.items() if isinstance(one, ox.NamedNode)}
    described = describe.description(closure, dict(sorted(counts.items())))
    store.update(description(described))
    counts[DESCRIPTION.value] = len(described)
    listed = list(store)
    lines = list(map(str, listed))
    order = sorted(range(len(listed)), key=lines.__getitem__)
    return Whole(
        dict(sorted(counts.items())),
        graphs[ox.DefaultGraph()],
        inferred,
        described,
        tuple(lines[place] for place in order),
        tuple(listed[place] for place in order),
    )


def said(quads: Iterable[ox.Quad]) -> Iterator[Said]:
    """Read the parts of quads, each term once."""
    terms: dict[Any, Any] = {}
    one = terms.setdefault
    for quad in quads:
        subject, predicate, value = quad.subject, quad.predicate, quad.object
        graph = quad.graph_name
        yield Said(
            one(subject, subject), one(predicate, predicate), one(value, value), one(graph, graph)
        )


def description(described: Iterable[ox.Triple]) -> Iterator[ox.Quad]:
    """Give what VoID says of the data, in its graph."""
    return (ox.Quad(one.subject, one.predicate, one.object, DESCRIPTION) for one in described)


def quads(triples: Iterable[Triple], graph: ox.NamedNode | ox.DefaultGraph) -> Iterator[ox.Quad]:
    """Give triples as the quads of a graph."""
    for subject, predicate, value in triples:
        assert not isinstance(subject, ox.Literal)  # never published, and no reader makes one
        yield ox.Quad(subject, predicate, value, graph)


def n_triples(triple: Triple) -> str:
    """Write one triple as an N-Triples line, without its dot: the key of `proofs.json`."""
    return " ".join(str(term) for term in triple)


def files(contents: Contents, reports: Iterable[Report]) -> dict[str, bytes]:
    """Return the files that say what a generation holds; `about` adds what describes these."""
    everything, named = list(reports), contents.catalogue
    return {
        "store.nq": contents.text,
        "labels.json": as_lines(named.labels),
        "passages.json": as_lines(named.passages),
        "proofs.json": as_lines(named.proofs),
        "report.json": as_json([report.as_json() for report in everything]),
        "report.ttl": "".join(report.turtle() for report in everything).encode(),
        "service.ttl": describe.service(contents.graphs, contents.facts),
    }


AXIOMS: Final = "axioms.nt"
"""The ontology as owlrl closes it: checking a contribution compiles the rules from it."""


def axioms(closed: Iterable[Triple]) -> bytes:
    """Write the closed ontology, whose blank nodes have the names that `store.nq` gives them."""
    return "".join(f"{n_triples(triple)} .\n" for triple in closed).encode()


CONTEXT: Final = "ontology/context/coop.context.jsonld"


def proofs(inferred: Inferred) -> dict[str, dict[str, Any]]:
    """Return one derivation of each inferred triple, by its N-Triples line.

    Shape: ``{triple: {"rule": name, "premises": [triple…], "axioms": [triple…]}}``.
    """
    return {
        n_triples(triple): {
            "rule": derivation.rule,
            "premises": [n_triples(premise) for premise in derivation.premises],
            "axioms": [n_triples(axiom) for axiom in derivation.axioms],
        }
        for triple in inferred.triples
        for derivation in (inferred.derivation(triple),)
    }


def write(files: Mapping[str, bytes], questions: Path, staging: Path) -> None:
    """Write the files of a generation into its staging directory.

    The questions are copied beside them, and the JSON-LD context when the project has one.
    """
    for name, content in files.items():
        path = staging / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    context = questions.parent / CONTEXT
    if context.exists():
        (staging / "context.jsonld").write_bytes(context.read_bytes())
    (staging / "questions").mkdir()
    for path in sorted(questions.glob("*.rq")):
        (staging / "questions" / path.name).write_bytes(path.read_bytes())
