"""A page as a careful reader sees it: its links, its words and their language, its structure."""

from __future__ import annotations

import re
from collections import Counter
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
            reader.start(tag, _attributes(attributes), bool(self_closing))
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


@lru_cache(maxsize=20_000)
def _attributes(text: str) -> dict[str, str]:
    """Return what an element is given; never to be changed, for the same is said on every page."""
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(text)} if text else {}


@dataclass(slots=True)
class _Element:
    tag: str
    lang: str
    verbatim: bool
    named: str = ""  # what the words inside name: the `title` of the page or its `heading`
    caption: bool = False
    boxes: Counter[str] | None = None


class _Reader:
    def __init__(self) -> None:
        self.page = Page()
        self.open: list[_Element] = []

    def start(self, tag: str, given: dict[str, str], closed: bool) -> None:
        above = self.open[-1] if self.open else _Element("", "", verbatim=False)
        lang = given.get("lang", above.lang)
        verbatim = above.verbatim or tag in VERBATIM or given.get("translate") == "no"
        named = "title" if tag == "title" and above.tag == "head" else above.named
        element = _Element(tag, lang, verbatim, "heading" if tag == "h1" else named)
        if tag == "html":
            self.page.lang = lang
        self._place(tag)
        if given:
            self._note(tag, given, element)
            self._judge(tag, given)
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

    def _place(self, tag: str) -> None:
        page = self.page
        if tag in REGIONS:
            page.regions[tag] += 1
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            page.headings.append(int(tag[1]))
        elif tag == "caption":
            self._last("table").caption = True
        elif tag in MEDIA:
            page.faults.append(f"<{tag}>")
        elif tag == "th":
            page.heads += 1

    def _note(self, tag: str, given: dict[str, str], element: _Element) -> None:
        page = self.page
        if "id" in given:
            page.ids[given["id"]] += 1
        if (name := LINKS.get(tag)) in given and given.get("method", "get").lower() == "get":
            page.links.append((tag, given[str(name)]))
        for name in given.keys() & REFERENCES:
            page.references |= set(given[name].split())
        for name in given.keys() & SPOKEN:
            if given[name]:
                page.texts.add(Text(given[name], element.lang, element.verbatim))
        if tag == "input" and given.get("type") in {"checkbox", "radio"}:
            holder = self._last("fieldset", "form")
            holder.boxes = holder.boxes or Counter()
            holder.boxes[given.get("name", "")] += 1

    def _judge(self, tag: str, given: dict[str, str]) -> None:
        faults = self.page.faults
        faults += [f"{name} on <{tag}>" for name in given.keys() & DRIVEN]
        if int(given.get("tabindex") or 0) > 0:
            faults.append("an order forced by tabindex")
        if tag == "th" and "scope" in given:
            self.page.heads -= 1
        if tag == "a" and given.get("href", "x").strip() in {"", "#"}:
            faults.append("a link to nothing")

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
