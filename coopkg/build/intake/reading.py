"""The bytes of an upload become quads, each with the place where it is written.

RDF is read here; tables are read by `tables`. A file that cannot be read raises `Unreadable`, with
the place and the likely cause.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.intake import jsonld, spots, unread
from coopkg.build.intake.findings import NOWHERE, Finding, Spot, Unreadable, same
from coopkg.build.intake.limits import LimitError, limit, over
from coopkg.build.turtle import lines, mistakes, oddities
from coopkg.build.turtle.lines import Place
from coopkg.contributions.job import Job
from coopkg.contributions.model import DEFAULT
from coopkg.errors import Location, SourceError
from coopkg.terms import BASE

RDF: Final = {
    "text/turtle": (ox.RdfFormat.TURTLE, ".ttl"),
    "application/trig": (ox.RdfFormat.TRIG, ".trig"),
    "application/n-triples": (ox.RdfFormat.N_TRIPLES, ".nt"),
    "application/n-quads": (ox.RdfFormat.N_QUADS, ".nq"),
    "application/ld+json": (ox.RdfFormat.JSON_LD, ".jsonld"),
    "application/rdf+xml": (ox.RdfFormat.RDF_XML, ".rdf"),
}
_DEPTH: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'(?:[^\\]|\\.)*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
    r"|<[^\s<>\"]*>|#[^\n]*|(<<\(?|[\[({])|(\)?>>|[\])}])",
    re.DOTALL,
)
_JSON_DEPTH: Final = re.compile(r'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])')
_ODD_MARK: Final = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Emptied:
    """A cell that was emptied, or that asks to remove a whole thing: its place and its heading.

    `what` is the form of the value it said, as `coopkg.roundtrip.columns` writes it.
    """

    spot: Spot
    heading: str
    what: str = ""


@dataclass(frozen=True)
class Read:
    """What an upload says: its quads, where each stands, and what was odd in reading it.

    `spot(number, part)` places the *subject*, *predicate* or *value* of a quad; `sheets` are the
    columns of a table, when somebody has to say what they hold. A file that `corrects` what it
    was downloaded as says which quads are `removed` too, and which cells that `emptied`: by thing
    and property, "" for a whole thing.
    """

    quads: tuple[ox.Quad, ...]
    spot: Callable[[int, str], Spot] = field(repr=False)
    odd: tuple[Finding, ...] = ()
    text: str = field(default="", repr=False)
    is_table: bool = False
    removed: tuple[ox.Quad, ...] = ()
    corrects: bool = False
    sheets: tuple[Mapping[str, Any], ...] = ()
    emptied: Mapping[tuple[str, str], Sequence[Emptied]] = field(default_factory=dict)

    @cached_property
    def rows(self) -> list[str]:
        """The lines of the text."""
        return re.split(r"\r\n|\n|\r", self.text)

    def line(self, number: int | None) -> str:
        """Return the text of a line, "" when it is not known."""
        return self.rows[number - 1] if number and number <= len(self.rows) else ""


def target(job: Job) -> str:
    """Return the graph of the triples that name none."""
    return job.graph or f"{BASE}graph/partner/{job.partner['name']}"


def base(job: Job) -> str:
    """Return what relative addresses are relative to."""
    return (
        f"{BASE}graph/partner/{job.partner['name']}"
        if job.graph in {None, DEFAULT}
        else str(job.graph)
    )


def read(job: Job, body: bytes, kind: str, context: Mapping[str, Any] | None = None) -> Read:
    """Return what an RDF file says.

    Raises:
        Unreadable: it cannot be read.
        LimitError: it goes over a limit.
    """
    form, suffix = RDF[kind]
    text, odd = _text(job, body, suffix)
    _mind_depth(job, text, suffix)
    if suffix == ".rdf" and (match := _ODD_MARK.search(text)):
        raise Unreadable(_no_dtd(text, match.start()))
    body = jsonld.inlined(text, context) if suffix == ".jsonld" else text.encode()
    if suffix == ".jsonld":
        odd = (*odd, *unread.findings(text, json.loads(body)))
    quads = _parsed(job, body, text, form, suffix)
    placed = tuple(_placed(quad, target(job)) for quad in quads)
    return Read(placed, _spotter(text, quads, suffix), (*odd, *_oddities(text, suffix)), text)


def _text(job: Job, body: bytes, suffix: str) -> tuple[str, tuple[Finding, ...]]:
    """Decode a file; a byte order mark is passed over, and told."""
    bom = b"\xef\xbb\xbf"
    if not body.startswith(bom):
        try:
            return mistakes.decode(body, job.name), ()
        except SourceError as error:
            raise Unreadable(of_error(error, "encoding")) from error
    text, _ = _text(job, body.removeprefix(bom), suffix)
    said = {
        "fr": "le fichier commence par une marque d’ordre des octets (BOM) ; elle a été ôtée",
        "en": "the file begins with a byte order mark (BOM); it was removed",
    }
    return text, (Finding("byte-order-mark", "info", said, Spot(1, 1), "U+FEFF"),)


def of_error(error: SourceError, rule: str) -> Finding:
    """Return an error of a source as a finding, without its place, which goes apart."""
    at: Location = error.location
    words = {
        lang: error.message(lang).removeprefix(str(at)).lstrip("\u00a0 :") for lang in ("fr", "en")
    }
    return Finding(
        rule,
        "violation",
        words,
        Spot(at.line, at.column),
        expected=error.expected,
        fix=error.fix,
    )


def _mind_depth(job: Job, text: str, suffix: str) -> None:
    """Refuse what nests too deep before any parser sees it: some of them die of it."""
    if suffix == ".rdf":
        return
    deepest, depth = limit(job, "depth"), 0
    for match in (_JSON_DEPTH if suffix == ".jsonld" else _DEPTH).finditer(text):
        if match[1]:
            depth += 1
            if depth > deepest:
                raise LimitError(over(job, "depth", depth, at_least=True))
        elif match[2]:
            depth = max(depth - 1, 0)


def _no_dtd(text: str, offset: int) -> Finding:
    line = text.count("\n", 0, offset) + 1
    return Finding(
        "xml-dtd",
        "violation",
        {
            "fr": "une déclaration DOCTYPE ou ENTITY n’est pas lue : écrire les valeurs en entier",
            "en": "a DOCTYPE or ENTITY declaration is not read: write the values in full",
        },
        Spot(line, offset - text.rfind("\n", 0, offset)),
        seen=text[offset : offset + 40].split("\n")[0],
        expected={"fr": "du RDF/XML sans DTD", "en": "RDF/XML without a DTD"},
    )


_EXAMPLE: Final = 'mon:regie a org:Organization ; skos:prefLabel "Régie de l’eau"@fr .'
EMPTY: Final = {
    "fr": "le fichier est vide : rien n’a été envoyé",
    "en": "the file is empty: nothing was sent",
}


# --- Parsing -------------------------------------------------------------------------------


def _parsed(
    job: Job, body: bytes, text: str, form: ox.RdfFormat, suffix: str
) -> tuple[ox.Quad, ...]:
    quads: list[ox.Quad] = []
    most = limit(job, "quads")
    relative = suffix in {".ttl", ".trig", ".jsonld", ".rdf"}
    try:
        for quad in ox.parse(body, format=form, base_iri=base(job) if relative else None):
            quads.append(quad)
            if len(quads) > most:
                raise LimitError(over(job, "quads", len(quads), at_least=True))
    except SyntaxError as error:
        raise Unreadable(_syntax(job, text, error, suffix)) from error
    return tuple(quads)


def _syntax(job: Job, text: str, error: SyntaxError, suffix: str) -> Finding:
    whole = str(error.msg)
    said = whole.partition(": ")[2] or whole
    if suffix in {".jsonld", ".rdf"}:
        return _lost(text, error, whole, suffix)
    place = (error.lineno or 1, error.offset or 1)
    if suffix in {".nt", ".nq"} and "followed by a dot" in said:
        return _no_dot(text, *place, said)
    path = job.name if job.name.endswith(suffix) else f"{job.name}{suffix}"
    found = of_error(mistakes.explain(text, path, *place, said), "syntax")
    row = _row(text, found.spot.line)
    return Finding(
        found.rule,
        "violation",
        found.message,
        found.spot,
        seen=row[:120],
        expected=found.expected,
        example="" if found.fix else _EXAMPLE,
        fix=found.fix,
        detail=said,
    )


def _row(text: str, line: int | None) -> str:
    """Return a line without the spaces around it, "" beyond the end."""
    rows = text.splitlines()
    return rows[line - 1].strip() if line and line <= len(rows) else ""


def _no_dot(text: str, line: int, column: int, said: str) -> Finding:
    """Return what says that a triple has no dot: at the end of what comes before the next one."""
    rows = text.splitlines()[: line - 1 if column == 1 else line]
    while len(rows) > 1 and not rows[-1].strip():
        rows.pop()
    row = rows[-1].rstrip() if rows else ""
    words = {
        "fr": "il manque « . » à la fin de la ligne",
        "en": "“.” is missing at the end of the line",
    }
    spot = Spot(max(len(rows), 1), len(row) + 1)
    return Finding(
        "syntax", "violation", words, spot, row[:120], same("."), fix=f"{row} .", detail=said
    )


def _lost(text: str, error: SyntaxError, said: str, suffix: str) -> Finding:
    line, column = error.lineno, error.offset
    if line is None and (match := re.search(r"expected `(</[^`]+>)`, but `(</[^`]+>)`", said)):
        offset = text.find(match[2])
        line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
        fr = f"l’élément se ferme par {match[2]}, {match[1]} est attendu"
        en = f"the element is closed by {match[2]}, {match[1]} is expected"
        return Finding("syntax", "violation", {"fr": fr, "en": en}, Spot(line, column), match[2],
                       same(match[1]), fix=match[1], detail=said)  # fmt: skip
    words = {
        "fr": "le fichier ne peut pas être lu à partir d’ici",
        "en": "the file cannot be read from here on",
    }
    spot = Spot(line or 1, column or 1)
    form = "RDF/XML" if suffix == ".rdf" else "JSON-LD"
    expected = {"fr": f"du {form} bien formé", "en": f"well-formed {form}"}
    seen = _row(text, spot.line)[:120]
    return Finding("syntax", "violation", words, spot, seen, expected, detail=said)


def _placed(quad: ox.Quad, graph: str) -> ox.Quad:
    if not isinstance(quad.graph_name, ox.DefaultGraph) or graph == DEFAULT:
        return quad
    return ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))


def _oddities(text: str, suffix: str) -> tuple[Finding, ...]:
    if suffix not in {".ttl", ".trig"}:
        return ()
    return tuple(
        Finding("odd", "info", {"fr": one.fr, "en": one.en}, Spot(at.line, at.column))
        for one in oddities.notices(text, f"x{suffix}", 1)
        for at in (one.location,)
    )


def _spotter(text: str, quads: Sequence[ox.Quad], suffix: str) -> Callable[[int, str], Spot]:
    known: list[Sequence[Place]] = []

    def places() -> Sequence[Place]:
        if suffix == ".nq":
            return spots.of_lines(text, quads)
        if suffix in {".jsonld", ".rdf"}:
            return spots.of_words(text, quads, suffix == ".rdf")
        try:
            return lines.places(text, quads)
        except lines.Misread:
            return ()

    def spot(number: int, part: str) -> Spot:
        if not known:
            known.append(places())
        return Spot(*getattr(known[0][number], part)) if number < len(known[0]) else NOWHERE

    return spot
