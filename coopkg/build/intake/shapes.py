"""SHACL on the neighbourhood of what changes: the raw facts first, then their closure.

The whole of a large graph would take minutes; what the shapes of a node look at lies within a few
steps of it. A fault that stands already, without the contribution, is not the contribution's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from coopkg import rules
from coopkg.build import contradictions, report, validate
from coopkg.build.intake.findings import NOWHERE, Finding, Severity, Spot
from coopkg.build.intake.ground import Ground, gathered
from coopkg.build.intake.reading import Read
from coopkg.build.locator import Locator
from coopkg.build.validate import Validator
from coopkg.errors import Location
from coopkg.rules import Inferred
from coopkg.terms import PREFIXES, RDF_TYPE, Term, Triple, compact

OUTWARDS: Final = 2
INWARDS: Final = 2
FEW: Final = 3
HUB: Final = 60
"""A node that more facts lead to is not followed back: everything is near it."""
BATCH: Final = 400
"""Nodes that shapes look at in one go."""
ENOUGH: Final = 100
"""Violations after which the rest of a large upload is left for the next time."""
_LABELS: Final = frozenset(ox.NamedNode(PREFIXES["skos"] + name) for name in ("prefLabel",))
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
    """What a contribution does to the facts: quads added and removed, and all of them after."""

    added: tuple[ox.Quad, ...]
    removed: tuple[ox.Quad, ...]
    after: tuple[ox.Quad, ...]


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
        if before is not None and before.spoken == self.spoken:
            self._validators = before._validators
        else:
            self._validators = [Validator(*self.spoken, screening=True) for _ in range(2)]

    def warm(self) -> None:
        """Load all that rdflib and pySHACL load late: afterwards no file can be opened."""
        node = next(iter(self._ground.by_subject), None)
        if isinstance(node, ox.NamedNode):
            for pass_ in (1, 2):
                self._run(self._ground.by_subject[node], {node}, pass_, Locator(()))

    def findings(self, change: Change, read: Read, name: str) -> tuple[list[Finding], Inferred]:
        """Return what the shapes and the axioms say of a change, and what is inferred after it."""
        after = gathered(change.after, self._ground.apart)
        inferred = rules.closure([*after.reasoned, *after.ontology], self._ground.rules)
        locate = Locator([_Located(name, read.quads, _Positions(read))])
        if not (change.added or change.removed):
            return [], inferred
        touched = _touched([*change.added, *change.removed])
        near = _Near(after.facts, touched)
        before = near.same(self._ground.gathered.facts)
        found, rest = self._raw(near, before, touched, locate, read)
        if rest:
            return [*found, _unchecked(rest)], inferred
        if not any(one.severity == "violation" for one in found):
            closed = self._closed(inferred, touched, near, before, locate)
            logical = contradictions.report(inferred, locate).results
            found += [self._said(one, read) for one in (*closed, *logical)]
        return found, inferred

    def _raw(
        self,
        near: _Near,
        before: Sequence[ox.Quad],
        touched: set[ox.NamedNode],
        locate: Locator,
        read: Read,
    ) -> tuple[list[Finding], int]:
        """Return what the shapes say of the raw facts, and how many nodes were not looked at.

        Where there is already much to mend, looking further would only take time.
        """
        nodes = sorted(touched, key=str)
        found: list[Finding] = []
        for start in range(0, len(nodes), BATCH):
            batch = set(nodes[start : start + BATCH])
            raw = self._new(near.quads, before, batch, 1, locate)
            found += [self._said(one, read) for one in raw]
            if sum(one.severity == "violation" for one in found) >= ENOUGH:
                return found, len(nodes[start + BATCH :])
        return found, 0

    def _closed(
        self,
        inferred: Inferred,
        touched: set[ox.NamedNode],
        near: _Near,
        before: Sequence[ox.Quad],
        locate: Locator,
    ) -> list[report.Finding]:
        """Return what the shapes say of the closure around what changes."""
        new = [triple for triple in inferred.triples if triple not in self._ground.inferred]
        wider = touched | {
            term for s, _, o in new for term in (s, o) if isinstance(term, ox.NamedNode)
        }
        around = near.nodes | wider

        def closure(facts: Sequence[ox.Quad], made: Iterable[Triple]) -> list[Triple]:
            stated = dict.fromkeys((q.subject, q.predicate, q.object) for q in facts)
            return [*stated, *(t for t in made if t[0] in around or t[2] in around)]  # type: ignore[list-item]

        after = closure(near.quads, inferred.triples)
        return self._new(after, closure(before, self._ground.inferred), wider, 2, locate)

    def _new(
        self,
        after: Sequence[ox.Quad | Triple],
        before: Sequence[ox.Quad | Triple],
        touched: set[ox.NamedNode],
        pass_: int,
        locate: Locator,
    ) -> list[report.Finding]:
        """Return the findings that are not there without the contribution.

        Those that a part of the data seems to show, where the whole does not, are there too.
        """
        found = self._run(after, touched, pass_, locate)
        if any(not one.locations for one in found):
            known = {_key(one) for one in self._run(before, touched, pass_, Locator(()))}
            found = [one for one in found if _key(one) not in known]
        return [one for one in found if one.node in touched or one.focus in touched]

    def _run(
        self,
        data: Iterable[ox.Quad | Triple],
        focus: set[ox.NamedNode],
        pass_: int,
        locate: Callable[..., list[Location]],
    ) -> list[report.Finding]:
        given = list(data)
        if not given:
            return []
        nodes = [*focus, validate.WHOLE]
        return list(self._validators[pass_ - 1].validate(given, locate, pass_, nodes).results)

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
            fix=_fix(one, read.line(spot.line), example),
            node=node,
            subject=self._ground.label(node),
            link=link,
            path=self._ground.label(link),
            value="" if one.value is None else str(one.value),
            detail=one.engine_message,
        )


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


def _touched(quads: Iterable[ox.Quad]) -> set[ox.NamedNode]:
    found: set[ox.NamedNode] = set()
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            found.add(quad.subject)
        if isinstance(quad.object, ox.NamedNode) and quad.predicate != RDF_TYPE:
            found.add(quad.object)
    return found


class _Near:
    """The facts within a few steps of some nodes."""

    def __init__(self, facts: Iterable[ox.Quad], touched: set[ox.NamedNode]) -> None:
        out: dict[Any, list[ox.Quad]] = {}
        back: dict[Any, list[ox.Quad]] = {}
        named: dict[Any, list[Any]] = {}
        for quad in facts:
            out.setdefault(quad.subject, []).append(quad)
            if isinstance(quad.object, ox.NamedNode) and quad.predicate != RDF_TYPE:
                back.setdefault(quad.object, []).append(quad)
            elif quad.predicate in _LABELS:
                named.setdefault(quad.object, []).append(quad.subject)
        self.nodes: set[Any] = set(touched)
        edge: set[Any] = set(touched)
        for step in range(INWARDS):
            if step:  # further back only from what nobody else speaks of
                edge = {node for node in edge if len(back.get(node, ())) <= FEW}
            edge = {
                quad.subject
                for node in edge
                if len(back.get(node, ())) <= HUB
                for quad in back.get(node, ())
            } - self.nodes
            self.nodes |= edge
        edge = set(self.nodes)
        for _ in range(OUTWARDS):
            edge = {quad.object for node in edge for quad in out.get(node, ())} - self.nodes
            self.nodes |= {node for node in edge if isinstance(node, ox.NamedNode)}
        homonyms = {
            other
            for node in touched
            for quad in out.get(node, ())
            if quad.predicate in _LABELS
            for other in named.get(quad.object, ())
        }
        self.nodes |= homonyms
        self.quads = [quad for node in self.nodes for quad in out.get(node, ())]

    def same(self, facts: Iterable[ox.Quad]) -> list[ox.Quad]:
        """Return what other facts say of the same nodes."""
        return [quad for quad in facts if quad.subject in self.nodes]


def _key(one: report.Finding) -> tuple[Any, ...]:
    return (one.shape, one.node, str(one.path), one.value)


def _part(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1].strip() if match else ""


def _expected(one: report.Finding) -> dict[str, str]:
    """Return what was expected, as the message of the shape says, else the shape's own name."""
    if one.suggestion is not None and (near := re.search(r"mean (\S+)\?", one.suggestion["en"])):
        return {"fr": near[1], "en": near[1]}
    found: dict[str, str] = {}
    for lang in ("fr", "en"):
        said = one.message.get(lang, "")
        found[lang] = (
            _part(_FOUND[lang], said) or _part(_EXAMPLE[lang], said) or one.name.get(lang, "")
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


def _fix(one: report.Finding, line: str, example: str) -> str:
    """Return the line to write instead, when it can be told."""
    if one.suggestion is not None and line:
        near = re.search(r"mean (\S+)\?", one.suggestion["en"])
        wrong = [term for term in (one.value, *(one.path.predicates if one.path else ())) if term]
        for term in wrong:
            if near and isinstance(term, ox.NamedNode):
                for seen in (f"<{term.value}>", compact(term.value)):
                    if seen in line:
                        return line.strip().replace(seen, near[1])
    if isinstance(one.value, ox.Literal) and line and re.fullmatch(r"-?\d+", one.value.value):
        quoted = f'"{one.value.value}"'
        if quoted in line:
            return line.strip().replace(quoted, one.value.value)
    return example
