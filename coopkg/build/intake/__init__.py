"""From the bytes of an upload to quads, a report and a what-if; runs in a limited process only.

    read → rules of privilege → shapes, raw then closed → what it would change

`run` opens no file and no connection: by then the process may not (`__main__`). What it needs of
the current generation is read before (`ready`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.intake import identifiers, naming, plain, privilege, reading, tables, whatif
from coopkg.build.intake.findings import NOWHERE, Finding, Spot, Unreadable, report, same
from coopkg.build.intake.ground import Ground, load
from coopkg.build.intake.limits import LimitError
from coopkg.build.intake.reading import RDF, Read, target
from coopkg.build.intake.shapes import Change, Checker
from coopkg.contributions.job import OTHER_SHEET, OTHER_SHEETS, Job, Outcome, Status
from coopkg.contributions.model import DEFAULT

__all__ = ["KINDS", "Ready", "ready", "run"]

KINDS: Final = (*RDF, *tables.KINDS)


@dataclass(frozen=True)
class Ready:
    """What a check needs of the current generation, loaded: see `ready`."""

    ground: Ground
    checker: Checker | None

    @cached_property
    def today(self) -> whatif.Today:
        """What the generation answers, as far as it was asked."""
        return whatif.Today.of(self.ground)

    def parts(self) -> Iterator[None]:
        """Ask it, part by part, all that a what-if asks; nothing of one too large to be made."""
        if not (self.ground.is_bare or whatif.is_too_large(self.ground)):
            today = self.today
            yield
            yield from whatif.asking_today(today, self.ground)


NOTHING: Final = Ready(Ground(), None)


def ready(generation: str, root: str = "", warm: bool = False, before: Ready = NOTHING) -> Ready:
    """Return what is needed of the generation of a directory; `warm` loads all that loads late.

    What is the same as in the generation read `before` is taken from there.
    """
    ground = load(generation, root, before.ground)
    if warm:
        tables.warm()
        identifiers.warm()
        whatif.warm()
    if ground.is_bare:
        return Ready(ground, None)
    checker = Checker(ground, before.checker)
    if warm:
        _ = ground.inferred
        checker.warm()
    return Ready(ground, checker)


def run(job: Job, body: bytes, known: Ready = NOTHING) -> Outcome:
    """Return what an upload holds, what is wrong with it, and what it would change."""
    if job.method == "delete":
        return _deleted(job, known)
    kind = _kind(job)
    if kind is None or (job.method == "patch" and kind not in tables.KINDS):
        return _outcome("unsupported", [_unsupported(job)], job)
    try:
        read = _read(job, body, kind, known.ground)
    except Unreadable as error:
        return _outcome("unparsable", [error.finding], job)
    except LimitError as error:
        return _outcome("too-large", [error.finding], job)
    if job.method == "patch" and not read.corrects:
        return _outcome("unsupported", [_unsupported(job)], job)
    outcome = _judged(replace(job, method="patch") if read.corrects else job, body, read, known)
    if not read.sheets:
        return outcome
    return replace(outcome, report={**outcome.report, "tables": list(read.sheets)})


def _kind(job: Job) -> str | None:
    kind = job.media_type.partition(";")[0].strip().lower()
    if kind == "application/rdf+xml" and job.graph is None:
        return None  # only where a graph store asks for it
    return kind if kind in KINDS else None


def _read(job: Job, body: bytes, kind: str, ground: Ground) -> Read:
    emptied = job.partner["role"] == "operator" and job.graph and kind in RDF
    if not body.strip() and not emptied:
        raise Unreadable(
            Finding("empty", "violation", reading.EMPTY, Spot(1, 1), seen="0", expected=same("≥ 1"))
        )
    if kind in tables.KINDS:
        return tables.read(job, body, kind, ground)
    return reading.read(job, body, kind, ground.context or None)


def _judged(job: Job, body: bytes, read: Read, known: Ready) -> Outcome:
    found = [*read.odd, *privilege.findings(job, read)]
    operator = job.partner["role"] == "operator"
    if not (read.quads or read.removed or operator or _violated(found)):
        found.append(_nothing(read))
    if _violated(found):
        return _outcome("violations", found, job)
    labels = naming.labels(read.quads)
    named = replace(read, quads=tuple(_named(job, labels, quad) for quad in read.quads))
    graphs = {_name(quad) for quad in (*named.quads, *named.removed)}
    graphs |= {target(job)} if job.graph else set()
    foreseen: dict[str, Any] = {}
    owned = [quad for quad in named.quads if privilege.is_own(job, _name(quad))]
    if owned or not operator:
        found += identifiers.findings(named, known.ground)
    if known.checker is not None and (owned or not operator):
        change = changed(job, named.quads, graphs, known.ground, named.removed)
        more = known.checker.findings(change, named, job.name)
        more = plain.told(more, named, job.media_type, _label(job, known.ground))
        found += [_shorter(one, job.partner["base"]) for one in more]
        if _violated(found):
            return _outcome("violations", found, job)
        foreseen = whatif.of(job, change, known.ground, lambda: known.today)
    elif _violated(found):
        return _outcome("violations", found, job)
    status: Status = "warnings" if any(one.severity == "warning" for one in found) else "conforms"
    added, removed = _text(named.quads), _text(named.removed)
    made = _outcome(status, found, job, tuple(sorted(graphs)), added, foreseen, removed)
    return replace(made, counts=_counts(made, named, known.ground))


def _counts(made: Outcome, read: Read, ground: Ground) -> dict[str, int]:
    """Return how many facts come and go; `read`, how many were read when some were there."""
    there = {quad for iri in made.graphs for quad in ground.by_graph.get(iri, ())}
    known = sum(quad in there for quad in dict.fromkeys(read.quads))
    counts = {**made.counts, "added": made.counts["added"] - known}
    return {**counts, "read": made.counts["added"]} if known else counts


def _text(quads: Iterable[ox.Quad]) -> bytes:
    return "".join(sorted({f"{quad} .\n" for quad in quads})).encode()


def _label(job: Job, ground: Ground) -> Callable[[str], str]:
    return lambda iri: ground.label(iri).get(job.lang, "")


def _shorter(one: Finding, base: str) -> Finding:
    """Name the partner's own things as the partner does, without the base of their addresses."""
    return replace(
        one, message={lang: text.replace(base, "") for lang, text in one.message.items()}
    )


