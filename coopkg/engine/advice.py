"""What to change in a query that went over a limit, read from its own shape.

It says only what can be seen in the text: that two parts share no variable is a fact; that this is
why it took long is likely, and said as advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from coopkg import sparql_grammar
from coopkg.sparql_grammar import Node
from coopkg.sparql_tokens import Token


class Said(NamedTuple):
    """One piece of advice, in both languages."""

    fr: str
    en: str


LIMITED: Final = Said(
    "Le LIMIT de cette requête ne suffit pas : précisez une classe, un lieu ou une année, "
    "ou divisez la requête ; les données entières se téléchargent à l’adresse /dumps/.",
    "The LIMIT of this query is not enough: name a class, a place or a year, or divide the query; "
    "the whole data can be downloaded at /dumps/.",
)
ANY: Final = Said(
    "Ajoutez LIMIT, précisez une classe, un lieu ou une année, ou divisez la requête ; "
    "les données entières se téléchargent à l’adresse /dumps/.",
    "Add LIMIT, name a class, a place or a year, or divide the query; "
    "the whole data can be downloaded at /dumps/.",
)


@dataclass
class _Part:
    """Patterns that are joined whatever their variables: one block of triples, or a union."""

    variables: set[str]
    first: str
    triples: Node | None = None


@dataclass
class _Level:
    """What one SELECT, ASK, CONSTRUCT or DESCRIBE joins, and how it ends."""

    parts: list[_Part] = field(default_factory=list)
    links: list[set[str]] = field(default_factory=list)  # BIND, VALUES: they join, and find nothing
    inner: list[_Level] = field(default_factory=list)
    ordered: bool = False
    limited: bool = False


def advise(tokens: Iterable[Token]) -> Said:
    """Return what to change, the likeliest cause first; general advice when none shows."""
    tokens = list(tokens)
    general = LIMITED if is_limited(tokens) else ANY
    reading = sparql_grammar.read(tokens)
    if reading.fault is not None or reading.newer:
        return general
    levels = list(_all(_level(reading.root)))
    found = [*_products(levels), *_paths(levels), *_everything(levels)]
    found += [*_texts(reading.root), *_sorts(levels)]
    chosen = found[:2] or [general]
    return Said(" ".join(said.fr for said in chosen), " ".join(said.en for said in chosen))


def is_limited(tokens: Iterable[Token]) -> bool:
    """Tell whether a query has a LIMIT of its own, not in a sub-query."""
    return any(token.keyword == "LIMIT" and not token.depth for token in tokens)


def _all(level: _Level) -> Iterator[_Level]:
    yield level
    for inner in level.inner:
        yield from _all(inner)


def _level(node: Node) -> _Level:
    """Read one level: the WHERE of a query or of a sub-query, and what follows it."""
    level = _Level()
    for part in _below(node, {"Where", "Modifier"}):
        if part.name == "Where":
            for group in part.nodes("Group"):
                _join(group, level)
        else:
            words = {token.keyword for token in part.tokens()}
            level.ordered |= "ORDER" in words
            level.limited |= "LIMIT" in words
    return level


def _join(group: Node, level: _Level) -> None:
    """Add what a group joins; FILTER and MINUS join nothing."""
    for part in _below(group, {"Triples", "Pattern", "SubSelect", "Modifier"}):
        if part.name == "Triples":
            if names := _variables(part):
                level.parts.append(_Part(set(names), names[0], part))
        elif part.name == "SubSelect":
            _sub_select(part, level)
        elif part.name == "Pattern":
            _pattern(part, level)


def _sub_select(node: Node, level: _Level) -> None:
    inner = _level(node)
    level.inner.append(inner)
    clause = next(_below(node, {"SelectClause"}), None)
    names = _variables(clause) if clause else []
    if "*" in {token.text for token in clause.tokens()} if clause else False:
        names = [name for part in inner.parts for name in sorted(part.variables)]
    if names:
        level.parts.append(_Part(set(names), names[0]))


def _pattern(pattern: Node, level: _Level) -> None:
    for kind in pattern.nodes():
        groups = list(_below(kind, {"Group"}))
        if kind.name == "Filter" or _starts(kind) == "MINUS":
            continue
        if len(groups) == 1:
            before = len(level.parts)
            _join(groups[0], level)
            for where in kind.nodes("VarOrIri"):  # GRAPH ?g links all that it holds
                for part in level.parts[before:]:
                    part.variables.update(_variables(where))
        elif groups:  # a union: each branch is joined with the rest, none with another
            for group in groups:
                inner = _Level()
                _join(group, inner)
                level.inner.append(inner)
            if names := _variables(kind):
                level.parts.append(_Part(set(names), names[0]))
        elif names := _variables(kind):
            level.links.append(set(names))


def _starts(node: Node) -> str:
    return next(node.tokens()).keyword


def _below(node: Node, names: set[str]) -> Iterator[Node]:
    """Yield the nearest nodes of these names below a node, in order."""
    for part in node.nodes():
        if part.name in names:
            yield part
        else:
            yield from _below(part, names)


def _variables(node: Node) -> list[str]:
    found = (token for token in node.tokens() if token.kind in {"var", "bnode"})
    return list(dict.fromkeys(token.text.replace("$", "?") for token in found))


def _products(levels: Iterable[_Level]) -> Iterator[Said]:
    """Tell of parts that share no variable: every row of one meets every row of the other."""
    for level in levels:
        apart = _apart(level)
        if len(apart) > 1:
            one, other = apart[0].first, apart[1].first
            yield Said(
                f"Deux parties de la requête n’ont aucune variable en commun (celle de {one} et "
                f"celle de {other}) : chaque ligne de l’une rencontre chaque ligne de l’autre. "
                "Reliez-les, ou posez deux requêtes.",
                f"Two parts of the query share no variable (that of {one} and that of {other}): "
                "every row of one meets every row of the other. "
                "Link them, or ask two queries.",
            )


def _apart(level: _Level) -> list[_Part]:
    """Return one part of each set of parts that no variable links to the others."""
    sets = [(part.variables, [part]) for part in level.parts]
    linked: list[tuple[set[str], list[_Part]]] = []
    for variables, parts in (*sets, *((names, []) for names in level.links)):
        names, members = set(variables), list(parts)
        for known in [one for one in linked if one[0] & names]:
            linked.remove(known)
            names |= known[0]
            members = known[1] + members
        linked.append((names, members))
    return [members[0] for _, members in linked if members]


def _paths(levels: Iterable[_Level]) -> Iterator[Said]:
    """Tell of a path of any length whose two ends are tied to nothing else."""
    for level in levels:
        for part in level.parts:
            others = [one.variables for one in level.parts if one is not part] + level.links
            if part.triples is None or set().union(*others) & part.variables:
                continue
            steps = _repeated(part.triples)
            if steps and _is_bare(part.triples):
                yield Said(
                    f"Le chemin {steps[0]} part de partout et arrive partout : fixez l’une de ses "
                    "extrémités, par un identifiant ou par un autre motif.",
                    f"The path {steps[0]} starts anywhere and ends anywhere: fix one of its ends, "
                    "by an identifier or by another pattern.",
                )


def _repeated(triples: Node) -> list[str]:
    """Return the paths that repeat a step without end, as they are written."""
    return [
        "".join(token.text for token in path.tokens())
        for path in _below(triples, {"Path"})
        if any(token.text in {"*", "+"} for token in path.tokens())
    ]


def _is_bare(triples: Node) -> bool:
    """Tell whether nothing but the path itself is named: no IRI, no literal at either end."""
    ends = [node for node in _below(triples, {"Node", "Path"}) if node.name == "Node"]
    return all(token.kind in {"var", "bnode"} for node in ends for token in node.tokens())


def _everything(levels: Iterable[_Level]) -> Iterator[Said]:
    """Tell of a pattern that names nothing, in a query that joins it with others."""
    for level in levels:
        for part in level.parts:
            if part.triples is None or len(level.parts) < 2:
                continue
            tokens = [token for token in part.triples.tokens() if token.kind != "punct"]
            if all(token.kind in {"var", "bnode"} for token in tokens):
                text = " ".join(token.text for token in tokens[:3])
                yield Said(
                    f"Le motif « {text} » ne nomme ni propriété ni classe : nommez-en une.",
                    f"The pattern “{text}” names no property and no class: name one.",
                )


def _texts(root: Node) -> Iterator[Said]:
    for call in _calls(root):
        if call in {"REGEX", "REPLACE"}:
            yield Said(
                f"{call} lit chaque texte, lettre à lettre : choisissez d’abord par une classe ou "
                "une propriété, et préférez =, STRSTARTS ou CONTAINS.",
                f"{call} reads every text, letter by letter: choose first by a class or a "
                "property, and prefer =, STRSTARTS or CONTAINS.",
            )
            return


def _calls(root: Node) -> Iterator[str]:
    return (token.keyword for token in root.tokens() if token.kind == "word")


def _sorts(levels: Iterable[_Level]) -> Iterator[Said]:
    if any(level.ordered for level in levels):
        yield Said(
            "ORDER BY garde toutes les lignes en mémoire avant de donner la première, "
            "même avec LIMIT : choisissez moins de lignes d’abord, ou ne triez pas ici.",
            "ORDER BY keeps every row in memory before it gives the first, even with LIMIT: "
            "choose fewer rows first, or do not sort here.",
        )
