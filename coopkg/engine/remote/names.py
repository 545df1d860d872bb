"""The names that a generation's graphs have on a shared engine, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from coopkg import sparql_text, terms
from coopkg.engine import admission
from coopkg.engine.admission import Admitted
from coopkg.errors import QueryError
from coopkg.generation.manifest import Manifest
from coopkg.terms import Term

DEFAULT: Final = terms.BASE + "graph/default"
DIGITS: Final = 12
_BOOLEAN: Final = terms.PREFIXES["xsd"] + "boolean"


@dataclass(frozen=True)
class Names:
    """One generation's graphs: `graph/asserted` is `graph/asserted?generation=<12 digits>` there.

    The renaming is the same wherever the IRI of a graph stands, as a graph or as a term, so an
    answer there is an answer here once renamed back. Text made of IRIs (`STR(?g)`) shows the name
    that it has there.
    """

    digest: str
    graphs: frozenset[str]

    @classmethod
    def of(cls, store: Path) -> Names:
        """Return the names of the generation that a dump belongs to."""
        manifest = Manifest.from_bytes((store.parent / "manifest.json").read_bytes())
        return cls(manifest.digest, frozenset(manifest.graphs))

    @property
    def suffix(self) -> str:
        """What a name has there that it has not here."""
        return f"?generation={self.digest[:DIGITS]}"

    def there(self, iri: str) -> str:
        """Return the name of a graph on the engine, known or not: never a name of another."""
        return iri + self.suffix

    def here(self, iri: str) -> str:
        """Return our name of anything that the engine names."""
        return iri.removesuffix(self.suffix)

    def term(self, term: Any) -> Any:
        """Return a term as it is written there."""
        if isinstance(term, ox.NamedNode) and term.value in self.graphs:
            return ox.NamedNode(self.there(term.value))
        return term

    def back(self, term: Any) -> Any:
        """Return a term as it is written here."""
        return ox.NamedNode(self.here(term.value)) if isinstance(term, ox.NamedNode) else term

    def quad(self, quad: ox.Quad) -> ox.Quad:
        """Return a quad of the dump as it stands there; the default graph has a name too."""
        graph = quad.graph_name
        named = DEFAULT if isinstance(graph, ox.DefaultGraph) else str(graph.value)
        return ox.Quad(
            self.term(quad.subject),
            quad.predicate,
            self.term(quad.object),
            ox.NamedNode(self.there(named)),
        )

    def query(
        self,
        admitted: Admitted,
        values: Mapping[str, Term],
        default: Sequence[str],
        named: Sequence[str],
    ) -> str:
        """Return a query as it is asked there: of which graphs, some of its variables bound.

        The graphs go into FROM and FROM NAMED: as parameters of the protocol, Virtuoso echoes
        each as a header of its own. Values go into a VALUES block at the end: they are written as
        terms, so none is ever text of the query (SPARQL 1.1, section 10.2.2).

        Raises:
            QueryError: a value is a blank node.
        """
        at, clauses = _where(admitted), _clauses(admitted)
        parts, end = [f"BASE <{admission.BASE}>"], -1
        for index, token in enumerate(admitted.tokens):
            if index == at:
                parts.append(self._from(default, named))
            if index in clauses:
                continue
            is_name = token.kind in {"iri", "pname"}
            name = self._graph(admitted, token) if is_name else ""
            # Without comments: some clients look for words in them.
            gap = "" if token.offset == end else " "
            parts.append(gap + (f"<{self.there(name)}>" if name else token.text))
            end = token.end
        if at is None:
            parts.append(self._from(default, named))
        return "".join(parts) + self._values(values)

    def _from(self, default: Sequence[str], named: Sequence[str]) -> str:
        clauses = [f" FROM <{self.there(graph)}>" for graph in default]
        clauses += [f" FROM NAMED <{self.there(graph)}>" for graph in named]
        return "".join(clauses)

    def _graph(self, admitted: Admitted, token: sparql_text.Token) -> str:
        """Return the graph of ours that a token names, empty when it names none."""
        try:
            iri = admitted.prologue.resolve(token)
        except sparql_text.TokenError:
            return ""
        return iri if iri in self.graphs else ""

    def _values(self, values: Mapping[str, Term]) -> str:
        if not values:
            return ""
        if any(isinstance(term, ox.BlankNode) for term in values.values()):
            raise QueryError(
                "Un nœud anonyme ne peut pas être une valeur pour un moteur distant.",
                "A blank node cannot be a value for a remote engine.",
            )
        names = " ".join(f"?{name}" for name in values)
        written = " ".join(str(self.term(term)) for term in values.values())
        return f"\nVALUES ({names}) {{ ({written}) }}"

    def bindings(self, body: bytes) -> dict[str, Any]:
        """Return SPARQL results in JSON with our names, written as the standard has them.

        Raises:
            ValueError: it is not that.
        """
        read = json.loads(body)
        if "boolean" in read:
            return {"head": {}, "boolean": bool(read["boolean"])}
        rows = [
            {name: self._binding(cell) for name, cell in row.items()}
            for row in read["results"]["bindings"]
        ]
        return {"head": {"vars": read["head"].get("vars", [])}, "results": {"bindings": rows}}

    def _binding(self, cell: Mapping[str, Any]) -> dict[str, Any]:
        """Return one value; Virtuoso writes `typed-literal`, as a draft of the standard did."""
        kind = "literal" if cell["type"] == "typed-literal" else cell["type"]
        value = cell["value"]
        if kind == "uri":
            return {"type": kind, "value": self.here(value)}
        if cell.get("datatype") == _BOOLEAN:  # XML Schema 1.1, part 2, section 3.3.2.2: one form
            value = {"1": "true", "0": "false"}.get(value, value)
        return {**cell, "type": kind, "value": value}

    def triples(self, triples: Iterable[ox.Triple]) -> list[ox.Triple]:
        """Return triples with our names."""
        return [
            ox.Triple(self.back(one.subject), self.back(one.predicate), self.back(one.object))
            for one in triples
        ]


def _where(admitted: Admitted) -> int | None:
    """Return the index of the token that opens the pattern, None for DESCRIBE without one."""
    top = [(i, token) for i, token in enumerate(admitted.tokens) if token.depth == 0]
    opening = (i for i, token in top if token.keyword == "WHERE")
    if admitted.form == "CONSTRUCT":  # its first brace opens the template
        return next(opening, None)
    return next(opening, next((i for i, token in top if token.text == "{"), None))


def _clauses(admitted: Admitted) -> set[int]:
    """Return the indices of the tokens of FROM and FROM NAMED."""
    found: set[int] = set()
    for index, token in enumerate(admitted.tokens):
        if token.depth == 0 and token.keyword == "FROM":
            length = 3 if admitted.tokens[index + 1].keyword == "NAMED" else 2
            found |= set(range(index, index + length))
    return found
