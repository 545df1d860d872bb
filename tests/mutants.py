"""Mutants: the real sources with one mistake, as `tests/mutants/*.toml` describe it."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from validation import gathered, real_sources, turtle

from coopkg import rules
from coopkg.build import content, infer, layout, sources
from coopkg.build.locator import Locator
from coopkg.build.report import Report
from coopkg.build.sources import Source
from coopkg.build.turtle.lines import Place
from coopkg.build.validate import WHOLE, Validator
from coopkg.errors import Location
from coopkg.rules import Rules
from coopkg.terms import PREFIXES, Triple, expand

FOLDER = Path(__file__).parent / "mutants"
NOT_MUTANTS = frozenset({"accepted-warnings"})


@dataclass(frozen=True)
class Case:
    """One way to make a mistake, and where its finding must lead."""

    mutant: str
    name: str
    node: str
    shape: str
    line: str
    remove: tuple[str, ...] = ()
    add: str = ""
    file: str = ""
    also: tuple[str, ...] = ()
    whole: bool = False
    together: bool = False
    pass_: int = 1

    def __str__(self) -> str:
        return f"{self.mutant}: {self.name}"


@cache
def cases() -> tuple[Case, ...]:
    found: list[Case] = []
    for path in sorted(FOLDER.glob("*.toml")):
        if path.stem in NOT_MUTANTS:
            continue
        for item in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            lists = {key: tuple(item.pop(key, ())) for key in ("remove", "also")}
            found.append(Case(path.stem, pass_=item.pop("pass", 1), **lists, **item))
    return tuple(found)


@dataclass(frozen=True)
class Cut:
    """A source with some triples taken out; the lines of the others stay."""

    path: str
    quads: Sequence[ox.Quad]
    source: Source
    kept: Sequence[int]

    @property
    def positions(self) -> Sequence[Place]:
        return [self.source.positions[number] for number in self.kept]


@dataclass(frozen=True)
class Mutant:
    """The sources after a mistake: their facts, the lines, and the nodes it touches."""

    facts: tuple[ox.Quad, ...]
    locate: Locator
    texts: dict[str, str]
    touched: frozenset[ox.NamedNode]

    def line(self, at: Location) -> str:
        """Return the text of a line, with prefixed names however the file writes them."""
        assert at.line is not None
        return self.texts[at.path].splitlines()[at.line - 1]


def made(chosen: Iterable[Case]) -> Mutant:
    """Apply cases to the real sources: some triples out, some text added at the end of a file."""
    chosen = tuple(chosen)
    patterns = [pattern(text) for case in chosen for text in case.remove]
    hit: set[int] = set()
    written = {source.path: source for source in real_sources()}
    added: list[ox.Quad] = []
    for case in chosen:
        if case.add:
            before = written[case.file]
            written[case.file] = appended(before, case.add)
            added += written[case.file].quads[len(before.quads) :]
    cuts = [cut(source, patterns, hit) for source in written.values()]
    missed = [
        text for number, text in enumerate(t for c in chosen for t in c.remove) if number not in hit
    ]
    assert not missed, f"the data do not say: {missed}"
    base = [quad for quad in gathered().facts if not any(matches(quad, p) for p in patterns)]
    touched = {term for p in patterns for term in p if isinstance(term, ox.NamedNode)}
    touched |= {
        term for q in added for term in (q.subject, q.object) if isinstance(term, ox.NamedNode)
    }
    touched |= {expand(name) for case in chosen for name in (case.node, *case.also)}
    texts = {source.path: source.text for source in written.values()}
    return Mutant((*base, *added), Locator(cuts), texts, frozenset(touched))


def pattern(text: str) -> tuple[ox.NamedNode, object, object]:
    """Read `subject predicate value`; `*` stands for anything."""
    subject, _, rest = text.partition(" ")
    predicate, _, value = rest.partition(" ")
    if predicate == "*":
        return expand(subject), None, None
    if value == "*":
        return expand(subject), expand(predicate), None
    quad = turtle(text + " .")[0]
    assert isinstance(quad.subject, ox.NamedNode)
    return quad.subject, quad.predicate, quad.object


def matches(quad: ox.Quad, wanted: tuple[object, object, object]) -> bool:
    subject, predicate, value = wanted
    return (
        quad.subject == subject
        and predicate in (None, quad.predicate)
        and value in (None, quad.object)
    )


def appended(source: Source, text: str) -> Source:
    """Return a source with text written below it, in its own file."""
    prefixes = "".join(f"@prefix {name}: <{space}> .\n" for name, space in PREFIXES.items())
    role, graph = layout.place(source.path)
    whole = f"{source.text}\n{prefixes}{text}\n"
    return sources.parse(whole.encode(), source.path, role, graph)


def cut(
    source: Source, patterns: Sequence[tuple[object, object, object]], hit: set[int]
) -> Source | Cut:
    kept: list[int] = []
    removed = False
    originals = known(source.path)
    for number, quad in enumerate(source.quads):
        found = [n for n, wanted in enumerate(patterns) if matches(quad, wanted)]
        if found and quad in originals:
            hit.update(found)
            removed = True
        else:
            kept.append(number)
    if not removed:
        return source
    return Cut(source.path, [source.quads[number] for number in kept], source, kept)


@cache
def known(path: str) -> frozenset[ox.Quad]:
    return frozenset(next(source.quads for source in real_sources() if source.path == path))


@cache
def compiled() -> Rules:
    return infer.compiled_rules(gathered().ontology)


@cache
def validator(pass_: int) -> Validator:
    """Return one validator for each pass: the data of one mutant differ little from the next."""
    assert pass_ in (1, 2)
    return Validator(gathered().shapes, gathered().ontology, screening=True)


def report(mutant: Mutant, pass_: int, whole: bool) -> Report:
    """Validate the nodes a mistake touches; the whole data too for shapes that ask for it."""
    focus = [*mutant.touched, *([WHOLE] if whole else [])]
    data: Iterable[ox.Quad | Triple] = mutant.facts
    if pass_ == 2:
        data = closure(mutant.facts)
    return validator(pass_).validate(data, mutant.locate, pass_, focus)


def closure(facts: Iterable[ox.Quad]) -> list[Triple]:
    sorted_ = content.gather([dataclasses.replace(real_sources()[0], quads=tuple(facts))])
    inferred = rules.closure([*sorted_.reasoned, *gathered().ontology], compiled())
    return [*sorted_.asserted, *inferred.triples]
