"""Everything said of an entity, put in order: sections of groups of facts. Pure.

Each triple is told once: a relation that is known from both ends, or a wide reading of a precise
one, is kept with what it repeats or set apart, and never lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from coopkg.serve.entity import words
from coopkg.terms import BASE, LANGUAGES, PREFIXES, Term, compact

INFERRED: Final = BASE + "graph/inferred"
NUMERIC: Final = frozenset(
    PREFIXES["xsd"] + name
    for name in ("integer", "decimal", "double", "float", "gYear", "date", "dateTime")
)

Row = Mapping[str, Term]
Key = tuple[str, str, Term]
"""A triple as an entity sees it: which way it goes (`out`, `in`), its property, its other end."""


@dataclass(frozen=True)
class Fact:
    """A triple about an entity, and the graphs that say it; `also`: what it makes superfluous."""

    way: str
    verb: str
    other: Term
    graphs: frozenset[str]
    also: tuple[Key, ...] = ()

    @property
    def key(self) -> Key:
        """The triple, as the entity sees it."""
        return self.way, self.verb, self.other

    @property
    def keys(self) -> tuple[Key, ...]:
        """The triple, and those told with it."""
        return (self.key, *self.also)

    @property
    def inferred(self) -> bool:
        """Whether no source says it."""
        return self.graphs <= {INFERRED}

    @property
    def language(self) -> str:
        """The language of its text, "" when it has none."""
        return (self.other.language or "") if isinstance(self.other, ox.Literal) else ""

    def triple(self, entity: ox.NamedNode) -> tuple[Term, ox.NamedNode, Term]:
        """Return the triple itself."""
        link = ox.NamedNode(self.verb)
        return (entity, link, self.other) if self.way == "out" else (self.other, link, entity)


@dataclass(frozen=True)
class Group:
    """The facts of one property, in one direction."""

    way: str
    verb: str
    facts: tuple[Fact, ...]

    @property
    def name(self) -> str:
        """The name of the group in addresses: `out-coop:hasPartner`."""
        return f"{self.way}-{compact(self.verb)}"


@dataclass(frozen=True)
class Said:
    """Everything said of an entity.

    `sections` are in the order of `words.SECTIONS`; `gaps` is what sources are known not to say;
    `elsewhere` are the texts in the other language of the service, which its page has.
    """

    sections: Mapping[str, tuple[Group, ...]]
    gaps: tuple[Fact, ...]
    elsewhere: tuple[Fact, ...] = field(default=())

    def facts(self) -> Iterator[Fact]:
        """Yield every fact, those of the other language included."""
        for groups in self.sections.values():
            for group in groups:
                yield from group.facts
        yield from self.gaps
        yield from self.elsewhere

    def shown(self) -> Iterator[Fact]:
        """Yield every fact that the page of one language tells."""
        apart = set(self.elsewhere)
        return (one for one in self.facts() if one not in apart)

    def of(self, *properties: str, way: str = "out") -> list[Term]:
        """Return the values of some properties, in the order of the properties."""
        wanted = {iri: place for place, iri in enumerate(properties)}
        found = [
            (wanted[one.verb], one.other)
            for one in self.facts()
            if one.way == way and one.verb in wanted
        ]
        return [value for _, value in sorted(found, key=lambda one: (one[0], str(one[1])))]


def read(rows: Iterable[Row], lang: str) -> Said:
    """Put in order the rows of `queries/entity.rq`, for a page in one language."""
    graphs: dict[Key, set[str]] = defaultdict(set)
    for row in rows:
        key = str(row["direction"].value), str(row["property"].value), row["other"]
        graphs[key].add(str(row["graph"].value))
    kept, elsewhere = _by_language(_facts(graphs), lang)
    gaps = tuple(one for one in kept if _is_gap(one))
    sections: dict[str, list[Fact]] = {name: [] for name in words.SECTIONS}
    precise = {one.other for one in kept if one.verb not in words.WIDE}
    for one in kept:
        if not _is_gap(one):
            sections[_section(one, precise)].append(one)
    return Said({name: _groups(facts) for name, facts in sections.items() if facts}, gaps,
                tuple(elsewhere))  # fmt: skip


def _facts(graphs: Mapping[Key, set[str]]) -> list[Fact]:
    """Return one fact for each relation, whichever end it is said from."""
    found = []
    for key, stated_by in graphs.items():
        way, verb, other = key
        inverse = words.INVERSES.get(verb)
        twin: Key | None = ("in" if way == "out" else "out", inverse or "", other)
        if twin not in graphs:
            twin = None
        if twin and way == "in":
            continue  # told from this end
        said = stated_by | graphs[twin] if twin else stated_by
        if len(said) > 1:  # what a source says needs no deduction
            said = said - {INFERRED}
        found.append(Fact(way, verb, other, frozenset(said), (twin,) if twin else ()))
    return found


def _by_language(facts: Sequence[Fact], lang: str) -> tuple[list[Fact], list[Fact]]:
    """Set apart the texts in the other language of the service, when this one has its own."""
    told = {(one.way, one.verb) for one in facts if one.language == lang}
    kept: list[Fact] = []
    elsewhere: list[Fact] = []
    for one in facts:
        other = one.language in LANGUAGES and one.language != lang
        is_name = words.SECTION_OF.get(one.verb) == "names"
        apart = other and not is_name and (one.way, one.verb) in told
        (elsewhere if apart else kept).append(one)
    return kept, elsewhere


def _is_gap(fact: Fact) -> bool:
    other = fact.other
    is_named = isinstance(other, ox.NamedNode)
    return fact.way == "in" and is_named and other.value.startswith(words.GAP)


def _section(fact: Fact, precise: set[Term]) -> str:
    verb, other = fact.verb, fact.other
    wide = verb in words.WIDE and fact.inferred
    if wide and other in precise:
        return "rest"
    known = words.SECTION_OF.get(verb)
    if known == "rest" or (verb == words.IS_A and fact.inferred) or _ties(fact):
        return "rest"
    if fact.way == "in":
        return "links" if verb in words.ROLES else "incoming"
    if known:
        return known
    if isinstance(other, ox.Literal):
        return "figures" if other.datatype.value in NUMERIC else "identity"
    ours = isinstance(other, ox.NamedNode) and other.value.startswith(BASE)
    return "links" if ours or isinstance(other, ox.BlankNode) else "identifiers"


def _ties(fact: Fact) -> bool:
    """Tell whether a link comes from a participation, which says less than what it makes possible.

    Nor does a node without a name say much to a reader: it belongs to a rule that data must meet.
    """
    other = fact.other
    unnamed = isinstance(other, ox.BlankNode)
    return fact.way == "in" and (unnamed or str(other.value).startswith(words.PARTICIPATION))


def _groups(facts: Iterable[Fact]) -> tuple[Group, ...]:
    found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for one in facts:
        found[one.way, one.verb].append(one)
    groups = [Group(way, verb, tuple(some)) for (way, verb), some in found.items()]
    return tuple(sorted(groups, key=_rank))


def _rank(group: Group) -> tuple[int, str, str]:
    known = words.FIRST
    place = known.index(group.verb) if group.verb in known else len(known)
    return place, group.way, compact(group.verb)
