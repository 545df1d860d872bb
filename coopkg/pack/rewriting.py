"""A page of the service becomes a page of a pack: links, forms, scripts. Pure.

The HTML that is sent is read, and only what leads somewhere is written again, so that no template
has to know of packs. What leads out of the pack is marked as such, or becomes text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from typing import Final

from coopkg.pack import forms
from coopkg.pack.addresses import Address, Reader, between, file_name

ONLINE: Final = {"fr": "en ligne", "en": "online"}
ABSENT: Final = {"fr": "pas dans ce paquet", "en": "not in this pack"}
_LINKS: Final = {"a": "href", "area": "href", "link": "href", "img": "src", "image": "href"} | {
    "script": "src",
    "source": "src",
    "use": "href",
}
_ATTRIBUTE: Final = re.compile(r'\s(?:href|src)="([^"]*)"')
_KEPT_LINKS: Final = frozenset({"stylesheet", "icon", "alternate", "next", "prev"})
_FOREIGN: Final = ("http://", "https://", "mailto:", "tel:")
_SCRIPT_ALONE: Final = re.compile(r"\b(?:import|export)\b\s*[\s{*\"'(]")

Attributes = Sequence[tuple[str, str | None]]


@dataclass(frozen=True)
class Site:
    """What a page is rewritten with.

    `find` gives what stands in the pack for an address; `live` is where the service is, or "";
    `banner` is put above the content of each page, with a link to the page about the pack.
    """

    reader: Reader
    find: Callable[[Address], Address | None]
    live: str
    banner: Callable[[str, str], str]
    runs: Callable[[Address], bool]
    """Whether a script is in the pack, and whole in itself, so that it runs without a server."""
    out: Counter[str] = field(default_factory=Counter)
    """How many links lead out of the pack, by kind of address."""

    def link(self, href: str, page: Address) -> str | None:
        """Return what a link becomes in the file of a page; None when it leads out of the pack."""
        if href.startswith(("#", "data:")):
            return href
        found = self.reader.read(href, page)
        if found is None:
            return None
        address, fragment = self.find(found[0]), found[1]
        if address is None:
            return None
        here, there = file_name(page), file_name(address)
        end = f"#{fragment}" if fragment else ""
        return end if here == there and end else between(here, there) + end

    def script(self, src: str, page: Address) -> str | None:
        """Return what a script becomes; None when it would not run from a file."""
        found = self.reader.read(src, page)
        if found is None or not self.runs(found[0]):
            return None
        return between(file_name(page), file_name(found[0]))

    def online(self, href: str, page: Address) -> str:
        """Return the address of something on the web, "" when it is nowhere."""
        found = self.reader.read(href, page)
        if found is None:
            return href if href.startswith(_FOREIGN) else ""
        self.out["/".join(found[0].path.split("/")[:3])] += 1
        return f"{self.live}{found[0]}" if self.live else ""


def links(html: str, page: Address, reader: Reader) -> list[Address]:
    """Return the addresses of the service that a page leads to, in order."""
    found = [unescape(one) for one in _ATTRIBUTE.findall(html)]
    if "<select" in html:
        finder = _Forms()
        finder.feed(html)
        finder.close()
        found += finder.found
    read = (reader.read(one, page) for one in dict.fromkeys(found) if not one.startswith("#"))
    return list(dict.fromkeys(one[0] for one in read if one is not None))


def rewritten(html: str, page: Address, site: Site) -> str:
    """Return a page as it stands in the pack."""
    writer = _Writer(html, page, site)
    writer.feed(html)
    writer.close()
    return writer.written()


class _Forms(HTMLParser):
    """Finds where the choices of each form lead."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._form: forms.Form | None = None
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag == "form":
            self._form = forms.Form(dict(attrs))
        elif self._form:
            self._form.start(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form:
            self.found += self._form.addresses()
            self._form = None


class _Writer(HTMLParser):
    """Notes which pieces of a page to replace, and by what."""

    def __init__(self, html: str, page: Address, site: Site) -> None:
        super().__init__(convert_charrefs=True)
        self._html = html
        self._page = page
        self._site = site
        self._lang = page.lang or "fr"
        self._edits: list[tuple[int, int, str]] = []
        self._ends: list[str] = []  # what replaces the next `</a>`
        self._form: tuple[int, forms.Form] | None = None
        self._dropped: int | None = None  # where a script that goes begins
        self._lines = [0]
        for line in html.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)

    def _place(self) -> tuple[int, int]:
        line, column = self.getpos()
        start = self._lines[line - 1] + column
        return start, start + len(self.get_starttag_text() or "")

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = dict(attrs)
        start, end = self._place()
        if self._form:
            self._form[1].start(tag, given)
        elif tag == "form":
            self._form = (start, forms.Form(given))
        elif tag == "script":
            self._script(given, start, end)
        elif tag == "a":
            self._anchor(given, start, end)
        elif tag == "main":
            self._edits.append((start, start, self._banner()))
        elif tag in _LINKS and given.get(_LINKS[tag]):
            self._resource(tag, given, start, end)

    def _banner(self) -> str:
        about = Address(f"/{self._lang}/pack")
        return self._site.banner(self._lang, between(file_name(self._page), file_name(about)))

    def _anchor(self, given: dict[str, str | None], start: int, end: int) -> None:
        href = given.get("href")
        if href is None:
            self._ends.append("</a>")
            return
        local = self._site.link(href, self._page)
        if local is not None:
            self._edits.append((start, end, _tag("a", {**given, "href": local})))
            self._ends.append("</a>")
            return
        online = self._site.online(href, self._page)
        if online:
            mark = f' <small class="online">({ONLINE[self._lang]})</small></a>'
            self._edits.append((start, end, _tag("a", {**given, "href": online})))
        else:
            kept = {name: text for name, text in given.items() if name in {"class", "lang", "id"}}
            classes = f"{kept.get('class') or ''} absent".strip()
            self._edits.append((start, end, _tag("span", {**kept, "class": classes})))
            absent = ABSENT[self._lang]
            # Another order or part of the page itself needs no word: the page is here.
            note = "" if self._is_here(href) else f' <small class="online">({absent})</small>'
            mark = f"</span>{note}"
        self._ends.append(mark)

    def _is_here(self, href: str) -> bool:
        found = self._site.reader.read(href, self._page)
        return found is not None and found[0].path == self._page.path

    def _resource(self, tag: str, given: dict[str, str | None], start: int, end: int) -> None:
        href = given[_LINKS[tag]] or ""
        local = self._site.link(href, self._page)
        kept = tag != "link" or set((given.get("rel") or "").split()) & _KEPT_LINKS
        if local is None or not kept:
            self._edits.append((start, end, ""))
        else:
            self._edits.append((start, end, _tag(tag, {**given, _LINKS[tag]: local})))

    def _script(self, given: dict[str, str | None], start: int, end: int) -> None:
        """Keep a script that runs from a file: a module does not, in any browser."""
        src = given.get("src") or ""
        local = self._site.script(src, self._page) if src else None
        if local is None:
            self._dropped = start
            return
        self._edits.append((start, end, _tag("script", {"src": local, "defer": None})))

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self._form:
            self._form[1].text(data)

    def handle_endtag(self, tag: str) -> None:
        start = self._place()[0]
        end = self._html.index(">", start) + 1
        if self._form:
            self._form[1].end(tag)
            if tag == "form":
                begin, form = self._form
                self._form = None
                self._edits.append((begin, end, self._choices(form)))
        elif tag == "script" and self._dropped is not None:
            self._edits.append((self._dropped, end, ""))
            self._dropped = None
        elif tag == "a" and self._ends:
            self._edits.append((start, end, self._ends.pop()))

    def _choices(self, form: forms.Form) -> str:
        def link(href: str) -> str | None:
            return self._site.link(href, self._page)

        return forms.html(form, link, self._lang)

    def written(self) -> str:
        pieces, here = [], 0
        for start, end, text in sorted(self._edits, key=lambda one: (one[0], one[1])):
            if start < here:
                continue  # inside a piece that is replaced whole
            pieces += [self._html[here:start], text]
            here = end
        return "".join([*pieces, self._html[here:]])


def stands_alone(script: str) -> bool:
    """Tell whether a script, sent as a module, runs as a plain one too."""
    return _SCRIPT_ALONE.search(script) is None


def _tag(name: str, attributes: dict[str, str | None]) -> str:
    written = "".join(
        f" {key}" if value is None else f' {key}="{escape(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>"
