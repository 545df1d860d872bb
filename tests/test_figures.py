"""Figures: what they draw is what they say, whatever the data hold, and always the same."""

from __future__ import annotations

import itertools
import math
import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopkg import figures
from coopkg.figures import (
    Bar,
    Bars,
    Country,
    Event,
    Figure,
    Line,
    Lines,
    Link,
    Network,
    Node,
    Point,
    Timeline,
    World,
    numbers,
    places,
)
from coopkg.figures import bar as bars_module
from coopkg.figures import country as world_module
from coopkg.figures import node as network_module

HOSTILE = '"><script>alert(1)</script><b onload=x>&amp;\x00\u202e]]>'
SQUARE = "M0 0H10V10H0Z"
OUTLINES = {
    "viewBox": "0 0 1000 500",
    "countries": {
        "TN": {"path": SQUARE, "centroid": [500, 200]},
        "MA": {"path": SQUARE, "centroid": [480, 210]},
        "MT": {"path": "", "centroid": [510, 205]},
        "VN": {"path": SQUARE, "centroid": [900, 300]},
    },
}


def parsed(svg: str | None) -> ElementTree.Element:
    assert svg is not None
    return ElementTree.fromstring(svg)


def all_of(svg: str | None, name: str, kind: str = "") -> list[ElementTree.Element]:
    found = parsed(svg).iter(name)
    return [one for one in found if kind in one.get("class", "").split() or not kind]


def words(svg: str | None) -> str:
    return " ".join("".join(one.itertext()) for one in all_of(svg, "text"))


def some(label: str = "a", value: Any = 3) -> list[Figure]:
    """Return one figure of each kind with the same label and value in it."""
    return [
        Bars(label, (Bar(label, value),), label, label),
        Lines(label, (Line(label, (Point(1, label, value),)),), label, label),
        Timeline(label, (Event(label, label, 2014.0, 2015.0),), label, label),
        Network(label, (Node("k", label), Node("l", label)), (Link("k", "l", label),)),
        World(label, (Country("TN", label, value),), label, label, label),
    ]


def drawn(figure: Figure, lang: Any = "fr", key: str = "k") -> str:
    if isinstance(figure, World):
        return figure.svg(lang, key, OUTLINES) or ""
    return figure.svg(lang, key)


NAMES = ["bars", "lines", "timeline", "network", "map"]
EACH = pytest.mark.parametrize("place", range(5), ids=NAMES)


# --- what is true of every figure


@EACH
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_figure_is_one_image_with_a_name_and_a_message(place: int, lang: Any) -> None:
    figure = some()[place]
    root = parsed(drawn(figure, lang, "here"))
    assert root.tag == "svg"
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "here-title here-desc")
    title, desc = root[0], root[1]
    assert (title.tag, title.get("id"), title.text) == ("title", "here-title", "a")
    assert (desc.tag, desc.get("id")) == ("desc", "here-desc")
    assert (desc.text or "").startswith(figure.message(lang).split(".")[0])
    assert figure.table(lang).caption == "a"
    assert str(root.get("class")).split()[:2] == ["figure", NAMES[place]]


@EACH
def test_nothing_becomes_markup(place: int) -> None:
    root = parsed(drawn(some(HOSTILE)[place], key="k"))
    allowed = {"svg", "title", "desc", "g", "text", "rect", "line", "circle", "path", "image"}
    for one in root.iter():
        assert one.tag in allowed
        assert not {name for name in one.attrib if name.startswith("on") or name == "style"}
    text = "".join(root.itertext())
    assert "<script>" in text  # said, not run
    assert "\u202e" not in text


@EACH
def test_the_same_data_are_drawn_the_same(place: int) -> None:
    assert drawn(some()[place]) == drawn(some()[place])


