"""What search engines find: schema.org in the pages, the map of the site."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from browsing import CHROMIUM
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from coopkg.serve import sitemap

CEFAL = "/id/organisation/cefal"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def described(page: str) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize(
    ("path", "types"),
    [
        ("/fr" + CEFAL, {"Organization", "EducationalOrganization"}),
        ("/en/id/place/tunisie", {"Country", "Place"}),
        ("/fr/scheme/theme/culture", {"DefinedTerm"}),
        ("/en/scheme/theme", {"DefinedTermSet"}),
        ("/en/", {"Dataset"}),
        ("/catalog", {"Dataset"}),
    ],
)
def test_a_page_says_what_it_is_about_in_the_words_of_schema_org(
    client: FlaskClient, path: str, types: set[str]
) -> None:
    found = described(client.get(path, headers={"Accept": FIREFOX}).text)
    assert found["@context"] == "https://schema.org"
    given = found["@type"]
    assert set([given] if isinstance(given, str) else given) & types
    assert found["name"]
    read = list(
        ox.parse(
            json.dumps({**found, "@context": {"@vocab": "https://schema.org/"}}).encode(),
            format=ox.RdfFormat.JSON_LD,
        )
    )
    assert len(read) > 2


def test_properties_follow_the_alignments(client: FlaskClient) -> None:
    found = described(client.get("/fr/id/place/tunisie").text)
    assert found["containedInPlace"]
    assert any("wikidata" in one or "europa.eu" in one for one in found["sameAs"])


def test_no_text_leaves_the_description_for_search_engines(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        template = app.jinja_env.get_template("_structured.html")
        written = template.render(structured={"name": "</script><script>alert(1)</script>"})
    assert written.count("</script>") == 1
    assert described(written)["name"] == "</script><script>alert(1)</script>"


SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def test_the_sitemap_lists_every_page_in_both_languages(app: Flask, client: FlaskClient) -> None:
    here = app.config["PUBLIC_URL"]
    root = ElementTree.fromstring(client.get("/sitemap.xml").data)
    found = [one.findtext(SITEMAP + "loc", "") for one in root]
    assert len(found) == len(set(found)) < 50_000
    assert len(client.get("/sitemap.xml").data) < 50 << 20
    for path in ("/fr/", "/en/questions/partners-by-theme-and-place", "/fr/id/organisation/cefal"):
        assert here + path in found
    for url in root:
        pages = {one.get("hreflang"): one.get("href") for one in url.iter(XHTML + "link")}
        assert pages.keys() == {"fr", "en"}
        assert url.findtext(SITEMAP + "loc") in pages.values()
    for address in found[:: len(found) // 60]:
        assert client.get(address.removeprefix(here)).status_code == 200, address
    robots = client.get("/robots.txt").text
    assert f"Sitemap: {here}/sitemap.xml" in robots


def test_a_large_sitemap_is_an_index_of_several(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = len(ElementTree.fromstring(client.get("/sitemap.xml").data))
    monkeypatch.setattr(sitemap, "MOST", every // 2 - 1)
    # Asked as nobody else asks it: the map of every other test is kept under its own address.
    root = ElementTree.fromstring(client.get("/sitemap.xml?parts").data)
    parts = [one.findtext(SITEMAP + "loc", "") for one in root]
    assert root.tag == SITEMAP + "sitemapindex"
    assert len(parts) == 3
    sizes = [
        len(ElementTree.fromstring(client.get(one.removeprefix(app.config["PUBLIC_URL"])).data))
        for one in parts
    ]
    assert sum(sizes) == every
    assert client.get("/sitemap-4.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def console(address: str, profile: Path) -> str:
    """Return what a browser says of a page while it loads it."""
    assert CHROMIUM
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            f"--user-data-dir={profile}",
            "--dump-dom",
            address,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "</html>" in done.stdout
    return "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


@pytest.mark.skipif(not (CHROMIUM or os.environ.get("CI")), reason="no Chromium here")
def test_the_description_for_search_engines_is_no_script_to_a_browser(
    app: Flask, tmp_path: Path
) -> None:
    inline = Flask("inline")
    policy = app.test_client().get("/fr/").headers["Content-Security-Policy"]

    @inline.get("/")
    def page() -> tuple[str, dict[str, str]]:
        return "<!doctype html><script>1</script>", {"Content-Security-Policy": policy}

    said = {}
    for name, served in (("ours", app), ("inline", inline)):
        server = make_server("127.0.0.1", 0, served, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            path = "/fr" + CEFAL if name == "ours" else "/"
            said[name] = console(f"http://127.0.0.1:{server.port}{path}", tmp_path / name)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
    assert "Content Security Policy" in said["inline"]  # so silence means something
    assert said["ours"] == ""
