"""From the bytes of an upload to quads and a report; runs in a limited process only.

`run` parses, applies the rules of privilege, and gives blank nodes names of their own. It opens
no file and no connection: by then, the process may not (`__main__`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.intake import privilege
from coopkg.build.intake.privilege import Fault
from coopkg.build.turtle import lines, mistakes
from coopkg.contributions.job import Job, Outcome, Status
from coopkg.contributions.model import DEFAULT
from coopkg.errors import SourceError
from coopkg.terms import BASE
from coopkg.typography import french

FORMATS: Final = {
    "text/turtle": (ox.RdfFormat.TURTLE, ".ttl"),
    "application/trig": (ox.RdfFormat.TRIG, ".trig"),
    "application/n-triples": (ox.RdfFormat.N_TRIPLES, ".nt"),
    "application/n-quads": (ox.RdfFormat.N_QUADS, ".nq"),
}
SHOWN: Final = 100
"""Findings of one report; how many there are is told."""


def run(job: Job, body: bytes) -> Outcome:
    """Return what an upload holds and what is wrong with it."""
    if job.method == "delete":
        return _outcome("conforms", [], job, graphs=(job.graph or "",))
    kind = FORMATS.get(job.media_type.partition(";")[0].strip().lower())
    if kind is None or job.method == "patch":
        return _outcome("unsupported", [_unsupported(job)], job)
    try:
        quads = _parsed(job, body, *kind)
    except SourceError as error:
        return _outcome("unparsable", [_unparsable(job, error)], job)
    if len(quads) > job.limits["quads"]:
        return _outcome("too-large", [_too_many(job, len(quads))], job)
    faults = list(privilege.faults(job, quads))
    if not quads and job.partner["role"] != "operator":
        faults.append(privilege.empty())
    if faults:
        found = _findings(job, faults, body, quads, kind[1])
        return _outcome("violations", found, job, count=len(faults))
    kept = [_named(job, body, quad) for quad in quads]
    graphs = {_name(quad) for quad in kept} | ({target(job)} if job.graph else set())
    text = "".join(sorted({f"{quad} .\n" for quad in kept})).encode()
    return _outcome("conforms", [], job, graphs=tuple(sorted(graphs)), added=text)


def target(job: Job) -> str:
    """Return the graph of the triples that name none."""
    return job.graph or f"{BASE}graph/partner/{job.partner['name']}"


def _parsed(job: Job, body: bytes, form: ox.RdfFormat, suffix: str) -> list[ox.Quad]:
    """Return the quads of a file, each in its graph.

    Raises:
        SourceError: it cannot be read: where, and the likely cause.
    """
    text = mistakes.decode(body, job.name)
    base = f"{BASE}graph/partner/{job.partner['name']}" if job.graph in {None, DEFAULT} else ""
    turtle = form in {ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG}
    try:
        read = ox.parse(body, format=form, base_iri=(base or job.graph) if turtle else None)
        quads: list[ox.Quad] = []
        for quad in read:
            quads.append(quad)
            if len(quads) > job.limits["quads"]:
                break
    except SyntaxError as error:
        said = str(error.msg).partition(": ")[2]
        place = (error.lineno or 1, error.offset or 1)
        path = job.name if job.name.endswith(suffix) else f"{job.name}{suffix}"
        raise mistakes.explain(text, path, *place, said) from error
    return [_placed(quad, target(job)) for quad in quads]


def _placed(quad: ox.Quad, graph: str) -> ox.Quad:
    if not isinstance(quad.graph_name, ox.DefaultGraph) or graph == DEFAULT:
        return quad
    return ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))


def _name(quad: ox.Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else DEFAULT


def _named(job: Job, body: bytes, quad: ox.Quad) -> ox.Quad:
    """Give blank nodes a name: an IRI of the partner's, or one apart in an operator's graph."""
    own = privilege.is_own(job, _name(quad))
    digest = hashlib.sha256(body).hexdigest()[:8]

    def term(one: Any) -> Any:
        if not isinstance(one, ox.BlankNode):
            return one
        label = hashlib.sha256(one.value.encode()).hexdigest()[:12]
        if own:
            return ox.NamedNode(f"{job.partner['base']}genid/{digest}-{label}")
        return ox.BlankNode("b" + job.serial.replace("-", "") + label)

    return ox.Quad(term(quad.subject), quad.predicate, term(quad.object), quad.graph_name)


# --- The report ----------------------------------------------------------------------------


def _outcome(
    status: Status,
    findings: Sequence[dict[str, Any]],
    job: Job,
    graphs: tuple[str, ...] = (),
    added: bytes = b"",
    count: int | None = None,
) -> Outcome:
    why = findings[0]["message"] if findings else {}
    report = {
        "status": status,
        "findings": list(findings[:SHOWN]),
        "count": len(findings) if count is None else count,
        "why": why,
    }
    counts = {"added": added.count(b"\n"), "removed": 0}
    return Outcome(status, report, {}, graphs, counts, added)


def _finding(job: Job, rule: str, fr: str, en: str, **more: Any) -> dict[str, Any]:
    return {
        "rule": rule,
        "severity": "violation",
        "file": job.name,
        "message": {"fr": french(fr), "en": en},
        "cause": rule,
        **more,
    }


def _unsupported(job: Job) -> dict[str, Any]:
    known = ", ".join(FORMATS)
    return _finding(
        job,
        "unsupported",
        f"ce format n’est pas lu ici ; le sont : {known}",
        f"this format is not read here; these are: {known}",
        seen=job.media_type,
        expected=known,
    )


def _unparsable(job: Job, error: SourceError) -> dict[str, Any]:
    at = error.location
    place = {"line": at.line, "column": at.column}
    return _finding(job, "syntax", error.message("fr"), error.message("en"), **place)


def _too_many(job: Job, seen: int) -> dict[str, Any]:
    allowed = job.limits["quads"]
    return _finding(
        job,
        "too-many",
        f"plus de {allowed} triplets dans un même envoi : le couper en plusieurs",
        f"more than {allowed} triples in one upload: cut it in several",
        seen=str(seen),
        expected=str(allowed),
    )


def _findings(
    job: Job, faults: Iterable[Fault], body: bytes, quads: Sequence[ox.Quad], suffix: str
) -> list[dict[str, Any]]:
    """Say where each fault stands: the line and column of its triple, when they are known."""
    try:
        places = lines.places(body.decode(), quads) if suffix != ".nq" else None
    except lines.Misread:
        places = None
    found = []
    for fault in list(faults)[:SHOWN]:
        place: dict[str, Any] = {}
        if places is not None and fault.number is not None:
            line, column = getattr(places[fault.number], fault.part)
            place = {"line": line, "column": column}
        more = {"seen": fault.seen, "expected": fault.expected, "subject": fault.subject}
        found.append(_finding(job, fault.rule, fault.fr, fault.en, **place, **more))
    return found
