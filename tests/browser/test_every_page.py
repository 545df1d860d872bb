"""Pages other than the editor, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    "path",
    [
        "/fr/",
        "/en/questions",
        "/fr/questions/partners-by-theme-and-place?theme=decentralisation&place=mediterranee",
        "/en/questions/partners-by-country",
        "/id/organisation/cfad",
        "/fr/ns",
    ],
)
def test_the_other_pages_have_no_fault_and_fit_a_phone(
    reader: Callable[..., Any], faults: Callable[[Any], list[str]], path: str
) -> None:
    page = reader(width=320).open(path)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert faults(page) == []
