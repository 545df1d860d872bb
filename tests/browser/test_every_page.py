"""Each kind of page in each of its states, and some drawn by lot, in a real browser."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browsing import WAIT_MS, Watched
from flask import Flask
from states import STATES, State

# The same template and the same colours as another state.
TWINS = {"open answer, in pages", "second page", "without what is inferred", "past", "yes or no"}
TWINS |= {"a figure", "compare actors", "concept", "country", "reference", "criteria"}
TWINS |= {"no such question", "no such entity", "no such generation"}
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


@pytest.fixture(scope="module")
def phone(browser: Any, site: str) -> Iterator[Watched]:
    """Return one page that visits all, as one reader does: 320 px wide."""
    context = browser.new_context(viewport={"width": 320, "height": 900}, locale="fr-FR")
    context.set_default_timeout(WAIT_MS)
    watched = Watched(context.new_page(), site)
    watched.watch()
    yield watched
    context.close()


def look(watched: Watched, faults: Faults, path: str, *, dark: bool) -> list[str]:
    """Return what is wrong with a page: on a phone, then its colours in the dark."""
    watched.errors.clear()
    page = watched.open(path)
    found = faults(page)
    if (over := page.evaluate(WIDE)) > 0:
        found.append(f"{over} px too wide at 320 px")
    if dark:
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {one}" for one in faults(page, only=["color-contrast"])]
        page.emulate_media(color_scheme="light")
    return found + watched.trouble()


@pytest.mark.parametrize("state", STATES, ids=str)
def test_each_page_in_each_state_has_no_fault(phone: Watched, faults: Faults, state: State) -> None:
    phone.expected = [f"{state.status} ("] if state.status != 200 else []
    lang = ("fr", "en")[STATES.index(state) % 2]
    assert look(phone, faults, state.path(lang), dark=state.name not in TWINS) == []


@pytest.mark.parametrize("place", range(DRAWN))
def test_a_page_drawn_by_lot_has_no_fault(
    app: Flask, phone: Watched, faults: Faults, place: int
) -> None:
    phone.expected = []
    path = drawn(app)[place].replace("&amp;", "&")
    assert look(phone, faults, path, dark=False) == [], path


@pytest.mark.parametrize("state", STRETCHED, ids=str)
def test_text_may_be_twice_as_large_or_spaced_out(reader: Reader, state: State) -> None:
    page = reader(width=1280).open(state.path("fr"))
    for change in (SPACED, LARGE):
        page.evaluate(change)
        assert page.evaluate(WIDE) <= 0
        assert page.evaluate(CUT) == []
