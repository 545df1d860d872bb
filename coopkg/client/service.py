"""One service, asked: queries through SPARQLWrapper, questions through their API."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Final

import SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from coopkg import sparql_text
from coopkg.client.errors import ServiceError, body, problem, status
from coopkg.client.rows import Answer, Cell, Rows, cells
from coopkg.errors import Lang
from coopkg.terms import PREFIXES

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
        found, headers = self._sparql(query)
        columns, rows = found["head"]["vars"], cells(found["results"]["bindings"])
        return Rows(
            columns,
            rows,
            headers.get("x-generation", ""),
            headers.get("x-truncated", ""),
            self._labels(rows) if labels else {},
        )

    def ask(self, query: str) -> bool:
        """Return the answer of an ASK query.

        Raises:
            ServiceError: it was refused, or failed.
        """
        found, _ = self._sparql(query)
        return bool(found["boolean"])

    def construct(self, query: str) -> str:
        """Return the graph of a CONSTRUCT or DESCRIBE query, as Turtle.

        Raises:
            ServiceError: it was refused, or failed.
        """
        said, _ = self._wrapped(query, SPARQLWrapper.TURTLE)
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

    def _get(self, path: str, asked: Mapping[str, str]) -> Any:
        address = f"{self.url}{path}?{urllib.parse.urlencode(asked)}"
        request = urllib.request.Request(  # noqa: S310 - the caller's own service
            address, headers={"Accept": "application/json", "Accept-Language": self.lang}
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as response:  # noqa: S310
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise ServiceError(error.code, problem(error.read())) from error
        except (OSError, ValueError) as error:
            raise ServiceError(0, {"detail": str(error)}) from error

    def _sparql(self, query: str) -> tuple[dict[str, Any], dict[str, str]]:
        said, headers = self._wrapped(query, SPARQLWrapper.JSON)
        try:
            found = json.loads(said)
        except ValueError as error:
            raise ServiceError(0, {"detail": f"not JSON: {said[:80]!r}"}) from error
        return found, headers

    def _wrapped(self, query: str, written: str) -> tuple[bytes, dict[str, str]]:
        """Ask through SPARQLWrapper; return the body and the headers, named in lower case."""
        asking = SPARQLWrapper.SPARQLWrapper(self.url + "/sparql", returnFormat=written)
        asking.setMethod(SPARQLWrapper.POST)
        asking.setTimeout(self.timeout_s)
        asking.addCustomHttpHeader("Accept-Language", self.lang)
        for name, value in self._context().items():
            asking.addParameter(name, value)
        asking.setQuery(_with_prefixes(query))
        try:
            with asking.query().response as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return response.read(), headers
        except SPARQLWrapperException as error:
            raise ServiceError(status(error), problem(body(error))) from error
        except urllib.error.HTTPError as error:
            with error:
                raise ServiceError(error.code, problem(error.read())) from error
        except OSError as error:
            raise ServiceError(0, {"detail": str(error)}) from error

    def _labels(self, rows: Iterable[Mapping[str, Cell]]) -> dict[str, str]:
        """Return the names of IRIs in the client's language; else in the other one, marked."""
        iris = sorted({cell.value for row in rows for cell in row.values() if cell.type == "uri"})
        found: dict[str, dict[str, str]] = {}
        for start in range(0, len(iris), BATCH):
            values = " ".join(f"<{iri}>" for iri in iris[start : start + BATCH])
            answer, _ = self._sparql(_LABELS.format(iris=values))
            for row in cells(answer["results"]["bindings"]):
                label = row["label"]
                found.setdefault(row["iri"].value, {})[label.language] = label.value
        return {iri: name for iri, names in found.items() if (name := _name(names, self.lang))}


def _name(names: Mapping[str, str], lang: Lang) -> str:
    if lang in names:
        return names[lang]
    if "" in names:
        return names[""]
    other, name = min(names.items(), key=lambda pair: (pair[0] not in {"fr", "en"}, pair[0]))
    return f"{name} ({other})"


def _with_prefixes(query: str) -> str:
    """Declare the prefixes of the project that a query uses and does not declare."""
    try:
        tokens = sparql_text.tokenize(query)
    except sparql_text.TokenError:
        return query  # the service says better where and why
    used: set[str] = set()
    declared: set[str] = set()
    for before, token in pairwise([None, *tokens]):
        if token is not None and token.kind == "pname":
            is_declared = before is not None and before.text.upper() == "PREFIX"
            (declared if is_declared else used).add(token.text.partition(":")[0])
    missing = sorted((used - declared) & PREFIXES.keys())
    return "\n".join([*(f"PREFIX {name}: <{PREFIXES[name]}>" for name in missing), query])
