"""What publishing would write about a contribution: who stated its graphs, and from which file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pyoxigraph as ox

from coopkg.build import partners as building
from coopkg.build.intake import privilege
from coopkg.build.intake.ground import Ground
from coopkg.build.intake.shapes import Change
from coopkg.contributions.graphs import Graph
from coopkg.contributions.job import Job
from coopkg.contributions.model import DEFAULT, Contribution
from coopkg.contributions.partners import Partner
from coopkg.terms import expand

_FROM: Final = expand("prov:wasDerivedFrom")
_CREATED: Final = expand("dcterms:created")


def after(job: Job, change: Change, ground: Ground) -> tuple[ox.Quad, ...]:
    """Return the sources after a contribution, with what publishing says of it."""
    own = {_name(q) for q in (*change.added, *change.removed) if privilege.is_own(job, _name(q))}
    held = {_name(quad) for quad in change.after}
    node = building.DESCRIPTION
    graphs = {ox.NamedNode(iri) for iri in own}
    said = {q for q in change.after if q.graph_name == node}
    old = {q for q in said if q.subject in graphs}
    partner, one = _partner(job), _contribution(job)
    written: set[ox.Quad] = set()
    for iri in sorted(own & held):
        graph = Graph(iri, partner.name, {}, (one,))
        triples = building.described([graph], {partner.name: partner})
        written |= {ox.Quad(t.subject, t.predicate, t.object, node) for t in triples}
    written |= _kept(job, own & held, old, ground)
    rest = {q for q in said - old if q.subject != building.agent(partner.name)}
    derived = {q.object for q in rest | written if q.predicate == _FROM}
    entities = {q.object for q in said if q.predicate == _FROM}
    rest = {q for q in rest if q.subject not in entities or q.subject in derived}
    facts = [quad for quad in change.after if quad.graph_name != node]
    return (*facts, *sorted(rest | written, key=str))


def _kept(job: Job, own: set[str], old: set[ox.Quad], ground: Ground) -> set[ox.Quad]:
    """Return what stays said of the graphs that earlier contributions still have a part in."""
    graphs = ground.sealed.get("graphs", {})
    if job.method == "put":
        return set()
    names = {ox.NamedNode(iri) for iri in own if iri in graphs}
    return {q for q in old if q.subject in names and q.predicate in {_FROM, _CREATED}}


def _name(quad: ox.Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else DEFAULT


def _partner(job: Job) -> Partner:
    name = job.partner["name"]
    label = {lang: job.partner.get(f"label_{lang}", name) for lang in ("fr", "en")}
    return Partner(name, label, "reviewed", job.partner["base"], "")


def _contribution(job: Job) -> Contribution:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Contribution(
        job.serial, 0, job.partner["name"], job.name, job.media_type, job.method, job.graph, "",
        "en" if job.lang == "en" else "fr", now, "", job.size,
    )  # fmt: skip
