"""A report: what a check found, in words, as JSON and as a SHACL validation report.

Findings are plain data; nothing here knows rdflib or pySHACL.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, Literal, TypeAlias

import pyoxigraph as ox
from pyoxigraph import BlankNode, NamedNode

from coopkg.errors import Lang, Location
from coopkg.terms import LANGUAGES, PREFIXES, RDF_TYPE, Term, compact

Severity = Literal["violation", "warning", "info"]
SEVERITIES: Final[tuple[Severity, ...]] = ("violation", "warning", "info")

SH: Final = PREFIXES["sh"]
_WORDS: Final[Mapping[Severity, Mapping[Lang, tuple[str, str]]]] = {
    "violation": {"fr": ("violation", "violations"), "en": ("violation", "violations")},
    "warning": {"fr": ("avertissement", "avertissements"), "en": ("warning", "warnings")},
    "info": {"fr": ("remarque", "remarques"), "en": ("remark", "remarks")},
}
_PLACES: Final = 8
"""How many places a text shows under one sentence; JSON shows all."""
_MORE: Final[Mapping[Lang, str]] = {"fr": "… et {} autres", "en": "… and {} more"}
_MARKS: Final[Mapping[Severity, str]] = {"violation": "✗", "warning": "!", "info": "·"}


@dataclass(frozen=True)
class Path:
    """A SHACL property path: one predicate, or an operator on paths.

    `operator` is "" for a predicate, else "|", "/", "^", "*", "+" or "?".
    """

    operator: str
    parts: tuple[NamedNode | Path, ...]

    @property
    def predicates(self) -> tuple[NamedNode, ...]:
        """Every predicate named in the path, in order."""
        found: list[NamedNode] = []
        for part in self.parts:
            found.extend([part] if isinstance(part, NamedNode) else part.predicates)
        return tuple(found)

    def __str__(self) -> str:
        """Write the path as SPARQL does, with prefixes.

        >>> a, b = (NamedNode(PREFIXES["coop"] + n) for n in ("theme", "audience"))
        >>> str(Path("|", (Path("", (a,)), Path("^", (b,)))))
        'coop:theme|^coop:audience'
        """
        words = [compact(p.value) if isinstance(p, NamedNode) else str(p) for p in self.parts]
        if self.operator in ("|", "/"):
            return self.operator.join(words)
        inner = words[0] if "|" not in words[0] and "/" not in words[0] else f"({words[0]})"
        return f"^{inner}" if self.operator == "^" else inner + self.operator


Words: TypeAlias = Mapping[Lang, str]


@dataclass(frozen=True)
class Finding:
    """One thing to mend, or to know.

    `focus` is the node the engine looked at and `node` the one at fault: they differ when a
    shape looks at a whole set at once (a sum, a cycle). `engine_message` keeps the engine's own
    words; `suggestion` is a guess of what was meant.
    """

    severity: Severity
    focus: Term
    node: Term
    path: Path | None
    value: Term | None
    shape: NamedNode | BlankNode
    component: NamedNode
    name: Words
    message: Words
    engine_message: str = ""
    locations: tuple[Location, ...] = ()
    suggestion: Words | None = None

    @property
    def cause(self) -> tuple[str, str, str]:
        """What groups findings: the severity, the shape and the kind of rule that is broken."""
        return (self.severity, str(self.shape), str(self.component))

    def as_json(self) -> dict[str, Any]:
        """Return the finding as JSON values."""
        return {
            "severity": self.severity,
            "focus": _plain(self.focus),
            "node": _plain(self.node),
            "path": None if self.path is None else str(self.path),
            "value": None if self.value is None else str(self.value),
            "shape": _plain(self.shape),
            "constraint": self.component.value,
            "name": dict(self.name),
            "message": dict(self.message),
            "engine_message": self.engine_message,
            "suggestion": None if self.suggestion is None else dict(self.suggestion),
            "locations": [
                {"path": at.path, "line": at.line, "column": at.column} for at in self.locations
            ],
        }


Key: TypeAlias = tuple[str, ...]
"""What makes a finding the same as another, wherever it stands."""


def key(one: Finding | Mapping[str, Any]) -> Key:
    """Return what tells a finding from others; of one that was sealed too."""
    found = one.as_json() if isinstance(one, Finding) else one
    return tuple(str(found[name]) for name in _TELLING)


_TELLING: Final = ("shape", "constraint", "focus", "node", "path", "value")


def _plain(term: Term) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)


def _rank(finding: Finding) -> tuple[Any, ...]:
    first = finding.locations[0] if finding.locations else Location("~")
    where = (first.path, first.line or 0, str(finding.node), str(finding.path), str(finding.value))
    rule = (finding.component.value, str(finding.focus))
    return (SEVERITIES.index(finding.severity), str(finding.shape), *where, *rule)


@dataclass(frozen=True)
class Report:
    """What a check found; `results` are sorted: violations first, then by shape and place."""

    results: tuple[Finding, ...] = ()
    pass_: int = 1
    shapes: int = 0

    @classmethod
    def of(cls, results: Iterable[Finding], pass_: int = 1, shapes: int = 0) -> Report:
        """Make a report of findings in any order."""
        return cls(tuple(sorted(results, key=_rank)), pass_, shapes)

    @property
    def conforms(self) -> bool:
        """Tell whether nothing is violated; warnings and remarks are allowed."""
        return not self.counts["violation"]

    @property
    def counts(self) -> Mapping[Severity, int]:
        """How many findings of each severity."""
        return {
            severity: sum(found.severity == severity for found in self.results)
            for severity in SEVERITIES
        }

    def groups(self) -> Iterator[tuple[Finding, ...]]:
        """Yield the findings that share a cause, most severe first."""
        causes: dict[tuple[str, str, str], list[Finding]] = {}
        for found in self.results:
            causes.setdefault(found.cause, []).append(found)
        yield from map(tuple, causes.values())

    def text(self, lang: Lang = "fr") -> str:
        """Write the report for people, in one language, grouped by cause."""
        blocks = [_summary(self, lang)]
        blocks.extend(_group_text(group, lang) for group in self.groups())
        return "\n\n".join(blocks) + "\n"

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values, in both languages."""
        return {
            "conforms": self.conforms,
            "pass": self.pass_,
            "shapes": self.shapes,
            "counts": dict(self.counts),
            "results": [found.as_json() for found in self.results],
        }

    def json(self) -> str:
        """Write the report as a JSON text."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=2) + "\n"

    def turtle(self) -> str:
        """Write the report as a `sh:ValidationReport` in Turtle, messages in both languages."""
        used = {name: PREFIXES[name] for name in ("sh", "coop", "coopsh", "skos", "rdf", "xsd")}
        triples = (ox.Triple(*triple) for triple in _triples(self))
        text = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=used)
        assert text is not None
        return text.decode()


def _summary(report: Report, lang: Lang) -> str:
    said = [
        f"{number} {_WORDS[severity][lang][number > 1]}"
        for severity, number in report.counts.items()
        if number
    ]
    if lang == "fr":
        head = "Les données sont conformes" if report.conforms else "Les données ne conviennent pas"
        about = "avant inférence" if report.pass_ == 1 else "après inférence"
        return f"{head} ({about})\u00a0: {', '.join(said) or 'rien à signaler'}."
    head = "The data conform" if report.conforms else "The data do not conform"
    about = "before inference" if report.pass_ == 1 else "after inference"
    return f"{head} ({about}): {', '.join(said) or 'nothing to report'}."


def _group_text(group: tuple[Finding, ...], lang: Lang) -> str:
    first = group[0]
    name = first.name.get(lang) or compact(_plain(first.shape))
    times = "" if len(group) == 1 else f" × {len(group)}"
    word = _WORDS[first.severity][lang][0]
    lines = [f"{_MARKS[first.severity]} {name} ({word}, {compact(_plain(first.shape))}){times}"]
    entries: dict[str, list[Finding]] = {}
    for found in group:
        entries.setdefault(_sentence(found, lang), []).append(found)
    for sentence, findings in entries.items():
        lines.append(f"  {sentence}")
        places = list(dict.fromkeys(str(at) for found in findings for at in found.locations))
        lines.extend(f"    {place}" for place in places[:_PLACES])
        if len(places) > _PLACES:
            lines.append(f"    {_MORE[lang].format(len(places) - _PLACES)}")
    return "\n".join(lines)


def _sentence(finding: Finding, lang: Lang) -> str:
    words = finding.message.get(lang) or finding.engine_message
    return words if finding.suggestion is None else f"{words} {finding.suggestion[lang]}"


def _triples(report: Report) -> Iterator[tuple[NamedNode | BlankNode, NamedNode, Term]]:
    # Labels of its own: reports are written one after another into one file.
    digest = hashlib.sha256(report.json().encode()).hexdigest()[:8]
    fresh = (BlankNode(f"r{digest}n{number}") for number in count())
    root = next(fresh)
    boolean = NamedNode(PREFIXES["xsd"] + "boolean")
    # SHACL, section 3.6.1: true only when there is no result at all, warnings included.
    conforms = "false" if report.results else "true"
    yield root, RDF_TYPE, _sh("ValidationReport")
    yield root, _sh("conforms"), ox.Literal(conforms, datatype=boolean)
    for found in report.results:
        result = next(fresh)
        yield root, _sh("result"), result
        yield result, RDF_TYPE, _sh("ValidationResult")
        yield result, _sh("resultSeverity"), _sh(found.severity.capitalize())
        yield result, _sh("focusNode"), found.focus
        if found.value is not None:
            yield result, _sh("value"), found.value
        if found.path is not None:
            node, rest = _path_triples(found.path, fresh)
            yield result, _sh("resultPath"), node
            yield from rest
        yield result, _sh("sourceShape"), found.shape
        yield result, _sh("sourceConstraintComponent"), found.component
        for lang in LANGUAGES:
            if said := found.message.get(lang):
                yield result, _sh("resultMessage"), ox.Literal(said, language=lang)


_OPERATORS: Final = {
    "^": "inversePath",
    "*": "zeroOrMorePath",
    "+": "oneOrMorePath",
    "?": "zeroOrOnePath",
}


Node: TypeAlias = NamedNode | BlankNode
PathTriple: TypeAlias = tuple[Node, NamedNode, Term]


def _path_triples(path: Path, fresh: Iterator[BlankNode]) -> tuple[Node, list[PathTriple]]:
    triples: list[PathTriple] = []
    nodes: list[Node] = []
    for part in path.parts:
        if isinstance(part, NamedNode):
            nodes.append(part)
        else:
            node, rest = _path_triples(part, fresh)
            nodes.append(node)
            triples.extend(rest)
    if path.operator == "":
        return nodes[0], triples
    if path.operator in _OPERATORS:
        holder = next(fresh)
        return holder, [*triples, (holder, _sh(_OPERATORS[path.operator]), nodes[0])]
    cells = [next(fresh) for _ in nodes]
    following: list[Node] = [*cells[1:], _rdf("nil")]
    for cell, node, after in zip(cells, nodes, following, strict=True):
        triples += [(cell, _rdf("first"), node), (cell, _rdf("rest"), after)]
    if path.operator == "/":
        return cells[0], triples
    holder = next(fresh)
    return holder, [*triples, (holder, _sh("alternativePath"), cells[0])]


def _sh(name: str) -> NamedNode:
    return NamedNode(SH + name)


def _rdf(name: str) -> NamedNode:
    return NamedNode(PREFIXES["rdf"] + name)