@EACH
@pytest.mark.parametrize(
    "value",
    [None, 0, -3, float("nan"), float("inf"), 10**400, Decimal("1e-30"), Decimal("-1e300"), 0.1],
    ids=str,
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_any_value_is_drawn_or_said_to_be_absent(place: int, value: Any, lang: Any) -> None:
    figure = some("a", value)[place]
    svg = drawn(figure, lang)
    parsed(svg)
    assert "nan" not in svg
    assert "inf" not in svg.replace("info", "")
    assert figure.table(lang).rows


@EACH
def test_nothing_at_all_is_a_figure_too(place: int) -> None:
    empty: list[Figure] = [
        Bars("t", ()),
        Lines("t", ()),
        Timeline("t", ()),
        Network("t", (), ()),
        World("t", ()),
    ]
    parsed(drawn(empty[place]))
    assert empty[place].message("fr").startswith("Aucun")
    assert empty[place].message("en").startswith("No ")
    assert empty[place].table("fr").rows == ()


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(max_size=60),
            st.none() | st.integers() | st.floats() | st.decimals(),
        ),
        max_size=12,
    )
)
def test_no_data_break_a_figure(rows: list[tuple[str, Any]]) -> None:
    made: list[Figure] = [
        Bars("t", tuple(Bar(label, value) for label, value in rows)),
        Lines("t", (Line("s", tuple(Point(i, a, b) for i, (a, b) in enumerate(rows))),)),
        Timeline("t", tuple(Event(label, label, 2000.0 + i) for i, (label, _) in enumerate(rows))),
        World("t", tuple(Country("TN", label, value) for label, value in rows)),
    ]
    for figure in made:
        for lang in ("fr", "en"):
            parsed(drawn(figure, lang))
            assert len(figure.table("fr").rows) == len(rows)


# --- bars


def test_bars_are_as_wide_as_their_values() -> None:
    made = Bars("t", (Bar("a", 4), Bar("b", 2), Bar("c", 0)))
    assert [one.get("width") for one in all_of(made.svg("fr", "k"), "rect", "bar")] == [
        "100%",
        "50%",
        "0%",
    ]
    assert made.message("fr") == (
        "3\u00a0valeurs".replace("\u00a0", " ")
        + "\u00a0; la plus haute\u00a0: a (4)\u00a0; la plus basse\u00a0: c (0)."
    )


def test_bars_that_are_equal_are_all_the_lowest() -> None:
    made = Bars("t", (Bar("a", 65), Bar("b", 3), Bar("c", 3)))
    assert made.message("en") == "3 values; the highest: a (65); the lowest: b and c (3)."
    many = Bars("t", (Bar("z", 9), *(Bar(name, 1) for name in "abcde")))
    assert "la plus basse\u00a0: a, b, c et 2 autres (1)." in many.message("fr")


def test_an_absent_value_has_no_bar_and_is_counted_as_absent() -> None:
    made = Bars("t", (Bar("a", 4), Bar("b", None)))
    assert len(all_of(made.svg("en", "k"), "rect", "bar")) == 1
    assert len(all_of(made.svg("en", "k"), "rect", "track")) == 2
    assert "1 row without a value" in made.message("en")
    assert made.table("en").rows == (("a", "4"), ("b", "–"))


def test_negative_bars_go_the_other_way() -> None:
    svg = Bars("t", (Bar("a", 1), Bar("b", -3))).svg("fr", "k")
    up, down = all_of(svg, "rect", "bar")
    assert (up.get("x"), up.get("width")) == ("75%", "25%")
    assert (down.get("x"), down.get("width")) == ("0%", "75%")
    assert "negative" in down.get("class", "")
    assert [one.get("x1") for one in all_of(svg, "line", "axis")] == ["75%"]


def test_long_labels_wrap_and_end_with_an_ellipsis() -> None:
    label = "Centre de formation et d’appui à la décentralisation " * 4
    lines = all_of(Bars("t", (Bar(label, 1),)).svg("fr", "k"), "text", "label")
    assert len(lines) == 3
    assert all(len(one.text or "") <= 38 for one in lines)
    assert (lines[-1].text or "").endswith("…")


def test_more_bars_than_fit_are_said_not_dropped_in_silence() -> None:
    made = Bars("t", tuple(Bar(str(n), n) for n in range(bars_module.MOST + 5)))
    assert len(all_of(made.svg("fr", "k"), "rect", "bar")) == bars_module.MOST
    assert f"{bars_module.MOST} premières sont dessinées sur {bars_module.MOST + 5}" in (
        made.message("fr")
    )
    assert len(made.table("fr").rows) == bars_module.MOST + 5


