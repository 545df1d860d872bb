"""An rdflib graph that does nothing but hold triples, in half the time of rdflib's own stores.

What reads a graph most, pySHACL and the reader of its reports, asks for the objects of a subject
and a property, the subjects of an object, or whether a triple is there: dictionaries tell. There
are no contexts and nobody is told of what is added. It claims to know contexts, since pySHACL wants
a store that does, but gives it one graph only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import rdflib
from rdflib.paths import Path
from rdflib.plugins.stores.memory import SimpleMemory
from rdflib.term import Node

_Three: TypeAlias = tuple[Node, Node, Node]
_Index: TypeAlias = dict[Node, dict[Node, dict[Node, None]]]


class Dictionaries(SimpleMemory):
    """Triples by their subject, by their predicate and by their object."""

    context_aware = True
    graph_aware = True

    def __init__(self) -> None:
        """Make an empty one."""
        super().__init__()
        self.by_subject: _Index = {}
        self.by_predicate: _Index = {}
        self.by_object: _Index = {}
        self.many = 0

    def add(self, triple: Any, context: Any = None, quoted: bool = False) -> None:
        """Add a triple, once."""
        subject, predicate, value = triple
        held = self.by_subject.setdefault(subject, {}).setdefault(predicate, {})
        if value in held:
            return
        self.many += 1
        held[value] = None
        self.by_predicate.setdefault(predicate, {}).setdefault(value, {})[subject] = None
        self.by_object.setdefault(value, {}).setdefault(subject, {})[predicate] = None

    def remove(self, triple_pattern: Any, context: Any = None) -> None:
        """Remove the triples of a pattern, and what would be empty without them."""
        for subject, predicate, value in list(self.matching(*triple_pattern)):
            self.many -= 1
            _less(self.by_subject, subject, predicate, value)
            _less(self.by_predicate, predicate, value, subject)
            _less(self.by_object, value, subject, predicate)

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[tuple[_Three, Any]]:
        """Yield the triples of a pattern; None stands for anything."""
        for triple in self.matching(*triple_pattern):
            yield triple, iter(())

    def matching(
        self, subject: Node | None, predicate: Node | None, value: Node | None
    ) -> Iterator[_Three]:
        """Yield the triples of a pattern, without contexts."""
        if subject is not None:
            about = self.by_subject.get(subject, {})
            asked = about if predicate is None else (predicate,) if predicate in about else ()
            for one in asked:
                held = about[one]
                for other in held if value is None else (value,) if value in held else ():
                    yield subject, one, other
        elif predicate is not None:
            said = self.by_predicate.get(predicate, {})
            for other in said if value is None else (value,) if value in said else ():
                for one in said[other]:
                    yield one, predicate, other
        elif value is not None:
            for one, links in self.by_object.get(value, {}).items():
                for link in links:
                    yield one, link, value
        else:
            for one, about in self.by_subject.items():
                for link, held in about.items():
                    for other in held:
                        yield one, link, other

    def __len__(self, context: Any = None) -> int:
        """Return how many triples it holds."""
        return self.many


def _less(index: _Index, one: Node, two: Node, three: Node) -> None:
    """Take a triple out of an index."""
    within = index[one]
    del within[two][three]
    if not within[two]:
        del within[two]
        if not within:
            del index[one]


class Graph(rdflib.Graph):
    """A graph in such a store; what is asked of it most does not pass through rdflib."""

    def __init__(self) -> None:
        """Make an empty one."""
        self.held = Dictionaries()
        super().__init__(store=self.held, bind_namespaces="none")

    def __len__(self) -> int:
        """Return how many triples it holds: rdflib asks whenever it tells a graph from None."""
        return self.held.many

    def add(self, triple: Any) -> Graph:
        """Add a triple, once."""
        self.held.add(triple)
        return self

    def remove(self, triple: Any) -> Graph:
        """Remove the triples of a pattern."""
        self.held.remove(triple)
        return self

    def triples(self, triple: Any) -> Any:
        """Return the triples of a pattern."""
        if isinstance(triple[1], Path):
            return super().triples(triple)
        return self.held.matching(*triple)

    def __contains__(self, triple: Any) -> bool:
        """Tell whether there is a triple of a pattern."""
        subject, predicate, value = triple
        if None in triple or isinstance(predicate, Path):
            return next(iter(self.triples(triple)), None) is not None
        return value in self.held.by_subject.get(subject, {}).get(predicate, {})

    def objects(self, subject: Any = None, predicate: Any = None, unique: bool = False) -> Any:
        """Return the objects of a subject and a predicate."""
        if subject is None or predicate is None or isinstance(predicate, Path):
            return super().objects(subject, predicate, unique)
        return iter(self.held.by_subject.get(subject, {}).get(predicate, {}))

    def subjects(self, predicate: Any = None, object: Any = None, unique: bool = False) -> Any:  # noqa: A002 - rdflib's name
        """Return the subjects of a predicate and an object."""
        if predicate is None or object is None or isinstance(predicate, (Path, list)):
            return super().subjects(predicate, object, unique)
        if isinstance(object, list):
            return super().subjects(predicate, object, unique)
        return iter(self.held.by_predicate.get(predicate, {}).get(object, {}))
