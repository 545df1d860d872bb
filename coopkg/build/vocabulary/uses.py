"""Where each term is used: how often, by which entities, in which questions; and how to ask."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.content import ASSERTED
from coopkg.build.quads import Quads
from coopkg.questions import Question
from coopkg.sparql_text import prologue, tokenize
from coopkg.terms import BASE, NS, PREFIXES, RDF_TYPE, compact

EXAMPLES: Final = 3
LANG: Final = "%LANG%"
"""Stands in a sample query for the language of the page."""
ENTITIES: Final = (BASE + "id/", BASE + "scheme/", BASE + "graph/")


@dataclass
class Uses:
    """The triples of the default graph by term; a class is used by what is of its kind."""

    total: Counter[str] = field(default_factory=Counter)
    asserted: Counter[str] = field(default_factory=Counter)
    found: dict[str, list[tuple[Any, Any, bool]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, store: Iterable[ox.Quad], labels: Mapping[str, Any]) -> Uses:
        """Read them once; `labels` tells which entities have a name to show."""
        quads = Quads.of(store)
        default, stated = quads.default, Quads(quads.graph(ASSERTED))
        uses = cls()
        for predicate in default.properties:
            known = {(quad.subject, quad.object) for quad in stated.saying(predicate)}
            pairs = [(quad.subject, quad.object) for quad in default.saying(predicate)]
            uses._use(predicate.value, [(*pair, pair in known) for pair in pairs])
        for triples in uses.found.values():
            triples.sort(key=lambda one: _rank(one, labels))
        return uses

    def _use(self, name: str, triples: list[tuple[Any, Any, bool]]) -> None:
        """Count the triples of a property; those that say what something is count for its class."""
        kinds: dict[str, list[tuple[Any, Any, bool]]] = defaultdict(list)
        if name == RDF_TYPE.value:
            for one in triples:
                if isinstance(one[1], ox.NamedNode):
                    kinds[one[1].value].append(one)
        for term, found in ((name, triples), *kinds.items()):
            self.total[term] += len(found)
            self.asserted[term] += sum(is_stated for _, _, is_stated in found)
            if term.startswith(NS):
                self.found[term] += found

    def count(self, term: str) -> dict[str, int]:
        """Return how many triples use a term, and how many of these only reasoning gives."""
        total = self.total[term]
        return {"asserted": self.asserted[term], "inferred": total - self.asserted[term]}

    def examples(self, term: str, is_class: bool) -> list[dict[str, Any]]:
        """Return some entities that use a term, each once, values as varied as can be."""
        kept: list[dict[str, Any]] = []
        subjects: set[Any] = set()
        values: set[Any] = set()
        for fresh in (True, False):
            for subject, value, is_stated in self.found.get(term, ()):
                if len(kept) == EXAMPLES:
                    break
                if subject in subjects or (fresh and not is_class and value in values):
                    continue
                subjects.add(subject)
                values.add(value)
                one: dict[str, Any] = {"subject": subject.value}
                if not is_class:
                    one |= _value(value)
                if not is_stated:
                    one["inferred"] = True
                kept.append(one)
        return kept


def _rank(triple: tuple[Any, Any, bool], labels: Mapping[str, Any]) -> tuple[Any, ...]:
    subject, value, is_stated = triple
    ours = subject.value.startswith(ENTITIES)
    named = subject.value in labels
    return (not ours, not named, not is_stated, subject.value, str(value))


def _value(value: Any) -> dict[str, str]:
    if isinstance(value, ox.NamedNode):
        return {"value": value.value}
    if value.language:
        return {"text": value.value, "lang": value.language}
    return {"text": value.value, "datatype": value.datatype.value}


def questions(asked: Iterable[Question], terms: Iterable[str]) -> dict[str, list[str]]:
    """Return, for each term, the questions whose query names it.

    Names are read by token, so that what stands in a comment or a text is no use, and a name
    counts wherever the query has it: pattern, path, filter, list of values.
    """
    known = set(terms)
    found: dict[str, list[str]] = defaultdict(list)
    for question in asked:
        for one in sorted(_named(question.text) & known):
            found[one].append(question.slug)
    return found


@lru_cache(maxsize=1_024)  # the same from one generation to the next
def _named(query: str) -> frozenset[str]:
    tokens = tokenize(query)
    head = prologue(tokens)
    return frozenset(
        head.resolve(token) for token in tokens[head.length :] if token.kind in {"iri", "pname"}
    )


def sample(term: str, is_class: bool, is_object: bool, used: int) -> str:
    """Return a query on a term that gives rows: its uses, or what is said of it when it has none.

    >>> print(sample(NS + "Forum", True, False, 0).splitlines()[-1])
    }
    """
    name = compact(term)
    head = f"PREFIX coop: <{NS}>\n"
    if not used:
        return f"{head}\nSELECT ?property ?value WHERE {{\n  {name} ?property ?value .\n}}\n"
    head += f"PREFIX skos: <{PREFIXES['skos']}>\n"
    if is_class:
        lines = [f"?entity a {name} .", _label("entity")]
        return _select(head, "?entity ?entityLabel", lines, "?entityLabel ?entity")
    lines = [f"?entity {name} ?value .", _label("entity")]
    shown = "?entity ?entityLabel ?value"
    if is_object:
        lines.append(_label("value"))
        shown += " ?valueLabel"
    return _select(head, shown, lines, "?entityLabel ?entity ?value")


def _label(name: str) -> str:
    return (
        f'OPTIONAL {{ ?{name} skos:prefLabel ?{name}Label FILTER(LANG(?{name}Label) = "{LANG}") }}'
    )


def _select(head: str, shown: str, lines: Iterable[str], order: str) -> str:
    body = "\n".join(f"  {line}" for line in lines)
    return f"{head}\nSELECT {shown} WHERE {{\n{body}\n}}\nORDER BY {order}\nLIMIT 50\n"