def test_numbers_are_written_as_the_language_does() -> None:
    made = Bars("t", (Bar("a", Decimal("1520.5")),))
    assert made.table("fr").rows == (("a", "1\u202f520,5"),)
    assert made.table("en").rows == (("a", "1,520.5"),)
    assert figures.in_words(Decimal("1.5e20"), "fr") == "1,500E+20"


# --- lines


def _line(*values: Any, name: str = "s") -> Line:
    return Line(name, tuple(Point(2000 + n, str(2000 + n), v) for n, v in enumerate(values)))


def test_a_gap_breaks_the_line_and_is_no_zero() -> None:
    made = Lines("t", (_line(1, 2, None, 4, 5),))
    svg = made.svg("fr", "k")
    assert len(all_of(svg, "line", "s1")) == 2
    assert len(all_of(svg, "circle", "dot")) == 4
    assert "1 valeur absente" in made.message("fr")
    assert made.table("fr").rows[2] == ("2002", "–")


def test_a_year_that_nothing_tells_is_a_gap_too() -> None:
    points = tuple(Point(year, str(year), 1) for year in (2014, 2015, 2018))
    assert len(all_of(Lines("t", (Line("s", points),)).svg("fr", "k"), "line", "s1")) == 1


def test_series_are_told_apart_by_more_than_colour_and_named() -> None:
    svg = Lines("t", (_line(1, 2, name="un"), _line(3, 4, name="deux"))).svg("fr", "k")
    kinds = {one.get("class") for one in all_of(svg, "line", "line")}
    assert kinds == {"line s1", "line s2"}
    assert "un" in words(svg)
    assert "deux" in words(svg)


def test_points_may_come_in_any_order() -> None:
    points = [Point(n, str(n), n * n) for n in (3, 1, 2)]
    one, other = (
        Lines("t", (Line("s", tuple(points)),)),
        Lines("t", (Line("s", tuple(sorted(points, key=lambda p: p.x))),)),
    )
    assert one.svg("fr", "k") == other.svg("fr", "k")


def test_series_beyond_what_can_be_told_apart_are_said() -> None:
    made = Lines("t", tuple(_line(n, n, name=str(n)) for n in range(9)))
    assert "6 séries sur 9" in made.message("fr")
    assert len(made.table("fr").columns) == 10


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-5, 1520), (0, 10**30), (-1, 0)])
def test_the_marks_of_an_axis_are_round_and_cover_it(low: int, high: int) -> None:
    marks = numbers.ticks(Decimal(low), Decimal(high))
    assert marks[0] <= low
    assert marks[-1] >= high
    assert 2 <= len(marks) <= 8
    step = marks[1] - marks[0]
    assert step.normalize().as_tuple().digits in {(1,), (2,), (5,)}


# --- timelines


def test_events_stand_in_time_and_those_without_a_date_are_counted() -> None:
    made = Timeline(
        "t",
        (
            Event("later", "2016", 2016.0),
            Event("first", "2014–2015", 2014.0, 2015.0),
            Event("when?", "", None),
        ),
    )
    svg = made.svg("en", "k")
    (bar,) = all_of(svg, "rect", "bar")
    assert (bar.get("x"), bar.get("width")) == ("0%", "50%")
    assert [one.get("cx") for one in all_of(svg, "circle", "dot")] == ["100%"]
    assert words(svg).index("first") < words(svg).index("later")
    assert "1 row without a date" in made.message("en")


@pytest.mark.parametrize("span", range(1, 40))
def test_years_of_an_axis_stand_apart_on_a_phone(span: int) -> None:
    made = Timeline("t", (Event("a", "", 2000.0), Event("b", "", 2000.0 + span)))
    found = all_of(made.svg("fr", "k"), "text", "tick")
    spots = [296 * float(str(one.get("x")).removesuffix("%")) / 100 for one in found]
    left = {"start": 0, "middle": -16, "end": -32}
    boxes = [
        (spot + left[str(one.get("text-anchor"))], spot + left[str(one.get("text-anchor"))] + 32)
        for spot, one in zip(spots, found, strict=True)
    ]
    assert 2 <= len(found) <= 6
    assert all(b[0] - a[1] >= 4 for a, b in itertools.pairwise(boxes))
    assert boxes[-1][1] <= 298


# --- networks


