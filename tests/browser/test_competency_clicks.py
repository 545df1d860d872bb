"""Each gold question is found by clicking from the first page, and its page states the answer.

What the answer is worth is scored in `tests/test_competency.py`, over the API; here the page is
held to say just that, to a reader without JavaScript, in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from golden import competency
from scoring import Entry

ENTRIES = [Entry(name, **entry) for name, entry in competency().items()]
LANGS = ("fr", "en")
HALVES = (ENTRIES[0::2], ENTRIES[1::2])


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def shown(page: Any, names: list[str]) -> list[list[str]]:
    """Return the columns of the rows that the table shows, over all its pages."""
    rows: list[list[str]] = []
    while True:
        table = page.locator("#table table.rows")
        if not table.count():
            return rows
        heads = [plain(one) for one in table.locator("thead th").all_inner_texts()]
        places = [heads.index(name) for name in names]
        for line in table.locator("tbody tr").all():
            cells = [plain(one) for one in line.locator("td").all_inner_texts()]
            rows.append([cells[place] for place in places])
        here = page.locator("nav.pages li:has([aria-current]) + li a")
        if not here.count():
            return rows
        here.first.click()


def walk(page: Any, site: str, entry: Entry, lang: str) -> None:
    """Click from the first page to a question, choose, and ask."""
    page.goto(f"{site}/{lang}/")
    page.click(f"nav a[href='/{lang}/questions']")
    found = page.locator(f"main a[href^='/{lang}/questions/{entry.question}']")
    link = re.compile(rf"/{lang}/questions/{re.escape(entry.question)}(\?|$)")
    hrefs = [one.get_attribute("href") for one in found.all()]
    found.nth(next(i for i, href in enumerate(hrefs) if link.match(href))).click()
    fields = page.locator("form.ask select, form.ask input[type=text]")
    if not fields.count():
        return
    for field in fields.all():
        wanted = str(entry.parameters.get(str(field.get_attribute("name")), ""))
        if field.evaluate("one => one.matches('select')"):
            field.select_option(wanted)
        else:
            field.fill(wanted)
    page.click("form.ask button")


def faults(page: Any, site: str, app: Flask, entry: Entry, lang: str) -> list[str]:
    """Return how a page differs from the answer."""
    client = app.test_client()
    given = {**entry.parameters, "lang": lang}
    first = client.get(f"/api/questions/{entry.question}", query_string=given).json
    rows = list(first["rows"])
    for number in range(2, first["pages"] + 1):
        more = client.get(
            f"/api/questions/{entry.question}", query_string={**given, "page": number}
        )
        rows += more.json["rows"]
    walk(page, site, entry, lang)
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


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("entries", HALVES, ids=["one half", "other half"])
def test_each_gold_question_is_found_by_clicking_and_answered_on_its_page(
    page: Any, site: str, app: Flask, entries: list[Entry], lang: str
) -> None:
    found = {one.id: faults(page, site, app, one, lang) for one in entries}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
