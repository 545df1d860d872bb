"""One generation becomes one zip that opens without a network: `coopkg pack`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from coopkg import __version__, durable, generation
from coopkg.config import Settings
from coopkg.errors import OutputError
from coopkg.generation import Generation
from coopkg.pack import about, archive, extra, rewriting
from coopkg.pack.addresses import Address, file_name, reader
from coopkg.pack.archive import Archive, Written
from coopkg.pack.crawl import Crawl, Progress
from coopkg.pack.plan import plan
from coopkg.pack.scope import Scope
from coopkg.terms import BASE

STATIC: Final = Path(__file__).parent / "static"
LANGS: Final = ("fr", "en")
DUMPS: Final = "dumps/"
_BESIDE: Final = ("SHA256SUMS", "index.json")


def make(
    settings: Settings,
    out: Path | None,
    progress: Progress,
    *,
    ref: str | None = None,
    langs: Sequence[str] = LANGS,
    most: int | None = None,
) -> tuple[Path, Written]:
    """Write the pack of a generation, of the current one without `ref`; `most` bounds its pages.

    Without `out`, it is `coopkg-<generation>.zip` in this directory.

    Raises:
        UnknownError: no such generation.
        OutputError: a page does not answer, or the disk refused; nothing was left at `out`.
    """
    found = generation.open_(settings.home, ref) if ref else generation.current(settings.home)
    out = out or Path(f"coopkg-{found.id}.zip")
    _mind_place(out)
    with _application(settings, found) as app:
        crawl, facts = _read(app, found, langs, settings.public_url.rstrip("/"), progress, most)
        progress(
            f"{facts.pages} pages et {facts.files} fichiers lus ; écriture du paquet",
            f"{facts.pages} pages and {facts.files} files read; writing the pack",
        )
        when = datetime.fromisoformat(found.manifest.published)
        service = app.extensions["coopkg"].service()
        return out, archive.write(
            out,
            f"coopkg-{found.id}",
            when,
            lambda target: _fill(target, crawl, facts, service.labels),
        )


def _mind_place(out: Path) -> None:
    """Refuse at once what could only be refused after minutes.

    Raises:
        OutputError: there is no such folder, or `out` is one.
    """
    folder = out.absolute().parent
    if not folder.is_dir() or out.is_dir():
        raise OutputError(
            f"{out} : ce n’est pas un nom de fichier dans un dossier qui existe",
            f"{out}: not the name of a file in a folder that exists",
        )


@contextmanager
def _application(settings: Settings, found: Generation) -> Iterator[Any]:
    """Serve one generation in process, from a home where it is alone: nothing else can show.

    Without a public address, addresses begin as the names of things do (`https://w3id.org/…`).
    """
    from coopkg.serve import create_app

    with tempfile.TemporaryDirectory(prefix="coopkg-pack-") as folder:
        home = Path(folder)
        try:
            target = home / found.path.relative_to(settings.home)
            shutil.copytree(found.path, target, copy_function=shutil.copyfile)
        except OSError as error:
            raise OutputError(*durable.explain(error, home)) from error
        (home / "current").write_text(f"{found.number}\n", encoding="utf-8")
        here = settings.public_url or BASE.rstrip("/")
        app = create_app(replace(settings, home=home, public_url=here, cache_mb=0, engine=""))
        app.extensions["coopkg_shares"] = None  # who packs is not a visitor
        try:
            yield app
        finally:
            app.extensions["coopkg"].close()


def _read(
    app: Any,
    found: Generation,
    langs: Sequence[str],
    live: str,
    progress: Progress,
    most: int | None,
) -> tuple[Crawl, about.Facts]:
    service = app.extensions["coopkg"].service()
    planned = plan(service.questions.values(), service.context())
    dumps = [one.removeprefix(DUMPS) for one in found.manifest.files if one.startswith(DUMPS)]
    scope = Scope(planned, langs, {*dumps, *_BESIDE})
    crawl = Crawl(app.test_client(), reader(live, found.id), scope, progress, most)
    starts = [Address(f"/{lang}/{path}") for lang in langs for path in ("", "questions")]
    asked = [
        Address(f"/{lang}/questions/{slug}", given)
        for lang in langs
        for slug, one in sorted(planned.questions.items())
        for given in sorted(one.given)
    ]
    static = [Address("/static/site.css"), Address("/static/icon.svg")]
    files = [Address(f"/dumps/{name}") for name in sorted(scope.dumps)]
    crawl.walk([*static, *files, *starts])
    if most is None:
        crawl.walk(asked)
    titles = {
        lang: {
            slug: service.questions[slug].heading(lang, {}) for slug in sorted(planned.questions)
        }
        for lang in langs
    }
    pages, files_read = len(list(crawl.pages)), len(crawl.files)
    published = found.manifest.published
    facts = about.Facts(
        found.id, published, langs, planned, titles, pages, files_read, live, __version__, most
    )
    return crawl, facts


def _fill(target: Archive, crawl: Crawl, facts: about.Facts, labels: Any) -> None:
    """Write every file of a pack, in the order of their names."""
    site = rewriting.Site(
        reader=reader(facts.live, facts.generation),
        find=crawl.find,
        live=facts.live,
        banner=lambda lang, href: _banner(facts, lang, href),
        runs=lambda address: _runs(address, crawl),
    )
    content: dict[str, bytes] = {}
    for lang in facts.langs:
        content |= _own_pages(crawl, facts, site, lang, labels)
    content |= {f"static/{one.name}": one.read_bytes() for one in STATIC.iterdir()}
    days = {lang: _day(facts, lang) for lang in facts.langs}
    content["index.html"] = extra.start(facts.langs, days, facts.generation).encode()
    texts = {"fr": "LISEZMOI.txt", "en": "README.txt"}
    for lang in LANGS:
        content[texts[lang]] = archive.text(about.readme(facts, lang, _day(facts, lang)))
    content |= {file_name(address): body for address, body in crawl.files.items()}
    pages = {file_name(address): address for address in crawl.pages}
    for name in sorted({*content, *pages}):
        if name in content:
            target.add(name, content[name])
        else:
            address = pages[name]
            target.add(name, rewriting.rewritten(crawl.html(address), address, site).encode())
    target.seal(about.described(facts))


def _runs(address: Address, crawl: Crawl) -> bool:
    if address in crawl.files:
        return rewriting.stands_alone(crawl.files[address].decode())
    return address.path.startswith("/static/search")


def _own_pages(
    crawl: Crawl, facts: about.Facts, site: rewriting.Site, lang: str, labels: Any
) -> dict[str, bytes]:
    """Return the pages that only a pack has, in the frame of the others."""
    frame = crawl.html(Address(f"/{lang}/questions"))
    entries = [
        extra.entry(one, crawl.html(one), labels)
        for one in sorted(crawl.pages)
        if one.lang == lang and not one.query
    ]
    scripts = '<script src="/static/search-index-{0}.js"></script><script src="/static/search.js">'
    made = {
        "search": extra.search(lang) + scripts.format(lang) + "</script>",
        "a-z": extra.a_to_z(entries, lang),
        "pack": about.page(facts, lang, _day(facts, lang)),
    }
    content = {}
    for name, inside in made.items():
        page = Address(f"/{lang}/{name}")
        title = extra.t(lang, "Paquet hors ligne", "Offline pack")
        whole = rewriting.rewritten(extra.framed(frame, lang, title, inside, name), page, site)
        content[file_name(page)] = whole.encode()
    content[f"static/search-index-{lang}.js"] = extra.index(entries, lang)
    return content


def _banner(facts: about.Facts, lang: str, href: str) -> str:
    what = extra.t(lang, "Paquet hors ligne", "Offline pack")
    more = extra.t(lang, "ce qu’il contient", "what it holds")
    find = extra.t(lang, "chercher", "search")
    there = href.replace("pack.html", "search.html")
    day = _day(facts, lang)
    return (
        f'<aside class="about-line pack" aria-label="{what}"><div class="wrap">{what}, '
        f'{extra.t(lang, "données du", "data of")} {day} · <a href="{href}">{more}</a> · '
        f'<a href="{there}">{find}</a></div></aside>\n'
    )


def _day(facts: about.Facts, lang: str) -> str:
    from coopkg.serve import i18n

    return i18n.date(facts.published, "en" if lang == "en" else "fr")
