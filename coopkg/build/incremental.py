"""What the generation that is served lets the next one leave undone, when our sources are the same.

A contribution changes a few nodes of a large graph. Shapes look at these and what is near them, as
when it was checked; what is asked of the whole at once is asked of a store. The reports are those
that validating everything gives: a test compares whole generations, byte for byte. Whatever is in
doubt is validated whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from coopkg import generation
from coopkg.answers import evidence_of
from coopkg.build import content, contradictions, core, kept, partners
from coopkg.build.content import Gathered
from coopkg.build.core import Core
from coopkg.build.findings import Names
from coopkg.build.intake import Ready
from coopkg.build.intake.ground import gathered
from coopkg.build.intake.near import Moved, Near, ends, touched
from coopkg.build.locator import Locator
from coopkg.build.recollection import Recollection
from coopkg.build.report import Finding, Report
from coopkg.build.resumed import SealedStore
from coopkg.build.whole import Whole
from coopkg.generation import Generation
from coopkg.rules import Inferred
from coopkg.terms import BASE, RDF_TYPE, Triple

Key = tuple[str, ...]
MOST: Final = 5_000
"""Quads of a change beyond which validating everything is no slower."""


@dataclass(frozen=True)
class Past:
    """The generation that is served, as a process that stays has read it, and our own sources."""

    home: Path
    made: Generation
    known: Ready
    core: Core
    recalled: Recollection = field(default_factory=Recollection)

    def serves(self, root: Path) -> bool:
        """Tell whether it is still served, and made of our sources as they are, by these tools."""
        manifest = self.made.manifest
        return (
            generation.current_number(self.home) == self.made.number
            and root.resolve() == self.core.root.resolve()
            and self.core.is_current()
            and partners.without(manifest.sources) == self.core.inputs
            and manifest.tools == generation.installed_tools()
        )

    def _is_of_use(self) -> bool:
        return self.known.checker is not None and self.serves(self.core.root)

    @cached_property
    def sealed(self) -> SealedStore:
        """The store that was sealed."""
        return SealedStore(self.known.ground, self.core.gathered)

    @cached_property
    def told(self) -> Sequence[Mapping[str, Any]]:
        """The reports that were sealed."""
        read: list[dict[str, Any]] = self.made.read_json("report.json")
        return read

    @cached_property
    def kept(self) -> tuple[kept.Kept | None, ...]:
        """The findings of the first two reports, and what is near each."""
        ground = self.known.ground
        return tuple(kept.kept(one, ground.gathered.shapes, ground.index) for one in self.told[:2])

    @cached_property
    def wholes(self) -> tuple[Whole, Whole]:
        """What is asked of all the facts at once, and of all their closure."""
        given, ground = self.core.gathered, self.known.ground
        closure = [*ground.gathered.asserted, *ground.inferred]
        facts = ground.gathered.facts
        return (
            Whole(given.shapes, given.ontology, 1, facts),
            Whole(given.shapes, given.ontology, 2, closure),
        )

    def prepare(self) -> None:
        """Work out, before it is needed, what the next publication takes from here."""
        for _ in self.parts():
            pass

    def parts(self) -> Iterator[None]:
        """Prepare part by part: who has something else to do meanwhile looks between two."""
        if not self._is_of_use():
            return
        yield
        if self.sealed.is_plain:
            yield
            self.sealed.prepare()
        yield
        _ = self.core.gathered.stated, self.core.gathered.graphs, self.kept, self.core.lint
        yield
        _ = self.wholes
        yield
        _ = self.core.gathered, self.core.rules, self.core.files
        _ = generation.known(self.home)  # their manifests are read once

    def look_back(self) -> Iterator[None]:
        """Remember part by part, after all else, what spares as long as it takes."""
        if self._is_of_use() and self.sealed.is_plain:
            yield from self.recalled.look_back(self.sealed, self.core)


def past(home: Path, root: Path, known: Ready, ours: Core | None = None) -> Past:
    """Return what is known of the generation that is served, every byte of it verified.

    Sources that were read before and are the same are not read again; what is sealed is not worked
    out again.

    Raises:
        GenerationError: none can be trusted.
        SourceError, QuestionError: our sources cannot be read.
    """
    if ours is None or not ours.is_current():
        ours = core.read(root)
    found = Past(home, generation.current(home), known, ours)
    if ours.sealed is None and known.checker is not None and found.serves(root):
        evidence = evidence_of(known.ground.files["questions"])
        kept = core.Sealed(evidence, known.ground.closed)
        return replace(found, core=replace(ours, sealed=kept))
    return found


def reports(
    before: Past, now: Gathered, inferred: Inferred, locate: Locator
) -> tuple[Report, ...] | None:
    """Return what validating everything would find; None when only doing so can tell."""
    ground = before.known.ground
    if before.known.checker is None or before.core.lint.results:
        return None
    was, held = set(ground.quads), set(now.quads)
    change = Difference(tuple(held - was), tuple(was - held))
    moved = [*change.come, *change.gone]
    if len(moved) > MOST or any(quad.graph_name in _SPOKEN for quad in moved):
        return None
    if None in before.kept:
        return None
    raw, closed = before.wholes
    if raw.breaks(now.facts) or closed.breaks([*now.asserted, *inferred.triples]):
        return None
    return (*_Passes(before, change, now, inferred, locate).reports(),
            contradictions.report(inferred, locate), before.core.lint)  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """The quads that come, and those that go."""

    come: tuple[ox.Quad, ...]
    gone: tuple[ox.Quad, ...]


class _Passes:
    """Both passes of validation, near what changes and near what was found before.

    A part of the data may seem to show what the whole does not: what that part seemed to show
    before, and the whole did not, is left out. Of what is new, it could show nothing before.
    """

    def __init__(
        self, before: Past, change: Difference, now: Gathered, inferred: Inferred, locate: Locator
    ) -> None:
        self._before, self._change, self._now = before, change, now
        self._inferred, self._locate = inferred, locate
        self._ground = before.known.ground
        self._names = frozenset(
            triple[0].value
            for triple in (*now.asserted, *now.ontology)
            if triple[1] == RDF_TYPE and isinstance(triple[0], ox.NamedNode)
            if triple[0].value.startswith(BASE)
        )
        self._known = Names(lambda: self._names)

    def reports(self) -> tuple[Report, Report]:
        """Return the report of the raw data, and that of their closure."""
        ground, change = self._ground, self._change
        moved = [*change.come, *change.gone]
        come = gathered(change.come, ground.apart)
        facts = Moved(ground.index, come.facts, change.gone)
        earlier = touched(moved) | ground.reach[0].onlookers(moved, facts.leading)
        earlier |= self._kept(0).met(moved)
        near = Near(facts, earlier)
        raw = self._report(0, near.quads, near.same(ground.index), earlier)

        held = frozenset(self._inferred.triples)
        new, lost = held - ground.inferred, ground.inferred - held
        wider = ends(moved, new, lost) | ground.onlookers(moved, new, lost, facts)
        wider |= self._kept(1).met(moved, new, lost)
        near = Near(facts, wider)
        made = ground.made.around(near.nodes)
        after = _stated(near.quads, [*(triple for triple in made if triple in held), *new])
        return raw, self._report(1, after, _stated(near.same(ground.index), made), wider)

    def _kept(self, place: int) -> kept.Kept:
        found = self._before.kept[place]
        assert found is not None
        return found

    def _report(
        self, place: int, after: Sequence[Any], earlier: Sequence[Any], nodes: set[Any]
    ) -> Report:
        """Return what is found about some nodes, and what was told of the others."""
        checker, told = self._before.known.checker, self._before.told[place]
        assert checker is not None
        every = checker.part(after, nodes, place + 1, self._locate, self._names)
        held = {_told_key(one) for one in told["results"]}
        out = self._ground.index.out
        doubtful: set[Any] = {
            one.focus
            for one in every
            if (one.focus in out or one.node in out) and _key(one) not in held
        }
        if doubtful:
            seeming = checker.part(earlier, doubtful, place + 1, Locator(()), self._names)
            odd = {_key(one) for one in seeming} - held
            every = [one for one in every if _key(one) not in odd]
        every += self._kept(place).but(nodes, self._locate, self._known)
        return Report.of(every, place + 1, told["shapes"])


def _stated(facts: Iterable[ox.Quad], made: Iterable[Triple]) -> list[Triple]:
    stated = dict.fromkeys((q.subject, q.predicate, q.object) for q in facts)
    return [*stated, *made]  # type: ignore[list-item]  # no triple term enters a generation


_SPOKEN: Final = frozenset({content.ONTOLOGY, content.SHAPES, content.ALIGNMENTS, content.MAPPINGS})
"""The graphs that say what the others mean: a change there is a change of everything."""


def _key(one: Finding) -> Key:
    return _told_key(one.as_json())


def _told_key(one: Mapping[str, Any]) -> Key:
    parts = ("shape", "constraint", "focus", "node", "path", "value")
    return tuple(str(one[name]) for name in parts)
