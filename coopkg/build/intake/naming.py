"""Addresses for things without one: made of what is said of them, so that they stay the same.

A file that is sent again with a comment more says the same things: they are not doubled.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyoxigraph as ox

ROUNDS: Final = 8
"""How many steps away what is said of others still tells one thing from another."""


def labels(quads: Sequence[ox.Quad]) -> Mapping[str, str]:
    """Return a label for each blank node, by its name in the file.

    It comes of all that leads to the node and from it. Nodes of which the very same is said are
    numbered in the order of the file: they stay as many as they are.
    """
    about: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        for term in dict.fromkeys((quad.subject, quad.object)):
            if isinstance(term, ox.BlankNode):
                about[term.value].append(quad)
    known = dict.fromkeys(about, "")
    for _ in range(min(ROUNDS, len(about) + 1)):
        known = {name: _told(name, said, known) for name, said in about.items()}
    often: dict[str, int] = defaultdict(int)
    found: dict[str, str] = {}
    for name, label in known.items():
        found[name] = f"{label}-{often[label]}" if often[label] else label
        often[label] += 1
    return found


def _told(name: str, said: Sequence[ox.Quad], known: Mapping[str, str]) -> str:
    """Return what tells a node from others, from what was known of those."""

    def word(term: Any) -> str:
        if not isinstance(term, ox.BlankNode):
            return str(term)
        return "_:" if term.value == name else f"_:{known[term.value]}"

    lines = sorted(
        f"{word(quad.subject)} {quad.predicate} {word(quad.object)} {quad.graph_name}"
        for quad in said
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
