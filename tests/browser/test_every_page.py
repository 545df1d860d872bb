"""Each kind of page in each of its states, and some drawn by lot, in a real browser."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from states import STATES, State

SEED = 4  # drawn once, so that a fault comes back
DRAWN = 20
WIDE = "document.documentElement.scrollWidth - innerWidth"
STRETCHED = [one for one in STATES if one.name in {"home", "answer", "proof", "entity", "SPARQL"}]
# WCAG 2.2, 1.4.12, then 1.4.4; styles set by script are not those the policy refuses.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-block-end: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
LARGE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("html { font-size: 200% !important; }");
  document.adoptedStyleSheets = [sheet];
}"""
CUT = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const style = getComputedStyle(one);
  const hides = (value) => ["hidden", "clip"].includes(value);
  return !one.closest(".unseen, svg, .cm-editor") && one.clientHeight > 1 &&
    (hides(style.overflowY) && one.scrollHeight > one.clientHeight + 1 ||
     hides(style.overflowX) && one.scrollWidth > one.clientWidth + 1);
}).map((one) => one.outerHTML.slice(0, 90))"""

Reader = Callable[..., Any]
Faults = Callable[..., list[str]]


def drawn(app: Flask) -> list[str]:
    """Return the pages drawn by lot from the site map."""
    listed = re.findall(
        r"<loc>https?://[^/]+([^<]*)</loc>", app.test_client().get("/sitemap.xml").text
    )
    return random.Random(SEED).sample(sorted(listed), DRAWN)


def look(watched: Any, faults: Faults, path: str) -> list[str]:
    """Return what is wrong with a page: on a phone, then its colours in the dark, then wide."""
    page = watched.open(path)
    found = faults(page)
    if (over := page.evaluate(WIDE)) > 0:
        found.append(f"{over} px too wide at 320 px")
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in faults(page, only=["color-contrast"])]
    page.set_viewport_size({"width": 1100, "height": 900})
    if (over := page.evaluate(WIDE)) > 0:
        found.append(f"{over} px too wide at 1100 px")
    return found


@pytest.mark.parametrize("state", STATES, ids=str)
def test_each_page_in_each_state_has_no_fault(reader: Reader, faults: Faults, state: State) -> None:
    watched = reader(width=320)
    if state.status != 200:
        watched.expected = [f"{state.status} ("]
    lang = ("fr", "en")[STATES.index(state) % 2]
    assert look(watched, faults, state.path(lang)) == []


@pytest.mark.parametrize("place", range(DRAWN))
def test_a_page_drawn_by_lot_has_no_fault(
    app: Flask, reader: Reader, faults: Faults, place: int
) -> None:
    path = drawn(app)[place].replace("&amp;", "&")
    assert look(reader(width=320), faults, path) == [], path


@pytest.mark.parametrize("state", STRETCHED, ids=str)
def test_text_may_be_twice_as_large_or_spaced_out(reader: Reader, state: State) -> None:
    page = reader(width=1280).open(state.path("fr"))
    for change in (SPACED, LARGE):
        page.evaluate(change)
        assert page.evaluate(WIDE) <= 0
        assert page.evaluate(CUT) == []
