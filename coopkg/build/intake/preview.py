"""What publishing would write about a contribution: who stated its graphs, and from which file."""

from __future__ import annotations

from collections.abc import Mapping
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
    stating = {_name(q) for q in change.added} if job.method == "patch" else own
    for iri in sorted(own & held & stating):
        graph = Graph(iri, partner.name, {}, (one,))
        triples = building.described([graph], {partner.name: partner})
        written |= {ox.Quad(t.subject, t.predicate, t.object, node) for t in triples}
    written |= _kept(job, own & held, old, ground, stating)
    written -= _gone(job, change, ground)
    agent = building.agent(partner.name) if own & held & stating else None
    rest = {q for q in said - old if q.subject != agent}
    derived = {q.object for q in rest | written if q.predicate == _FROM}
    entities = {q.object for q in said if q.predicate == _FROM}
    rest = {q for q in rest if q.subject not in entities or q.subject in derived}
    facts = [quad for quad in change.after if quad.graph_name != node]
    return (*facts, *sorted(rest | written, key=str))


def _kept(
    job: Job, own: set[str], old: set[ox.Quad], ground: Ground, stating: set[str]
) -> set[ox.Quad]:
    """Return what stays said of the graphs that earlier contributions still have a part in.

    All of it, for a graph where nothing new is stated.
    """
    graphs = ground.sealed.get("graphs", {})
    if job.method == "put":
        return set()
    names = {ox.NamedNode(iri) for iri in own if iri in graphs}
    restated = {_FROM, _CREATED}
    every = {ox.NamedNode(iri) for iri in own - stating}
    return {
        q for q in old if q.subject in names and (q.predicate in restated or q.subject in every)
    }


def _gone(job: Job, change: Change, ground: Ground) -> set[ox.Quad]:
    """Return what is said no more: that a graph comes from what a correction left nothing of."""
    found: set[ox.Quad] = set()
    if job.method != "patch":
        return found
    for iri, said in ground.sealed.get("graphs", {}).items():
        lost = {_line(quad) for quad in change.removed if _name(quad) == iri}
        if not lost:
            continue
        every = (_line(quad) for quad in ground.quads if _name(quad) == iri)
        origins: Mapping[str, str] = said.get("origins") or dict.fromkeys(
            every, said["contributions"][0]
        )
        for name in said["contributions"]:
            if {line for line, by in origins.items() if by == name} <= lost:
                node = ox.NamedNode(iri)
                found.add(ox.Quad(node, _FROM, building.entity(name), building.DESCRIPTION))
    return found


def _line(quad: ox.Quad) -> str:
    return f"{quad.subject} {quad.predicate} {quad.object}"


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
