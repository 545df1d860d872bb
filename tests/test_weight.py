"""How much a reader fetches: a first visit, then each page, compressed as browsers ask for it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from states import STATES, State

FIRST_KB = 90
PAGE_KB = 25
BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip, br"}
# What a browser fetches to show a page: its styles, scripts, icon and pictures.
FETCHED = re.compile(
    r'<(?:link rel="(?:stylesheet|icon)"|script|img|image)[^>]* (?:href|src)="([^"]+)"'
)
EDITOR = ("SPARQL", "SPARQL answer")  # its editor is paid for on its page alone


def weight(client: FlaskClient, path: str) -> tuple[float, str]:
    """Return the kilobytes sent for an address, and its text."""
    with client.get(path, headers=BROWSER) as sent:
        kilobytes = len(sent.data) / 1000
    with client.get(path, headers={"Accept": "text/html"}) as read:
        return kilobytes, read.text if read.mimetype == "text/html" else ""


@pytest.mark.parametrize("state", [one for one in STATES if one.status == 200], ids=str)
def test_a_page_is_light_on_a_first_visit_and_lighter_after(
    client: FlaskClient, state: State
) -> None:
    page, html = weight(client, state.path("fr"))
    assert page <= PAGE_KB
    if state.name in EDITOR:
        return
    parts = {unescape(one) for one in FETCHED.findall(html)}
    assert any("site.css" in one for one in parts)
    first = page + sum(weight(client, one)[0] for one in parts)
    assert first <= FIRST_KB, sorted(parts)
