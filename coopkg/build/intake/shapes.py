"""SHACL on the neighbourhood of what changes: the raw facts first, then their closure.

The whole of a large graph would take minutes; what the shapes of a node look at lies within a few
steps of it. A fault that stands already, without the contribution, is not the contribution's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox

from coopkg import rules
from coopkg.build import contradictions, report, validate
from coopkg.build.content import Gathered
from coopkg.build.intake import proposals
from coopkg.build.intake.findings import NOWHERE, Finding, Severity, Spot
from coopkg.build.intake.ground import Ground, gathered
from coopkg.build.intake.near import Moved, Near, ends, touched
from coopkg.build.intake.reading import Read
from coopkg.build.locator import Locator
from coopkg.build.validate import Validator
from coopkg.errors import Location
from coopkg.rules import Grown
from coopkg.terms import RDF_TYPE, Term, Triple, compact

BATCH: Final = 400
"""Nodes that shapes look at in one go."""
AROUND: Final = 2_000
"""Facts near a node beyond which it is not looked at ahead."""
ENOUGH: Final = 100
"""Violations after which the rest of a large upload is left for the next time."""
_EXAMPLE: Final = {
    "fr": re.compile(r"Exemple\s*:\s*(.+?)(?:\.\s+[A-ZÀ-Ý].*|\.)?$"),
    "en": re.compile(r"Example\s*:\s*(.+?)(?:\.\s+[A-Z].*|\.)?$"),
}
_FOUND: Final = {
    "fr": re.compile(r"^.*?\s:\s(.+?)\s?; trouvé"),
    "en": re.compile(r"^.*?:\s(.+?); found"),
}


@dataclass(frozen=True)
class Change:
    """What a contribution does to the facts: quads added and removed."""

    added: tuple[ox.Quad, ...]
    removed: tuple[ox.Quad, ...]
    ground: Ground

    @cached_property
    def after(self) -> tuple[ox.Quad, ...]:
        """All the quads afterwards."""
        gone = set(self.removed)
        return (*(quad for quad in self.ground.quads if quad not in gone), *self.added)


@dataclass(frozen=True)
class _Located:
    """What the locator needs of an upload."""

    path: str
    quads: Sequence[ox.Quad]
    positions: Any


class Checker:
    """The shapes of a generation, made ready before anything untrusted is looked at."""

    def __init__(self, ground: Ground, before: Checker | None = None) -> None:
        """Make them ready, or take them from the checker of another generation with the same."""
        self._ground = ground
        given = ground.gathered
        self.spoken = (given.shapes, given.ontology)
        self._validators: Sequence[Validator]
        self._is_warm = False
        if before is not None and before.spoken == self.spoken:
            self._validators, self._is_warm = before._validators, before._is_warm
        else:
            self._validators = [Validator(*self.spoken, screening=True) for _ in range(2)]

    def warm(self) -> None:
        """Load all that rdflib and pySHACL load late: afterwards no file can be opened."""
        if not self._is_warm and (one := self._anyone()):
            self._look_at(*one)
            for pass_, (said, nodes) in ((1, one), (2, one)):
                self.part(said, nodes, pass_, Locator(()), frozenset())
        self._is_warm = True
        _ = self._ground.growing, self._ground.made, self._ground.by_graph

    def look_around(self) -> None:
        """Look near one node of each class, then at one alone.

        What a check looks at is made for rdflib once, and no check has to take out what another
        looked at.
        """
        ground = self._ground
        kinds = {q.object: q.subject for q in ground.gathered.facts if q.predicate == RDF_TYPE}
        nodes = sorted({one for one in kinds.values() if isinstance(one, ox.NamedNode)}, key=str)
        facts = Moved(ground.index)
        nears = [near for node in nodes if len((near := Near(facts, {node})).quads) <= AROUND]
        said = list(dict.fromkeys(quad for near in nears for quad in near.quads))
        made = ground.made.around({node for near in nears for node in near.nodes})
        self._look_at(said, set(nodes[:1]), made)
        if one := self._anyone():
            self._look_at(*one)

    def _anyone(self) -> tuple[list[ox.Quad], set[ox.NamedNode]] | None:
        """Return what is said of one node."""
        out = self._ground.index.out
        named = (node for node in out if isinstance(node, ox.NamedNode))
        return next(((out[node], {node}) for node in named), None)

    def _look_at(
        self, said: list[ox.Quad], nodes: set[ox.NamedNode], made: Iterable[Triple] = ()
    ) -> None:
        self._run(said, nodes, 1, Locator(()))
        self._run(_closure(said, made), nodes, 2, Locator(()))

    def findings(self, change: Change, read: Read, name: str) -> list[Finding]:
        """Return what the shapes and the axioms say of a change."""
        if not (change.added or change.removed):
            return []
        ground = self._ground
        locate = Locator([_Located(name, read.quads, _Positions(read))])
        moved = [*change.added, *change.removed]
        come = gathered(change.added, ground.apart)
        facts = Moved(ground.index, come.facts, change.removed)
        nodes = touched(moved) | ground.reach[0].onlookers(moved, facts.leading)
        near = Near(facts, nodes)
        found, rest = self._raw(near, near.same(ground.index), nodes, locate, read)
        if rest:
            return [*found, _unchecked(rest)]
        if not any(one.severity == "violation" for one in found):
            with self._closure(change, come) as grown:
                closed = self._closed(grown, moved, facts, near, locate)
                logical = contradictions.found(grown.inconsistencies, locate).results
                found += [self._said(one, read) for one in (*closed, *logical)]
        return found

    @contextmanager
    def _closure(self, change: Change, come: Gathered) -> Iterator[Grown]:
        """Give what the rules find anew; where something goes, all of it is worked out anew."""
        ground = self._ground
        if not change.removed:
            with ground.growing.grown(come.reasoned) as grown:
                yield grown
            return
        after = gathered(change.after, ground.apart)
        inferred = rules.closure([*after.reasoned, *after.ontology], ground.rules)
        new = tuple(triple for triple in inferred.triples if triple not in ground.inferred)
        yield Grown(new, tuple(rules.inconsistencies(inferred)), frozenset(inferred.triples))

    def _raw(
        self,
        near: Near,
        before: Sequence[ox.Quad],
        nodes: set[ox.NamedNode],
        locate: Locator,
        read: Read,
    ) -> tuple[list[Finding], int]:
        """Return what the shapes say of the raw facts, and how many nodes were not looked at.

        Where there is already much to mend, looking further would only take time.
        """
        listed = sorted(nodes, key=str)
        found: list[Finding] = []
        for start in range(0, len(listed), BATCH):
            batch = set(listed[start : start + BATCH])
            raw = self._new(near.quads, before, batch, 1, locate)
            found += [self._said(one, read) for one in raw]
            if sum(one.severity == "violation" for one in found) >= ENOUGH:
                return found, len(listed[start + BATCH :])
        return found, 0

    def _closed(
        self,
        grown: Grown,
        moved: Sequence[ox.Quad],
        facts: Moved,
        near: Near,
        locate: Locator,
    ) -> list[report.Finding]:
        """Return what the shapes say of the closure around what changes."""
        ground, new = self._ground, grown.triples
        lost = () if grown.every is None else ground.inferred - grown.every
        wider = ends(moved, new, lost) | ground.onlookers(moved, new, lost, facts)
        if any(node in ground.index.out for node in wider - near.nodes):
            near = Near(facts, wider)
        before = near.same(ground.index)
        earlier = ground.made.around(near.nodes | wider)
        kept = [triple for triple in earlier if grown.every is None or triple in grown.every]
        after = _closure(near.quads, [*kept, *new])
        return self._new(after, _closure(before, earlier), wider, 2, locate)

    def _new(
        self,
        after: Sequence[ox.Quad | Triple],
        before: Sequence[ox.Quad | Triple],
        touched: set[ox.NamedNode],
        pass_: int,
        locate: Locator,
    ) -> list[report.Finding]:
        """Return the findings that are not there without the contribution.

        What the report of the generation tells stands already; it is told again of what the
        upload speaks of. A part of the data may seem to show what the whole does not: what that
        part seemed to show before, and the report does not tell, is left out.
        """
        told, out = self._ground.told[pass_ - 1], self._ground.index.out
        found = [(one, report.key(one)) for one in self._run(after, touched, pass_, locate)]
        found = [(one, key) for one, key in found if one.locations or key not in told]
        doubtful = {
            one.focus
            for one, key in found
            if key not in told and (one.focus in out or one.node in out)
        }
        if doubtful:
            seeming = self._run(before, doubtful, pass_, Locator(()))
            odd = {report.key(one) for one in seeming} - told
            found = [(one, key) for one, key in found if key not in odd]
        return [one for one, _ in found if one.node in touched or one.focus in touched]

    def _run(
        self,
        data: Iterable[ox.Quad | Triple],
        focus: set[Any],
        pass_: int,
        locate: Callable[..., list[Location]],
    ) -> list[report.Finding]:
        given = list(data)
        if not given:
            return []
        nodes = [*focus, validate.WHOLE]
        return list(self._validators[pass_ - 1].validate(given, locate, pass_, nodes).results)

    def part(
        self,
        data: Sequence[ox.Quad | Triple],
        focus: set[ox.NamedNode],
        pass_: int,
        locate: Callable[..., list[Location]],
        names: frozenset[str],
    ) -> list[report.Finding]:
        """Return what is wrong with some nodes of a part of the data, but for SPARQL."""
        if not data or not focus:
            return []
        return list(self._validators[pass_ - 1].validate(data, locate, pass_, focus, names).results)

    # --- In the words of the report --------------------------------------------------------

    def _said(self, one: report.Finding, read: Read) -> Finding:
        spot = _spot(one, read)
        node = one.node.value if isinstance(one.node, ox.NamedNode) else str(one.node)
        link = one.path.predicates[0].value if one.path and one.path.predicates else ""
        example = _part(_EXAMPLE["fr"], one.message.get("fr", ""))
        severity: Severity = one.severity
        return Finding(
            rule=compact(one.shape.value) if isinstance(one.shape, ox.NamedNode) else "shape",
            severity=severity,
            message={
                lang: " ".join(filter(None, (one.message.get(lang, ""), _guess(one, lang))))
                for lang in ("fr", "en")
            },
            spot=spot,
            seen=_seen(one, read, spot),
            expected=_expected(one),
            example=example,
            fix=proposals.line(one, read.line(spot.line), spot.column),
            node=node,
            subject=self._ground.label(node),
            link=link,
            path=self._ground.label(link),
            value="" if one.value is None else str(one.value),
            detail=one.engine_message,
        )


def _closure(facts: Sequence[ox.Quad], made: Iterable[Triple]) -> list[Triple]:
    """Return what some facts state, each once, and what is inferred."""
    stated = dict.fromkeys((q.subject, q.predicate, q.object) for q in facts)
    return [*stated, *made]  # type: ignore[list-item]  # no triple term enters a generation


class _Positions:
    """The places of an upload as the locator reads them: the number of the quad stands for it."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def __getitem__(self, number: int) -> Any:
        return _Numbered(number)


