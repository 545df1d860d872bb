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

from coopkg.build.intake import spots
from coopkg.build.intake.findings import NOWHERE, Finding, Spot, same
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
CONTEXTS: Final = frozenset(BASE + name for name in ("context", "context.jsonld", "ns/context"))
_DEPTH: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'(?:[^\\]|\\.)*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
    r"|<[^\s<>\"]*>|#[^\n]*|(<<\(?|[\[({])|(\)?>>|[\])}])",
    re.DOTALL,
)
_JSON_DEPTH: Final = re.compile(r'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])')
_ODD_MARK: Final = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Unreadable(Exception):  # noqa: N818 - it names the fact
    """A file cannot be read; `finding` says where and why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message["en"])
        self.finding = finding


@dataclass(frozen=True)
class Read:
    """What an upload says: its quads, where each stands, and what was odd in reading it.

    `spot(number, part)` places the *subject*, *predicate* or *value* of a quad.
    """

    quads: tuple[ox.Quad, ...]
    spot: Callable[[int, str], Spot] = field(repr=False)
    odd: tuple[Finding, ...] = ()
    text: str = field(default="", repr=False)
    is_table: bool = False

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
    if suffix == ".jsonld":
        body = _with_context(job, text, context)
    else:
        body = text.encode()
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
    return Finding(rule, "violation", words, Spot(at.line, at.column))


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


# --- JSON-LD -------------------------------------------------------------------------------


def _with_context(job: Job, text: str, context: Mapping[str, Any] | None) -> bytes:
    """Return a JSON-LD document whose contexts are all inside it.

    Raises:
        Unreadable: it is not JSON, or it calls a context from elsewhere.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(_not_json(text, error)) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(Finding("syntax", "violation", same(str(error)), Spot(1, 1))) from error
    if not isinstance(value, dict | list):
        said = {
            "fr": "un objet { … } ou une liste [ … ] est attendu",
            "en": "an object { … } or a list [ … ] is expected",
        }
        raise Unreadable(Finding("syntax", "violation", said, Spot(1, 1), text[:40]))
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "@context" in one:
                one["@context"] = _inline(text, one["@context"], context)
            for key in ("@import", "@propagate", "@included"):
                if key == "@import" and key in one:
                    raise Unreadable(_remote(text, str(one[key])))
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _inline(text: str, given: Any, context: Mapping[str, Any] | None) -> Any:
    if isinstance(given, list):
        return [_inline(text, one, context) for one in given]
    if not isinstance(given, str):
        return given
    if given in CONTEXTS and context is not None:
        return context.get("@context", context)
    raise Unreadable(_remote(text, given))


def _remote(text: str, seen: str) -> Finding:
    offset = max(text.find(json.dumps(seen, ensure_ascii=False)), 0)
    ours = BASE + "context.jsonld"
    return Finding(
        "remote-context",
        "violation",
        {
            "fr": "un @context d’une autre adresse n’est jamais lu : l’écrire dans le fichier, ou "
            f"nommer le nôtre, {ours}",
            "en": "a @context from another address is never read: write it in the file, or name "
            f"ours, {ours}",
        },
        Spot(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)),
        seen=seen,
        expected=same(ours),
        example=f'"@context": "{ours}"',
    )


_JSON_WORDS: Final = {
    "Expecting ',' delimiter": ("il manque une virgule", "a comma is missing"),
    "Expecting property name enclosed in double quotes": (
        'un nom entre guillemets droits "…" est attendu (une virgule de trop avant ?)',
        'a name between straight quotes "…" is expected (one comma too many before it?)',
    ),
    "Expecting value": ("une valeur est attendue", "a value is expected"),
    "Expecting ':' delimiter": ("il manque deux-points", "a colon is missing"),
    "Unterminated string starting at": (
        'texte ouvert par " et jamais refermé',
        'text opened by " and never closed',
    ),
    "Extra data": (
        "il y a encore du texte après la fin",
        "there is more text after the end",
    ),
    "Invalid control character at": (
        "un retour à la ligne ou un caractère de contrôle dans un texte : écrire \\n",
        "a line break or control character inside a text: write \\n",
    ),
    "Invalid \\escape": ("« \\ » suivi d’un signe inconnu", "“\\” followed by an unknown sign"),
}


def _not_json(text: str, error: json.JSONDecodeError) -> Finding:
    if not text.strip():
        return Finding("empty", "violation", EMPTY, Spot(1, 1), "0")
    fr, en = _JSON_WORDS.get(error.msg, ("ce n’est pas du JSON", "this is not JSON"))
    position = error.pos
    if error.msg.startswith("Expecting ','"):  # the fault is at the end of what comes before
        position = len(text[:position].rstrip())
    before = text[:position]
    place = Spot(before.count("\n") + 1, position - before.rfind("\n"))
    return Finding(
        "syntax",
        "violation",
        {"fr": fr, "en": en},
        place,
        seen=text.splitlines()[place.line - 1].strip()[:120] if place.line else "",
        detail=error.msg,
    )


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
        return _lost(text, error, whole)
    place = (error.lineno or 1, error.offset or 1)
    path = job.name if job.name.endswith(suffix) else f"{job.name}{suffix}"
    found = of_error(mistakes.explain(text, path, *place, said), "syntax")
    row = text.splitlines()[found.spot.line - 1] if found.spot.line else ""
    return Finding(
        found.rule,
        "violation",
        found.message,
        found.spot,
        seen=row.strip()[:120],
        example=_added_line(found.message["fr"]),
        detail=said,
    )


def _added_line(said: str) -> str:
    """Return the line that an explanation tells to add, "" when there is none."""
    match = re.search(r"@prefix \S+: <[^>]+> \.", said)
    return match[0] if match else ""


def _lost(text: str, error: SyntaxError, said: str) -> Finding:
    line, column = error.lineno, error.offset
    if line is None and (match := re.search(r"expected `(</[^`]+>)`, but `(</[^`]+>)`", said)):
        offset = text.find(match[2])
        line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
        fr = f"l’élément se ferme par {match[2]}, {match[1]} est attendu"
        en = f"the element is closed by {match[2]}, {match[1]} is expected"
        return Finding("syntax", "violation", {"fr": fr, "en": en}, Spot(line, column), match[2],
                       same(match[1]), fix=match[1], detail=said)  # fmt: skip
    words = {"fr": f"le fichier ne peut pas être lu : {said}", "en": f"it cannot be read: {said}"}
    spot = Spot(line or 1, column or 1)
    row = text.splitlines()[spot.line - 1] if spot.line and text.strip() else ""
    return Finding("syntax", "violation", words, spot, seen=row.strip()[:120], detail=said)


def _placed(quad: ox.Quad, graph: str) -> ox.Quad:
    if not isinstance(quad.graph_name, ox.DefaultGraph) or graph == DEFAULT:
        return quad
    return ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))


def _oddities(text: str, suffix: str) -> tuple[Finding, ...]:
    if suffix not in {".ttl", ".trig"}:
        return ()
    return tuple(
        Finding("odd", "info", {"fr": one.fr, "en": one.en}, Spot(one.location.line, one.location.column))
        for one in oddities.notices(text, f"x{suffix}", 1)
    )  # fmt: skip


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
