"""The forms of a page become lists of links: nothing answers a form in a pack. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final
from urllib.parse import urlencode

from coopkg.typography import french

LIVE_ONLY: Final = {
    "fr": "Cette partie de la page ne fonctionne qu’en ligne.",
    "en": "This part of the page works online only.",
}
SEARCH: Final = {"fr": "Chercher dans ce paquet", "en": "Search this pack"}
ABSENT: Final = {
    "fr": "Choix qui ne sont pas dans ce paquet : {}.",
    "en": "Choices that are not in this pack: {}.",
}

Given = Mapping[str, str | None]


@dataclass
class Option:
    """One value of a list, its text, and whether it is the one chosen."""

    value: str
    chosen: bool
    words: str = ""


@dataclass
class Choice:
    """One list of a form: its name, its label, its options."""

    name: str
    id: str
    options: list[Option] = field(default_factory=list)
    label: str = ""


class Form:
    """A form, as its tags are met."""

    def __init__(self, given: Given) -> None:
        self.action = given.get("action") or ""
        self.reads = (given.get("method") or "get").lower() == "get"
        self.choices: list[Choice] = []
        self.hidden: dict[str, str] = {}
        self.asks_words = False
        self._labels: dict[str, str] = {}
        self._label: str | None = None
        self._select: Choice | None = None

    def start(self, tag: str, given: Given) -> None:
        """Take a start tag inside the form."""
        name = given.get("name") or ""
        if tag == "select":
            self._select = Choice(name, given.get("id") or "")
            self.choices.append(self._select)
        elif tag == "option" and self._select is not None:
            self._select.options.append(Option(given.get("value") or "", "selected" in given))
        elif tag == "label":
            self._label = given.get("for") or ""
        elif tag == "input":
            kind = given.get("type") or "text"
            if kind == "hidden":
                self.hidden[name] = given.get("value") or ""
            self.asks_words = self.asks_words or kind in {"search", "text"}

    def text(self, data: str) -> None:
        """Take a text inside the form."""
        if self._select is not None and self._select.options:
            self._select.options[-1].words += data
        elif self._label is not None:
            self._labels[self._label] = self._labels.get(self._label, "") + data

    def end(self, tag: str) -> None:
        """Take an end tag inside the form."""
        if tag == "select":
            self._select = None
        elif tag == "label":
            self._label = None

    def label(self, choice: Choice) -> str:
        """Return the words beside a list."""
        return " ".join(self._labels.get(choice.id, "").split()) or choice.name

    def address(self, choice: Choice, option: Option) -> str:
        """Return where the form leads with one more choice, those made kept."""
        given = dict(self.hidden)
        for other in self.choices:
            made = next((one.value for one in other.options if one.chosen), "")
            given[other.name] = option.value if other is choice else made
        query = urlencode({name: value for name, value in given.items() if value})
        return self.action + (f"?{query}" if query else "")

    def addresses(self) -> Iterator[str]:
        """Yield where each choice leads."""
        if self.reads:
            for choice in self.choices:
                for option in choice.options:
                    yield self.address(choice, option)


def html(form: Form, link: Callable[[str], str | None], lang: str) -> str:
    """Return what stands in the place of a form: its choices as links, or a note."""
    if form.reads and not form.choices and form.asks_words:
        to = link(f"/{lang}/search")
        return f'<p class="pack-form"><a href="{escape(to or "")}">{SEARCH[lang]}</a></p>'
    lists = [_list(form, one, link, lang) for one in form.choices if form.reads]
    return "".join(lists) or f'<p class="pack-form online">{LIVE_ONLY[lang]}</p>'


def _list(form: Form, choice: Choice, link: Callable[[str], str | None], lang: str) -> str:
    items, absent, chosen = [], 0, ""
    for option in choice.options:
        words = escape(" ".join(option.words.split()))
        to = link(form.address(choice, option))
        if option.chosen:
            chosen = words
            items.append(f"<li><strong>{words}</strong></li>")
        elif to is not None:
            items.append(f'<li><a href="{escape(to)}">{words}</a></li>')
        else:
            absent += 1
    colon = "\u00a0: " if lang == "fr" else ": "
    head = escape(form.label(choice)) + (colon + chosen if chosen else "")
    if absent:
        said = ABSENT[lang].format(absent)
        items.append(f'<li class="online">{french(said) if lang == "fr" else said}</li>')
    return (
        f'<details class="pack-form"><summary>{head}</summary><ul>{"".join(items)}</ul></details>'
    )
