"""A network: nodes and links, laid out as Fruchterman and Reingold do, always in the same way."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from coopkg.errors import Lang
from coopkg.figures import svg
from coopkg.figures.places import Names, Places, layout, width_of
from coopkg.figures.table import Table

MOST_NODES: Final = 60
MOST_LINKS: Final = 400
NAMED: Final = 40
"""Up to so many nodes, all are named; beyond, the most linked ones."""
NAMED_LINKS: Final = 12
_THING: Final = (("élément", "éléments"), ("item", "items"))
_SMALL: Final = 420.0  # wide at most: it may shrink to a phone, and its names are written in lines


@dataclass(frozen=True)
class Node:
    """A node: `key` tells it apart, `label` is what is read, `kind` (0–5) chooses its colour."""

    key: str
    label: str
    kind: int = 0


@dataclass(frozen=True)
class Link:
    """A link between two keys, and its name."""

    start: str
    end: str
    label: str = ""


@dataclass(frozen=True)
class Network:
    """Nodes and links; a link to a key without a node is refused by `KeyError`."""

    title: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    ends: tuple[str, str] | None = None
    """What stands at the two ends of a link, for the headings of the table; None: from, to."""

    def _degrees(self) -> Counter[str]:
        found = Counter({node.key: 0 for node in self.nodes})
        for link in self.links:
            found[link.start] += 1
            found[link.end] += 1
        return found

    def _kept(self) -> tuple[list[Node], list[Link]]:
        """Return what is drawn: the most linked nodes, and the links between them."""
        known = {node.key for node in self.nodes}
        for link in self.links:
            if not {link.start, link.end} <= known:
                raise KeyError(f"{link.start} → {link.end}: a node is missing")
        degrees = self._degrees()
        ranked = sorted(self.nodes, key=lambda one: (-degrees[one.key], one.label, one.key))
        nodes = ranked[:MOST_NODES]
        keys = {node.key for node in nodes}
        links = [link for link in self.links if {link.start, link.end} <= keys]
        return nodes, links[:MOST_LINKS]

    def summary(self, lang: Lang) -> str:
        """Say how many nodes and links, and which node has most: all there is to say undrawn."""
        if not self.nodes:
            return svg.say(lang, "Aucun élément à dessiner.", "No item to draw.")
        degrees = self._degrees()
        first = min(self.nodes, key=lambda one: (-degrees[one.key], one.label, one.key))
        nodes = svg.count(len(self.nodes), lang, *_THING)
        links = svg.count(len(self.links), lang, ("lien", "liens"), ("link", "links"))
        said = f"{nodes}, {links}."
        if degrees[first.key]:
            most = svg.count(degrees[first.key], lang, ("lien", "liens"), ("link", "links"))
            said += svg.say(
                lang,
                f" Le plus relié : {svg.plain(first.label)} ({most}).",
                f" Most linked: {svg.plain(first.label)} ({most}).",
            )
        return said

    def message(self, lang: Lang) -> str:
        """Say what the picture shows, and what it leaves out."""
        said = self.summary(lang)
        kept, drawn = self._kept()
        lost, unlinked = len(self.nodes) - len(kept), len(self.links) - len(drawn)
        if lost or unlinked:
            nodes = svg.count(lost, lang, *_THING)
            links = svg.count(unlinked, lang, ("lien", "liens"), ("link", "links"))
            said += svg.say(
                lang,
                f" Non dessinés : {nodes}, {links} ; le tableau les a tous.",
                f" Not drawn: {nodes}, {links}; the table has them all.",
            )
        if len(kept) > NAMED:
            said += svg.say(
                lang,
                f" Seuls les {NAMED} éléments les plus reliés portent leur nom.",
                f" Only the {NAMED} most linked items carry their names.",
            )
        return said

    def table(self, lang: Lang) -> Table:
        """Return every link, then the nodes that have none."""
        label = {node.key: svg.plain(node.label) for node in self.nodes}
        rows = [(label[one.start], svg.plain(one.label), label[one.end]) for one in self.links]
        degrees = self._degrees()
        rows += [(label[node.key], "–", "–") for node in self.nodes if not degrees[node.key]]
        names = self.ends or (("De", "À") if lang == "fr" else ("From", "To"))
        if not any(one.label for one in self.links):  # nothing to say of each link: no column
            return Table(self.title, names, tuple((start, end) for start, _, end in rows))
        link = "Lien" if lang == "fr" else "Link"
        return Table(self.title, (names[0], link, names[1]), tuple(rows))

    def svg(self, lang: Lang, key: str) -> str:
        """Draw the network: links first, nodes over them, names over all."""
        nodes, links = self._kept()
        pairs = [(link.start, link.end) for link in links]
        width = width_of(len(nodes))
        places, height = layout([node.key for node in nodes], pairs, width)
        degrees = self._degrees()
        inside = [*_links(links, places), *_nodes(nodes, places, degrees)]
        names = Names([(*places[n.key], _radius(degrees[n.key])) for n in nodes], width, height)
        lines = (18, 3) if width <= _SMALL else (26, 2)
        inside += _names(nodes[:NAMED], places, degrees, names, lines)
        if len(links) <= NAMED_LINKS:
            inside += _link_names(links, places, names)
        kind = "network small" if width <= _SMALL else "network"
        return svg.frame(
            key,
            kind,
            self.title,
            self.message(lang),
            *inside,
            viewBox=f"0 0 {svg.size(width)} {svg.size(max(height, 40))}",
            width=svg.size(width),
        )


def _links(links: Sequence[Link], places: Places) -> Iterator[str]:
    for start, end in dict.fromkeys((link.start, link.end) for link in links):
        (x1, y1), (x2, y2) = places[start], places[end]
        at = {"x1": svg.size(x1), "y1": svg.size(y1), "x2": svg.size(x2), "y2": svg.size(y2)}
        yield svg.element("line", class_="link", **at)


def _link_names(links: Sequence[Link], places: Places, taken: Names) -> Iterator[str]:
    """Yield the names of links, along them, where they cover nothing; the table has them all."""
    named: dict[tuple[str, str], list[str]] = {}
    for link in links:
        if link.label:
            named.setdefault((link.start, link.end), []).append(link.label)
    for (start, end), labels in named.items():
        (x1, y1), (x2, y2) = places[start], places[end]
        words = svg.wrapped(", ".join(labels), 30, 1)[0]
        for part in (0.5, 0.6, 0.4, 0.7, 0.3):
            x, y = x1 + (x2 - x1) * part, y1 + (y2 - y1) * part - 3
            if taken.fit(x, y, words):
                at = {"x": svg.size(x), "y": svg.size(y)}
                yield svg.text(words, class_="link-name", text_anchor="middle", **at)
                break


def _radius(degree: int) -> float:
    return 5.0 + 2.2 * math.sqrt(degree)


def _nodes(nodes: Sequence[Node], places: Places, degrees: Mapping[str, int]) -> Iterator[str]:
    for node in nodes:
        x, y = places[node.key]
        kind = f"dot s{node.kind % 6 + 1}"
        r = svg.size(_radius(degrees[node.key]))
        yield svg.element("circle", class_=kind, cx=svg.size(x), cy=svg.size(y), r=r)


def _names(
    nodes: Sequence[Node],
    places: Places,
    degrees: Mapping[str, int],
    taken: Names,
    room: tuple[int, int],
) -> Iterator[str]:
    for node in nodes:
        lines = svg.wrapped(node.label, *room)
        at = taken.put(*places[node.key], _radius(degrees[node.key]), lines)
        for number, line in enumerate(lines):
            foot = {"x": svg.size(at.x), "y": svg.size(at.y + 15 * number)}
            yield svg.text(line, class_="name", text_anchor=at.anchor, **foot)