def _violated(found: Iterable[Finding]) -> bool:
    return any(one.severity == "violation" for one in found)


def _deleted(job: Job, known: Ready) -> Outcome:
    graphs = (job.graph or "",)
    foreseen: dict[str, Any] = {}
    if known.checker is not None and privilege.is_own(job, graphs[0]):
        change = changed(job, (), set(graphs), known.ground)
        found = known.checker.findings(change, Read((), lambda *_: NOWHERE), job.name)
        if _violated(found):
            return _outcome("violations", found, job)  # others rest on it: publishing would refuse
        foreseen = whatif.of(job, change, known.ground, lambda: known.today)
        return _outcome("conforms", found, job, graphs, whatif=foreseen)
    return _outcome("conforms", [], job, graphs)


def changed(
    job: Job,
    quads: Sequence[ox.Quad],
    graphs: set[str],
    ground: Ground,
    removed: Iterable[ox.Quad] = (),
) -> Change:
    """Return what an upload does to the sources of a generation."""
    own = {iri for iri in graphs if privilege.is_own(job, iri)}
    before = {quad for iri in own for quad in ground.by_graph.get(iri, ())}
    sent = {quad for quad in quads if _name(quad) in own}
    after = sent if job.method in {"put", "delete"} else (before - set(removed)) | sent
    added, gone = after - before, sorted(before - after, key=str)
    fresh = [quad for quad in dict.fromkeys(quads) if quad in added]
    return Change(tuple(fresh), tuple(gone), ground)


def _name(quad: ox.Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else DEFAULT


def _named(job: Job, labels: Mapping[str, str], quad: ox.Quad) -> ox.Quad:
    """Give blank nodes a name: an IRI of the partner's, or one apart in an operator's graph."""
    own = privilege.is_own(job, _name(quad))

    def term(one: Any) -> Any:
        if not isinstance(one, ox.BlankNode):
            return one
        label = labels[one.value]
        if own:
            return ox.NamedNode(f"{job.partner['base']}genid/{label}")
        return ox.BlankNode("b" + f"{job.serial}-{label}".replace("-", ""))

    return ox.Quad(term(quad.subject), quad.predicate, term(quad.object), quad.graph_name)


# --- The outcome ---------------------------------------------------------------------------


def _outcome(
    status: Status,
    findings: Sequence[Finding],
    job: Job,
    graphs: tuple[str, ...] = (),
    added: bytes = b"",
    whatif: dict[str, Any] | None = None,
    removed: bytes = b"",
) -> Outcome:
    counts = {"added": added.count(b"\n"), "removed": removed.count(b"\n")}
    said = report(findings, job.name, status)
    method = job.method if job.method == "patch" else ""
    return Outcome(status, said, whatif or {}, graphs, counts, added, removed, method)


def _unsupported(job: Job) -> Finding:
    known = ", ".join(KINDS)
    kind = job.media_type.lower()
    is_sheet = job.name.lower().endswith(OTHER_SHEETS) or "excel" in kind or "opendocument" in kind
    return Finding(
        "unsupported",
        "violation",
        OTHER_SHEET
        if is_sheet
        else {
            "fr": f"ce format n’est pas lu ici ; le sont : {known}",
            "en": f"this format is not read here; these are: {known}",
        },
        seen=job.media_type,
        expected=same(known),
    )


def _nothing(read: Read) -> Finding:
    """Return what is wrong with a file that says nothing."""
    what = ("ligne de données", "row of data") if read.is_table else ("triplet", "triple")
    return Finding(
        "empty",
        "violation",
        {
            "fr": f"le fichier ne contient {'aucune' if read.is_table else 'aucun'} {what[0]} : "
            "rien n’a été envoyé",
            "en": f"the file holds no {what[1]}: nothing was sent",
        },
        seen="0",
        expected=same("≥ 1"),
        example='mon:regie a org:Organization ; skos:prefLabel "Régie de l’eau"@fr .',
    )
