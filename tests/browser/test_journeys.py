"""Whole journeys by keyboard alone, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from browsing import Watched
from keys import FOCUSED, follow, tab_to

FLAGSHIP = "/fr/questions/partners-by-theme-and-place?theme=decentralisation&place=mediterranee"
ROUND = 250  # more than the stops of the longest page walked here
# Where the focus is must be seen: by an outline. Returns what is met without one.
UNSEEN = f"""() => {{
  const met = {FOCUSED};
  window.met.push(met);
  const style = getComputedStyle(met);
  const box = met.getBoundingClientRect();
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    && box.width > 0 && box.height > 0;
  return seen ? "" : met.outerHTML.slice(0, 100);
}}"""
STOPS = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
  .filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0
    && !(one.closest("details:not([open])") && !one.matches("details > summary")))
  .length"""

Reader = Callable[..., Any]
with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["scripts", "no scripts"]
)


@with_and_without_scripts
def test_a_reader_asks_refines_understands_and_takes_away(reader: Reader, scripts: bool) -> None:
    page = reader(java_script_enabled=scripts).open("/fr/")

    # ask: in words, then follow what was understood
    tab_to(page, "main form[role=search] input[type=search]")
    page.keyboard.type("Qui travaille sur la police municipale au Liban ?")
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/search?q=*")
    follow(page, "main a[href*='/fr/questions/']", "**/fr/questions/**")
    assert "Liban" in page.inner_text("h1")

    # refine: another choice changes nothing before the button
    page.goto(page.url.split("/fr/")[0] + FLAGSHIP)
    tab_to(page, "select[name=place]")
    before = page.url
    page.keyboard.type("au Maroc")
    assert page.url == before
    tab_to(page, "form.ask button")
    page.keyboard.press("Enter")
    page.wait_for_url("**place=maroc*")
    assert "Maroc" in page.inner_text("h1")
    page.go_back()

    # open a reason, down to the passage
    follow(page, "table td.why a", "**/why?**", ROUND)
    assert "pourquoi" in page.inner_text("h1").lower()
    follow(page, "main a[href*='/graph/passage/']", "**/fr/graph/passage/**", ROUND)
    page.go_back()
    page.go_back()

    # export
    tab_to(page, "a[href*='.csv']", ROUND)
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename.endswith(".csv")

    # switch language, choices kept
    follow(page, "header a[hreflang=en]", "**/en/questions/**", ROUND)
    assert page.url.endswith(FLAGSHIP.removeprefix("/fr"))
    assert "decentralisation" in page.inner_text("h1")


@with_and_without_scripts
def test_a_reader_searches_from_any_page_and_compares(reader: Reader, scripts: bool) -> None:
    page = reader(java_script_enabled=scripts).open("/en/accessibility")
    tab_to(page, "header input[type=search]")
    page.keyboard.type("tunisia")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/search?q=tunisia")
    follow(page, "main a[href^='/en/id/place/tunisie']", "**/en/id/place/tunisie*")
    assert page.inner_text("h1") == "Tunisia"

    follow(page, "header a[href='/en/browse']", "**/en/browse")
    follow(page, "main a[href^='/en/compare']", "**/en/compare*")
    for name, text in (("a", "Tunisia"), ("b", "Morocco")):
        tab_to(page, f"select[name={name}]")
        page.keyboard.type(text)
    tab_to(page, "form.pick button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare?a=place*b=place*")
    assert re.search("Tunisia.*Morocco", page.inner_text("h1"))
    assert page.locator("table.compare").count() > 0


def test_the_first_tab_offers_to_skip_to_the_content(reader: Reader) -> None:
    page = reader().open(FLAGSHIP)
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUSED}.matches('a.skip')")
    box = page.locator("a.skip").bounding_box()
    assert box["x"] >= 0
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUSED}.closest('main') !== null")


@pytest.mark.parametrize("path", ["/fr/", FLAGSHIP, "/fr/id/organisation/cfad", "/fr/compare"])
def test_tab_meets_every_control_in_its_order_and_shows_where_it_is(
    reader: Reader, path: str
) -> None:
    page = reader().open(path)
    stops = page.evaluate(STOPS)
    assert stops > 10
    page.evaluate("window.met = []")
    unseen = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        if met := page.evaluate(UNSEEN):
            unseen.append(met)
    assert unseen == []
    order = "(a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING"
    assert page.evaluate(
        f"""() => {{ const follows = {order};
          return new Set(window.met).size === window.met.length
            && window.met.every((one, i, all) => !i || follows(all[i - 1], one)); }}"""
    )
    # and the next one leaves the page: nothing holds the keyboard
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUSED} === document.body || {FOCUSED} === window.met[0]")


KEPT = "[document.cookie, localStorage.length, sessionStorage.length]"


def test_a_reader_finds_nothing_of_the_one_before(browser: Any, site: str) -> None:
    profile = browser.new_context()
    first, second = (Watched(profile.new_page(), site) for _ in range(2))
    page = first.open("/fr/accessibility")
    page.evaluate("document.cookie = 'a=1; path=/'; localStorage.b = sessionStorage.c = 2")
    assert page.evaluate(KEPT) == ["a=1", 1, 1]
    first.forget()
    assert second.page.is_closed()
    after = Watched(profile.new_page(), site).open("/fr/accessibility")
    assert after.evaluate(KEPT) == ["", 0, 0]
    profile.close()
