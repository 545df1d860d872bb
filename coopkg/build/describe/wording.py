"""The words by which a passage states each of the things that it states."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pyoxigraph as ox

from coopkg.terms import PREFIXES, RDF_TYPE, expand

_WORDS: Final = expand("coop:statedAs")
_WORDING: Final = expand("coop:wording")
_PARTICIPATION: Final = expand("coop:Participation")


def wording(quads: Iterable[ox.Quad]) -> dict[str, dict[str, Any]]:
    """Return what each passage says of its words; `coopkg.answers.quoting` reads it.

    Shape: ``{graph: {"words": {node: phrase}, "own": [node…], "rests": {property: where}}}``:
    `own` are its participations, which only their own words state; `rests` says of a property
    whose words state it. Without `words`, the key phrase of the passage states all that it says.
    """
    said: dict[str, dict[str, str]] = {}
    own: dict[str, set[str]] = {}
    used: dict[str, set[str]] = {}
    rules: dict[str, str] = {}
    for quad in quads:
        subject, predicate, value = quad.subject, quad.predicate, quad.object
        if predicate == _WORDING and isinstance(value, ox.Literal):
            rules[_iri(subject)] = value.value
        if not isinstance(quad.graph_name, ox.NamedNode):
            continue
        graph = quad.graph_name.value
        if not graph.startswith(PREFIXES["passage"]):
            continue
        used.setdefault(graph, set()).add(predicate.value)
        if predicate == _WORDS and isinstance(value, ox.Literal):
            said.setdefault(graph, {})[_iri(subject)] = value.value
        elif predicate == RDF_TYPE and value == _PARTICIPATION:
            own.setdefault(graph, set()).add(_iri(subject))
    found: dict[str, dict[str, Any]] = {}
    for graph, properties in used.items():
        entry = found.setdefault(graph, {})
        if graph in said:
            entry["words"] = dict(sorted(said[graph].items()))
            entry["own"] = sorted(own.get(graph, ()))
        rests = {one: rules[one] for one in sorted(properties & rules.keys())}
        if rests:
            entry["rests"] = rests
    return found


def is_of_wording(quad: ox.Quad) -> bool:
    """Tell whether `wording` reads a quad."""
    return quad.predicate == _WORDING or _iri(quad.graph_name).startswith(PREFIXES["passage"])


def _iri(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode) else ""