def _ring(size: int) -> Network:
    nodes = tuple(Node(str(n), f"node {n}") for n in range(size))
    links = tuple(Link(str(n), str((n + 1) % size)) for n in range(size))
    return Network("t", nodes, links)


def test_a_network_leaves_out_the_least_linked_nodes_and_says_how_many() -> None:
    hub = Node("hub", "hub")
    leaves = tuple(Node(str(n), str(n)) for n in range(network_module.MOST_NODES + 20))
    made = Network("t", (*leaves, hub), tuple(Link("hub", leaf.key) for leaf in leaves))
    svg = made.svg("fr", "k")
    assert len(all_of(svg, "circle")) == network_module.MOST_NODES
    assert "Le plus relié\u00a0: hub" in made.message("fr")
    assert "Non dessinés\u00a0: 21 éléments, 21 liens" in made.message("fr")
    assert f"Seuls les {network_module.NAMED} éléments les plus reliés" in made.message("fr")
    assert len(all_of(svg, "text", "name")) == network_module.NAMED
    assert len(made.table("fr").rows) == len(leaves)


def test_every_node_lies_in_the_picture_and_apart_from_others() -> None:
    made = _ring(12)
    svg = made.svg("fr", "k")
    view = [float(n) for n in str(parsed(svg).get("viewBox")).split()]
    spots = [(float(one.get("cx", "")), float(one.get("cy", ""))) for one in all_of(svg, "circle")]
    for x, y in spots:
        assert 0 < x < view[2]
        assert 0 < y < view[3]
    nearest = min(math.dist(a, b) for i, a in enumerate(spots) for b in spots[:i])
    assert nearest > 30


def test_names_do_not_cover_each_other_in_a_small_network() -> None:
    nodes = tuple(Node(str(n), f"organisation number {n}") for n in range(8))
    made = Network("t", nodes, tuple(Link("0", str(n)) for n in range(1, 8)))
    boxes = []
    for one in all_of(made.svg("fr", "k"), "text", "name"):
        x, y, width = float(one.get("x", "")), float(one.get("y", "")), len(one.text or "") * 6.5
        left = {"start": x, "middle": x - width / 2, "end": x - width}[one.get("text-anchor", "")]
        boxes.append(places.Box(left, y - 10, left + width, y + 2))
    assert not [1 for i, a in enumerate(boxes) for b in boxes[:i] if a.shared(b) > 0]


@pytest.mark.parametrize("size", [2, 4, 9, 12])
def test_a_small_network_can_be_read_on_a_phone(size: int) -> None:
    svg = parsed(_ring(size).svg("fr", "k"))
    assert "small" in str(svg.get("class")).split()
    width = float(str(svg.get("viewBox")).split()[2])
    assert 13 * 296 / width >= 9  # pixels of its letters, at 320


def test_groups_that_nothing_links_stand_apart() -> None:
    keys = [f"{group}{n}" for group in "abc" for n in range(4)]
    links = [(f"{group}0", f"{group}{n}") for group in "abc" for n in range(1, 4)]
    found, height = places.layout(keys, links)
    assert height > 0
    inside = max(math.dist(found["a0"], found[f"a{n}"]) for n in range(1, 4))
    assert min(math.dist(found["a0"], found[other]) for other in ("b0", "c0")) > inside


def test_a_link_to_nowhere_is_refused() -> None:
    with pytest.raises(KeyError, match="a node is missing"):
        Network("t", (Node("a", "a"),), (Link("a", "b"),)).svg("fr", "k")


def test_a_loop_and_a_lone_node_are_drawn() -> None:
    made = Network("t", (Node("a", "a"), Node("b", "b")), (Link("a", "a", "knows"),))
    assert len(all_of(made.svg("fr", "k"), "circle")) == 2
    assert made.table("fr").rows == (("a", "knows", "a"), ("b", "–", "–"))


# --- maps


def test_discs_have_the_surface_of_their_values() -> None:
    made = World("t", (Country("TN", "Tunisie", 1), Country("VN", "Vietnam", 4)))
    large, small = all_of(made.svg("fr", "k", OUTLINES), "circle", "disc")
    assert float(large.get("r", "")) / float(small.get("r", "")) == pytest.approx(2, abs=0.05)
    assert made.message("fr", OUTLINES) == ("2 pays, valeur la plus forte\u00a0: Vietnam (4).")


