"""One graph of a generation, small and read many times: what is said of a node, and lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pyoxigraph as ox

from coopkg.terms import expand

FIRST: Final = expand("rdf:first").value
REST: Final = expand("rdf:rest").value
NIL: Final = expand("rdf:nil")


class Triples:
    """Triples by subject and by property; names are IRIs as text, values are terms."""

    def __init__(self, triples: Iterable[tuple[Any, Any, Any]]) -> None:
        """Read them all."""
        self._said: dict[Any, dict[str, list[Any]]] = defaultdict(dict)
        self._by_property: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
        self._by_value: dict[str, dict[Any, list[Any]]] = {}
        for subject, predicate, value in triples:
            name = predicate.value
            self._said[subject].setdefault(name, []).append(value)
            self._by_property[name].append((subject, value))

    def said(self, subject: Any) -> dict[str, list[Any]]:
        """Return the values of each property of a node."""
        return self._said.get(subject, {})

    def values(self, subject: Any, name: str) -> list[Any]:
        """Return the values of one property, given as a prefixed name."""
        return self.said(subject).get(expand(name).value, [])

    def pairs(self, name: str) -> list[tuple[Any, Any]]:
        """Return the subjects and values of a property, given as a prefixed name."""
        return self._by_property.get(expand(name).value, [])

    def subjects(self, name: str, value: Any) -> Iterator[Any]:
        """Yield the nodes that have a value for a property."""
        if name not in self._by_value:
            found = self._by_value[name] = defaultdict(list)
            for subject, one in self.pairs(name):
                found[one].append(subject)
        return iter(self._by_value[name].get(value, ()))

    def items(self, head: Any) -> list[Any]:
        """Return the items of a list."""
        found = []
        while head != NIL and (first := self.said(head).get(FIRST)):
            found.append(first[0])
            head = self.said(head)[REST][0]
        return found

    def named(self, subject: Any, name: str) -> list[str]:
        """Return the IRIs among the values of a property, sorted."""
        values = self.values(subject, name)
        return sorted(one.value for one in values if isinstance(one, ox.NamedNode))
