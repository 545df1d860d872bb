"""The names of a generation, from those of the one before: only what changes is named anew."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from coopkg.build import describe
from coopkg.build.describe import Label


@dataclass(frozen=True)
class Names:
    """What names things in a generation that was sealed: labels, and what is said of passages.

    `lines` are those of its store, in order, and `quads` the same read.
    """

    labels: Mapping[str, Label] = field(repr=False)
    passages: Mapping[str, Mapping[str, Any]] = field(repr=False)
    lines: Sequence[str] = field(repr=False)
    quads: Sequence[ox.Quad] = field(repr=False)

    def after(
        self, come: Sequence[ox.Quad], gone: Sequence[ox.Quad]
    ) -> tuple[dict[str, Label], Mapping[str, Mapping[str, Any]]] | None:
        """Return both once some quads came and others went; None when passages may change."""
        moved = (*come, *gone)
        default = ox.DefaultGraph()
        subjects = {one.subject for one in moved if one.graph_name == default}
        touched = {one.value: one for one in subjects if isinstance(one, ox.NamedNode)}
        if any(map(describe.is_of_passages, moved)) or touched.keys() & self.passages.keys():
            return None
        left = frozenset(gone)
        now = [one for one in come if one.graph_name == default]
        for node in touched.values():
            now += (one for one in self._said(node) if one not in left)
        named = describe.labels(sorted(now, key=str))
        first = {iri: self.labels[iri] for iri, said in self.passages.items() if "lines" in said}
        others = {
            iri: label
            for iri, label in self.labels.items()
            if iri not in first and iri not in touched
        }
        return first | dict(sorted((others | named).items())), self.passages

    def _said(self, node: ox.NamedNode) -> Iterator[ox.Quad]:
        """Give what the default graph said of a node."""
        begins, default = f"{node} ", ox.DefaultGraph()
        at = bisect_left(self.lines, begins)
        while at < len(self.lines) and self.lines[at].startswith(begins):
            if self.quads[at].graph_name == default:
                yield self.quads[at]
            at += 1
