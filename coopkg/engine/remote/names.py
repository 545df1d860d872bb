"""The names that a generation's graphs have on a shared engine, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
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
        each as a header of its own. Values stand where their variables stood, written as terms,
        token for token, so none is ever text of the query. (Joined in a VALUES block at the end,
        as SPARQL 1.1 has it, they gave wrong rows in 32 of 181 answers of Virtuoso 7.2.)

        Raises:
            QueryError: a value is a blank node.
        """
        at, clauses = _where(admitted), _clauses(admitted)
        bound = _Bound(admitted, {name: self._value(term) for name, term in values.items()})
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
            parts.append(gap + (f"<{self.there(name)}>" if name else bound.written(index, token)))
            end = token.end
        if at is None:
            parts.append(self._from(default, named))
        return "".join(parts) + bound.block()

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

    def _value(self, term: Term) -> str:
        if isinstance(term, ox.BlankNode):
            raise QueryError(
                "Un nœud anonyme ne peut pas être une valeur pour un moteur distant.",
                "A blank node cannot be a value for a remote engine.",
            )
        return str(self.term(term))

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


class _Bound:
    """Writes the tokens of a query with values where some variables stood.

    A variable that the query computes or lists (`AS ?x`, `VALUES ?x`) keeps its place; a VALUES
    block binds it.
    """

    def __init__(self, admitted: Admitted, values: Mapping[str, str]) -> None:
        computed = {
            token.value
            for before, token in pairwise(admitted.tokens)
            if token.kind == "var" and (before.keyword in {"AS", "VALUES"} or token.frame == "vars")
        }
        tokens = admitted.tokens
        self._told = {  # BOUND(?x), of a value: it is
            index
            for index, token in enumerate(tokens[:-3])
            if token.keyword == "BOUND" and tokens[index + 2].value in values.keys() - computed
        }
        self._left = {name: text for name, text in values.items() if name in computed}
        self._values = {name: text for name, text in values.items() if name not in computed}
        self._describes = admitted.form == "DESCRIBE"
        self._selecting: dict[int, bool] = {}  # by depth, for sub-queries

    def written(self, index: int, token: sparql_text.Token) -> str:
        """Return what stands for a token; tokens come in their order."""
        if index in self._told:
            return "true"
        if {index - 1, index - 2, index - 3} & self._told:
            return ""
        if token.keyword == "SELECT":
            self._selecting[token.depth] = True
        elif token.text == "{" or token.keyword in {"WHERE", "FROM"}:
            self._selecting[token.depth] = False
        text = self._values.get(token.value) if token.kind == "var" else None
        if text is None:
            return token.text
        if token.frame != "clause" or self._describes:
            return text
        if self._selecting.get(token.depth):
            return f"({text} AS {token.text})"
        return f"({text})"  # GROUP BY and ORDER BY take a constant in brackets only

    def block(self) -> str:
        """Return what binds the variables left."""
        if not self._left:
            return ""
        names = " ".join(f"?{name}" for name in self._left)
        return f"\nVALUES ({names}) {{ ({' '.join(self._left.values())}) }}"


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
