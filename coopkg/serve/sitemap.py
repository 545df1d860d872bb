"""`/sitemap.xml` and `/robots.txt`: every page, in both languages, for search engines.

Protocol of sitemaps.org: at most 50,000 addresses in a file; beyond `MOST`, the map is an index of
several. Each page names its other language (`xhtml:link`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from flask import Blueprint, Response, g

from coopkg.errors import UnknownError
from coopkg.questions import Question
from coopkg.serve import browse, linked
from coopkg.serve.guides import shelf
from coopkg.serve.i18n import LANGS
from coopkg.serve.service import Service
from coopkg.terms import BASE, NS

MOST: Final = 20_000
"""Addresses in one file: with their alternates, some 8 MB."""
FOLDERS: Final = ("id/", "scheme/", "graph/passage/")
PAGES: Final = (
    "", "questions", "ns", "accessibility", "accessibility/criteria", "changes", "links",
    "iri-policy", "mint", "rules", "guides", *(f"guides/{one}" for one in shelf.NAMES),
)  # fmt: skip
ROUND: Final = ("browse", *(f"browse/{one}" for one in browse.PAGES), "compare")
DOCUMENTS: Final = ("void", "catalog", "dumps/")
ROBOTS: Final = """User-agent: *
Disallow: /sparql?
Disallow: /graphs
Disallow: /api/
Disallow: /fr/search
Disallow: /en/search
Disallow: /fr/report
Disallow: /en/report
Disallow: /fr/changes?
Disallow: /en/changes?
Disallow: /*?generation=
Disallow: /*&generation=
Sitemap: {}
"""
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_XHTML: Final = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'


def blueprint() -> Blueprint:
    """Return the routes of `/sitemap.xml`, its parts and `/robots.txt`."""
    routes = Blueprint("sitemap", __name__)

    @routes.get("/sitemap.xml")
    def sitemap() -> Response:
        every = list(addresses(g.service))
        if len(every) <= MOST:
            return _xml(_urls(every))
        count = -(-len(every) // MOST)
        parts = [linked.public(f"/sitemap-{number}.xml") for number in range(1, count + 1)]
        return _xml(_index(parts))

    @routes.get("/sitemap-<int:number>.xml")
    def part(number: int) -> Response:
        every = list(addresses(g.service))[(number - 1) * MOST : number * MOST]
        if number < 1 or not every:
            raise UnknownError(
                str(number),
                f"il n’y a pas de plan du site numéro {number}",
                f"there is no sitemap number {number}",
                ("/sitemap.xml",),
            )
        return _xml(_urls(every))

    @routes.get("/robots.txt")
    def robots() -> Response:
        text = ROBOTS.format(linked.public("/sitemap.xml"))
        return Response(text, content_type="text/plain; charset=utf-8")

    return routes


def addresses(service: Service) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the address of each page, with those of the same page in each language."""
    entities = sorted(
        iri.removeprefix(BASE)
        for iri in service.labels
        if iri.startswith(tuple(BASE + one for one in FOLDERS))
    )
    questions = (_question(service.questions[slug]) for slug in sorted(service.questions))
    terms = sorted("ns/" + iri.removeprefix(NS) for iri in service.labels if iri.startswith(NS))
    for path in (*PAGES, *ROUND, *questions, *terms, *entities):
        yield from _both({lang: linked.public(f"/{lang}/{path}") for lang in LANGS})
    for path in DOCUMENTS:
        yield from _both({lang: linked.public(f"/{path}?lang={lang}") for lang in LANGS})


def _question(found: Question) -> str:
    """Return the address of a question, with the choices without which it has no answer."""
    query = urlencode(found.required_examples())
    return f"questions/{found.slug}" + (f"?{query}" if query else "")


def _both(pages: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    for address in pages.values():
        yield address, pages


def _urls(every: list[tuple[str, dict[str, str]]]) -> str:
    when = g.service.generation.manifest.published
    return f"<urlset {_SPACE} {_XHTML}>\n{''.join(_url(*one, when) for one in every)}</urlset>\n"


def _url(address: str, pages: dict[str, str], when: str) -> str:
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{lang}" href={quoteattr(href)}/>'
        for lang, href in pages.items()
    )
    return f"<url><loc>{_text(address)}</loc><lastmod>{when}</lastmod>{others}</url>\n"


def _index(parts: list[str]) -> str:
    when = g.service.generation.manifest.published
    inside = "".join(
        f"<sitemap><loc>{_text(one)}</loc><lastmod>{when}</lastmod></sitemap>\n" for one in parts
    )
    return f"<sitemapindex {_SPACE}>\n{inside}</sitemapindex>\n"


def _text(address: str) -> str:
    return quoteattr(address)[1:-1]


def _xml(body: str) -> Response:
    return Response(_HEAD + body, content_type="application/xml; charset=utf-8")
