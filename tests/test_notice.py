"""Whom the facts come from, as every page says it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from coopkg import serve
from coopkg.terms import BASE


@pytest.mark.parametrize(
    ("lang", "words"),
    [("fr", "et de ce que des partenaires y ont ajouté"), ("en", "and from what partners added")],
)
def test_every_page_says_that_partners_speak_when_they_do(
    client: FlaskClient, lang: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert words not in client.get(f"/{lang}/accessibility").text
    monkeypatch.setattr(serve, "has_partners", lambda _: True)
    said = client.get(f"/{lang}/accessibility?again").text
    assert words in said


def test_partners_speak_where_a_graph_is_of_their_layer() -> None:
    def holding(*graphs: str) -> Any:
        return SimpleNamespace(manifest=SimpleNamespace(graphs=dict.fromkeys(graphs, 1)))

    assert serve.has_partners(holding(f"{BASE}graph/asserted", f"{BASE}graph/partner/tunis/a"))
    assert not serve.has_partners(holding(f"{BASE}graph/asserted"))
