"""Whether what a shape asks in SPARQL of one node may be asked of all nodes at once.

SHACL puts the focus node for `$this` before a query is asked (SHACL 5.3.1). Asked without it, a
query gives the rows of every node, `$this` among their values, wherever its pattern binds `$this`
before it is compared, negated, counted or cut. Elsewhere it might find nothing where a node has a
fault: there, only asking it of each node can tell.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Variable

THIS: Final = Variable("this")
_NAMED: Final = re.compile(r"[?$]this\b")


def is_named(text: str) -> bool:
    """Tell whether the pattern of a query names the focus node, and not its columns alone."""
    return _NAMED.search(text.partition("{")[2]) is not None


@lru_cache(maxsize=256)
def is_free(text: str) -> bool:
    """Tell whether a query gives, of all nodes at once, the rows that it gives of each."""
    if not is_named(text):
        return True
    try:
        _binds(translateQuery(parseQuery(text)).algebra)
    except _InDoubtError:
        return False
    except Exception:  # pyparsing raises many kinds: who asks rdflib is told
        return False
    return True


class _InDoubtError(Exception):
    """Only asking of each node can tell."""


def _binds(part: Any) -> bool:
    """Tell whether each row of a part of a query has a value for `$this`."""
    if not _names(part):
        return False
    match part.name:
        case "BGP":
            return True
        case "Join":
            return any([_binds(part.p1), _binds(part.p2)])
        case "Union":
            return all([_binds(part.p1), _binds(part.p2)])
        case "LeftJoin" | "Minus":
            return _bound_before(part.p1, part.p2, part.expr)
        case "Filter" | "Extend":
            return _bound_before(part.p, part.expr)
        case "SelectQuery" | "Distinct" | "OrderBy" | "ToMultiSet":
            return _binds(part.p)
        case "Project" if THIS in part.PV:
            return _binds(part.p)
        case "AggregateJoin" if THIS in (part.p.expr or ()):
            return _binds(part.p.p)
        case _:
            raise _InDoubtError


def _bound_before(first: Any, *others: Any) -> bool:
    """Tell whether the first part binds `$this`; where others name it, it has to."""
    is_bound = _binds(first)
    if not is_bound and any(map(_names, others)):
        raise _InDoubtError
    return is_bound


def _names(part: Any) -> bool:
    """Tell whether some part of a query names `$this`."""
    if isinstance(part, Variable):
        return part == THIS
    if isinstance(part, CompValue):
        return any(_names(value) for key, value in part.items() if key != "_vars")
    if isinstance(part, (list, tuple, set)):
        return any(map(_names, part))
    return False
