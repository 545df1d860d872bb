"""Read, check and fingerprint what people edit.

A source is a Turtle or TriG file under `ontology/` or `graph_data/`; `layout` says what its folder
makes of it. What cannot be read, or would be read as something else than was meant, is an error
with a place and a remedy; what is only odd is a notice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, RdfFormat

from coopkg import durable
from coopkg.build import layout
from coopkg.build.layout import Role
from coopkg.build.locator import Locator
from coopkg.build.turtle import lines, mistakes, oddities
from coopkg.build.turtle.lines import Places
from coopkg.build.turtle.oddities import Notice
from coopkg.errors import Location, SourceError
from coopkg.terms import BASE

MAY_HAVE_BLANK_NODES: Final = frozenset({"module", "import", "shapes"})


@dataclass(frozen=True)
class Source:
    """A file that people edit, parsed. `path` is relative to the project, with slashes."""

    path: str
    role: Role
    sha256: str
    quads: tuple[Quad, ...] = field(repr=False)
    notices: tuple[Notice, ...] = ()
    text: str = field(default="", repr=False, compare=False)

    @cached_property
    def positions(self) -> Places:
        """The line and column of each quad, in the order of `quads`; read when first asked for."""
        return lines.places(self.text, self.quads)


def read(root: Path) -> tuple[Source, ...]:
    """Return every source under a project's folder, sorted by path; see `notices` for what is odd.

    Raises:
        SourceError: the first file that cannot be read; `errors` gives them all.
    """
    return tuple(read_file(root, path) for path in layout.find(root))


def errors(root: Path) -> tuple[SourceError, ...]:
    """Return the error of each file that cannot be read."""
    found: list[SourceError] = []
    for path in layout.find(root):
        try:
            read_file(root, path)
        except SourceError as error:
            found.append(error)
    return tuple(found)


def notices(root: Path, sources: Iterable[Source]) -> tuple[Notice, ...]:
    """Return what is odd: files that nothing reads, and oddities inside sources."""
    inside = (notice for source in sources for notice in source.notices)
    return (*layout.strays(root), *inside)


def read_file(root: Path, path: str) -> Source:
    """Return one source of a project; `path` is relative to the project, with slashes.

    Raises:
        SourceError: it cannot be read, or its folder says nothing of it.
    """
    role, graph = layout.place(path)
    return parse(_content(root / path, path), path, role, graph)


def _content(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fr, en = durable.reason(error)
        raise SourceError(
            Location(name),
            f"le fichier ne peut pas être lu : {fr}",
            f"the file cannot be read: {en}",
        ) from error


def parse(content: bytes, path: str, role: Role, graph: str) -> Source:
    """Return a source from the bytes of a file.

    Args:
        content: the bytes.
        path: its name in messages; it ends with .ttl or .trig.
        role: what it is.
        graph: the IRI of its graph; in TriG, what the IRI of each graph begins with.

    Raises:
        SourceError: it cannot be read, or says what its role may not say.
    """
    text = mistakes.decode(content, path)
    is_trig = path.endswith(".trig")
    try:
        quads = tuple(ox.parse(content, format=RdfFormat.TRIG if is_trig else RdfFormat.TURTLE))
    except SyntaxError as error:
        said = str(error.msg).partition(": ")[2]
        line, column = error.lineno or 1, error.offset or 1
        raise mistakes.explain(text, path, line, column, said) from error
    oddities.refuse(text, path)
    if not is_trig:
        name = NamedNode(graph)
        quads = tuple(Quad(quad.subject, quad.predicate, quad.object, name) for quad in quads)
    odd = tuple(oddities.notices(text, path, len(quads)))
    source = Source(path, role, hashlib.sha256(content).hexdigest(), quads, odd, text)
    _refuse_blank_nodes(source)
    if is_trig:
        _refuse_other_graphs(source, graph)
    return source


def _refuse_blank_nodes(source: Source) -> None:
    possible = any(mark in source.text for mark in ("[", "(", "_:"))  # else nothing to look for
    if source.role in MAY_HAVE_BLANK_NODES or not possible:
        return
    for number, quad in enumerate(source.quads):
        terms = {"subject": quad.subject, "value": quad.object}
        for part, term in terms.items():
            if isinstance(term, ox.BlankNode):
                raise SourceError(
                    Location(source.path, *getattr(source.positions[number], part)),
                    "nœud anonyme dans des données : lui donner un IRI, pour pouvoir le citer",
                    "blank node in data: give it an IRI, so that it can be cited",
                )


def _refuse_other_graphs(source: Source, begins: str) -> None:
    """Hold each layer to its own graphs; a partner may also use graphs that are not ours."""
    judged: dict[object, bool] = {}
    for number, quad in enumerate(source.quads):
        graph = quad.graph_name
        if graph not in judged:
            judged[graph] = isinstance(graph, NamedNode) and _is_within(graph.value, begins)
        if not judged[graph]:
            nowhere = isinstance(graph, ox.DefaultGraph)
            raise SourceError(
                Location(source.path, *source.positions[number].subject),
                f"fait {'sans graphe' if nowhere else f'du graphe {graph}'} : dans ce dossier, un "
                f"graphe commence par <{begins}",
                f"fact in {'no graph' if nowhere else f'the graph {graph}'}: in this folder, a "
                f"graph begins with <{begins}",
            )


def _is_within(graph: str, begins: str) -> bool:
    if begins.endswith("/"):
        return graph.startswith(begins) and graph != begins
    return graph == begins or graph.startswith(begins + "/") or not graph.startswith(BASE)


def chosen(root: Path, only: Sequence[Path]) -> tuple[frozenset[str], tuple[Source, ...]]:
    """Return the names of the files to report on, and those among them that are guests.

    A guest is a file that is not a source of the project: it is read as data, in a graph of its
    own, so that it can be checked against everything else before it is put in its place.

    Raises:
        SourceError: a guest cannot be read.
    """
    names: list[str] = []
    guests: list[Source] = []
    for path in only:
        full = path.resolve()
        inside = (
            full.relative_to(root.resolve()).as_posix()
            if full.is_relative_to(root.resolve())
            else ""
        )
        if inside.startswith(tuple(f"{one}/" for one in layout.ROOTS)):
            read_file(root, inside)
            names.append(inside)
            continue
        name = str(path)
        content = _content(full, name)
        if full.suffix not in layout.SUFFIXES:
            raise SourceError(
                Location(name),
                f"seuls les fichiers {' et '.join(layout.SUFFIXES)} sont vérifiés ici",
                f"only {' and '.join(layout.SUFFIXES)} files are checked here",
            )
        names.append(name)
        guests.append(parse(content, name, "data", BASE + "graph/partner/guest"))
    return frozenset(names), tuple(guests)


def fingerprint(sources: Iterable[Source], queries: Path) -> dict[str, str]:
    """Return the sha-256 of each source, of each question and example, and of the JSON-LD context.

    Everything that a generation holds comes from these files, by their path in the project.
    """
    return with_questions({source.path: source.sha256 for source in sources}, queries)


def with_questions(found: Mapping[str, str], queries: Path) -> dict[str, str]:
    """Return the sha-256 of sources, and of all else that `fingerprint` tells."""
    found = dict(found)
    root = queries.parent
    asked = (*queries.glob("*.rq"), *queries.glob("examples/*.rq"))
    for path in (*asked, *root.glob("ontology/context/*.jsonld")):
        name = path.relative_to(root).as_posix()
        found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return dict(sorted(found.items()))


def locator(sources: Iterable[Source]) -> Locator:
    """Return what answers where a triple is written: `locate(subject, predicate, value)`."""
    return Locator(sources)