def test_a_country_without_a_figure_is_coloured_and_has_no_disc() -> None:
    svg = World("t", (Country("TN", "Tunisie"), Country("MT", "Malte"))).svg("fr", "k", OUTLINES)
    assert not all_of(svg, "circle", "disc")
    assert len(all_of(svg, "path", "country")) == 1
    assert len(all_of(svg, "circle", "country")) == 1  # too small for an outline


def test_a_country_that_the_map_lacks_is_named() -> None:
    made = World("t", (Country("TN", "Tunisie", 1), Country("ZZ", "Ailleurs", 2)))
    assert "Sans place sur la carte\u00a0: Ailleurs" in drawn(made)
    assert len(made.table("fr").rows) == 2


def test_the_map_comes_closer_to_neighbours() -> None:
    near = World("t", (Country("TN", "a", 1), Country("MA", "b", 2))).svg("fr", "k", OUTLINES)
    far = World("t", (Country("TN", "a", 1), Country("VN", "b", 2))).svg("fr", "k", OUTLINES)
    sizes = [float(str(parsed(svg).get("viewBox")).split()[2]) for svg in (near, far)]
    assert sizes[0] == pytest.approx(160)
    assert sizes[0] < sizes[1] < 1000
    assert ["near" in str(parsed(svg).get("class")) for svg in (near, far)] == [True, True]


def test_a_large_country_is_shown_whole_and_its_far_islands_do_not_widen_the_map() -> None:
    place = {"path": "M400,100L600,100L600,200Z M10,10L12,10L12,12Z", "centroid": [500, 150]}
    outlines = {"viewBox": "0 0 1000 500", "countries": {"XX": place}}
    svg = World("t", (Country("XX", "a"),)).svg("fr", "k", outlines)
    x, y, width, height = (float(n) for n in str(parsed(svg).get("viewBox")).split())
    assert x < 400 < 600 < x + width < 700
    assert y < 100 < 200 < y + height


def test_every_country_that_shares_the_highest_value_is_named_or_counted() -> None:
    def said(values: list[int], lang: Any) -> str:
        names = "ABCDEFG"
        made = World("t", tuple(Country(names[n], names[n], v) for n, v in enumerate(values)))
        return made.message(lang)

    assert said([2, 1, 2, 2], "fr") == "4 pays, valeur la plus forte\u00a0: A, C et D (2)."
    assert said([2, 1, 2, 2], "en") == "4 countries, highest value: A, C and D (2)."
    assert said([2, 2, 2, 2, 2, 1], "fr").endswith("forte\u00a0: 2, dans 5 pays.")
    assert said([2, 2, 2, 2, 2, 1], "en").endswith("value: 2, in 5 countries.")


def test_without_outlines_there_is_no_map(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for content in (None, "not json", "[]"):
        path = tmp_path / f"{len(content or '')}.json"
        if content is not None:
            path.write_text(content)
        monkeypatch.setattr(world_module, "GEOMETRY", path)
        figures.geometry.cache_clear()
        assert figures.world_map(World("t", (Country("TN", "a", 1),)), "fr") is None
    monkeypatch.undo()
    figures.geometry.cache_clear()


def test_the_outlines_of_the_package_fit_the_countries_of_the_graph() -> None:
    outlines = figures.geometry()
    if outlines is None:
        pytest.skip("the outlines were not built: frontend/build.py")
    for code in ("TN", "MA", "LB", "DZ", "BJ", "HT", "VN", "CM", "CI", "FR"):
        assert outlines["countries"][code]["path"], code
    svg = figures.world_map(World("t", (Country("TN", "a", 1),)), "fr")
    assert len(all_of(svg, "path", "country")) == 1


def test_functions_draw_what_the_data_draw() -> None:
    made = some()
    assert figures.bars(made[0], "fr") == made[0].svg("fr", "bars")  # type: ignore[arg-type]
    assert figures.lines(made[1], "fr") == made[1].svg("fr", "lines")  # type: ignore[arg-type]
    assert figures.timeline(made[2], "fr") == made[2].svg("fr", "timeline")  # type: ignore[arg-type]
    assert figures.network(made[3], "fr") == made[3].svg("fr", "network")  # type: ignore[arg-type]
