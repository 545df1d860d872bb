"""Each gold question is found by clicking from the first page, and its page states the answer.

What the answer is worth is scored in `tests/test_competency.py`, over the API; here the page is
held to say just that, to a reader without JavaScript: in French from where the catalogue leads, in
English by the link to the other language; and the English catalogue leads to each question too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from browsing import follow
from flask import Flask
from golden import competency
from scoring import Entry

ENTRIES = [Entry(name, **entry) for name, entry in competency().items()]
HALVES = (ENTRIES[0::2], ENTRIES[1::2])
TABLE = """() => {
  const table = document.querySelector("#table table.rows");
  const said = (row, what) => [...row.querySelectorAll(what)].map((one) => one.innerText);
  return table && {
    heads: said(table.tHead, "th"),
    rows: [...table.tBodies[0].rows].map((row) => said(row, "td")),
  };
}"""
FORM = """() => [...document.querySelectorAll("form.ask select, form.ask input[type=text]")]
  .map((one) => [one.name, one.matches("select")])"""


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    # A low window: what is out of sight is read as well, and need not be drawn.
    window = {"width": 1280, "height": 300}
    context = browser.new_context(java_script_enabled=False, locale="fr-FR", viewport=window)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def shown(page: Any, names: list[str]) -> list[list[str]]:
    """Return the columns of the rows that the table shows, over all its pages."""
    rows: list[list[str]] = []
    while True:
        table = page.evaluate(TABLE)
        if table is None:
            return rows
        heads = [plain(one) for one in table["heads"]]
        places = [heads.index(name) for name in names]
        rows += [[plain(cells[place]) for place in places] for cells in table["rows"]]
        here = page.locator("nav.pages li:has([aria-current]) + li a")
        if not here.count():
            return rows
        follow(page, here.first)


def listed(page: Any, site: str, lang: str) -> list[str]:
    """Click from the first page to the catalogue; return where its links lead."""
    page.goto(f"{site}/{lang}/")
    follow(page, page.locator(f"nav a[href='/{lang}/questions']").first)
    links = page.locator(f"main a[href^='/{lang}/questions/']")
    return [
        str(href) for href in links.evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    ]


def leads(entry: Entry, lang: str, href: str) -> bool:
    return re.match(rf"/{lang}/questions/{re.escape(entry.question)}(\?|$)", href) is not None


def ask(page: Any, address: str, entry: Entry) -> None:
    """Open a question where the catalogue says it is, choose, and ask."""
    page.goto(address)
    fields = page.evaluate(FORM)
    for name, chosen in fields:
        value = str(entry.parameters.get(name, ""))
        field = page.locator(f"form.ask [name={name}]")
        field.select_option(value) if chosen else field.fill(value)
    if fields:
        follow(page, page.locator("form.ask button").first)


def switch(page: Any) -> None:
    """Read the same answer in English, from its first page on."""
    first = page.locator("nav.pages li:first-child a")
    if first.count():
        follow(page, first)
    follow(page, page.locator("header a[hreflang=en]").first)


def answer(app: Flask, entry: Entry, lang: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the answer of the API, and all of its rows."""
    client = app.test_client()
    given = {**entry.parameters, "lang": lang}
    address = f"/api/questions/{entry.question}"
    first = client.get(address, query_string=given).json or {}
    rows = list(first["rows"])
    for number in range(2, first["pages"] + 1):
        more = client.get(address, query_string={**given, "page": number}).json or {}
        rows += more["rows"]
    return first, rows


def differences(page: Any, app: Flask, entry: Entry, lang: str) -> list[str]:
    """Return how a page differs from the answer."""
    first, rows = answer(app, entry, lang)
    found = []
    if not page.locator(f"div.answer.{first['status']}").count():
        found.append(f"not said to be {first['status']}")
    if plain(first["sentence"][lang]) not in plain(page.inner_text("div.answer")):
        found.append(f"the sentence is not {first['sentence'][lang]!r}")
    columns = [
        one for one in first["columns"] if one["name"] in entry.names and one["kind"] == "iri"
    ]
    heads = [plain(one["label"][lang]) for one in columns]
    wanted = sorted(
        [plain(row[one["name"]]["label"][lang]) if one["name"] in row else "" for one in columns]
        for row in rows
    )
    seen = shown(page, heads)
    if len(seen) != len(rows):
        found.append(f"{len(seen)} rows for {len(rows)}")
    for cells, labels in zip(sorted(seen), wanted, strict=False):
        if not all(cell.startswith(label) for cell, label in zip(cells, labels, strict=True)):
            found.append(f"{cells} where {labels} is")
    return found


@pytest.mark.parametrize("entries", HALVES, ids=["one half", "other half"])
def test_each_gold_question_is_found_by_clicking_and_answered_on_its_page(
    page: Any, site: str, app: Flask, entries: list[Entry]
) -> None:
    hrefs = listed(page, site, "fr")
    found = {}
    for entry in entries:
        href = next((one for one in hrefs if leads(entry, "fr", one)), "")
        assert href, f"the catalogue does not lead to {entry.question}"
        ask(page, site + href, entry)
        wrong = [f"fr: {one}" for one in differences(page, app, entry, "fr")]
        switch(page)
        found[entry.id] = wrong + [f"en: {one}" for one in differences(page, app, entry, "en")]
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_the_english_catalogue_leads_to_each_gold_question_too(page: Any, site: str) -> None:
    hrefs = listed(page, site, "en")
    assert [one.id for one in ENTRIES if not any(leads(one, "en", href) for href in hrefs)] == []
