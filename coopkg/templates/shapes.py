"""What the shapes say of a class: its properties, and of each whether it is needed and how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeGuard

import pyoxigraph as ox

from coopkg.templates.classes import CLASSES, PARTICIPATION
from coopkg.templates.vocabulary import Vocabulary
from coopkg.terms import PREFIXES, Term, compact, expand

_LAST: Final = 99


@dataclass(frozen=True)
class Rule:
    """What shapes say of a property of a class; `place` orders it, `group` says where forms put it.

    `shapes` are the property shapes, those of the class first.
    """

    name: str
    shapes: tuple[Term, ...]
    place: tuple[int, int, str] = (_LAST, _LAST, "")
    group: Mapping[str, str] | None = None
    least: int = 0
    most: int | None = None


def properties(name: str, vocabulary: Vocabulary) -> list[str]:
    """Return the columns that the shapes of a class ask for, in the order of forms.

    A role of a participation is a column of its own: `coop:participation/coop:lead`.
    """
    kind = CLASSES[name]
    found = dict.fromkeys(
        one
        for rule in sorted(rules(name, vocabulary).values(), key=lambda one: one.place)
        if rule.name not in kind.apart
        for one in _spread(rule.name, kind.roles)
    )
    return list(found)


def _spread(name: str, roles: Sequence[str]) -> Sequence[str]:
    return [f"{name}/{role}" for role in roles] if name == PARTICIPATION else [name]


def rules(name: str, vocabulary: Vocabulary) -> dict[str, Rule]:
    """Return what the shapes say of each property of a class, by its short name."""
    kind = CLASSES[name]
    kinds = vocabulary.wider(expand(kind.iri))
    wider = {*kinds, *(expand(one) for one in kind.also)}
    gathered: dict[str, list[Term]] = {}
    for shape in _of_class(kinds, vocabulary, 1):
        for one in paths(shape, vocabulary):
            gathered.setdefault(one, []).append(shape)
    for one, shape in _of_subjects(wider, vocabulary):
        gathered.setdefault(one, []).append(shape)
    found = {one: _rule(one, shapes, vocabulary) for one, shapes in gathered.items()}
    return {one: rule for one, rule in found.items() if rule.most != 0}


def deduced(name: str, vocabulary: Vocabulary) -> frozenset[str]:
    """Return the paths, as `coop:participation/coop:lead`, that must end in something.

    A shape of the second pass asks for `coop:hasLead`, and the ontology makes one of that path.
    """
    found = set()
    for shape in _of_class(vocabulary.wider(expand(CLASSES[name].iri)), vocabulary, 2):
        if number(shape, "sh:minCount", vocabulary) in {None, 0}:
            continue
        for path in vocabulary.values(shape, "sh:path"):
            for chain in vocabulary.values(path, "owl:propertyChainAxiom"):
                steps = vocabulary.items(chain)
                found.add("/".join(compact(one.value) for one in steps if _named(one)))
    return frozenset(found)


def paths(shape: Term, vocabulary: Vocabulary) -> list[str]:
    """Return the properties a property shape is about: its path, or each of its alternatives."""
    found: list[str] = []
    for path in vocabulary.values(shape, "sh:path"):
        if isinstance(path, ox.NamedNode):
            found.append(compact(path.value))
        for choice in vocabulary.values(path, "sh:alternativePath"):
            found += [compact(one.value) for one in vocabulary.items(choice) if _named(one)]
        for other in vocabulary.values(path, "sh:inversePath"):
            found += ["^" + compact(other.value)] if _named(other) else []
    return [one for one in found if not one.startswith(("coopsh:", "rdf:"))]


def number(shape: Term, predicate: str, vocabulary: Vocabulary) -> int | None:
    """Return a number that a shape says, None when it says none."""
    for value in vocabulary.values(shape, predicate):
        if isinstance(value, ox.Literal):
            return int(value.value)
    return None


def excluded(shapes: Sequence[Term], vocabulary: Vocabulary) -> tuple[set[str], set[Term]]:
    """Return the things, and the classes of things, that shapes refuse by `sh:not`."""
    things: set[str] = set()
    kinds: set[Term] = set()
    for refused in (one for shape in shapes for one in vocabulary.values(shape, "sh:not")):
        things |= {one.value for one in vocabulary.values(refused, "sh:hasValue") if _named(one)}
        kinds |= set(vocabulary.values(refused, "sh:class"))
        for listed in vocabulary.values(refused, "sh:in"):
            things |= {one.value for one in vocabulary.items(listed) if _named(one)}
    return things, kinds


def kinds_below(kind: ox.NamedNode, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the classes that a thing of a class may be said to be, but those deduced or apart."""
    apart = {expand(one.iri).value for one in CLASSES.values()}
    deduced = {expand(f"coop:{n}") for n in ("FrenchActor", "ForeignActor", "CooperationPartner")}
    found = [
        one
        for one in vocabulary.classes()
        if kind in vocabulary.wider(one)
        and one.value not in apart
        and one not in deduced
        and one.value.startswith(PREFIXES["coop"])
    ]
    return tuple(one.value for one in found)


# --- Inside --------------------------------------------------------------------------------


def _of_class(kinds: Sequence[ox.NamedNode], vocabulary: Vocabulary, turn: int) -> Iterator[Term]:
    for kind in kinds:
        for node in vocabulary.targets(kind):
            if _turn(node, vocabulary) == turn:
                yield from vocabulary.values(node, "sh:property")


def _of_subjects(wider: set[ox.NamedNode], vocabulary: Vocabulary) -> Iterator[tuple[str, Term]]:
    """Yield each property whose domain is the class, with a shape of who has that property."""
    for target, node in vocabulary.subject_targets():
        domains = vocabulary.values(target, "rdfs:domain")
        if not _named(target) or wider.isdisjoint(domains) or _turn(node, vocabulary) != 1:
            continue
        name = compact(target.value)
        for shape in vocabulary.values(node, "sh:property"):
            if name in paths(shape, vocabulary):
                yield name, shape


def _turn(node: Term, vocabulary: Vocabulary) -> int:
    return number(node, "coopsh:pass", vocabulary) or 1


def _rule(name: str, shapes: Sequence[Term], vocabulary: Vocabulary) -> Rule:
    own = [one for one in shapes if paths(one, vocabulary) == [name]]
    strict = [one for one in own if _severity(one, vocabulary) == "Violation"]
    least = max((number(one, "sh:minCount", vocabulary) or 0 for one in strict), default=0)
    most = [number(one, "sh:maxCount", vocabulary) for one in shapes]
    told = [one for one in most if one is not None]
    first = shapes[0]
    groups = vocabulary.values(first, "sh:group")
    rank = number(groups[0], "sh:order", vocabulary) if groups else None
    order = number(first, "sh:order", vocabulary)
    place = (rank if rank is not None else _LAST, order if order is not None else _LAST, name)
    label = vocabulary.texts(groups[0], "rdfs:label") if groups else None
    return Rule(name, tuple(shapes), place, label, least, min(told) if told else None)


def _severity(shape: Term, vocabulary: Vocabulary) -> str:
    for value in vocabulary.values(shape, "sh:severity"):
        if isinstance(value, ox.NamedNode):
            return value.value.rpartition("#")[2]
    return "Violation"


def _named(term: Term) -> TypeGuard[ox.NamedNode]:
    return isinstance(term, ox.NamedNode)
