"""The page of a partner: what its things lack, what remains to be done, and how its data grew."""

from __future__ import annotations

import re
from collections.abc import Iterator

import contributing
import partnering
import pytest
from contributing import OWN, line, upload
from flask import Flask

from coopkg import contributions
from coopkg.terms import PREFIXES

LABEL = f"<{PREFIXES['rdfs']}label>"


def named(name: str, **labels: str) -> str:
    said = "".join(f'<{OWN}{name}> {LABEL} "{text}"@{lang} .\n' for lang, text in labels.items())
    return said + line(name)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with partnering.service(tmp_path_factory.mktemp("standing")) as made:
        home = made.extensions["coopkg_settings"].home
        settings = contributing.settings(home)

        def sent(text: str, graph: str = "") -> str:
            where = f"{contributing.MAIN}/{graph}" if graph else None
            one = contributions.submit(home, upload(text, graph=where, method="post"), settings)
            if one.state == "waiting":
                contributions.accept(home, one.id, "Alice")
                contributions.publish(home, settings)
            return one.id

        first = sent(named("whole", fr="Tout", en="All") + named("half", fr="Moitié"), "a")
        sent(named("other", en="Other") + "# warnings\n", "b")
        sent("violations", "c")
        sent("violations", "d")
        sent(line("mended"), "d")
        contributions.undo(home, first, "Alice", {"fr": "erreur"})
        contributions.publish(home, settings)
        yield made


def pages(app: Flask, lang: str) -> tuple[str, str]:
    client = app.test_client()
    token = app.extensions["test_tokens"]["tunis"]
    where = f"/{lang}/partners/tunis"
    return client.get(where).text, client.post(where, data={"token": token}).text


def test_what_things_lack_is_listed_for_everybody(app: Flask) -> None:
    public, _ = pages(app, "en")
    found = dict(re.findall(r'<li><a href="[^"]*/([a-z]+)">[^<]*</a>: ([^<]*)</li>', public))
    assert found == {
        "other": "a name in French, what it is",
        "mended": "a name in French, a name in English, what it is",
    }


def test_what_remains_to_be_done_is_told_to_its_owner_alone(app: Flask) -> None:
    public, own = pages(app, "fr")
    assert "Ce qui reste à faire" not in public
    assert "Ce qui reste à faire" in own
    section = own.partition("Ce qui reste à faire")[2].partition("<h2>")[0]
    assert re.findall(r'class="badge">([^<]*)<', section) == ["à corriger", "à compléter"]
    assert "il manque un nom" in section
    assert "ce n’est pas &lt;b&gt;à vous&lt;/b&gt;" in section, "the fault of c, not that of d"
    assert "&lt;b&gt;" not in public


def test_how_the_data_grew_tells_what_was_undone_too(app: Flask) -> None:
    public, _ = pages(app, "en")
    rows = re.findall(
        r'<td>(c-[^<]*)</td><td class="number">(\d+)</td><td class="number">(\d+)</td>', public
    )
    assert [(int(one[1]), int(one[2])) for one in rows] == [(5, 0), (3, 0), (1, 0), (0, 5)]
    assert rows[0][0] == rows[-1][0]


def test_when_all_is_in_order_it_is_said(app: Flask) -> None:
    client = app.test_client()
    token = app.extensions["test_tokens"]["sfax"]
    own = client.post("/en/partners/sfax", data={"token": token}).text
    assert "Nothing: all that you sent is in order." in own
    assert "in order" not in client.get("/en/partners/sfax").text
