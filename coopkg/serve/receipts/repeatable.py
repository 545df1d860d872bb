"""Which queries can be asked again with the same answer, decided before one is cited. Pure.

Some words give another answer each time: they are refused. LIMIT and OFFSET keep rows that nobody
chose when the order is not total: that is found out by asking twice more, with ties broken one way
and then the other; the generation never changes, so what agrees once agrees for ever. What only
depends on the order in which an engine works is allowed, and marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from coopkg import sparql_text
from coopkg.engine import Admitted
from coopkg.errors import UncitableError
from coopkg.sparql_text import Token

CHANGING: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})
ORDER_BOUND: Final = {
    "SAMPLE": "sample",
    "GROUP_CONCAT": "group-concat",
    "REDUCED": "reduced",
}
CUTTING: Final = frozenset({"LIMIT", "OFFSET"})
TIES: Final = "order-not-total"
_VARIABLES_MOST: Final = 48


@dataclass(frozen=True)
class Plan:
    """How a query is cited: `warnings` go with the receipt; `twice` are two queries to compare.

    `is_ordered` tells that it has an ORDER BY of its own.
    """

    warnings: tuple[str, ...]
    is_ordered: bool
    twice: tuple[str, ...]


def plan(admitted: Admitted) -> Plan:
    """Return how to cite a query.

    Raises:
        UncitableError: it gives another answer each time, or lets the engine choose its rows.
    """
    tokens = admitted.tokens
    for token in tokens:
        if token.keyword in CHANGING:
            raise _changing(token)
    for index, token in enumerate(tokens):
        if token.keyword in CUTTING and token.depth and not _is_total(tokens, index):
            raise _cut(token)
    warnings = {ORDER_BOUND[one.keyword] for one in tokens if one.keyword in ORDER_BOUND}
    top = {token.keyword for token in tokens if not token.depth}
    twice: tuple[str, ...] = ()
    if admitted.form != "ASK" and top & {"ORDER", *CUTTING}:
        twice = _both_ways(admitted)
    return Plan(tuple(sorted(warnings)), "ORDER" in top, twice)


def cut() -> UncitableError:
    """Return the refusal of a query whose LIMIT or OFFSET falls among rows of the same rank."""
    return UncitableError(
        "limit",
        "LIMIT ou OFFSET coupe entre des lignes que rien ne départage : un autre jour, d’autres "
        "lignes. Complétez ORDER BY jusqu’à un ordre sans ex æquo, par exemple avec toutes les "
        "variables du SELECT, ou retirez la coupe",
        "LIMIT or OFFSET cuts between rows that nothing tells apart: another day, other rows. "
        "Complete ORDER BY until there are no ties, for instance with every variable of SELECT, "
        "or take the cut away",
    )


def _both_ways(admitted: Admitted) -> tuple[str, ...]:
    """Return the query with its ties broken upwards, and downwards."""
    tokens, text = admitted.tokens, admitted.text
    names = sparql_text.projection(tokens)
    if names is None:
        names = tuple(dict.fromkeys(one.value for one in tokens if one.kind == "var"))
    if not names:
        return ()
    if len(names) > _VARIABLES_MOST:
        raise UncitableError(
            "too-wide",
            f"plus de {_VARIABLES_MOST} variables : l’ordre des lignes ne peut pas être vérifié",
            f"more than {_VARIABLES_MOST} variables: the order of the rows cannot be checked",
        )
    has_order = any(one.keyword == "ORDER" and not one.depth for one in tokens)
    ends = CUTTING | {"VALUES"}
    place = next(
        (n for n, one in enumerate(tokens) if not one.depth and one.keyword in ends and n),
        len(tokens),
    )
    here = tokens[place - 1].end
    return tuple(
        f"{text[:here]} {'' if has_order else 'ORDER BY '}{_keys(names, way)} {text[here:]}"
        for way in ("ASC", "DESC")
    )


def _keys(names: Sequence[str], way: str) -> str:
    return " ".join(
        f"{way}(STR(?{name})) {way}(LANG(?{name})) {way}(STR(DATATYPE(?{name})))" for name in names
    )


def _is_total(tokens: Sequence[Token], index: int) -> bool:
    """Tell whether the sub-query cut at this token sorts by every variable it gives."""
    depth = tokens[index].depth
    for start in range(index, -1, -1):
        if tokens[start].depth < depth:
            return False
        if tokens[start].depth == depth and tokens[start].keyword == "SELECT":
            break
    inside = tokens[start:index]
    given = _given(inside, depth)
    return given is not None and given <= _sorted_by(inside, depth)


def _sorted_by(inside: Sequence[Token], depth: int) -> set[str]:
    """Return the variables that are keys of the ORDER BY as they stand: not `STR(?x)`."""
    keys: set[str] = set()
    begun = False
    for place, token in enumerate(inside):
        begun = begun or (token.depth == depth and token.keyword == "ORDER")
        if not begun or token.kind != "var":
            continue
        before = inside[place - 2]
        alone = before.keyword in {"ASC", "DESC", "BY"} or before.text == ")"
        if token.depth == depth or (alone and inside[place + 1].text == ")"):
            keys.add(token.value)
    return keys


def _given(inside: Sequence[Token], depth: int) -> set[str] | None:
    """Return the variables a sub-query lists; None for `*`."""
    names: set[str] = set()
    for before, token in pairwise(inside):
        if token.depth == depth and (token.text == "{" or token.keyword == "WHERE"):
            break
        if token.depth == depth and token.text == "*":
            return None
        alias = token.depth == depth + 1 and before.keyword == "AS"
        if token.kind == "var" and (token.depth == depth or alias):
            names.add(token.value)
    return names or None


def _changing(token: Token) -> UncitableError:
    return UncitableError(
        "changes",
        f"{token.keyword} (ligne {token.line}, colonne {token.column}) donne une autre valeur à "
        "chaque fois : la réponse ne pourrait jamais être vérifiée. Écrivez la valeur elle-même",
        f"{token.keyword} (line {token.line}, column {token.column}) gives another value each "
        "time: the answer could never be checked. Write the value itself",
    )


def _cut(token: Token) -> UncitableError:
    return UncitableError(
        "inner-limit",
        f"{token.keyword} (ligne {token.line}, colonne {token.column}) coupe une sous-requête qui "
        "n’est pas triée par toutes les variables qu’elle donne : un autre jour, d’autres lignes",
        f"{token.keyword} (line {token.line}, column {token.column}) cuts a sub-query that is not "
        "sorted by every variable it gives: another day, other rows",
    )
