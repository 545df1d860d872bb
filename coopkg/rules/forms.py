"""What a data rule can look like: its premises, given its conclusion and its witnesses.

`x` and `y` are individuals, a class is a set of them and a link a set of pairs. The witnesses
are the individuals that the premises name and the conclusion does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from pyoxigraph import NamedNode

from coopkg.rules.axioms import Class, Link
from coopkg.terms import RDF_TYPE, Term, Triple


@dataclass(frozen=True, slots=True)
class Derivation:
    """Why a triple holds: the OWL 2 RL rule, its premises, and the axioms it rests on.

    Lists (chains, intersections…) are named by the axiom that holds them.
    """

    rule: str
    premises: tuple[Triple, ...]
    axioms: tuple[Triple, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the OWL 2 RL/RDF tables, specialised by axioms of the ontology."""

    name: str
    axioms: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class Copy(Rule):
    """What is in `source` is in `target`."""

    source: Class
    target: Class

    def premises(self, x: Term, _value: Term, _witnesses: tuple[Term, ...]) -> tuple[Triple, ...]:
        """Return what the conclusion `x a target` rests on."""
        return ((x, RDF_TYPE, self.source),)


@dataclass(frozen=True, slots=True)
class Both(Rule):
    """What is in all `sources` is in `target`."""

    sources: tuple[Class, ...]
    target: Class

    def premises(self, x: Term, _value: Term, _witnesses: tuple[Term, ...]) -> tuple[Triple, ...]:
        """Return what the conclusion `x a target` rests on."""
        return tuple((x, RDF_TYPE, source) for source in self.sources)


@dataclass(frozen=True, slots=True)
class Listed(Rule):
    """`member` is in `target`, whatever the data."""

    member: Term
    target: Class

    def premises(self, _x: Term, _value: Term, _witnesses: tuple[Term, ...]) -> tuple[Triple, ...]:
        """Return nothing: the axiom suffices."""
        return ()


@dataclass(frozen=True, slots=True)
class Project(Rule):
    """What has a `source` link is in `target`. Witness: the other end."""

    source: Link
    target: Class

    def premises(self, x: Term, _value: Term, witnesses: tuple[Term, ...]) -> tuple[Triple, ...]:
        """Return what the conclusion `x a target` rests on."""
        return (self.source.triple(x, witnesses[0]),)


@dataclass(frozen=True, slots=True)
class Select(Rule):
    """What has a `source` link to `value` is in `target`."""

    source: Link
    value: Term
    target: Class

    def premises(self, x: Term, _value: Term, _witnesses: tuple[Term, ...]) -> tuple[Triple, ...]:
        """Return what the conclusion `x a target` rests on."""
        return (self.source.triple(x, self.value),)


@dataclass(frozen=True, slots=True)
class Some(Rule):
    """What has a `source` link to a member of `filler` is in `target`. Witness: that member."""

    source: Link
    filler: Class
    target: Class

    def premises(self, x: Term, _value: Term, witnesses: tuple[Term, ...]) -> tuple[Triple, ...]:
        """Return what the conclusion `x a target` rests on."""
        (y,) = witnesses
        return self.source.triple(x, y), (y, RDF_TYPE, self.filler)


@dataclass(frozen=True, slots=True)
class Give(Rule):
    """What is in `source` has the link `target` to `value`."""

    source: Class
    target: Link
    value: Term

    def premises(self, s: Term, o: Term, _witnesses: tuple[Term, ...]) -> tuple[Triple, ...]:
        """Return what the conclusion `s target o` rests on."""
        return ((o if self.target.inverse else s, RDF_TYPE, self.source),)


@dataclass(frozen=True, slots=True)
class Rewrite(Rule):
    """What `source` links, `target` links forwards."""

    source: Link
    target: NamedNode

    def premises(self, x: Term, y: Term, _witnesses: tuple[Term, ...]) -> tuple[Triple, ...]:
        """Return what the conclusion `x target y` rests on."""
        return (self.source.triple(x, y),)


@dataclass(frozen=True, slots=True)
class Chain(Rule):
    """What `sources` link end to end, `target` links forwards. Witnesses: the joints."""

    sources: tuple[Link, ...]
    target: NamedNode

    def premises(self, x: Term, y: Term, witnesses: tuple[Term, ...]) -> tuple[Triple, ...]:
        """Return what the conclusion `x target y` rests on."""
        points = (x, *witnesses, y)
        steps = zip(self.sources, pairwise(points), strict=True)
        return tuple(link.triple(start, end) for link, (start, end) in steps)


ClassRule: TypeAlias = Copy | Both | Listed | Project | Select | Some
LinkRule: TypeAlias = Give | Rewrite | Chain
DataRule: TypeAlias = ClassRule | LinkRule


@dataclass(frozen=True, slots=True)
class Apart(Rule):
    """Nothing is in both classes; nothing at all is in one that is apart from itself."""

    one: Class
    other: Class


@dataclass(frozen=True, slots=True)
class LinksApart(Rule):
    """No pair has both links. Irreflexive and asymmetric links are of this kind too."""

    one: Link
    other: Link


@dataclass(frozen=True, slots=True)
class Denied(Rule):
    """That triple does not hold."""

    triple: Triple


@dataclass(frozen=True, slots=True)
class NotToItself(Rule):
    """Nothing has that link to itself."""

    link: Link


@dataclass(frozen=True, slots=True)
class OnlyToItself(Rule):
    """Nothing has that link to another thing."""

    link: Link


Check: TypeAlias = Apart | LinksApart | NotToItself | OnlyToItself | Denied
