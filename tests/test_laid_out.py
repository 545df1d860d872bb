"""What is sealed as JSON is, letter by letter, what the standard library writes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coopkg.build.laid_out import as_json, as_lines, compact

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NAMES = st.dictionaries(st.text(), LEAVES) | st.dictionaries(st.integers(), LEAVES)
VALUES = st.recursive(
    LEAVES | NAMES,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_a_value_is_written_as_the_standard_library_does(value: Any) -> None:
    expected = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    assert as_json(value) == expected.encode("utf-8")


@given(VALUES)
def test_what_programs_read_is_one_line_without_white_space(value: Any) -> None:
    expected = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert compact(value) == expected.encode("utf-8") + b"\n"


@given(st.dictionaries(st.text(), VALUES))
def test_entries_are_written_one_a_line_in_the_order_of_their_names(value: dict[str, Any]) -> None:
    first, *lines, last = as_lines(value).decode("utf-8").split("\n")[:-1]
    assert (first, last) == ("{", "}")
    entries = [json.loads(f"{{{line.removesuffix(',')}}}") for line in lines if line]
    assert [name for entry in entries for name in entry] == sorted(value)
    assert as_json(json.loads(as_lines(value))) == as_json(json.loads(as_json(value)))
