"""The guides of docs/ as pages: whole, in both languages, every link leading somewhere."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from flask.testing import FlaskClient

from coopkg.config import Settings
from coopkg.errors import Lang
from coopkg.serve import create_app
from coopkg.serve.guides import shelf
from coopkg.serve.guides.reading import WRITTEN_AT, read

DOCS = Path(__file__).parents[1] / "docs"
HERE = "https://coop.example.org"
LANGS: tuple[Lang, ...] = ("fr", "en")
GUIDES = [(name, lang) for name in shelf.NAMES for lang in LANGS]


@pytest.fixture(scope="module")
def client(published: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(home=published, public_url=HERE))
    yield app.test_client()
    app.extensions["coopkg"].close()


def page(client: FlaskClient, address: str) -> str:
    found = client.get(address)
    assert found.status_code == 200, address
    return found.get_data(as_text=True)


def main(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(("name", "lang"), GUIDES)
def test_a_guide_says_what_is_written_in_docs_and_its_commands_name_this_service(
    client: FlaskClient, name: str, lang: Lang
) -> None:
    written = shelf.text(name, lang)
    shown = main(page(client, f"/{lang}/guides/{name}"))
    blocks = [one.partition("\n")[2] for one in re.findall(r"^```(.*?)^```", written, re.S | re.M)]
    seen = [html.unescape(one) for one in re.findall(r"<pre[^>]*><code>(.*?)</code>", shown, re.S)]
    assert seen == [one.replace(WRITTEN_AT, HERE) for one in blocks]
    headings = re.findall(r"^#{2,4} ", re.sub(r"^```.*?^```", "", written, flags=re.S | re.M), re.M)
    assert len(re.findall(r"<h[2-4] ", shown)) == len(headings)
    assert WRITTEN_AT not in shown
    assert "](" not in re.sub(r"<pre.*?</pre>|<code>.*?</code>", "", shown, flags=re.S)


@pytest.mark.parametrize(("name", "lang"), GUIDES)
def test_every_link_of_a_guide_leads_to_a_page_and_to_a_place_of_it(
    client: FlaskClient, name: str, lang: Lang
) -> None:
    shown = main(page(client, f"/{lang}/guides/{name}"))
    links = [urlsplit(html.unescape(one)) for one in re.findall(r'<a href="([^"]+)"', shown)]
    assert links
    for link in links:
        if link.netloc:
            continue
        there = page(client, link.path or f"/{lang}/guides/{name}")
        assert not link.fragment or f'id="{unquote(link.fragment)}"' in there, link


@pytest.mark.parametrize("lang", LANGS)
def test_the_list_leads_to_each_guide_by_its_title(client: FlaskClient, lang: Lang) -> None:
    shown = page(client, f"/{lang}/guides")
    for name in shelf.NAMES:
        title = re.search(r"<h1[^>]*>(.*?)</h1>", page(client, f"/{lang}/guides/{name}"))
        assert title
        assert f'<a href="/{lang}/guides/{name}">{title[1]}</a>' in shown
    assert f'href="/{lang}/guides"' in page(client, f"/{lang}/").partition("<footer")[2]
    assert f'href="/{lang}/guides/partner-tutorial"' in page(client, f"/{lang}/contribute")


def test_french_guides_keep_their_marks_with_their_words() -> None:
    for name in shelf.NAMES:
        shown = read(shelf.text(name, "fr"), "fr", HERE, lambda _: None).html
        said = re.sub(r"<pre.*?</pre>|<code>.*?</code>|<[^>]+>", "", shown, flags=re.S)
        assert not re.findall(r".{20} [:;?!»](?=\s|$)", html.unescape(said)), name


def test_html_is_text_and_a_link_that_leads_nowhere_is_its_words() -> None:
    text = '# A\n\nSee <script>x</script> <a id="b"></a> [c](settings.md)\n\n<div onclick="x">\n'
    found = read(text, "en", HERE, lambda written: shelf.link("en", written))
    assert found.title == "A"
    assert "<script" not in found.html
    assert "<div" not in found.html
    assert '<a id="b"></a>' in found.html
    assert " c</p>" in found.html


def test_a_guide_that_is_none_is_refused_with_those_there_are(client: FlaskClient) -> None:
    for name in ("settings", "..%2f..%2fREADME", "nothing"):
        found = client.get(f"/en/guides/{name}", headers={"Accept": "application/json"})
        assert found.status_code == 404
    assert "partner-tutorial" in client.get(
        "/en/guides/nothing", headers={"Accept": "application/json"}
    ).get_data(as_text=True)


def test_a_wheel_reads_them_inside_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "coopkg" / "docs").mkdir(parents=True)
    (tmp_path / "coopkg" / "docs" / "limits.md").write_text("# There\n", encoding="utf-8")
    monkeypatch.setattr("coopkg.__file__", str(tmp_path / "coopkg" / "__init__.py"))
    assert shelf.text("limits", "en") == "# There\n"
