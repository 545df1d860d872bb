"""A page as a careful reader sees it: its links, its words and their language, its structure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

Attributes = list[tuple[str, str | None]]

VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr".split()  # noqa: SIM905
)
VERBATIM = frozenset({"code", "pre", "kbd", "samp", "script", "style", "textarea"})
LINKS = {"a": "href", "area": "href", "link": "href", "img": "src", "image": "href"}
LINKS |= {"script": "src", "form": "action"}
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-details")
SPOKEN = ("aria-label", "title", "alt", "placeholder")
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
    texts: list[Text] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    regions: Counter[str] = field(default_factory=Counter)
    references: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    title: str = ""
    heading: str = ""
    lang: str = ""

    def trouble(self) -> list[str]:
        """Return what is wrong with the structure of the page as a whole."""
        found = list(self.faults)
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
    """Return what a page holds."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    page = reader.page
    page.faults += [f"{one.tag} is not closed" for one in reader.open]
    page.title, page.heading = (" ".join(one.split()) for one in (page.title, page.heading))
    if not html.lower().startswith("<!doctype html>"):
        page.faults.append("no doctype")
    return page


@dataclass
class _Element:
    tag: str
    lang: str
    verbatim: bool
    caption: bool = False
    boxes: Counter[str] = field(default_factory=Counter)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[_Element] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        above = self.open[-1] if self.open else _Element("", "", verbatim=False)
        lang = given.get("lang", above.lang)
        verbatim = above.verbatim or tag in VERBATIM or given.get("translate") == "no"
        element = _Element(tag, lang, verbatim)
        if tag == "html":
            self.page.lang = lang
        self._note(tag, given, element)
        self._judge(tag, given)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1].tag != tag:
            self.page.faults.append(f"</{tag}> closes {self.open[-1].tag if self.open else '-'}")
            if not any(one.tag == tag for one in self.open):
                return
        while self.open:
            closed = self.open.pop()
            self._leave(closed)
            if closed.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self.open or data.isspace():
            return
        here = self.open[-1]
        if any(one.tag == "title" for one in self.open) and "svg" not in self._tags():
            self.page.title += data
        if "h1" in self._tags():
            self.page.heading += data
        if here.tag not in {"script", "style"}:
            self.page.texts.append(Text(" ".join(data.split()), here.lang, here.verbatim))

    def _tags(self) -> list[str]:
        return [one.tag for one in self.open]

    def _note(self, tag: str, given: dict[str, str], element: _Element) -> None:
        page = self.page
        if "id" in given:
            page.ids[given["id"]] += 1
        if (name := LINKS.get(tag)) in given and given.get("method", "get").lower() == "get":
            page.links.append((tag, given[str(name)]))
        for name in REFERENCES:
            page.references |= set(given.get(name, "").split())
        for name in SPOKEN:
            if given.get(name):
                page.texts.append(Text(given[name], element.lang, element.verbatim))
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            page.headings.append(int(tag[1]))
        if tag in REGIONS:
            page.regions[tag] += 1
        if tag == "caption":
            self._last("table").caption = True
        if tag == "input" and given.get("type") in {"checkbox", "radio"}:
            self._last("fieldset", "form").boxes[given.get("name", "")] += 1

    def _judge(self, tag: str, given: dict[str, str]) -> None:
        faults = self.page.faults
        if tag in MEDIA:
            faults.append(f"<{tag}>")
        faults += [f"{name} on <{tag}>" for name in ("style", "target", "onclick") if name in given]
        if int(given.get("tabindex") or 0) > 0:
            faults.append("an order forced by tabindex")
        if tag == "th" and "scope" not in given:
            faults.append("th without scope")
        if tag == "a" and given.get("href", "x").strip() in {"", "#"}:
            faults.append("a link to nothing")

    def _leave(self, closed: _Element) -> None:
        if closed.tag == "table" and not closed.caption:
            self.page.faults.append("a table without caption")
        if closed.tag == "form":
            several = [name for name, count in closed.boxes.items() if count > 1]
            self.page.faults += [f"{name}: boxes of one choice in no group" for name in several]

    def _last(self, *tags: str) -> _Element:
        """Return the nearest open element of some tags; a stray one when there is none."""
        found = (one for one in reversed(self.open) if one.tag in tags)
        return next(found, _Element("", "", verbatim=False))
