"""Where the nodes of a network stand, and their names: always the same for the same data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

TURNS: Final = 120
WIDTH: Final = 960.0
_NARROWEST: Final = 360.0  # a phone shows it whole, and its names can be read
_WIDER: Final = 120.0
_GOLDEN: Final = math.pi * (3 - math.sqrt(5))
_ROOM: Final = 114.0  # for a node, its name and some air
_SIDE, _TOP = 72.0, 42.0  # around a group: names reach beyond their nodes
_LETTER, _LINE = 7.6, 15.0

Places = dict[str, tuple[float, float]]
Pairs = Sequence[tuple[int, int]]


def width_of(number: int) -> float:
    """Return how wide a network of so many nodes is drawn.

    >>> width_of(4), width_of(36), width_of(100)
    (360.0, 720.0, 960.0)
    """
    return min(WIDTH, max(_NARROWEST, _WIDER * math.sqrt(number)))


def layout(
    keys: Sequence[str], links: Sequence[tuple[str, str]], widest: float = WIDTH
) -> tuple[Places, float]:
    """Return where each node stands, and the height of the whole.

    Each group of linked nodes is laid out by itself (Fruchterman and Reingold, 1991), from a fixed
    spiral on; the groups stand beside each other, the largest first.
    """
    places: Places = {}
    left = top = row = 0.0
    groups = _groups(keys, links)
    for group in groups:
        width, height = _size(len(group), widest)
        width = widest if len(groups) == 1 else width
        if left and left + width > widest:
            left, top, row = 0.0, top + row, 0.0
        inside = [link for link in links if link[0] in group]
        for key, (x, y) in _arranged(group, inside).items():
            places[key] = (
                round(left + _SIDE + x * (width - 2 * _SIDE), 1),
                round(top + _TOP + y * (height - 2 * _TOP), 1),
            )
        left, row = left + width, max(row, height)
    return places, top + row


def _size(number: int, widest: float) -> tuple[float, float]:
    side = _ROOM * math.sqrt(number)
    if number > 1:
        return min(widest, side * 1.25 + 2 * _SIDE), side * 0.8 + 2 * _TOP
    return 2 * _SIDE, 2 * _TOP


def _groups(keys: Sequence[str], links: Sequence[tuple[str, str]]) -> list[dict[str, None]]:
    """Return the nodes that hang together, in their order, the largest group first."""
    beside: dict[str, list[str]] = {key: [] for key in keys}
    for a, b in links:
        beside[a].append(b)
        beside[b].append(a)
    seen: set[str] = set()
    found = []
    for key in keys:
        if key in seen:
            continue
        group, waiting = set(), [key]
        while waiting:
            one = waiting.pop()
            if one not in group:
                group.add(one)
                waiting += beside[one]
        seen |= group
        found.append(dict.fromkeys(one for one in keys if one in group))
    return sorted(found, key=len, reverse=True)


def _arranged(keys: dict[str, None], links: Sequence[tuple[str, str]]) -> Places:
    """Return the nodes of a group between 0 and 1, both ways."""
    number = {key: index for index, key in enumerate(keys)}
    pairs = sorted({(number[a], number[b]) for a, b in links if a != b})
    spot = [
        [math.sqrt((i + 0.5) / len(keys)) * f(i * _GOLDEN) for f in (math.cos, math.sin)]
        for i in range(len(keys))
    ]
    ideal = math.sqrt(4.0 / len(keys))
    for turn in range(TURNS):
        heat = 0.25 * (1 - turn / TURNS) + 0.002
        for place, (dx, dy) in zip(spot, _forces(spot, pairs, ideal), strict=True):
            length = math.hypot(dx, dy) or 1e-9
            step = min(length, heat) / length
            place[0] += dx * step
            place[1] += dy * step
    return dict(zip(keys, _fitted(spot), strict=True))


def _forces(spot: Sequence[Sequence[float]], pairs: Pairs, ideal: float) -> list[list[float]]:
    """Return where each node is driven: apart from all others, towards its neighbours."""
    force = [[-0.12 * x, -0.12 * y] for x, y in spot]  # a little gravity
    square = ideal * ideal
    for i, (x1, y1) in enumerate(spot):
        mine = force[i]
        for j in range(i):
            dx, dy = x1 - spot[j][0], y1 - spot[j][1]
            push = square / (dx * dx + dy * dy + 1e-6)
            mine[0] += dx * push
            mine[1] += dy * push
            force[j][0] -= dx * push
            force[j][1] -= dy * push
    for i, j in pairs:
        dx, dy = spot[i][0] - spot[j][0], spot[i][1] - spot[j][1]
        pull = math.hypot(dx, dy) / ideal
        force[i][0] -= dx * pull
        force[i][1] -= dy * pull
        force[j][0] += dx * pull
        force[j][1] += dy * pull
    return force


def _fitted(spot: Sequence[Sequence[float]]) -> Iterator[tuple[float, float]]:
    if len(spot) == 1:
        yield 0.5, 0.5
        return
    lows = [min(place[axis] for place in spot) for axis in (0, 1)]
    widths = [max(place[axis] for place in spot) - lows[axis] for axis in (0, 1)]
    for place in spot:
        x, y = ((place[a] - lows[a]) / widths[a] if widths[a] > 1e-6 else 0.5 for a in (0, 1))
        yield x, y


@dataclass(frozen=True)
class Box:
    """A rectangle that something fills."""

    left: float
    top: float
    right: float
    bottom: float

    def shared(self, other: Box) -> float:
        """Return the surface that two rectangles share."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height if width > 0 and height > 0 else 0.0


@dataclass(frozen=True)
class Name:
    """Where the first line of a name stands, and which side of it is held."""

    x: float
    y: float
    anchor: str


class Names:
    """Puts names beside their nodes where they cover least."""

    def __init__(
        self, nodes: Sequence[tuple[float, float, float]], width: float, height: float
    ) -> None:
        self._taken = [Box(x - r, y - r, x + r, y + r) for x, y, r in nodes]
        self._width, self._height = width, height

    def put(self, x: float, y: float, r: float, lines: Sequence[str]) -> Name:
        """Return where a name goes, and keep its place."""
        width = max(len(line) for line in lines) * _LETTER
        height = len(lines) * _LINE
        tried: list[tuple[float, int, Name, Box]] = []
        for name, left, top in (
            (Name(x, y + r + 13, "middle"), x - width / 2, y + r + 2),
            (Name(x, y - r - 5 - height + _LINE, "middle"), x - width / 2, y - r - 5 - height),
            (Name(x + r + 5, y - height / 2 + 11, "start"), x + r + 5, y - height / 2),
            (Name(x - r - 5, y - height / 2 + 11, "end"), x - r - 5 - width, y - height / 2),
        ):
            box = Box(left, top, left + width, top + height)
            tried.append((self._cost(box), len(tried), name, box))
        _, _, name, box = min(tried, key=lambda one: one[:2])
        self._taken.append(box)
        return name

    def fit(self, x: float, y: float, line: str) -> bool:
        """Tell whether a line of text centred there covers nothing, and then keep its place."""
        half = len(line) * _LETTER * 0.42
        box = Box(x - half, y - 11, x + half, y + 3)
        fits = self._cost(box) == 0
        if fits:
            self._taken.append(box)
        return fits

    def _cost(self, box: Box) -> float:
        """Return the surface a name would cover; what leaves the picture cannot be read."""
        out = max(0.0, -box.left) + max(0.0, box.right - self._width)
        out += max(0.0, -box.top) + max(0.0, box.bottom - self._height)
        return sum(box.shared(taken) for taken in self._taken) + out * 1_000
