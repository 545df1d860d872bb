"""The rules run to fixpoint over the facts, in rounds, each on what the last one found.

A round reads only facts of earlier rounds, so a reason never rests on its own conclusion, and
the first reason found for a triple is among the shortest. In the first round everything is new,
so a join need only start from its first part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from coopkg.rules.axioms import Link
from coopkg.rules.compiler import Rules
from coopkg.rules.facts import BITS, LITERAL, MASK, Facts
from coopkg.rules.forms import Both, Chain, Copy, Give, Listed, Project, Rewrite, Select, Some

Index: TypeAlias = dict[int, list[int]]
Path: TypeAlias = tuple[int, tuple[int, ...]]
NumberedLink: TypeAlias = tuple[int, bool]


def run(facts: Facts, rules: Rules) -> int:
    """Add to `facts` all that the rules derive; return how many rounds found something."""
    return Fixpoint(facts, rules).reach()


class Delta:
    """What one round reads as new, and what it finds."""

    def __init__(self, classes: dict[int, set[int]], links: dict[int, set[int]]) -> None:
        self.classes = classes
        self.links = links
        self.found_members: dict[int, dict[int, int]] = {}
        self.found_pairs: dict[int, dict[int, int]] = {}
        self._swapped: dict[int, set[int]] = {}

    def pairs(self, link: NumberedLink) -> set[int]:
        """Return the new pairs that a link makes, from start to end as it is followed."""
        number, inverse = link
        pairs = self.links.get(number, set())
        if inverse and pairs:
            if number not in self._swapped:
                self._swapped[number] = {(pair & MASK) << BITS | pair >> BITS for pair in pairs}
            return self._swapped[number]
        return pairs

    def next(self) -> Delta:
        """Return the delta of the round after this one."""
        return Delta(
            {number: set(found) for number, found in self.found_members.items()},
            {number: set(found) for number, found in self.found_pairs.items()},
        )


class Fixpoint:
    """One run: facts, numbered rules, and for each joined property an index either way."""

    def __init__(self, facts: Facts, rules: Rules) -> None:
        self.facts = facts
        self.rules = rules.data
        self.bearing = {facts.number(one) for one in rules.bearing}
        self.ends: dict[int, Index] = {}
        self.starts: dict[int, Index] = {}
        for rule in self.rules:
            joined = rule.sources if isinstance(rule, Chain) else ()
            for link in (rule.source,) if isinstance(rule, Some) else joined:
                number = facts.number(link.property)
                self.ends[number], self.starts[number] = {}, {}
        self.first = True

    def reach(self) -> int:
        """Run rounds until one finds nothing; return how many found something."""
        delta = Delta(
            {number: set(members) for number, members in self.facts.classes.items()},
            {number: set(pairs) for number, pairs in self.facts.links.items()},
        )
        return sum(1 for _ in self.rounds(delta))

    def rounds(self, delta: Delta) -> Iterator[Delta]:
        """Run rounds from what is new, until one finds nothing; give each that found something."""
        while True:
            self._index(delta)
            for number, rule in enumerate(self.rules):
                self._apply(number, rule, delta)
            if not (delta.found_members or delta.found_pairs):
                return
            self._keep(delta)
            yield delta
            delta = delta.next()
            self.first = False

    def _index(self, delta: Delta) -> None:
        for number, ends in self.ends.items():
            starts = self.starts[number]
            for pair in delta.links.get(number, ()):
                start, end = pair >> BITS, pair & MASK
                ends.setdefault(start, []).append(end)
                starts.setdefault(end, []).append(start)

    def forget(self, links: Mapping[int, Iterable[int]]) -> None:
        """Take pairs out of the indexes."""
        for number in self.ends.keys() & links.keys():
            for pair in links[number]:
                start, end = pair >> BITS, pair & MASK
                _take(self.ends[number][start], end)
                _take(self.starts[number][end], start)

    def _keep(self, delta: Delta) -> None:
        for number, members in delta.found_members.items():
            self.facts.classes.setdefault(number, {}).update(members)
        for number, pairs in delta.found_pairs.items():
            self.facts.links.setdefault(number, {}).update(pairs)

    def _apply(self, number: int, rule: object, delta: Delta) -> None:
        match rule:
            case Copy():
                self._copy(number, rule, delta)
            case Project():
                self._project(number, rule, delta)
            case Rewrite():
                pairs = delta.pairs(self._link(rule.source))
                self._add_pairs(number, self.facts.number(rule.target), pairs, delta)
            case Chain():
                self._chain(number, rule, delta)
            case Some():
                self._some(number, rule, delta)
            case Both():
                self._both(number, rule, delta)
            case Give():
                self._give(number, rule, delta)
            case Select():
                self._select(number, rule, delta)
            case Listed() if self.first:
                target = self.facts.number(rule.target)
                self._add_members(number, target, {self.facts.number(rule.member)}, delta)

    def _copy(self, number: int, rule: Copy, delta: Delta) -> None:
        members = delta.classes.get(self.facts.number(rule.source))
        if members:
            self._add_members(number, self.facts.number(rule.target), members, delta)

    def _both(self, number: int, rule: Both, delta: Delta) -> None:
        sources = [self.facts.number(source) for source in rule.sources]
        for source in sources[:1] if self.first else sources:
            members = delta.classes.get(source, set())
            for other in sources:
                if other != source and members:
                    known = self.facts.classes.get(other, {})
                    members = {member for member in members if member in known}
            self._add_members(number, self.facts.number(rule.target), members, delta)

    def _give(self, number: int, rule: Give, delta: Delta) -> None:
        members = delta.classes.get(self.facts.number(rule.source), ())
        value = self.facts.number(rule.value)
        if rule.target.inverse:
            pairs = {value << BITS | member for member in members}
        else:
            pairs = {member << BITS | value for member in members}
        self._add_pairs(number, self.facts.number(rule.target.property), pairs, delta)

    def _select(self, number: int, rule: Select, delta: Delta) -> None:
        value = self.facts.number(rule.value)
        pairs = delta.pairs(self._link(rule.source))
        members = {pair >> BITS for pair in pairs if pair & MASK == value}
        self._add_members(number, self.facts.number(rule.target), members, delta)

    def _project(self, number: int, rule: Project, delta: Delta) -> None:
        pairs = delta.pairs(self._link(rule.source))
        if pairs:
            witnessed = {pair >> BITS: pair & MASK for pair in pairs}
            self._add_witnessed(number, self.facts.number(rule.target), witnessed, delta)

    def _some(self, number: int, rule: Some, delta: Delta) -> None:
        filler, link = self.facts.number(rule.filler), self._link(rule.source)
        known = self.facts.classes.get(filler, {})
        witnessed = {}
        if known:
            witnessed = {
                pair >> BITS: pair & MASK for pair in delta.pairs(link) if pair & MASK in known
            }
        if not self.first:
            back = self._following(link, back=True)
            for member in delta.classes.get(filler, ()):
                witnessed.update(dict.fromkeys(back.get(member, ()), member))
        self._add_witnessed(number, self.facts.number(rule.target), witnessed, delta)

    def _chain(self, number: int, rule: Chain, delta: Delta) -> None:
        links = [self._link(link) for link in rule.sources]
        target = self.facts.number(rule.target)
        known = self.facts.links.get(target, {})
        found = delta.found_pairs.get(target, {})
        for place in range(1 if self.first else len(links)):
            new = delta.pairs(links[place])
            if not new:
                continue
            before = [self._following(link, back=True) for link in reversed(links[:place])]
            after = [self._following(link) for link in links[place + 1 :]]
            for pair in new:
                heads = _paths(pair >> BITS, before)
                tails = _paths(pair & MASK, after) if heads else ()
                for start, joints in heads:
                    for end, more in tails:
                        made = start << BITS | end
                        if made not in known and made not in found:
                            found[made] = _code(number, (*joints[::-1], *more))
        if found:
            delta.found_pairs[target] = found

    def _add_members(self, code: int, target: int, members: set[int], delta: Delta) -> None:
        found = delta.found_members.get(target, {})
        new = members.difference(self.facts.classes.get(target, ()), found)
        new = self._worth_keeping(target, new)
        if new:
            found.update(dict.fromkeys(new, code))
            delta.found_members[target] = found

    def _add_witnessed(
        self, number: int, target: int, witnessed: dict[int, int], delta: Delta
    ) -> None:
        found = delta.found_members.get(target, {})
        new = set(witnessed).difference(self.facts.classes.get(target, ()), found)
        new = self._worth_keeping(target, new)
        if new:
            found.update({member: witnessed[member] << BITS | number for member in new})
            delta.found_members[target] = found

    def _worth_keeping(self, target: int, members: set[int]) -> set[int]:
        """Drop the literals of a class that leads nowhere: their types are not published."""
        if target in self.bearing:
            return members
        return {member for member in members if member < LITERAL}

    def _add_pairs(self, code: int, target: int, pairs: set[int], delta: Delta) -> None:
        if pairs:
            found = delta.found_pairs.get(target, {})
            new = pairs.difference(self.facts.links.get(target, ()), found)
            if new:
                found.update(dict.fromkeys(new, code))
                delta.found_pairs[target] = found

    def _link(self, link: Link) -> NumberedLink:
        return self.facts.number(link.property), link.inverse

    def _following(self, link: NumberedLink, *, back: bool = False) -> Index:
        """Return where a link leads from each start or, `back`, whence it comes to each end."""
        number, inverse = link
        return (self.starts if inverse != back else self.ends)[number]


def _take(found: list[int], one: int) -> None:
    """Take out the last that is equal: what came last goes first."""
    for place in range(len(found) - 1, -1, -1):
        if found[place] == one:
            del found[place]
            return


def _paths(start: int, indexes: Iterable[Index]) -> list[Path]:
    """Return every end reached through the indexes, with the points left behind on the way."""
    paths: list[Path] = [(start, ())]
    for index in indexes:
        paths = [(end, (*left, here)) for here, left in paths for end in index.get(here, ())]
    return paths


def _code(number: int, witnesses: Iterable[int]) -> int:
    """Pack a rule's number and witnesses; the first witness ends up highest."""
    packed = 0
    for witness in witnesses:
        packed = packed << BITS | witness
    return packed << BITS | number
