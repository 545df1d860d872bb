"""JSON laid out is, letter by letter, what the standard library writes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coopkg.build.laid_out import as_json

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
