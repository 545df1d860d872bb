"""What shapes ask of all the data at once, in SPARQL: asked of a store that follows what moves."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import rdflib
from pyoxigraph import Quad
from rdflib import SH

from coopkg.build import bridge, screened
from coopkg.build.seen import as_triple, described, facts, seen, seen_by
from coopkg.build.validate import only
from coopkg.terms import PREFIXES, Term, Triple


class Whole:
    """What the shapes of one pass ask of all the data at once, in SPARQL: asked of a store."""

    def __init__(
        self,
        shapes: Iterable[Triple],
        ontology: Iterable[Triple],
        pass_: int,
        data: Iterable[Quad | Triple],
    ) -> None:
        """Make ready to look at data that differ little from these."""
        rules = bridge.graph(shapes)
        only(rules, pass_)
        self._queries = [_prologue(rules) + text for text in _selects(rules)]
        self._ontology = tuple(ontology)
        self._terms = frozenset(self._ontology)
        self._copy = screened.Copy()
        self._data = frozenset(facts(data))
        self._known = described(chain(map(as_triple, self._data), self._ontology))
        self._copy.move((), set(seen(self._data, self._ontology)))
        self._about: dict[Term, set[Quad | Triple]] = {}
        self._leading: dict[Term, set[Term]] = {}
        for item in self._data:
            subject, predicate, value = as_triple(item)
            self._about.setdefault(subject, set()).add(item)
            self._leading.setdefault(value, set()).add(subject)
            self._leading.setdefault(predicate, set()).add(subject)

    def breaks(self, data: Iterable[Quad | Triple]) -> bool:
        """Tell whether any query finds anything in some data; True when in doubt."""
        gone, come = self.moved(data)
        self._copy.move(gone, come)
        found = not all(map(self._copy.finds_nothing, self._queries))
        self._copy.move(come, gone)
        return found

    def moved(self, data: Iterable[Quad | Triple]) -> tuple[set[Triple], set[Triple]]:
        """Return what shapes no longer see in some data, and what they see anew.

        What they see of a subject comes of what is said of it, and of whether what it is said
        with, or leads to, is described.
        """
        wanted = frozenset(facts(data))
        gone, come = self._data - wanted, wanted - self._data
        after = {as_triple(item)[0]: set[Quad | Triple]() for item in (*gone, *come)}
        for subject in after:
            after[subject] = self._about.get(subject, set()) - gone
        for item in come:
            after[as_triple(item)[0]].add(item)
        fixed = described(self._ontology)
        now = described(as_triple(item) for said in after.values() for item in said)
        flipped = {
            one for one in after if one not in fixed and (one in now) != (one in self._known)
        }
        known = (self._known - flipped) | (flipped & now)
        for one in flipped:
            for subject in self._leading.get(one, ()):
                after.setdefault(subject, self._about[subject])
        before = [item for subject in after for item in self._about.get(subject, ())]
        were = set(seen_by(before, self._known)) - self._terms
        are = set(seen_by([item for said in after.values() for item in said], known)) - self._terms
        return were - are, are - were


def _selects(rules: rdflib.Graph) -> list[str]:
    """Return the queries of the shapes that are on."""
    on = [
        constraint
        for shape, constraint in rules.subject_objects(SH.sparql)
        if (shape, SH.deactivated, rdflib.Literal(True)) not in rules
    ]
    return sorted({str(text) for one in on for text in rules.objects(one, SH.select)})


def _prologue(rules: rdflib.Graph) -> str:
    known = {name: PREFIXES[name] for name in ("owl", "rdf", "rdfs", "sh")}  # pySHACL's own
    declared = known | {
        str(rules.value(one, SH.prefix)): str(rules.value(one, SH.namespace))
        for one in rules.objects(None, SH.declare)
    }
    return "".join(f"PREFIX {name}: <{space}>\n" for name, space in sorted(declared.items()))
