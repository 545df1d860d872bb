"""The pages that only a pack has: its search, its list from A to Z, its first page."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Any, Final

from coopkg.pack.addresses import Address, between, file_name
from coopkg.terms import BASE
from coopkg.typography import collated, french

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "questions": ("question", "question"),
    "browse": ("parcourir", "browse"),
    "organisation": ("organisation", "organisation"),
    "place": ("lieu", "place"),
    "activity": ("action", "action"),
    "partnership": ("partenariat", "partnership"),
    "participation": ("participation", "participation"),
    "programme": ("programme", "programme"),
    "project": ("projet", "project"),
    "training": ("formation", "training"),
    "resource": ("ressource", "resource"),
    "section": ("rubrique", "section"),
    "gap": ("ce que la source ne dit pas", "what the source does not say"),
    "observation": ("chiffre", "figure"),
    "component": ("volet", "component"),
    "group": ("groupe", "group"),
    "identifier": ("identifiant", "identifier"),
    "theme": ("thème", "theme"),
    "scheme": ("notion", "notion"),
    "graph": ("source", "source"),
    "ns": ("vocabulaire", "vocabulary"),
}
_TITLE: Final = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_MAIN: Final = re.compile(r"(<main\b[^>]*>).*(</main>)", re.DOTALL)
_HEAD: Final = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]+>")


def t(lang: str, fr: str, en: str) -> str:
    """Return the text of one language."""
    return french(fr) if lang == "fr" else en


@dataclass(frozen=True)
class Entry:
    """One page that can be found: its title, its kind in words, its other names."""

    address: Address
    title: str
    kind: str
    names: str


def entry(address: Address, html: str, labels: Mapping[str, Mapping[str, Any]]) -> Entry:
    """Return how a page is found."""
    head = _HEAD.search(html) or _TITLE.search(html)
    said = " ".join(unescape(_TAG.sub("", head[1])).split()) if head else str(address)
    parts = address.path.split("/")[2:]
    known = labels.get(BASE + "/".join(parts), {})
    words = [str(known[lang]) for lang in ("fr", "en") if known.get(lang)]
    names = [*words, *(str(one) for one in known.get("alt", ()))]
    kinds = [KINDS[one] for one in (*parts[1:2], *parts[:1]) if one in KINDS]
    kind = kinds[0][address.lang == "en"] if kinds else ""
    return Entry(address, said, kind, " ".join(one for one in names if one != said))


def index(entries: Iterable[Entry], lang: str) -> bytes:
    """Return the list that `search.js` reads: title, kind, file, other names."""
    here = file_name(Address(f"/{lang}/search"))
    listed = [
        [one.title, one.kind, between(here, file_name(one.address)), one.names] for one in entries
    ]
    text = json.dumps(listed, ensure_ascii=False, separators=(",", ":"))
    return f"var COOPKG_INDEX={text};\n".encode()


def framed(frame: str, lang: str, title: str, content: str, name: str, head: str = "") -> str:
    """Return a page in the frame of the catalogue's: its `<main>` and its title are put in."""
    other = "en" if lang == "fr" else "fr"
    page = _MAIN.sub(lambda found: found[1] + content + found[2], frame, count=1)
    page = _TITLE.sub(lambda _: f"<title>{escape(title)}</title>", page, count=1)
    page = page.replace(f'"/{other}/questions"', f'"/{other}/{name}"').replace(
        ' aria-current="page"', ""
    )
    return page.replace("</head>", f"{head}</head>", 1)


def search(lang: str) -> str:
    """Return the content of the search page; its field is made by its script."""
    title = t(lang, "Chercher dans ce paquet", "Search this pack")
    letters = t(lang, "Tout, de A à Z", "Everything, from A to Z")
    without = t(
        lang,
        "La recherche a besoin de JavaScript ; la liste de A à Z s’en passe.",
        "The search needs JavaScript; the list from A to Z does without.",
    )
    return (
        f'<h1>{title}</h1><div id="search"></div><noscript><p>{without}</p></noscript>'
        f'<p id="said" role="status"></p><ul id="found"></ul>'
        f'<p><a href="/{lang}/a-z">{letters}</a></p>'
    )


def a_to_z(entries: Iterable[Entry], lang: str) -> str:
    """Return the content of the list of every page, by first letter."""
    letters: dict[str, list[Entry]] = {}
    for one in sorted(entries, key=lambda one: (collated(one.title), one.address)):
        first = folded(one.title)[:1].upper()
        letters.setdefault(first if first.isalpha() else "0–9", []).append(one)
    jumps = " ".join(f'<a href="#l-{_id(name)}">{name}</a>' for name in letters)
    lists = "".join(
        f'<h2 id="l-{_id(name)}">{name}</h2><ul class="a-z">{"".join(map(_item, inside))}</ul>'
        for name, inside in letters.items()
    )
    title = t(lang, "Tout, de A à Z", "Everything, from A to Z")
    label = t(lang, "Lettres", "Letters")
    return f'<h1>{title}</h1><nav aria-label="{label}"><p>{jumps}</p></nav>{lists}'


def _id(name: str) -> str:
    return name[:1].lower()


def _item(one: Entry) -> str:
    kind = f" <small>{escape(one.kind)}</small>" if one.kind else ""
    return f'<li><a href="{escape(str(one.address))}">{escape(one.title)}</a>{kind}</li>'


def folded(text: str) -> str:
    """Return a text without accents or capitals, to be sorted.

    >>> folded("« L’Étoile »")
    'l etoile'
    """
    plain = unicodedata.normalize("NFD", text.lower().replace("œ", "oe"))
    kept = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(re.findall(r"\w+", kept))


def start(langs: Sequence[str], when: Mapping[str, str], generation: str) -> str:
    """Return the first page of a pack, in both languages."""
    said = {
        "fr": (
            "Coopération internationale du CNFPT",
            "Entrer en français",
            "Données du",
            "Ce que contient ce paquet",
        ),
        "en": (
            "International cooperation of the CNFPT",
            "Enter in English",
            "Data of",
            "What this pack holds",
        ),
    }
    parts = "".join(
        f'<section lang="{lang}"><h1>{said[lang][0]}</h1>'
        f'<p><a href="{lang}/index.html">{said[lang][1]}</a></p>'
        f"<p>{said[lang][2]} {when[lang]} ({escape(generation)}). "
        f'<a href="{lang}/pack.html">{said[lang][3]}</a></p>'
        "</section>"
        for lang in langs
    )
    return (
        f'<!doctype html>\n<html lang="{langs[0]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{said[langs[0]][0]}</title>"
        '<link rel="icon" type="image/svg+xml" href="static/icon.svg">'
        '<link rel="stylesheet" href="static/site.css"></head>'
        f'<body><main class="wrap">{parts}</main></body></html>\n'
    )
