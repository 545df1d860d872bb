"""What a reader chose to see of an answer, and the addresses of every other choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from coopkg.errors import ParameterError
from coopkg.serve import arguments

VIEWS: Final = ("table", "chart", "map", "graph")
CHARTS: Final = ("bars", "lines", "timeline")
COLUMNS: Final = ("label", "value", "series", "start", "end", "place", "source", "target")
ROWS: Final = 100
"""Rows of a page."""
LONG: Final = 4_000
"""Bytes of a query that an address should not carry: from there on, forms post it."""

# What a link keeps of the request it stands in.
KEPT: Final = (
    "lang",
    "inference",
    "generation",
    "default-graph-uri",
    "named-graph-uri",
    "labels",
    "badge",
    "view",
    "chart",
    *COLUMNS,
    "sort",
    "filter",
)
ANEW: Final = frozenset({"sort", "filter", *COLUMNS})
"""What another query would make meaningless."""
GO: Final = "go"
"""The field in which a button holds choices, where the query is too long for a link."""
USUAL: Final = frozenset({("inference", "on"), ("labels", "on"), ("view", "table")})
_DATA: Final = ("inference", "generation", "default-graph-uri", "named-graph-uri")
RELAYED: Final = frozenset({"lang", *_DATA})


@dataclass(frozen=True)
class Choices:
    """What is shown, and how; a column that the answer lacks is chosen anew."""

    view: str = ""
    chart: str = ""
    page: int = 1
    sort: str = ""
    filter: str = ""
    labels: bool = True
    badge: str = ""
    columns: Mapping[str, str] | None = None

    def column(self, role: str, known: Sequence[str]) -> str:
        """Return the column chosen for a role, when the answer has it."""
        name = (self.columns or {}).get(role, "").removeprefix("?")
        return name if name in known else ""


def read(given: Mapping[str, str]) -> Choices:
    """Read the choices of a request.

    Raises:
        ParameterError: a view, a chart, a page or a switch that does not exist.
    """
    return Choices(
        view=_one_of(given, "view", (*VIEWS, "turtle")),
        chart=_one_of(given, "chart", CHARTS),
        page=max(1, arguments.number(given, "page")),
        sort=given.get("sort", ""),
        filter=given.get("filter", "").strip(),
        labels=_one_of(given, "labels", ("on", "off")) != "off",
        badge=_one_of(given, "badge", ("on", "off")),
        columns={role: given[role] for role in COLUMNS if role in given},
    )


def _one_of(given: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    text = given.get(name, "")
    if text and text not in known:
        raise ParameterError(name, text, " ou ".join(known), " or ".join(known))
    return text


@dataclass(frozen=True)
class Link:
    """Where a choice leads; with `go`, a form posts the query and these other fields."""

    href: str
    go: str = ""
    format: str = ""
    posted: bool = False


def chosen(given: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fields of a request, those that a button holds in `go` taken out of it.

    >>> chosen([("lang", "fr"), ("go", "view=map&page=2")])
    [('lang', 'fr'), ('view', 'map'), ('page', '2')]
    """
    fields: list[tuple[str, str]] = []
    for name, value in given:
        fields += parse_qsl(value, keep_blank_values=True) if name == GO else [(name, value)]
    return fields


@dataclass(frozen=True)
class Addresses:
    """The addresses of one query with other choices."""

    query: str
    fields: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, query: str, given: Iterable[tuple[str, str]]) -> Addresses:
        """Keep what a request says, in one order."""
        kept = [(n, value) for n, value in given if n in KEPT and (value or n in COLUMNS)]
        kept = [field for field in kept if field not in USUAL]
        return cls(query, tuple(sorted(kept, key=lambda one: KEPT.index(one[0]))))

    @property
    def long(self) -> bool:
        """Whether the query is too long for an address."""
        return len(self.query.encode()) > LONG

    def to(self, **changes: Any) -> Link:
        """Return the same page with some choices changed; None takes one away."""
        kept = [(name, value) for name, value in self.fields if name not in changes]
        kept += [(name, str(value)) for name, value in changes.items() if value is not None]
        if self.long:
            return Link("/sparql", urlencode([f for f in kept if f[0] not in RELAYED]), "", True)
        return Link("/sparql?" + urlencode([("query", self.query), *kept]))

    def file(self, format_: str) -> Link:
        """Return the answer in a format, of the same data."""
        fields = [*self.data, ("format", format_)]
        if self.long:
            return Link("/sparql?" + urlencode(fields), "", format_, True)
        return Link("/sparql?" + urlencode([("query", self.query), *fields]))

    @property
    def data(self) -> list[tuple[str, str]]:
        """What else decides of the answer: inference, generation, graphs."""
        return [(name, value) for name, value in self.fields if name in _DATA]

    @property
    def relayed(self) -> list[tuple[str, str]]:
        """Return the fields that every posted choice carries, beside the query."""
        return [(name, value) for name, value in self.fields if name in RELAYED]

    def hidden(self, *chosen: str) -> list[tuple[str, str]]:
        """Return the fields a form carries along, but those it lets one choose."""
        return [(name, value) for name, value in self.fields if name not in chosen]
