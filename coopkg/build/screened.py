"""An rdflib graph whose queries are asked of a store of pyoxigraph first.

rdflib takes a tenth of a second and more for what a shape asks in SPARQL. Most find nothing: when
the store finds nothing either, which takes a thousandth, rdflib is not asked. Whatever the store
finds, or cannot read, rdflib answers. A test proves the reports equal on every example and mutant.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from coopkg.build import quick
from coopkg.terms import PREFIXES, Triple

_THIS: Final = "this"
_AS_WRITTEN: Final = frozenset(
    {PREFIXES["xsd"] + "string", PREFIXES["rdf"] + "langString", PREFIXES["xsd"] + "anyURI"}
)


class Copy:
    """The same triples in a store, which is asked whether a query finds anything."""

    def __init__(self) -> None:
        self._store = ox.Store()
        self._odd: set[Triple] = set()
        self._asked: dict[str, list[str] | None] = {}

    def move(self, gone: Collection[Triple], come: Collection[Triple]) -> None:
        """Take triples out, and put others in."""
        for triple in gone:
            self._store.remove(ox.Quad(*triple))  # type: ignore[arg-type]  # never a literal subject
        self._store.extend([ox.Quad(*triple) for triple in come])  # type: ignore[arg-type]  # as above
        self._odd.difference_update(gone)
        self._odd.update(triple for triple in come if not _is_kept(triple[2]))
        self._asked.clear()

    def finds_nothing(self, text: str, this: str = "") -> bool:
        """Tell whether no row of a query is about `this`, or at all; False when in doubt.

        A value that the store would write otherwise, such as 01, is a doubt.
        """
        if self._odd:
            return False
        if text not in self._asked:
            self._asked[text] = _subjects(self._store, text)
        found = self._asked[text]
        return found is not None and not any(not this or one in ("", this) for one in found)


class Graph(quick.Graph):
    """A graph with its copy in a store: what changes one is to `move` the other."""

    def __init__(self) -> None:
        super().__init__()
        self.copy_ = Copy()

    def query(  # as rdflib's, argument by argument: pySHACL gives them by place
        self,
        query_object: Any,
        processor: Any = "sparql",
        result: Any = "sparql",
        initNs: Any = None,  # noqa: N803
        initBindings: Any = None,  # noqa: N803
        use_store_provided: bool = True,
        **kwargs: Any,
    ) -> Result:
        """Answer a query: nothing where the copy finds nothing, else as rdflib does."""
        if isinstance(query_object, str) and not (initNs or kwargs):
            bound = initBindings or {}
            this = str(bound.get(_THIS, ""))
            if bound.keys() <= {_THIS} and self.copy_.finds_nothing(query_object, this):
                return _no_row()
            query_object = _translated(query_object)
        return super().query(
            query_object, processor, result, initNs, initBindings, use_store_provided, **kwargs
        )


def _no_row() -> Result:
    found = Result("SELECT")
    found.bindings = []
    return found


def _subjects(store: ox.Store, text: str) -> list[str] | None:
    """Return `$this` of each row, "" where it is open; None when the query cannot be read."""
    try:
        rows = store.query(text)
    except (SyntaxError, ValueError):
        return None
    if not isinstance(rows, ox.QuerySolutions):
        return None
    if ox.Variable(_THIS) not in rows.variables:
        return [""] if next(rows, None) is not None else []
    return list({"" if row[_THIS] is None else str(row[_THIS].value) for row in rows})


@lru_cache(maxsize=256)
def _translated(text: str) -> Query:
    return translateQuery(parseQuery(text))


@lru_cache(maxsize=1 << 16)
def _is_kept(term: Any) -> bool:
    """Tell whether a store gives a value back as it is written."""
    if not isinstance(term, ox.Literal) or term.datatype.value in _AS_WRITTEN:
        return True
    node = ox.NamedNode("urn:x")
    store = ox.Store()
    store.add(ox.Quad(node, node, term))
    return bool(next(iter(store)).object == term)
