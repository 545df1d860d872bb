"""Walk through the pages of one language as a visitor who follows every link, in process.

Pages at an address of their own are all read; so is each question with each single choice. Of files
(`.ttl`, `.csv`) and of addresses that only differ by their query (sorting, exports, neighbours,
reasons of a row), `MOST` of each kind are read, chosen by a digest: the same ones every time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urldefrag, urlencode, urljoin, urlsplit
from zlib import crc32

from flask.testing import FlaskClient
from languages import Words
from page_reader import Page, read

from coopkg.terms import BASE

HOST = "http://localhost"
MOST = 6
LANGS = ("fr", "en")
# Names in a query that say what to do with an answer, not what is chosen.
OURS = frozenset(
    "page row sort view inference lang generation query q a b about fact list format v".split()  # noqa: SIM905
)
FILE = re.compile(r"\.(ttl|nt|nq|trig|jsonld|json|rdf|csv|xlsx|zip|gz|rq|xml|atom|svg|css|js)$")
# Not one in angle brackets: that is an example of Turtle.
IRI = re.compile(r"(?<!<)https?://w3id\.org/cnfpt-coop/[^\s»”\"<>),;]*")


@dataclass
class Crawl:
    """A walk: the faults it meets by page, and the identifiers of each page."""

    client: FlaskClient
    lang: str
    words: Words
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    ids: dict[str, frozenset[str]] = field(default_factory=dict)
    checked: dict[str, int] = field(default_factory=dict)
    _fragments: dict[tuple[str, str], str] = field(default_factory=dict)
    _kinds: dict[tuple[str, ...], set[str]] = field(default_factory=lambda: defaultdict(set))
    _titles: dict[str, str] = field(default_factory=dict)
    _all_read: dict[str, bool] = field(default_factory=dict)
    _judged: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def walk(self, starts: Iterable[str]) -> None:
        """Read every page that can be reached from some addresses, and these."""
        waiting, seen = list(starts), set(starts)
        while waiting:
            for link in self._page(waiting.pop()):
                if link not in seen:
                    seen.add(link)
                    waiting.append(link)
        for address in sorted(self._samples() - seen):
            for _ in self._page(address):
                pass  # what a sample leads to is of a kind already seen
        self._mind_fragments()

    def _samples(self) -> set[str]:
        def order(address: str) -> int:
            return crc32(address.encode())

        return {one for kind in self._kinds.values() for one in sorted(kind, key=order)[:MOST]}

    def _page(self, address: str) -> Iterator[str]:
        """Read a page; yield the addresses it leads to that are all to be read."""
        response = self.client.get(
            address, headers={"Accept": "text/html,*/*;q=0.5", "Accept-Language": self.lang}
        )
        self.checked[address] = response.status_code
        if response.status_code in {302, 303, 307, 308}:
            target = response.headers["Location"].removeprefix(HOST)
            response.close()
            yield target
            return
        html = response.text if response.mimetype == "text/html" else ""
        response.close()
        if response.status_code != 200:
            self.faults[address].append(f"status {response.status_code}")
            return
        if html:
            page = read(html)
            self.ids[address] = frozenset(page.ids)
            if "?" not in address and self._titles.setdefault(page.title, address) != address:
                self.faults[address].append(f"has the title of {self._titles[page.title]}")
            self.faults[address] += self.judge(page, self._expected(address))
            if not self.faults[address]:
                del self.faults[address]
            yield from self._links(address, page)

    def _expected(self, address: str) -> str:
        first = address.split("/")[1]
        given = dict(parse_qsl(urlsplit(address).query)).get("lang", self.lang)
        return first if first in LANGS else given

    def judge(self, page: Page, lang: str) -> list[str]:
        """Return what is wrong with a page that should be in a language."""
        found = page.trouble()
        if page.lang != lang:
            found.append(f"says {page.lang}")
        for words, said_lang, verbatim in page.texts:
            if verbatim:
                continue
            key = (words, said_lang, lang)
            if key not in self._judged:
                marked = said_lang != lang
                fault = self.words.fault(words, said_lang, marked=marked)
                self._judged[key] = fault or self._bare(words)
            if self._judged[key]:
                found.append(f"{self._judged[key]}: {words[:90]!r}")
        return found

    def _bare(self, text: str) -> str:
        named = [iri for iri in IRI.findall(text) if iri.rstrip(".") in self.words.labels]
        return "bare IRI" if named else ""

    def _links(self, address: str, page: Page) -> Iterator[str]:
        for tag, href in dict.fromkeys(page.links):
            rooted = href.startswith("/") and not href.startswith("//")
            target = HOST + href if rooted else urljoin(HOST + address, href)
            if not target.startswith(HOST + "/"):
                if target.startswith(BASE):
                    self.faults[address].append(f"leaves for {target}, which is here")
                continue
            bare, fragment = urldefrag(target.removeprefix(HOST))
            if fragment:
                self._fragments.setdefault((bare, unquote(fragment)), address)
            if tag != "form":
                if bare not in self._all_read:
                    self._all_read[bare] = self._all_to_be_read(bare)
                if self._all_read[bare]:
                    yield bare

    def _all_to_be_read(self, address: str) -> bool:
        """Tell whether an address is one of those that are all read; note its kind otherwise."""
        parts = urlsplit(address)
        names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
        first, *rest = parts.path.split("/")[1:]
        if first in LANGS and first != self.lang:
            names.add("elsewhere")
        suffix = FILE.search(parts.path)
        if not names - {"lang", "v"} and not suffix:
            return first != "api"
        # What is chosen differs by question; what is done with it does not.
        names = {name if name in OURS else "choice" for name in names}
        kind = (first, suffix[0]) if suffix else (first, *rest[:1], str(len(rest)))
        self._kinds[*kind, *sorted(names)].add(address)
        return False

    def _mind_fragments(self) -> None:
        for (address, fragment), source in self._fragments.items():
            if address in self.ids and fragment not in self.ids[address]:
                self.faults[source].append(f"no #{fragment} in {address}")


def with_choices(client: FlaskClient, lang: str) -> list[str]:
    """Return each question with nothing chosen, and with each single choice.

    What must be chosen is what the question gives as example.
    """
    found = []
    for one in client.get("/api/questions").json["questions"]:
        path = f"/{lang}/questions/{one['slug']}"
        needed = {each["name"]: each["example"] for each in one["parameters"] if each["required"]}
        found.append(f"{path}?{urlencode(needed)}" if needed else path)
        for parameter in one["parameters"]:
            given = client.get(parameter["choices"]).json
            for choice in given["choices"]:
                asked = urlencode({**needed, parameter["name"]: choice["value"]})
                found.append(f"{path}?{asked}")
    return found


def read_in(address: str) -> str:
    """Return the language in which something is read, when it is in one only."""
    return LANGS[crc32(address.encode()) % 2]
