"""A page driven by its keys alone."""

from __future__ import annotations

import json
from typing import Any

FOCUSED = "(document.activeElement.shadowRoot ?? document).activeElement"


def tab_to(page: Any, wanted: str, most: int = 120) -> list[str]:
    """Press Tab until the focused element matches a selector; return what was met on the way."""
    met = []
    look = f"[{FOCUSED}.outerHTML.slice(0, 90), {FOCUSED}.matches({json.dumps(wanted)})]"
    for _ in range(most):
        page.keyboard.press("Tab")
        seen, there = page.evaluate(look)
        met.append(seen)
        if there:
            return met
    raise AssertionError(f"Tab never reaches {wanted}: {met}")


def follow(page: Any, wanted: str, address: str, most: int = 120) -> None:
    """Tab to something, press Enter, and wait for the page at an address (a glob) it leads to."""
    tab_to(page, wanted, most)
    page.keyboard.press("Enter")
    page.wait_for_url(address)
