"""Permalinks: an address that holds a whole query, so that it lasts as long as the service. Pure.

`/s/<code>` needs no database: see `codes` for how the code is written and what it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final
from urllib.parse import urlencode

from coopkg.errors import CodeError, TooLongError
from coopkg.serve import codes

ADDRESS_MOST: Final = 32_000
"""Characters of the address of the query itself, where the permalink leads."""
_REFERENCE: Final = re.compile(r"([0-9]{1,10}-)?[0-9a-f]{12,64}|[0-9]{1,10}", re.ASCII)
_VIEW: Final = re.compile(r"[a-z][a-z-]{0,30}", re.ASCII)
_SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    "generation": _REFERENCE,
    "view": _VIEW,
    "lang": re.compile("fr|en"),
    "inference": re.compile("on|off"),
}


@dataclass(frozen=True)
class Permalink:
    """What a permalink holds; what is empty was not given."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    inference: str = ""
    generation: str = ""
    view: str = ""
    lang: str = ""

    def fields(self) -> list[tuple[str, str]]:
        """Return the parameters of `/sparql` that ask the same."""
        found = [("query", self.query)]
        found += [("default-graph-uri", graph) for graph in self.default_graphs]
        found += [("named-graph-uri", graph) for graph in self.named_graphs]
        rest = ("inference", "generation", "view", "lang")
        return found + [(name, getattr(self, name)) for name in rest if getattr(self, name)]

    def address(self) -> str:
        """Return the address of the query itself."""
        return "/sparql?" + urlencode(self.fields())


def encode(link: Permalink) -> str:
    """Return the code of a permalink.

    Raises:
        CodeError: it is too long for an address, or holds what no such query holds.
    """
    content = {name: value for name, value in asdict(link).items() if value}
    codes.canonical(content)
    _check(content, link)
    return codes.encode(content)


def decode(text: str) -> Permalink:
    """Return what a code holds.

    >>> decode(encode(Permalink("ASK {}", lang="fr"))).address()
    '/sparql?query=ASK+%7B%7D&lang=fr'

    Raises:
        CodeError: it is cut, damaged, or the code of something else.
    """
    content = codes.decode(text)
    known = {one.name for one in fields(Permalink)}
    plural = {"default_graphs", "named_graphs"}
    sound = all(
        name in known and value and (_texts(value) if name in plural else isinstance(value, str))
        for name, value in content.items()
    )
    if not sound or "query" not in content:
        raise CodeError(
            "kind",
            "ce code n’est pas celui d’une requête ; rien n’a été exécuté",
            "this code is not that of a query; nothing was run",
        )
    default, named = (tuple(content.pop(name, ())) for name in sorted(plural))
    link = Permalink(**content, default_graphs=default, named_graphs=named)
    _check(content, link)
    return link


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one for one in value)


def _check(content: Mapping[str, Any], link: Permalink) -> None:
    for name, shape in _SHAPES.items():
        value = content.get(name)
        if value is not None and not shape.fullmatch(value):
            raise CodeError(
                name,
                f"{name} ne peut pas valoir « {value[:40]} »",
                f"{name} cannot be {value[:40]!r}",
            )
    if len(link.address()) > ADDRESS_MOST:
        size = len(link.query.encode())
        raise TooLongError(
            f"cette requête de {size} octets est trop longue pour une adresse ; gardez-la dans un "
            "fichier .rq et envoyez-la par POST",
            f"this query of {size} bytes is too long for an address; keep it in an .rq file and "
            "send it by POST",
        )
