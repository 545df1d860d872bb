"""One service, asked: queries through SPARQLWrapper, questions through their API."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from typing import Any, Final

import SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from coopkg.client.errors import ServiceError, UnaskedError, body, problem, status
from coopkg.client.rows import Answer, Cell, Rows, cells, warn
from coopkg.client.written import Written
from coopkg.errors import Lang

TRUNCATED: Final = "x-truncated"
WARNINGS: Final = "x-query-warnings"
FORMS: Final = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
BATCH: Final = 200  # IRIs whose labels are asked at once
_LABELS: Final = """SELECT ?iri ?label WHERE {{
  VALUES ?iri {{ {iris} }}
  ?iri <http://www.w3.org/2004/02/skos/core#prefLabel>|<http://www.w3.org/2000/01/rdf-schema#label>
    ?label
}}"""


class Client:
    """One service; `generation` asks a past one (a number or a digest), None the current one."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        lang: Lang = "fr",
        *,
        generation: str | None = None,
        inference: bool = True,
        timeout_s: int = 30,
    ) -> None:
        self.url = url.rstrip("/")
        self.lang = lang
        self.generation = generation
        self.inference = inference
        self.timeout_s = timeout_s

    def select(self, query: str, *, labels: bool = True) -> Rows:
        """Return the rows of a SELECT query; the usual prefixes need not be declared.

        Raises:
            ServiceError: it was refused, or failed.
        """
        written = _of_form(query, "select", "SELECT")
        found, headers = self._sparql(written)
        columns, rows = found["head"]["vars"], cells(found["results"]["bindings"])
        return Rows(
            columns,
            rows,
            headers.get("x-generation", ""),
            headers.get(TRUNCATED, ""),
            self._labels(rows) if labels else {},
            self._warnings(written, headers),
        )

    def ask(self, query: str) -> bool:
        """Return the answer of an ASK query.

        Raises:
            ServiceError: it was refused, or failed.
        """
        written = _of_form(query, "ask", "ASK")
        found, headers = self._sparql(written)
        warn(self._warnings(written, headers))
        return bool(found["boolean"])

    def construct(self, query: str) -> str:
        """Return the graph of a CONSTRUCT or DESCRIBE query, as Turtle.

        Raises:
            ServiceError: it was refused, or failed.
        """
        written = _of_form(query, "construct", "CONSTRUCT", "DESCRIBE")
        said, headers = self._wrapped(written, SPARQLWrapper.TURTLE)
        cut = headers.get(TRUNCATED)
        warn([*([f"X-Truncated: {cut}"] if cut else []), *self._warnings(written, headers)])
        return said.decode("utf-8")

    def question(self, slug: str, **parameters: str) -> Answer:
        """Return the answer of a question of the catalogue, every page of it.

        Parameter values are short slugs or IRIs, as in the address of its page.

        Raises:
            ServiceError: there is no such question, or no such value.
        """
        pages = [self._page(slug, parameters, 1)]
        pages += [
            self._page(slug, parameters, number) for number in range(2, pages[0]["pages"] + 1)
        ]
        first = pages[0]
        rows = [row for page in pages for row in page["rows"]]
        names = {
            cell["value"]: cell["label"][self.lang]
            for row in rows
            for cell in row.values()
            if cell and cell.get("label")
        }
        columns = [column["name"] for column in first["columns"]]
        return Answer(
            columns,
            cells({k: v for k, v in row.items() if v} for row in rows),
            first["generation"],
            labels=names,
            status=first["status"],
            sentence=first["sentence"][self.lang],
            notes=[note["text"][self.lang] for note in first["notes"]],
        )

    def questions(self) -> list[dict[str, Any]]:
        """Return the catalogue: slug, titles, parameters.

        Raises:
            ServiceError: the service failed.
        """
        found = self._get("/api/questions", {})
        return list(found["questions"] if isinstance(found, dict) else found)

    def _page(self, slug: str, parameters: Mapping[str, str], number: int) -> dict[str, Any]:
        asked = {**parameters, "lang": self.lang, "page": str(number), **self._context()}
        found = self._get(f"/api/questions/{urllib.parse.quote(slug)}", asked)
        assert isinstance(found, dict)
        return found

    def _context(self) -> dict[str, str]:
        said = {} if self.inference else {"inference": "off"}
        return said if self.generation is None else said | {"generation": self.generation}

    def _get(self, path: str, asked: Mapping[str, str], body: bytes | None = None) -> Any:
        address = f"{self.url}{path}?{urllib.parse.urlencode(asked)}"
        request = urllib.request.Request(  # noqa: S310 - the caller's own service
            address, body, {"Accept": "application/json", "Accept-Language": self.lang}
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as response:  # noqa: S310
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise ServiceError(error.code, problem(error.read())) from error
        except (OSError, ValueError) as error:
            raise ServiceError(0, {"detail": str(error)}) from error

    def _warnings(self, written: Written, headers: Mapping[str, str]) -> list[str]:
        """Return what the service doubts in a query that it answered; how much, if no more."""
        count = headers.get(WARNINGS, "0")
        if count == "0":
            return []
        asked = {"query": written.text, "lang": self.lang, **self._context()}
        try:
            found = self._get("/sparql/check", {}, urllib.parse.urlencode(asked).encode())
            doubts = [written.located(one) for one in found["diagnostics"]]
        except (ServiceError, KeyError, TypeError):
            return [f"X-Query-Warnings: {count} ({self.url}/sparql/check)"]
        return [_doubt(one, self.lang) for one in doubts]

    def _sparql(self, written: Written) -> tuple[dict[str, Any], dict[str, str]]:
        said, headers = self._wrapped(written, SPARQLWrapper.JSON)
        try:
            found = json.loads(said)
        except ValueError as error:
            raise ServiceError(0, {"detail": f"not JSON: {said[:80]!r}"}) from error
        return found, headers

    def _wrapped(self, written: Written, format_: str) -> tuple[bytes, dict[str, str]]:
        """Ask through SPARQLWrapper; return the body and the headers, named in lower case."""
        asking = SPARQLWrapper.SPARQLWrapper(self.url + "/sparql", returnFormat=format_)
        asking.setMethod(SPARQLWrapper.POST)
        asking.setTimeout(self.timeout_s)
        asking.addCustomHttpHeader("Accept-Language", self.lang)
        for name, value in self._context().items():
            asking.addParameter(name, value)
        asking.setQuery(written.text)
        try:
            with asking.query().response as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return response.read(), headers
        except SPARQLWrapperException as error:
            said = written.located(problem(body(error)))
            raise ServiceError(status(error), said) from error
        except urllib.error.HTTPError as error:
            with error:
                said = written.located(problem(error.read()))
                raise ServiceError(error.code, said) from error
        except OSError as error:
            raise ServiceError(0, {"detail": str(error)}) from error

    def _labels(self, rows: Iterable[Mapping[str, Cell]]) -> dict[str, str]:
        """Return the names of IRIs in the client's language; else in the other one, marked."""
        iris = sorted({cell.value for row in rows for cell in row.values() if cell.type == "uri"})
        found: dict[str, dict[str, str]] = {}
        start, size = 0, BATCH
        while batch := iris[start : start + size]:
            values = " ".join(f"<{iri}>" for iri in batch)
            answer, headers = self._sparql(Written(_LABELS.format(iris=values)))
            if (cut := headers.get(TRUNCATED)) is None:
                start += len(batch)
            elif (size := len(batch) // 2) == 0:
                raise _unnamed(batch[0], cut)
            else:
                continue
            for row in cells(answer["results"]["bindings"]):
                label = row["label"]
                found.setdefault(row["iri"].value, {})[label.language] = label.value
        return {iri: name for iri, names in found.items() if (name := _name(names, self.lang))}


def _of_form(query: str, method: str, *forms: str) -> Written:
    """Return a query as it is sent; what is clearly of another form is not sent."""
    written = Written.of(query)
    if written.form in FORMS - {*forms}:
        known = " ".join(forms)
        raise UnaskedError(
            f"Client.{method} attend {known} ; cette requête est {written.form}.",
            f"Client.{method} takes {known}; this query is {written.form}.",
        )
    return written


def _unnamed(iri: str, cut: str) -> UnaskedError:
    return UnaskedError(
        f"les noms de <{iri}> dépassent ce que le service rend ({cut}) ; demandez labels=False",
        f"the names of <{iri}> are more than the service returns ({cut}); ask labels=False",
    )


def _doubt(said: Mapping[str, Any], lang: Lang) -> str:
    """Write a diagnostic in one line: where, what, and what may have been meant."""
    line, colon, then = ("ligne", "\u00a0: ", "\u00a0; ") if lang == "fr" else ("line", ": ", "; ")
    meant = said.get("suggestion")
    return f"{line} {said['line']}{colon}{said['message']}" + (f"{then}{meant}" if meant else "")


def _name(names: Mapping[str, str], lang: Lang) -> str:
    if lang in names:
        return names[lang]
    if "" in names:
        return names[""]
    other, name = min(names.items(), key=lambda pair: (pair[0] not in {"fr", "en"}, pair[0]))
    return f"{name} ({other})"