@dataclass(frozen=True)
class _Numbered:
    number: int

    @property
    def subject(self) -> tuple[int, int]:
        return (self.number + 1, 1)

    @property
    def predicate(self) -> tuple[int, int]:
        return (self.number + 1, 2)

    @property
    def value(self) -> tuple[int, int]:
        return (self.number + 1, 3)


_PARTS: Final = ("subject", "predicate", "value")


def _spot(one: report.Finding, read: Read) -> Spot:
    if not one.locations:
        return NOWHERE
    at = one.locations[0]
    return read.spot((at.line or 1) - 1, _PARTS[(at.column or 1) - 1])


def _unchecked(number: int) -> Finding:
    return Finding(
        "not-all-checked",
        "info",
        {
            "fr": f"{number} autres choses restent à vérifier : corriger d’abord celles-ci",
            "en": f"{number} more things have not been checked yet: mend these first",
        },
    )


def _part(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1].strip() if match else ""


def _expected(one: report.Finding) -> dict[str, str]:
    """Return what was expected, as the message of the shape says, else the shape's own name."""
    if near := proposals.near(one):
        return {"fr": near, "en": near}
    found: dict[str, str] = {}
    for lang in ("fr", "en"):
        said = one.message.get(lang, "")
        found[lang] = (
            _part(_FOUND[lang], said) or one.name.get(lang, "") or _part(_EXAMPLE[lang], said)
        )
    return found


def _guess(one: report.Finding, lang: str) -> str:
    return "" if one.suggestion is None else one.suggestion[lang]  # type: ignore[index]


def _seen(one: report.Finding, read: Read, spot: Spot) -> str:
    if one.value is not None:
        return _word(one.value)
    return read.line(spot.line).strip()


def _word(term: Term) -> str:
    return compact(term.value) if isinstance(term, ox.NamedNode) else str(term)
