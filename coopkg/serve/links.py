"""Keep `?generation=` on every link of a page, wherever the page got them from. Pure.

A page of a past generation leads to pages of that generation: its links, its forms, its exports,
its other language. They are found by reading the HTML that is sent, so that no template can
forget one.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

NAME: Final = "generation"
LATEST: Final = "latest-version"
"""The relation (RFC 5829) of the one link that leads back to today."""

# What is the same in every generation, or holds its own.
TIMELESS: Final = (
    "/static/",
    "/health",
    "/metrics",
    "/feed.atom",
    "/robots.txt",
    "/sitemap",
    "/dumps/",
    "/s/",
    "/receipts",
    "/fr/receipt/",
    "/en/receipt/",
    "/api/reports",
    "/fr/report",
    "/en/report",
    "/fr/changes",
    "/en/changes",
    "/api/contributions",
    "/fr/contribut",
    "/en/contribut",
    "/fr/partners",
    "/en/partners",
    "/fr/review",
    "/en/review",
    "/fr/guides",
    "/en/guides",
)
# Of these, what tells of one generation when it is asked to; no link of a page asks it.
TURNED: Final = ("/dumps/", "/feed.atom", "/health", "/fr/changes", "/en/changes")
# And what says the same from whichever of them it is asked.
SAME: Final = ("/metrics", "/robots.txt", "/sitemap")
_LINKS: Final = {"a": "href", "area": "href", "link": "href", "img": "src", "form": "action"}

Attributes = Sequence[tuple[str, str | None]]


def is_timed(address: str) -> bool:
    """Tell whether an address of ours answers from one generation or another.

    >>> is_timed("/fr/ns#Organisation"), is_timed("/static/site.css"), is_timed("//elsewhere/")
    (True, False, False)
    """
    local = address.startswith("/") and not address.startswith(("//", "/\\"))
    return local and not address.startswith(TIMELESS)


def turns(path: str) -> bool:
    """Tell whether an address answers from the generation that it is asked from.

    >>> turns("/fr/"), turns("/health"), turns("/metrics")
    (True, True, False)
    """
    return is_timed(path) or path.startswith(TURNED)


def at(address: str, ref: str) -> str:
    """Return an address of ours at a generation; others, and those that name one, as they are.

    It stands first, so that what is added to the end of an address still belongs to its end.

    >>> at("/fr/questions/a/why?theme=x&row=", "12-abc")
    '/fr/questions/a/why?generation=12-abc&theme=x&row='
    >>> at("?page=2", "12-abc"), at("#main", "12-abc")
    ('?generation=12-abc&page=2', '#main')
    """
    if not (is_timed(address) or address.startswith("?")):
        return address
    parts = urlsplit(address)
    if any(name == NAME for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return address
    given = f"{NAME}={quote(ref)}"
    return urlunsplit(parts._replace(query=f"{given}&{parts.query}" if parts.query else given))


def without(address: str) -> str:
    """Return the same address, at whatever generation is served.

    >>> without("/fr/questions/a?theme=x&generation=12&page=2")
    '/fr/questions/a?theme=x&page=2'
    """
    parts = urlsplit(address)
    kept = [one for one in parts.query.split("&") if one and one.partition("=")[0] != NAME]
    return urlunsplit(parts._replace(query="&".join(kept)))


def keep(html: str, ref: str) -> str:
    """Return a page with a generation kept by each of its links and forms."""
    reader = _Reader(html, ref)
    reader.feed(html)
    reader.close()
    return reader.written()


def keep_header(value: str, ref: str) -> str:
    """Return a `Link` header (RFC 8288) with a generation kept by each of its targets.

    >>> keep_header('</id/a.ttl>; rel="alternate", <https://e/>; rel="x"', "12")
    '</id/a.ttl?generation=12>; rel="alternate", <https://e/>; rel="x"'
    """
    pieces = value.split("<")
    for place, piece in enumerate(pieces[1:], 1):
        target, bracket, rest = piece.partition(">")
        pieces[place] = at(target, ref) + bracket + rest
    return "<".join(pieces)


class _Reader(HTMLParser):
    """Notes which start tags to write again, and where a form needs one more field."""

    def __init__(self, html: str, ref: str) -> None:
        super().__init__(convert_charrefs=False)
        self._html = html
        self._ref = ref
        self._edits: list[tuple[int, int, str]] = []
        self._form: int | None = None  # where the fields of the open form begin
        self._lines = [0]
        for line in html.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name") == NAME:
            self._form = None
        name = _LINKS.get(tag)
        if name is None:
            return
        start, end = self._place()
        address = given.get(name) or ""
        if tag == "form":
            self._form = end if not address or is_timed(address) else None
            return
        kept = address if given.get("rel") == LATEST else at(address, self._ref)
        if kept != address:
            self._edits.append((start, end, _tag(tag, {**given, name: kept})))

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            field = f'<input type="hidden" name="{NAME}" value="{escape(self._ref)}">'
            self._edits.append((self._form, self._form, field))
            self._form = None

    def _place(self) -> tuple[int, int]:
        line, column = self.getpos()
        start = self._lines[line - 1] + column
        return start, start + len(self.get_starttag_text() or "")

    def written(self) -> str:
        parts, done = [], 0
        for start, end, text in sorted(self._edits):
            parts += [self._html[done:start], text]
            done = end
        return "".join([*parts, self._html[done:]])


def _tag(tag: str, attrs: dict[str, str | None]) -> str:
    words = [
        name if value is None else f'{name}="{escape(value)}"' for name, value in attrs.items()
    ]
    return f"<{' '.join([tag, *words])}>"
