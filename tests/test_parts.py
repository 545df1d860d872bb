"""A part of an answer: its facets, order and pages, held against the same done by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopkg.answers import PAGE_ROWS, Answer, parts
from coopkg.answers.parts import NOTHING, Part
from coopkg.errors import ParameterError
from coopkg.terms import BASE

INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
COLUMNS = [
    {"name": "who", "kind": "iri", "label": {"fr": "Acteur", "en": "Actor"}},
    {"name": "where", "kind": "iri", "label": {"fr": "Pays", "en": "Country"}},
    {"name": "days", "kind": "integer", "label": {"fr": "Jours", "en": "Days"}},
]


def thing(name: str) -> dict[str, Any]:
    label = {"fr": f"É{name}", "en": f"e{name}"}
    return {"type": "uri", "value": f"{BASE}id/place/{name}", "label": label}


def number(value: int) -> dict[str, Any]:
    return {"type": "literal", "value": str(value), "datatype": INTEGER}


def answer(rows: list[dict[str, Any]]) -> Answer:
    empty: dict[str, Any] = {
        name: () for name in Answer.__dataclass_fields__ if name not in {"rows", "columns"}
    }
    empty |= {"parameters": {}, "notes": [], "inference": True, "status": "complete"}
    return Answer(**{**empty, "columns": COLUMNS, "rows": rows, "count": len(rows)})


CELLS = st.fixed_dictionaries(
    {},
    optional={
        "who": st.sampled_from("abcdefgh").map(thing),
        "where": st.sampled_from("xyz").map(thing),
        "days": st.integers(-5, 5).map(number),
    },
)
KEYS = st.lists(
    st.sampled_from([*(f"place:{one}" for one in "xyz"), NOTHING]), min_size=1, unique=True
)
PARTS = st.builds(
    Part,
    st.fixed_dictionaries({}, optional={"where": KEYS.map(tuple)}),
    st.sampled_from(["", "who", "where", "days"]),
    st.booleans(),
)


def held(part: Part, rows: list[dict[str, Any]]) -> Part:
    """Return a part without the values that no row has: they are refused."""
    known = {f"place:{one['where']['value'][-1]}" if "where" in one else NOTHING for one in rows}
    kept = tuple(one for one in part.facets.get("where", ()) if one in known)
    return replace(part, facets={"where": kept} if kept else {})


@given(st.lists(CELLS, max_size=120), PARTS)
def test_a_part_is_what_one_would_keep_and_sort_by_hand(
    rows: list[dict[str, Any]], part: Part
) -> None:
    part = held(part, rows)
    keys = part.facets.get("where")
    kept = [
        one
        for one in rows
        if not keys
        or (one["where"]["value"][-1] if "where" in one else NOTHING) in {key[-1] for key in keys}
    ]
    name = part.sort
    if name:
        full = [one for one in kept if name in one]
        value = (
            (lambda one: int(one["days"]["value"]))
            if name == "days"
            else (lambda one: one[name]["label"]["fr"][1:])
        )
        full.sort(key=value, reverse=part.descending)
        kept = full + [one for one in kept if name not in one]
    whole = answer(rows)
    found = parts.narrowed(whole, part, None, "fr")
    assert list(found.rows) == kept
    assert found.count == len(kept)
    pages = [
        row
        for page in range(1, parts.pages(len(kept)) + 1)
        for row in parts.narrowed(whole, part, page, "fr").rows
    ]
    assert pages == kept


@given(st.lists(CELLS, min_size=1, max_size=60), PARTS)
def test_the_count_beside_a_value_is_what_choosing_it_alone_gives(
    rows: list[dict[str, Any]], part: Part
) -> None:
    part, whole = held(part, rows), answer(rows)
    for facet in parts.facets(whole, part, "en"):
        for value in facet.values:
            alone = replace(part, facets={**part.facets, facet.name: (value.key,)})
            assert value.count == parts.narrowed(whole, alone, None, "en").count


def test_a_part_says_that_it_is_one() -> None:
    rows = [{"who": thing("a"), "where": thing("x" if one < 3 else "y")} for one in range(10)]
    found = parts.narrowed(answer(rows), Part({"where": ("place:x",)}), None, "fr")
    (note,) = found.notes
    assert note["kind"] == "part"
    assert note["text"]["fr"] == "Partie de la réponse\u00a0: 3 des 10 lignes (Pays\u00a0: Éx)."
    assert note["text"]["en"] == "Part of the answer: 3 of the 10 rows (Country: ex)."
    assert not parts.narrowed(answer(rows), Part(sort="who"), None, "fr").notes


def test_a_column_or_a_page_that_is_not_there_is_refused_by_name() -> None:
    whole = answer([{"who": thing("a")}])
    with pytest.raises(ParameterError, match="a column of the answer, such as “Actor”"):
        parts.narrowed(whole, Part(sort="whom"), None, "en")
    with pytest.raises(ParameterError, match=r"f\.whom"):
        parts.narrowed(whole, Part({"whom": ("x",)}), None, "en")
    with pytest.raises(ParameterError, match="page"):
        parts.narrowed(whole, Part(), 2, "en")


def test_a_value_is_read_by_its_short_name_or_its_words_and_nothing_else() -> None:
    rows = [{"who": thing("a"), "where": thing("x")}, {"who": thing("b"), "where": thing("y")}]
    whole = answer([*rows, {"who": thing("c")}])
    for said in ("place:x", "x", "Éx", "ex", "EX"):
        found = parts.narrowed(whole, Part({"where": (said,)}), None, "fr")
        assert list(found.rows) == rows[:1], said
    assert parts.settled(whole, Part({"where": ("y", "place:y", "non précisé")})).facets == {
        "where": ("place:y", NOTHING)
    }
    with pytest.raises(ParameterError, match="Country: 'atlantide' is not acceptable") as refused:
        parts.narrowed(whole, Part({"where": ("atlantide",)}), None, "en")
    assert refused.value.parameter == "f.where"
    assert [one.value for one in refused.value.choices] == ["place:x", "place:y", NOTHING]
    with pytest.raises(ParameterError) as refused:  # a value of another column is none of this one
        parts.narrowed(whole, Part({"where": ("place:a",)}), None, "en")
    empty = parts.narrowed(answer([]), Part({"where": ("place:x",)}), None, "en")
    assert empty.count == 0, "an answer without rows has nothing to choose among"


def test_short_answers_and_columns_that_divide_nothing_have_no_facet() -> None:
    few = [{"who": thing("a"), "where": thing(one)} for one in "xyxyx"]
    assert parts.facets(answer(few), Part(), "fr") == []
    many = [{"who": thing(f"n{one}"), "where": thing("x")} for one in range(PAGE_ROWS)]
    assert parts.facets(answer(many), Part(), "fr") == []
