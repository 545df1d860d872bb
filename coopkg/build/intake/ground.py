"""What an upload is checked against: the current generation, read before files are given up."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from coopkg import questions, rules
from coopkg.build import content, infer, report
from coopkg.build.intake import reach
from coopkg.build.intake.near import HUB, Index, Moved
from coopkg.build.intake.reach import Reach
from coopkg.build.report import Key
from coopkg.contributions import publication
from coopkg.contributions.model import DEFAULT
from coopkg.questions import Question
from coopkg.rules import Growing, Rules
from coopkg.terms import Term, Triple

MADE: Final = frozenset(
    {content.ASSERTED, content.INFERRED, content.DESCRIPTION, ox.DefaultGraph()}
)
"""The graphs that a build makes of the others."""
FILES: Final = ("labels", "passages", "proofs", "questions", "choices")


@dataclass(frozen=True)
class Ground:
    """The sources of a generation, sorted as the build sorts them, and its questions.

    `apart` are the graphs that operators keep: no fact stands there. `told` are the findings of
    both passes of validation that were sealed with it.
    """

    quads: tuple[ox.Quad, ...] = field(default=(), repr=False)
    store: bytes = field(default=b"", repr=False)
    files: Mapping[str, Any] = field(default_factory=dict, repr=False)
    questions: Mapping[str, Question] = field(default_factory=dict, repr=False)
    cases: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict, repr=False)
    apart: frozenset[str] = frozenset()
    sealed: Mapping[str, Any] = field(default_factory=dict, repr=False)
    context: Mapping[str, Any] = field(default_factory=dict, repr=False)
    closed: tuple[Triple, ...] = field(default=(), repr=False)
    told: Sequence[frozenset[Key]] = field(default=(frozenset(), frozenset()), repr=False)
    compiled: Rules | None = field(default=None, repr=False, compare=False)

    @cached_property
    def gathered(self) -> content.Gathered:
        """The triples by what is done with them."""
        return gathered(self.quads, self.apart)

    @property
    def spoken(self) -> tuple[tuple[Triple, ...], tuple[Triple, ...]]:
        """The axioms as owlrl closes them, and as they are written: what the rules come from."""
        return self.closed, self.gathered.ontology

    @cached_property
    def rules(self) -> Rules:
        """The rules of the ontology."""
        return self.compiled or rules.compiled(self.gathered.ontology, self.closed)

    @cached_property
    def growing(self) -> Growing:
        """The closure of the sources as they are, which can take more for a moment."""
        return Growing([*self.gathered.reasoned, *self.gathered.ontology], self.rules)

    @cached_property
    def inferred(self) -> frozenset[Triple]:
        """What the rules add to the sources as they are."""
        return frozenset(self.growing.inferred.triples)

    @cached_property
    def index(self) -> Index:
        """The facts by what they are about."""
        return Index(self.gathered.facts, self.reach[0].inverse | self.reach[1].inverse)

    @cached_property
    def reach(self) -> tuple[Reach, Reach]:
        """How far the shapes of each pass look."""
        return reach.of(self.gathered.shapes)

    @property
    def by_subject(self) -> Mapping[Term, list[ox.Quad]]:
        """The facts by their subject."""
        return self.index.out

    @cached_property
    def by_graph(self) -> Mapping[str, list[ox.Quad]]:
        """The quads of each graph, by its name."""
        found: dict[str, list[ox.Quad]] = defaultdict(list)
        for quad in self.quads:
            found[_name(quad)].append(quad)
        return dict(found)

    @cached_property
    def made(self) -> Made:
        """What is inferred, by the node it is about or leads to."""
        return Made(self.inferred, self.reach[1])

    def onlookers(
        self,
        moved: Iterable[ox.Quad],
        new: Iterable[Triple],
        lost: Iterable[Triple],
        facts: Moved,
    ) -> set[ox.NamedNode]:
        """Return the nodes from which shapes see what moves in the closure."""
        found = [triple for triple in (*new, *lost) if triple[1] in self.reach[1].far]
        arriving: dict[Term, set[Term]] = defaultdict(set)
        for subject, _, value in new:
            arriving[value].add(subject)

        def back(node: Term) -> set[Term]:
            return facts.leading(node) | self.made.leading(node) | arriving.get(node, set())

        return self.reach[1].onlookers([*moved, *found], back)

    @property
    def is_bare(self) -> bool:
        """Tell whether there is nothing to check against: an installation with empty sources."""
        return not self.gathered.shapes

    def label(self, iri: str) -> dict[str, str]:
        """Return the labels of a thing, by language; {} when it has none."""
        entry = self.files.get("labels", {}).get(iri, {})
        return {lang: entry[lang] for lang in ("fr", "en") if entry.get(lang)}


class Made:
    """Inferred triples by their subject, and by their value, but for those of a hub.

    What says the same of a node many times over, and no shape reads, is not near it.
    """

    def __init__(self, triples: Iterable[Triple], shapes: Reach) -> None:
        self._about: dict[Term, list[Triple]] = defaultdict(list)
        self._leading: dict[Term, list[Triple]] = defaultdict(list)
        for triple in triples:
            self._about[triple[0]].append(triple)
            self._leading[triple[2]].append(triple)
        for node, found in self._about.items():
            if len(found) > HUB:
                often = Counter(predicate for _, predicate, _ in found)
                far = {
                    link for link, many in often.items() if many > HUB and not shapes.reads(link)
                }
                self._about[node] = [one for one in found if one[1] not in far]

    def leading(self, node: Term) -> set[Term]:
        """Return the subjects of what leads to a node."""
        return {triple[0] for triple in self._leading.get(node, ())}

    def around(self, nodes: Iterable[Term]) -> list[Triple]:
        """Return what is inferred about some nodes, and what leads to those that are no hub."""
        found: dict[Triple, None] = {}
        for node in nodes:
            found |= dict.fromkeys(self._about.get(node, ()))
            leading = self._leading.get(node, ())
            if len(leading) <= HUB:
                found |= dict.fromkeys(leading)
        return list(found)


def gathered(quads: Iterable[ox.Quad], apart: frozenset[str]) -> content.Gathered:
    """Sort quads as a build does; the graphs of operators stay apart."""
    every = (ox.DefaultGraph() if iri == DEFAULT else ox.NamedNode(iri) for iri in apart)
    return content.sort(tuple(quads), set(every))


def _name(quad: ox.Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else DEFAULT


def load(directory: str, root: str = "", before: Ground | None = None) -> Ground:
    """Return what the generation of a directory holds; nothing for "".

    `before` is another generation, whose rules are these when the ontology is the same.

    Raises:
        OSError, ValueError, KeyError: the directory is not that of a generation.
        OntologyError: owlrl finds fault with the ontology, when its closure was not kept.
    """
    if not directory:
        return Ground()
    folder = Path(directory)
    store = (folder / "store.nq").read_bytes()
    every = ox.parse(store, format=ox.RdfFormat.N_QUADS)
    quads = tuple(quad for quad in every if quad.graph_name not in MADE)
    sealed = _json(folder / publication.SEALED)
    graphs = sealed.get("graphs", {})
    ontology = [_triple(quad) for quad in quads if quad.graph_name == content.ONTOLOGY]
    closed = _closed(folder / content.AXIOMS, ontology)
    same = before is not None and before.spoken == (closed, tuple(ontology))
    return Ground(
        quads,
        store,
        {name: _json(folder / f"{name}.json") for name in FILES},
        questions.load(folder / "questions") if (folder / "questions").is_dir() else {},
        _cases(Path(root) / "queries" / "contracts") if root else {},
        frozenset(iri for iri, said in graphs.items() if said["owner"] is None),
        sealed,
        _json(folder / "context.jsonld"),
        closed,
        _told(folder / "report.json"),
        before.rules if before is not None and same else None,
    )


def _closed(path: Path, ontology: list[Triple]) -> tuple[Triple, ...]:
    if path.exists():
        read = ox.parse(path.read_bytes(), format=ox.RdfFormat.N_TRIPLES)
        return tuple(_triple(quad) for quad in read)
    return tuple(infer.close_ontology(ontology)) if ontology else ()


def _told(path: Path) -> tuple[frozenset[Key], ...]:
    """Return what both passes of validation found."""
    sealed = json.loads(path.read_bytes()) if path.exists() else []
    found = [frozenset(map(report.key, one["results"])) for one in sealed[:2]]
    return (*found, frozenset[Key](), frozenset[Key]())[:2]


def _triple(quad: ox.Quad) -> Triple:
    return (quad.subject, quad.predicate, quad.object)  # type: ignore[return-value]  # no triple term enters a generation


def _json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_bytes())) if path.exists() else {}


def _cases(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the choices that the contract of each question asks it with."""
    return {
        path.stem: [dict(case["parameters"]) for case in json.loads(path.read_bytes())]
        for path in sorted(folder.glob("*.json"))
    }
