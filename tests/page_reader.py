"""A page as a careful reader sees it: its links, its words and their language, its structure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import NamedTuple

VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr".split()  # noqa: SIM905
)
VERBATIM = frozenset({"code", "pre", "kbd", "samp", "script", "style", "textarea"})
LINKS = {"a": "href", "area": "href", "link": "href", "img": "src", "image": "href"}
LINKS |= {"script": "src", "form": "action"}
REFERENCES = frozenset({"for", "aria-labelledby", "aria-describedby", "aria-controls"})
SPOKEN = frozenset({"aria-label", "title", "alt", "placeholder"})
DRIVEN = frozenset({"style", "target", "onclick"})
MEDIA = frozenset({"audio", "video", "object", "embed", "iframe", "frame", "marquee", "blink"})
REGIONS = ("header", "nav", "main", "footer")
PLACED = frozenset({"html", "caption", "th", *REGIONS, *(f"h{level}" for level in range(1, 7))})


class Text(NamedTuple):
    """Some words: their language, and whether they are code."""

    words: str
    lang: str
    verbatim: bool


@dataclass
class Page:
    """What a page holds, and what is wrong with its structure."""

    links: list[tuple[str, str]] = field(default_factory=list)  # element, address
    ids: Counter[str] = field(default_factory=Counter)
    texts: set[Text] = field(default_factory=set)
    headings: list[int] = field(default_factory=list)
    regions: Counter[str] = field(default_factory=Counter)
    references: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    heads: int = 0  # headings of tables that do not say what they head
    title: str = ""
    heading: str = ""
    lang: str = ""

    def trouble(self) -> list[str]:
        """Return what is wrong with the structure of the page as a whole."""
        found = list(self.faults) + ["th without scope"] * bool(self.heads)
        found += [f"id {name} stands twice" for name, count in self.ids.items() if count > 1]
        found += [f"no id {name}" for name in sorted(self.references - self.ids.keys())]
        found += [f"no {name}" for name in REGIONS if not self.regions[name]]
        if self.headings.count(1) != 1:
            found.append(f"{self.headings.count(1)} headings of level 1")
        steps = zip(self.headings, self.headings[1:], strict=False)
        found += [f"heading {b} after {a}" for a, b in steps if b > a + 1]
        found += [f"no {name}" for name in ("title", "heading") if not getattr(self, name)]
        return found


def read(html: str) -> Page:
    """Return what a page holds.

    The way of writing is our own (lower case, values in double quotes), and read as such: thousands
    of pages are read. What is written otherwise is a fault, and html-validate judges the rest.
    """
    reader = _Reader()
    done = 0
    for found in _TAG.finditer(html):
        begins, ends = found.span()
        if begins > done:
            reader.text(html[done:begins])
        done = ends
        closing, tag, attributes, self_closing = found.groups()
        if closing:
            reader.end(tag)
        elif tag:
            reader.start(tag, attributes, bool(self_closing))
    reader.text(html[done:])
    page = reader.page
    page.faults += [f"{one.tag} is not closed" for one in reader.open]
    page.title, page.heading = (" ".join(one.split()) for one in (page.title, page.heading))
    if not html.lower().startswith("<!doctype html>"):
        page.faults.append("no doctype")
    return page


_TAG = re.compile(
    r"""<(?:!--.*?--|!doctype[^>]*|(/?)([a-z][\w:-]*)((?:\s+[^\s=>/"'<]+(?:="[^"]*")?)*)\s*(/?))>""",
    re.S | re.I,
)
_ATTRIBUTE = re.compile(r"""([^\s=>/"']+)(?:="([^"]*)")?""")


class _Said(NamedTuple):
    """What the start of an element says by itself, wherever it stands."""

    lang: str | None
    verbatim: bool
    id: str
    link: str | None
    references: tuple[str, ...]
    spoken: tuple[str, ...]
    box: str | None  # the name of a box to tick
    has_scope: bool
    faults: tuple[str, ...]


@lru_cache(maxsize=50_000)
def _said(tag: str, text: str) -> _Said:
    """Read the start of an element once: most of a page stands on thousands of others."""
    given = {name: unescape(value) for name, value in _ATTRIBUTE.findall(text)} if text else {}
    address = LINKS.get(tag, "")
    is_got = given.get("method", "get").lower() == "get"
    is_box = tag == "input" and given.get("type") in {"checkbox", "radio"}
    references = [one for name in given.keys() & REFERENCES for one in given[name].split()]
    return _Said(
        given.get("lang"),
        tag in VERBATIM or given.get("translate") == "no",
        given.get("id", ""),
        given.get(address) if is_got else None,
        tuple(references),
        tuple(given[name] for name in given.keys() & SPOKEN if given[name]),
        given.get("name", "") if is_box else None,
        tag == "th" and "scope" in given,
        tuple(_faults(tag, given)),
    )


def _faults(tag: str, given: dict[str, str]) -> Iterator[str]:
    if tag in MEDIA:
        yield f"<{tag}>"
    yield from (f"{name} on <{tag}>" for name in given.keys() & DRIVEN)
    if int(given.get("tabindex") or 0) > 0:
        yield "an order forced by tabindex"
    if tag == "a" and given and given.get("href", "x").strip() in {"", "#"}:
        yield "a link to nothing"
    if "id" in given and not given["id"]:
        yield "an empty id"


@dataclass(slots=True)
class _Element:
    tag: str
    lang: str
    verbatim: bool
    named: str = ""  # what the words inside name: the `title` of the page or its `heading`
    caption: bool = False
    boxes: Counter[str] | None = None


_NOTHING = _Element("", "", verbatim=False)


class _Reader:
    def __init__(self) -> None:
        self.page = Page()
        self.open: list[_Element] = []

    def start(self, tag: str, text: str, closed: bool) -> None:
        above = self.open[-1] if self.open else _NOTHING
        said = _said(tag, text)
        lang = above.lang if said.lang is None else said.lang
        named = "title" if tag == "title" and above.tag == "head" else above.named
        verbatim = above.verbatim or said.verbatim
        element = _Element(tag, lang, verbatim, "heading" if tag == "h1" else named)
        if tag in PLACED:
            self._place(tag, said, lang)
        if text:
            self._note(tag, said, element)
        if said.faults:
            self.page.faults += said.faults
        if tag not in VOID and not closed:
            self.open.append(element)

    def end(self, tag: str) -> None:
        if not self.open or self.open[-1].tag != tag:
            self.page.faults.append(f"</{tag}> closes {self.open[-1].tag if self.open else '-'}")
            if not any(one.tag == tag for one in self.open):
                return
        while self.open:
            closed = self.open.pop()
            self._leave(closed)
            if closed.tag == tag:
                return

    def text(self, data: str) -> None:
        if not self.open or data.isspace():
            return
        here = self.open[-1]
        if here.tag in {"script", "style"}:
            return
        if "<" in data:
            self.page.faults.append(f"a tag that is none: {data[:80]!r}")
        if "&" in data:
            data = unescape(data)
        if here.named:
            setattr(self.page, here.named, getattr(self.page, here.named) + data)
        self.page.texts.add(Text(" ".join(data.split()), here.lang, here.verbatim))

    def _place(self, tag: str, said: _Said, lang: str) -> None:
        page = self.page
        if tag == "html":
            page.lang = lang
        elif tag in REGIONS:
            page.regions[tag] += 1
        elif tag == "caption":
            self._last("table").caption = True
        elif tag == "th":
            page.heads += not said.has_scope
        else:
            page.headings.append(int(tag[1]))

    def _note(self, tag: str, said: _Said, element: _Element) -> None:
        page = self.page
        if said.id:
            page.ids[said.id] += 1
        if said.link is not None:
            page.links.append((tag, said.link))
        if said.references:
            page.references.update(said.references)
        for words in said.spoken:
            page.texts.add(Text(words, element.lang, element.verbatim))
        if said.box is not None:
            holder = self._last("fieldset", "form")
            holder.boxes = holder.boxes or Counter()
            holder.boxes[said.box] += 1

    def _leave(self, closed: _Element) -> None:
        if closed.tag == "table" and not closed.caption:
            self.page.faults.append("a table without caption")
        if closed.tag == "form" and closed.boxes:
            several = [name for name, count in closed.boxes.items() if count > 1]
            self.page.faults += [f"{name}: boxes of one choice in no group" for name in several]

    def _last(self, *tags: str) -> _Element:
        """Return the nearest open element of some tags; a stray one when there is none."""
        found = (one for one in reversed(self.open) if one.tag in tags)
        return next(found, _Element("", "", verbatim=False))
