"""The offline pack: everything in it leads somewhere in it, without a network or a server."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from browsing import follow

from coopkg import generation
from coopkg.config import Settings
from coopkg.errors import OutputError
from coopkg.pack import archive, forms, making, plan, rewriting
from coopkg.pack.addresses import Address, between, file_name, reader
from coopkg.pack.scope import Scope

ROOT = Path(__file__).parents[1]
SOME = 120
"""Pages and files, of every kind in turn: the whole is ten thousand, and `make pack` tries it."""
WHEN = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def zipped(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the pack that tests look at: a part of it unless COOPKG_WHOLE_PACK is set."""
    most = None if os.environ.get("COOPKG_WHOLE_PACK") else SOME
    out = tmp_path_factory.mktemp("pack") / "pack.zip"
    settings = Settings(home=published, root=ROOT)
    making.make(settings, out, lambda fr, en: print(en), most=most)
    return out


@pytest.fixture(scope="module")
def folder(zipped: Path) -> Path:
    """Return the folder of the pack, as a reader finds it once it is unpacked."""
    with zipfile.ZipFile(zipped) as read:
        read.extractall(zipped.parent)
        (name,) = {one.split("/")[0] for one in read.namelist()}
    return zipped.parent / name


class Links(HTMLParser):
    """The links of a page, what would need a server, and the texts of its marked links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.needs: list[str] = []
        self.foreign: list[str] = []
        self.ids: set[str] = set()
        self._open: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        if tag in {"form", "iframe"} or given.get("type") == "module":
            self.needs.append(tag)
        for name in ("href", "src", "action"):
            href = given.get(name)
            if href and href.startswith(("http:", "https:")):
                assert tag == "a", f"a page loads {href}"
                self._open = (href, "")
            elif href and not href.startswith(("data:", "mailto:")):
                self.found.append(href)

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open = (self._open[0], self._open[1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open:
            if not self._open[1].endswith(("(en ligne)", "(online)")):
                self.foreign.append(self._open[0])
            self._open = None


def read(folder: Path, name: str) -> Links:
    links = Links()
    links.feed((folder / name).read_text(encoding="utf-8"))
    return links


def pages(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.html")):
        yield path.relative_to(folder).as_posix()


def test_every_link_of_every_page_resolves_in_the_pack(folder: Path) -> None:
    every = {name: read(folder, name) for name in pages(folder)}
    assert len(every) > SOME / 2
    for name, links in every.items():
        assert links.needs == [], name
        assert links.foreign == [], f"{name}: not marked as leading out"
        for href in links.found:
            parts = urlsplit(href)
            assert not href.startswith("/"), f"{name}: {href}"
            target = normpath(join(dirname(name), unquote(parts.path))) if parts.path else name
            assert (folder / target).is_file(), f"{name}: {href}"
            if parts.fragment and target in every:
                assert unquote(parts.fragment) in every[target].ids, f"{name}: {href}"


def test_every_file_has_its_hash(folder: Path) -> None:
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = dict(reversed(line.split("  ", 1)) for line in lines)
    found = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}
    assert found == {*sums, "SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["files"]) == found - {"SHA256SUMS", "manifest.json"}
    assert manifest["licence"].startswith("https://www.etalab.gouv.fr/")
    assert manifest["left_out"]["combinations"] > 0


def test_the_pack_says_what_it_holds_and_what_it_does_not(folder: Path, published: Path) -> None:
    found = generation.current(published)
    for name in ("LISEZMOI.txt", "README.txt", "fr/pack.html", "en/pack.html", "index.html"):
        assert found.id in (folder / name).read_text(encoding="utf-8"), name
    left = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["left_out"]
    assert f"{left['combinations']} combinaisons" in (folder / "LISEZMOI.txt").read_text("utf-8")
    dumps = {one.name for one in (folder / "dumps").iterdir()}
    sealed = {one.removeprefix("dumps/") for one in found.manifest.files if "dumps/" in one}
    assert sealed <= dumps


def test_names_are_safe_on_every_file_system(zipped: Path) -> None:
    with zipfile.ZipFile(zipped) as packed:
        names = packed.namelist()
    assert len({name.lower() for name in names}) == len(names)
    assert all(len(name) < 200 and not set(name) & set('?:*"<>|\\') for name in names)


def test_the_same_generation_is_the_same_pack(published: Path, tmp_path: Path) -> None:
    settings = Settings(home=published, root=ROOT)
    one, two = (
        making.make(settings, tmp_path / name, lambda fr, en: None, most=30, ref=ref)[1]
        for name, ref in (("a.zip", None), ("b.zip", generation.current(published).id))
    )
    assert one == two


# --- In a browser ---------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_reader_goes_from_home_to_a_question_an_entity_and_the_search(
    browser: Any, folder: Path, scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts, offline=True)
    page, errors = context.new_page(), []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("requestfailed", lambda asked: errors.append(asked.url))
    page.goto(folder.joinpath("index.html").as_uri())
    follow(page, page.locator("a[href='fr/index.html']").first)
    # The choices of the first form are folded: unfold them, as a reader does.
    page.locator("main details.pack-form summary").first.click()
    follow(page, page.locator("main a[href^='questions/']:visible").first)
    assert page.locator(".answer").count() == 1
    follow(
        page, page.locator("main a[href*='/id/']:visible, main a[href*='/scheme/']:visible").first
    )
    assert page.locator("h1").count() == 1
    follow(page, page.locator("aside.pack a").last)
    if scripts:
        page.fill("#q", "tunisie")
        page.wait_for_selector("#found a")
        page.fill("#q", "qzxw")
        page.wait_for_function("document.getElementById('said').textContent.startsWith('Aucun')")
        page.fill("#q", "brochure")
        follow(page, page.locator("#found a").first)
    else:
        follow(page, page.locator("main a[href='a-z.html']").last)
        follow(page, page.locator("ul.a-z a").first)
    assert page.locator("h1").count() == 1
    assert "pack" in (page.locator("aside.pack").get_attribute("class") or "")
    assert errors == []
    context.close()


# --- Its parts ------------------------------------------------------------------------------

HERE = Address("/fr/questions/q")
INSIDE = {HERE, Address("/fr/"), Address("/fr/questions/q", (("theme", "culture"),))}


def site(live: str = "") -> rewriting.Site:
    return rewriting.Site(
        reader=reader(live, "7-abc"),
        find=lambda one: one if one in INSIDE else None,
        live=live,
        banner=lambda lang, href: f"[{lang} {href}]",
        runs=lambda one: False,
    )


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ('<a href="/fr/">x</a>', '<a href="../index.html">x</a>'),
        ('<a href="#a">x</a>', '<a href="#a">x</a>'),
        ('<a href="/fr/questions/q?generation=7-abc#b">x</a>', '<a href="#b">x</a>'),
        ('<a href="https://w3id.org/cnfpt-coop/fr/">x</a>', '<a href="../index.html">x</a>'),
        (
            '<a href="/sparql?query=a&amp;b">x</a>',
            '<span class="absent">x</span> <small class="online">(pas dans ce paquet)</small>',
        ),
        ('<a href="?sort=a">x</a>', '<span class="absent">x</span>'),
        (
            '<a href="https://e.example/?a&amp;b">x</a>',
            '<a href="https://e.example/?a&amp;b">x <small class="online">(en ligne)</small></a>',
        ),
        ('<script type="application/ld+json">{"<a>": 1}</script>y', "y"),
        ('<script type="module" src="/static/a.js"></script>y', "y"),
        ('<link rel="describedby" href="/fr/">y', "y"),
        ('<main id="main">', '[fr ../pack.html]<main id="main">'),
        ("<p>&eacute; &lt; é</p><!-- <a href='/x'> -->",) * 2,
    ],
)
def test_a_link_leads_into_the_pack_or_says_that_it_does_not(given: str, wanted: str) -> None:
    assert rewriting.rewritten(given, HERE, site()) == wanted


def test_what_is_not_in_the_pack_leads_to_the_service_when_it_has_an_address() -> None:
    found = rewriting.rewritten('<a href="/sparql">x</a>', HERE, site("https://coop.example"))
    assert found.startswith('<a href="https://coop.example/sparql">x <small')


FORM = """<form action="/fr/questions/q"><label for="t">Thème</label><select id="t" name="theme">
<option value="">tous</option><option value="culture">culture (3)</option>
<option value="sport" selected>sport</option></select><button>Répondre</button></form>"""


def test_a_form_becomes_its_choices_as_links() -> None:
    found = rewriting.rewritten(FORM, HERE, site())
    assert '<a href="q/theme-culture-' in found
    assert '<a href="q.html">tous</a>' in found
    assert "<summary>Thème\u00a0: sport</summary>" in found
    assert "<form" not in found
    assert "<button" not in found
    wanted = {Address("/fr/questions/q", (("theme", one),)) for one in ("culture", "sport")}
    assert wanted <= set(rewriting.links(FORM, HERE, site().reader))


def test_a_choice_that_is_not_in_the_pack_is_counted() -> None:
    form = FORM.replace("culture", "danse")
    assert "Choix qui ne sont pas dans ce paquet\u00a0: 1." in rewriting.rewritten(
        form, HERE, site()
    )


def test_what_only_a_service_can_do_is_said_to_be_so() -> None:
    form = '<form method="post" action="/receipts"><button>Reçu</button></form>'
    assert forms.LIVE_ONLY["fr"] in rewriting.rewritten(form, HERE, site())


def test_two_addresses_never_share_a_file() -> None:
    given = ["/fr/ns/Place", "/fr/ns/place", "/fr/ns/é", "/fr/ns/e", "/fr/a/b", "/fr/a-b"]
    names = [file_name(Address(one)) for one in given]
    names += [file_name(Address("/fr/a", (("x", value),))) for value in ("1", "2", "a/b", "a?b")]
    assert len({name.lower() for name in names}) == len(names)
    assert between("fr/a/b.html", "fr/a.html") == "../a.html"


def test_a_page_is_in_the_pack_only_as_planned() -> None:
    asked = plan.Asked(frozenset({(), (("a", "1"),)}), 1, 1, 3)
    scope = Scope(plan.Plan({"q": asked}), ("fr",), {"all.nq.gz"})
    inside = ["/fr/", "/fr/questions/q", "/fr/id/place/x", "/static/x.css", "/dumps/all.nq.gz"]
    assert all(scope.holds(Address(one)) for one in inside)
    outside = ["/en/", "/fr/search", "/fr/questions/other", "/sparql", "/dumps/other", "/fr/report"]
    assert not any(scope.holds(Address(one)) for one in outside)
    chosen = Address("/fr/questions/q", (("a", "1"), ("page", "2")))
    assert scope.holds(chosen)
    assert not scope.holds(Address("/fr/questions/q", (("a", "2"),)))
    assert scope.holds(Address("/fr/questions/q/why", (("a", "1"), ("row", "3"))))
    assert not scope.holds(Address("/fr/questions/q", (("a", "1"), ("sort", "x"))))


def test_a_disk_that_refuses_leaves_the_old_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "pack.zip"
    out.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(archive.os, "fsync", full)
    with pytest.raises(OutputError, match="no space left on the disk"):
        archive.write(out, "x", WHEN, lambda target: target.add("a", b"a"))
    assert [one.name for one in tmp_path.iterdir()] == ["pack.zip"]
    assert out.read_bytes() == b"old"


def test_a_place_that_is_none_is_refused_at_once(published: Path, tmp_path: Path) -> None:
    settings = Settings(home=published, root=ROOT)
    with pytest.raises(OutputError, match="not the name of a file"):
        making.make(settings, tmp_path / "absent" / "p.zip", lambda fr, en: None)


def test_a_trial_says_that_it_is_one(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    said = "ce paquet est un essai" in (folder / "LISEZMOI.txt").read_text(encoding="utf-8")
    assert manifest["trial"] == said == ("COOPKG_WHOLE_PACK" not in os.environ)
