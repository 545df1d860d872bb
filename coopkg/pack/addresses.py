"""Addresses of the service, and the names of their files in a pack. Pure.

A name is safe on every file system that a USB stick may have: lower case, no accent, no `?` or `:`,
short; whatever that loses is kept in a hash at its end, so that two addresses never share a name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from posixpath import relpath
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from coopkg.terms import BASE

HOST: Final = "http://pack.invalid"
"""What links without a host are read against (RFC 2606)."""
LANGS: Final = ("fr", "en")
DOCUMENTS: Final = ("/void", "/catalog", "/dumps/")
"""Pages whose language is in their query."""
AREAS: Final = ("/id/", "/scheme/", "/graph/", "/ns/")
_PLAIN: Final = re.compile(r"[^a-z0-9._-]+")
_LONGEST: Final = 80
_HASH: Final = 8

Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True, order=True)
class Address:
    """An address of the service: its path, and what its query says, in order of name."""

    path: str
    query: Query = ()

    def __str__(self) -> str:
        """Write it as it is asked."""
        return quote(self.path) + (f"?{urlencode(self.query)}" if self.query else "")

    @property
    def lang(self) -> str:
        """The language of the page, "" for what has none."""
        first = self.path.split("/", 2)[1]
        return first if first in LANGS else dict(self.query).get("lang", "")

    def choices(self, *without: str) -> Query:
        """Return what the query says, without some names."""
        return tuple(one for one in self.query if one[0] not in without)


@dataclass(frozen=True)
class Reader:
    """Reads the links of pages: which address of the service each leads to, as its canonical form.

    `origins` are how the service is called; `generation` is the id of the one that answers.
    """

    origins: Sequence[str]
    generation: str
    _known: dict[tuple[str, str], tuple[tuple[Address, str] | None]] = field(default_factory=dict)

    def read(self, href: str, page: Address) -> tuple[Address, str] | None:
        """Return where a link of a page leads, and its fragment; None when it leads elsewhere."""
        if not href.startswith(("/", "http")):  # all others are the same for every page
            return self._read(href, page)
        known = self._known.get((href, page.lang))
        if known is None:
            known = self._known[href, page.lang] = (self._read(href, page),)
        return known[0]

    def _read(self, href: str, page: Address) -> tuple[Address, str] | None:
        whole = urljoin(HOST + str(page), href.strip())
        origin = next((one for one in self.origins if (whole + "/").startswith(one + "/")), None)
        if origin is None:
            return None
        parts = urlsplit(whole.removeprefix(origin) or "/")
        path = unquote(parts.path) or "/"
        query = parse_qsl(parts.query)  # without what is empty: "any"
        return self._canonical(path, query, page.lang or "fr"), parts.fragment

    def _canonical(self, path: str, query: list[tuple[str, str]], lang: str) -> Address:
        if path.startswith("/static/"):
            return Address(path)
        if path.startswith("/dumps/") and path != "/dumps/":
            _, _, name = path.removeprefix("/dumps/").partition("/")
            return Address(f"/dumps/{name}") if name else Address("/dumps/", (("lang", lang),))
        dull = {("generation", self.generation), ("inference", "on")}
        kept = [one for one in query if one not in dull]
        of_lang = path.startswith(tuple(f"/{one}/" for one in LANGS))
        if of_lang:
            kept = [one for one in kept if one[0] != "lang"]
        elif path in ("/", "/ns") or (
            path.startswith(AREAS) and "." not in path.rpartition("/")[2]
        ):
            path, kept = f"/{lang}{path}", []
        elif path in DOCUMENTS and not any(name == "lang" for name, _ in kept):
            kept.append(("lang", lang))
        return Address(path, tuple(sorted(kept)))


def reader(public_url: str, generation: str) -> Reader:
    """Return what reads links: our names (`https://w3id.org/…`) are addresses of ours too."""
    return Reader((HOST, *([public_url] if public_url else []), BASE.rstrip("/")), generation)


@lru_cache(maxsize=1 << 16)
def file_name(address: Address) -> str:
    """Return the name of the file of an address.

    >>> file_name(Address("/fr/questions/x", (("theme", "culture"),)))
    'fr/questions/x/theme-culture-de97ef11.html'
    >>> file_name(Address("/fr/")), file_name(Address("/static/site.css"))
    ('fr/index.html', 'static/site.css')
    """
    path, query = address.path, address.query
    if path.startswith("/api/questions/"):
        return _named("files", path.removeprefix("/api/questions/"), address)
    if path in DOCUMENTS:
        name = path.strip("/")
        return f"{address.lang}/{name}.html"
    if not address.lang:
        return path.removeprefix("/")
    if path == f"/{address.lang}/":
        return f"{address.lang}/index.html"
    plain = path.removeprefix("/")
    if not query and not _PLAIN.search(plain.replace("/", "")):
        return f"{plain}.html"
    if query:
        said = "-".join(f"{name}-{value}" for name, value in query)
        return _named(plain, f"{said}.html", address)
    folder, _, last = plain.rpartition("/")
    return _named(folder, f"{last}.html", address)


def _named(folder: str, name: str, address: Address) -> str:
    """Return a name that is safe, with a hash of the address before its suffix."""
    stem, _, suffix = name.rpartition(".")
    digest = hashlib.sha256(str(address).encode()).hexdigest()[:_HASH]
    safe = "/".join(_PLAIN.sub("-", part.lower()) for part in folder.split("/"))
    said = _PLAIN.sub("-", stem.lower())[:_LONGEST].strip("-.")
    return f"{safe}/{said}-{digest}.{suffix}"


def between(page: str, target: str) -> str:
    """Return the link from one file of a pack to another.

    >>> between("fr/questions/a.html", "static/site.css")
    '../../static/site.css'
    """
    return relpath(target, page.rpartition("/")[0] or ".")
