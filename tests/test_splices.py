"""What is put into sorted lines and taken out of them, and what is in step with them."""

from __future__ import annotations

import random
from itertools import accumulate

import pyoxigraph as ox
import pytest

from coopkg.build.splices import Splices

EVERY = [
    ox.Quad(
        ox.NamedNode(f"http://e/{number // 7}"),
        ox.NamedNode(f"http://e/p{number % 3}"),
        ox.Literal("é" * (number % 5) + str(number)),
        ox.NamedNode("http://e/g") if number % 2 else ox.DefaultGraph(),
    )
    for number in range(300)
]


def in_order(quads: set[ox.Quad]) -> list[ox.Quad]:
    return sorted(quads, key=str)


def text(quads: list[ox.Quad]) -> bytes:
    return "".join(f"{one} .\n" for one in quads).encode()


@pytest.mark.parametrize("seed", range(12))
def test_the_lists_are_those_made_anew(seed: int) -> None:
    chance = random.Random(seed)
    before, after = (set(chance.sample(EVERY, chance.randrange(1, 290))) for _ in range(2))
    old = in_order(before)
    lines = [str(one) for one in old]
    splices = Splices.of(lines, after - before, before - after)
    assert splices is not None
    new = in_order(after)
    assert list(splices.listed(old, splices.quads)) == new
    assert list(splices.listed(lines, splices.lines)) == [str(one) for one in new]
    starts = list(accumulate((len(f"{line} .\n".encode()) for line in lines), initial=0))
    assert splices.written(text(old), starts) == text(new)


def test_nothing_that_changes_leaves_all_as_it_is() -> None:
    old = in_order(set(EVERY))
    splices = Splices.of([str(one) for one in old], (), ())
    assert splices is not None
    assert list(splices.listed(old, ())) == old


def test_what_goes_must_be_there() -> None:
    last = in_order(set(EVERY))
    assert Splices.of([str(one) for one in last[:-1]], (), last[-1:]) is None
    assert Splices.of([str(one) for one in last[1:]], (), last[:1]) is None
    assert Splices.of([], (), last[:1]) is None
